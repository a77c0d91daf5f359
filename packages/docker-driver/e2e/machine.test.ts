import { describe, expect, it } from 'vitest'
import type { DockerNetworkDriverOptions, Network } from '../dist/index.js'
import { makeCard } from './world/cards.js'
import { Embedded } from './world/embedded.js'
import { machine } from './world/leftovers.js'
import { until } from './world/program.js'
import { tcpdump } from './world/servers.js'
import { useWorld } from './world/world.js'

// The bridges of the machine beside those of the networks: that they come, stay right whatever happens, and go.
const world = useWorld({
  furnish: async () => {
    await makeCard('mirout', 'mirfar')
    await makeCard('mirin', 'infar')
  },
})
const { docker, ovs } = world
const embedded = new Embedded(world)
const { log } = embedded
const mirror = { mirrorBridgeOut: 'mirout', mirrorBridgeIn: 'mirin' }
const stackConfig = 'dps: {root: {dp_id: 0x77, hardware: Open vSwitch, interfaces: {1: {native_vlan: 100}, 88: {output_only: true}}}}'

const bridges = async (): Promise<string[]> => (await ovs.vsctl('list-br')).split('\n').filter(Boolean)
const machineBridges = async (): Promise<string[]> => (await bridges()).filter((name) => /^(odsmir|odslb|dovesnap)/.test(name))
const mirrorFlows = async (bridge: string): Promise<string[]> =>
  (await ovs.ofctl('--no-stats', 'dump-flows', bridge)).split('\n').filter((line) => line.includes('actions=')).map((line) => line.trim()).sort()

/** A packet from a container: what an observer of the mirrored packets sees of it. */
async function seen(container: string): Promise<string> {
  const dump = await world.daemon(tcpdump('mirfar', 'arp'))
  await docker.exec(container, 'arping', '-c', '1', '-w', '1', '-I', 'eth0', '10.99.9.9').catch(() => undefined)
  await until(() => dump.output.includes('10.99.9.9'), () => `a copy comes: ${dump.output}`)
  await dump.stop()
  return dump.output
}

describe('the bridges of the machine', { timeout: 120_000 }, () => {
  it('mirror networks with their VLANs, through restarts and repairs, until the flags are gone', async () => {
    await embedded.start({ machine: mirror })
    const [bridge = ''] = await machineBridges()
    await embedded.create('one', 'vlan=101')
    await embedded.create('two', 'vlan=102', 'lbport=9')
    await docker.sleeper('con1', '--network', 'one', '--label', 'dovesnap.faucet.mirror=true')
    await docker.sleeper('con2', '--network', 'two', '--label', 'dovesnap.faucet.mirror=one:false/two:true')
    const flows = await mirrorFlows(bridge)
    expect(flows).toEqual([
      'priority=0 actions=drop',
      'priority=1 actions=output:1',
      'priority=2,in_port=3,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4197->vlan_vid,output:1',
      'priority=2,in_port=4,vlan_tci=0x0000/0x1fff actions=push_vlan:0x8100,set_field:4198->vlan_vid,output:1',
    ])
    const both = async (): Promise<void> => {
      expect(await seen('con1')).toContain('vlan 101')
      expect(await seen('con2')).toContain('vlan 102')
    }
    await both()
    const ports = [...(embedded.network('two')?.patches.values() ?? [])]
    expect(ports).toMatchObject([{ ofport: 9, purpose: 'mirror', peer: { bridge, ofport: 4 } }])

    // Open vSwitch forgets flows, with its database or without.
    await ovs.restart('SIGKILL')
    await until(async () => (await mirrorFlows(bridge).catch(() => [])).join() === flows.join(), 'the flows are back')
    await both()
    // Somebody changes the flows, or removes the bridge.
    await ovs.ofctl('del-flows', bridge)
    await embedded.driver.reconcile()
    expect(await mirrorFlows(bridge)).toEqual(flows)
    await ovs.vsctl('del-br', bridge)
    await until(async () => (await mirrorFlows(bridge).catch(() => [])).join() === flows.join(), () => `the bridge is back: ${log.join('\n')}`)
    await both()
    await ovs.vsctl('del-br', embedded.network('one')?.bridge ?? '')
    await until(async () => (await mirrorFlows(bridge).catch(() => [])).join() === flows.join() && (await bridges()).length === 3, 'the bridge of the network is back')
    await embedded.driver.reconcile()
    await both()

    // Another process, the same flags; then without.
    const written = embedded.driver.control.config()
    // In whatever order the database has them.
    const byName = (): Network[] => [...embedded.driver.networks()].sort((a, b) => a.name.localeCompare(b.name))
    const known = byName()
    await embedded.driver.close()
    expect(await mirrorFlows(bridge)).toEqual(flows)
    await embedded.start({ machine: mirror })
    expect(byName()).toEqual(known)
    expect(embedded.driver.control.config()).toEqual(written)
    await embedded.driver.control.ready()
    await embedded.driver.reconcile()
    expect(log.filter((line) => /^(warning|error)/.test(line) && /mir|patch|link/.test(line))).toEqual([])
    await both()
    await embedded.driver.close()
    await embedded.start()
    expect(await machineBridges()).toEqual([])
    expect(embedded.network('one')?.patches.size).toBe(0)
    expect((await machine(docker)).links.filter((name) => /^ods[0-9a-zA-Z]{12}$/.test(name))).toEqual([])
    await docker.sleeper('con3', '--network', 'one', '--label', 'dovesnap.faucet.mirror=true')
    expect(log.filter((line) => line.startsWith('warning: container con3 is to be mirrored'))).toHaveLength(1)
  })

  it('come with a network that was there before the flags', async () => {
    await embedded.start()
    await embedded.create('one', 'vlan=101', 'preallocate_ports=1')
    await docker.sleeper('con1', '--network', 'one', '--label', 'dovesnap.faucet.mirror=true')
    await embedded.driver.close()
    await embedded.start({ machine: mirror })
    await embedded.driver.control.ready()
    expect(await seen('con1')).toContain('vlan 101')
  })

  it('go when the last network has gone and the driver is closed, and are refused with words', async () => {
    await embedded.start({ machine: { mirrorBridgeOut: 'mirout' } })
    expect(await machineBridges()).toHaveLength(1)
    const refusal = async (options: DockerNetworkDriverOptions): Promise<string> => embedded.start(options).then(() => 'was started', (error: Error) => error.message)
    expect(await world.networkRefused('dovesnap', 'bad', 'add_ports=infar/99')).toMatch(/port 99 is wanted by infar and for mirroring/)
    await embedded.driver.close()
    expect(await machineBridges()).toEqual([])
    expect(await refusal({ machine: { mirrorBridgeOut: 'nosuch' } })).toBe('--mirror_bridge_out: there is no interface nosuch on this machine ("ip link" shows those that there are)')
    expect(await refusal({ machine: { stackingInterfaces: 'root:7:mirin' } })).toMatch(/the stacking interface to port 7 of root needs dataplane root/)
    await ovs.vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev', '--', 'add-port', 'br0', 'mirout')
    expect(await refusal({ machine: mirror })).toMatch(/interface mirout is a port of bridge br0 already/)
    await ovs.vsctl('del-br', 'br0')
    expect(await bridges()).toEqual([])
  })

  it('join networks to a stack, and leave it', async () => {
    const machineFlags = { stackingInterfaces: 'root:7:mirin', stackMirrorInterface: 'root:88', stackPriority1: 'root' }
    await embedded.start({ machine: machineFlags, config: stackConfig })
    const one = await embedded.create('one', 'vlan=101', 'preallocate_ports=2')
    const two = await embedded.create('two', 'vlan=102')
    const numbers = (network: Network): unknown => [...network.patches.values()].map(({ purpose, ofport, peer }) => [purpose, ofport, peer.ofport])
    expect(numbers(one)).toEqual([['stack', 1, 2], ['loopback', 99, 1]])
    expect(numbers(two)).toEqual([['stack', 1, 3], ['loopback', 99, 2]])
    expect(one.preallocated).toEqual([2, 3])
    const [loopback = '', stack = ''] = (await machineBridges()).sort().reverse()
    expect(await mirrorFlows(loopback)).toEqual(['priority=0 actions=drop', 'priority=1 actions=IN_PORT'])
    expect(embedded.driver.control.config().dps?.[stack]?.interfaces).toMatchObject({ 1: { stack: { dp: 'root', port: 7 } }, 2: { stack: { dp: 'one', port: 1 } }, 3: { stack: { dp: 'two', port: 1 } } })
    const written = embedded.driver.control.config()
    await embedded.driver.close()
    await embedded.start({ machine: machineFlags, config: stackConfig })
    expect(embedded.driver.control.config()).toEqual(written)
    expect(await world.networkRefused('dovesnap', 'bad', 'vlan=101')).toMatch(/VLAN 101 is that of network one, and both are in one stack/)
    await docker.cli('network', 'rm', 'one')
    expect((await ovs.vsctl('list-ports', stack)).split('\n')).toHaveLength(2)
    expect(embedded.driver.control.config().dps?.[stack]?.interfaces).not.toHaveProperty('2')
    await embedded.driver.close()
    await embedded.start({ config: stackConfig })
    expect(await machineBridges()).toEqual([])
    expect(numbers(embedded.network('two') as Network)).toEqual([])
  })
})
