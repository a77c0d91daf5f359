import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DockerNetworkDriver, type DockerNetworkDriverOptions, type Network } from '../dist/index.js'
import { Docker, dockerSocket } from './world/docker.js'
import { machine, type Machine } from './world/leftovers.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// The bridges of the machine beside those of the networks: that they come, stay right whatever happens, and go.
const reason = whyNotHere()
const mirror = { mirrorBridgeOut: 'mirout', mirrorBridgeIn: 'mirin' }
const stackConfig = 'dps: {root: {dp_id: 0x77, hardware: Open vSwitch, interfaces: {1: {native_vlan: 100}, 88: {output_only: true}}}}'
let docker: Docker
let ovs: OpenVswitch
let before: Machine
let driver: DockerNetworkDriver | undefined
let log: string[] = []

async function start(options: DockerNetworkDriverOptions = {}): Promise<DockerNetworkDriver> {
  driver = await DockerNetworkDriver.start({ docker: dockerSocket, onLog: ({ level, text }) => log.push(`${level}: ${text}`), ...options })
  return driver
}

async function create(name: string, ...options: string[]): Promise<Network> {
  await docker.cli('network', 'create', '-d', 'dovesnap', '--internal', ...options.flatMap((option) => ['-o', `ovs.bridge.${option}`]), '-o', 'ovs.bridge.userspace=true', name)
  await until(() => network(name) !== undefined, `the driver knows that its network is called ${name}`)
  return network(name) as Network
}

const network = (name: string): Network | undefined => driver?.networks().find((one) => one.name === name)
const bridges = async (): Promise<string[]> => (await ovs.vsctl('list-br')).split('\n').filter(Boolean)
const machineBridges = async (): Promise<string[]> => (await bridges()).filter((name) => /^(odsmir|odslb|dovesnap)/.test(name))
const mirrorFlows = async (bridge: string): Promise<string[]> =>
  (await ovs.ofctl('--no-stats', 'dump-flows', bridge)).split('\n').filter((line) => line.includes('actions=')).map((line) => line.trim()).sort()

/** A packet from a container: what an observer of the mirrored packets sees of it. */
async function seen(container: string): Promise<string> {
  const dump = new Daemon('tcpdump', ['-n', '-e', '-l', '-i', 'mirfar', 'arp'])
  await until(() => dump.output.includes('listening on'), 'tcpdump listens')
  await docker.exec(container, 'arping', '-c', '1', '-w', '1', '-I', 'eth0', '10.99.9.9').catch(() => undefined)
  await until(() => dump.output.includes('10.99.9.9'), () => `a copy comes: ${dump.output}`)
  await dump.stop()
  return dump.output
}

describe.skipIf(reason !== undefined)('the bridges of the machine', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    ;[docker, ovs] = await Promise.all([Docker.start(), OpenVswitch.start()])
    for (const [name, far] of [['mirout', 'mirfar'], ['mirin', 'infar']] as const) {
      await run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', far)
      for (const end of [name, far]) await run('ip', 'link', 'set', end, 'up')
    }
    before = await machine()
  }, 120_000)
  afterAll(() => Promise.all([docker.down(), ovs.down()]))
  afterEach(async () => {
    const containers = (await docker.cli('ps', '--all', '--quiet')).split('\n').filter(Boolean)
    if (containers.length > 0) await docker.cli('rm', '--force', ...containers)
    const networks = (await docker.cli('network', 'ls', '--quiet', '--filter', 'driver=dovesnap')).split('\n').filter(Boolean)
    for (const one of networks) await docker.cli('network', 'rm', one)
    await driver?.close()
    driver = undefined
    log = []
    expect({ ...(await machine()), firewall: [] }).toEqual({ ...before, firewall: [] })
  })

  it('mirror networks with their VLANs, through restarts and repairs, until the flags are gone', async () => {
    await start({ machine: mirror })
    const [bridge = ''] = await machineBridges()
    await create('one', 'vlan=101')
    await create('two', 'vlan=102', 'lbport=9')
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
    const ports = [...(network('two')?.patches.values() ?? [])]
    expect(ports).toMatchObject([{ ofport: 9, purpose: 'mirror', peer: { bridge, ofport: 4 } }])

    // Open vSwitch forgets flows, with its database or without.
    await ovs.restart('SIGKILL')
    await until(async () => (await mirrorFlows(bridge).catch(() => [])).join() === flows.join(), 'the flows are back')
    await both()
    // Somebody changes the flows, or removes the bridge.
    await ovs.ofctl('del-flows', bridge)
    await driver?.reconcile()
    expect(await mirrorFlows(bridge)).toEqual(flows)
    await ovs.vsctl('del-br', bridge)
    await until(async () => (await mirrorFlows(bridge).catch(() => [])).join() === flows.join(), () => `the bridge is back: ${log.join('\n')}`)
    await both()
    await ovs.vsctl('del-br', network('one')?.bridge ?? '')
    await until(async () => (await mirrorFlows(bridge).catch(() => [])).join() === flows.join() && (await bridges()).length === 3, 'the bridge of the network is back')
    await driver?.reconcile()
    await both()

    // Another process, the same flags; then without.
    const written = driver?.control.config()
    const known = driver?.networks()
    await driver?.close()
    expect(await mirrorFlows(bridge)).toEqual(flows)
    await start({ machine: mirror })
    expect(driver?.networks()).toEqual(known)
    expect(driver?.control.config()).toEqual(written)
    await driver?.control.ready()
    await driver?.reconcile()
    expect(log.filter((line) => /^(warning|error)/.test(line) && /mir|patch|link/.test(line))).toEqual([])
    await both()
    await driver?.close()
    await start()
    expect(await machineBridges()).toEqual([])
    expect(network('one')?.patches.size).toBe(0)
    expect((await machine()).links.filter((name) => /^ods[0-9a-zA-Z]{12}$/.test(name))).toEqual([])
    await docker.sleeper('con3', '--network', 'one', '--label', 'dovesnap.faucet.mirror=true')
    expect(log.filter((line) => line.startsWith('warning: container con3 is to be mirrored'))).toHaveLength(1)
  })

  it('come with a network that was there before the flags', async () => {
    await start()
    await create('one', 'vlan=101', 'preallocate_ports=1')
    await docker.sleeper('con1', '--network', 'one', '--label', 'dovesnap.faucet.mirror=true')
    await driver?.close()
    await start({ machine: mirror })
    await driver?.control.ready()
    expect(await seen('con1')).toContain('vlan 101')
  })

  it('go when the last network has gone and the driver is closed, and are refused with words', async () => {
    await start({ machine: { mirrorBridgeOut: 'mirout' } })
    expect(await machineBridges()).toHaveLength(1)
    const refusal = async (options: DockerNetworkDriverOptions): Promise<string> => start(options).then(() => 'was started', (error: Error) => error.message)
    expect(await docker.refused('network', 'create', '-d', 'dovesnap', '--internal', '-o', 'ovs.bridge.add_ports=infar/99', 'bad')).toMatch(/port 99 is wanted by infar and for mirroring/)
    await driver?.close()
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
    await start({ machine: machineFlags, config: stackConfig })
    const one = await create('one', 'vlan=101', 'preallocate_ports=2')
    const two = await create('two', 'vlan=102')
    const numbers = (network: Network): unknown => [...network.patches.values()].map(({ purpose, ofport, peer }) => [purpose, ofport, peer.ofport])
    expect(numbers(one)).toEqual([['stack', 1, 2], ['loopback', 99, 1]])
    expect(numbers(two)).toEqual([['stack', 1, 3], ['loopback', 99, 2]])
    expect(one.preallocated).toEqual([2, 3])
    const [loopback = '', stack = ''] = (await machineBridges()).sort().reverse()
    expect(await mirrorFlows(loopback)).toEqual(['priority=0 actions=drop', 'priority=1 actions=IN_PORT'])
    expect(driver?.control.config().dps?.[stack]?.interfaces).toMatchObject({ 1: { stack: { dp: 'root', port: 7 } }, 2: { stack: { dp: 'one', port: 1 } }, 3: { stack: { dp: 'two', port: 1 } } })
    const written = driver?.control.config()
    await driver?.close()
    await start({ machine: machineFlags, config: stackConfig })
    expect(driver?.control.config()).toEqual(written)
    expect(await docker.refused('network', 'create', '-d', 'dovesnap', '--internal', '-o', 'ovs.bridge.vlan=101', 'bad')).toMatch(/VLAN 101 is that of network one, and both are in one stack/)
    await docker.cli('network', 'rm', 'one')
    expect((await ovs.vsctl('list-ports', stack)).split('\n')).toHaveLength(2)
    expect(driver?.control.config().dps?.[stack]?.interfaces).not.toHaveProperty('2')
    await driver?.close()
    await start({ config: stackConfig })
    expect(await machineBridges()).toEqual([])
    expect(numbers(network('two') as Network)).toEqual([])
  })
})
