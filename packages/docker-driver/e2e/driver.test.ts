import { describe, expect, it } from 'vitest'
import { busybox } from './world/docker.js'
import { Embedded } from './world/embedded.js'
import { machine } from './world/leftovers.js'
import { run, until } from './world/program.js'
import { useWorld } from './world/world.js'

// The driver inside of this process, on a real dockerd and Open vSwitch.
const config = `
acls:
  allowall: [{rule: {actions: {allow: 1}}}]
  denyall: [{rule: {actions: {allow: 0}}}]
  noping: [{rule: {dl_type: 0x800, ip_proto: 1, actions: {allow: 0}}}, {rule: {actions: {allow: 1}}}]
`
const world = useWorld()
const { docker, ovs } = world
const embedded = new Embedded(world, { config })
const { log, events } = embedded

/** Of as many pings, how many were answered. */
async function ping(from: string, to: string, count = 1): Promise<number> {
  const text = await docker.exec(from, 'ping', '-q', '-c', String(count), '-i', '0.1', '-W', '1', to).catch((error: { stdout: string }) => error.stdout)
  return Number(/(\d+) packets received/.exec(text)?.[1])
}

describe('DockerNetworkDriver', () => {
  it('lets containers of a flat and of a nat network reach one another, and the gateway', async () => {
    await embedded.start()
    await embedded.create('flat', '--subnet=10.8.0.0/24')
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat', 'dpid=0x77', 'mtu=1400')
    for (const [name, on] of [['con1', 'flat'], ['con2', 'flat'], ['con3', 'lab'], ['con4', 'lab']] as const) await docker.sleeper(name, '--network', on)
    expect(await ping('con1', '10.8.0.3')).toBe(1)
    expect(await ping('con3', '10.9.0.3')).toBe(1)
    expect(await ping('con3', '10.9.0.1')).toBe(1)
    expect(await docker.exec('con3', 'cat', '/sys/class/net/eth0/mtu')).toBe('1400')
    const shown = await docker.cli('inspect', '--format', '{{.NetworkSettings.Networks.lab.MacAddress}}', 'con3')
    expect(await docker.exec('con3', 'cat', '/sys/class/net/eth0/address')).toBe(shown)
    expect([...(embedded.network('lab')?.endpoints.values() ?? [])].map(({ mac, joined }) => [mac, joined?.containerName, joined?.ofport])).toContainEqual([shown, 'con3', 1])
    expect(embedded.driver.control.config().dps?.lab).toMatchObject({ dp_id: 0x77, interfaces: { 1: { description: expect.stringMatching(/^\/con3 [0-9a-f]{5}$/), native_vlan: 100 } } })
    await docker.cli('rename', 'con3', 'con9')
    await until(() => events.some(({ type }) => type === 'container') && /^\/con9 /.test(String(embedded.driver.control.config().dps?.lab?.interfaces?.[1]?.description)), 'the controller knows the new name')
    await docker.cli('network', 'disconnect', 'lab', 'con9')
    expect(embedded.driver.control.config().dps?.lab?.interfaces?.[1]).toBeUndefined()
  })

  it('removes a network without a word of warning, and its bridge', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat', 'default_acl=allowall')
    const network = embedded.network('lab')
    await docker.sleeper('con1', '--network', 'lab')
    await docker.cli('rm', '-f', 'con1')
    log.length = 0
    await docker.cli('network', 'rm', 'lab')
    expect(await ovs.vsctl('list-br')).not.toContain(network?.bridge)
    expect(embedded.driver.control.config().dps).not.toHaveProperty('lab')
    expect(log.filter((line) => /^(warning|error)/.test(line)), log.join('\n')).toEqual([])
  })

  it('removes a network later that could not be removed at once: Docker forgets it whatever it is told', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat', 'default_acl=allowall')
    ovs.pause()
    try {
      await docker.cli('network', 'rm', 'lab')
    } finally {
      ovs.resume()
    }
    expect(log.join('\n')).toMatch(/DeleteNetwork .*Open vSwitch did not carry the change out/)
    await embedded.driver.reconcile()
    expect(embedded.network('lab')).toBeUndefined()
    expect(embedded.driver.control.config().dps).not.toHaveProperty('lab')
    expect(await ovs.vsctl('list-br')).toBe('')
    expect(await run('nft', 'list', 'ruleset')).not.toContain('10.9.0.')
  })

  it('does what labels and options say of ACLs', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'default_acl=allowall')
    await docker.sleeper('con1', '--network', 'lab')
    await docker.sleeper('con2', '--network', 'lab', '--label', 'dovesnap.faucet.portacl=allowall/lab:noping')
    await docker.sleeper('con3', '--network', 'lab', '--label', 'dovesnap.faucet.portacl=lab:denyall')
    const acls = [...(embedded.network('lab')?.endpoints.values() ?? [])].map(({ joined }) => [joined?.containerName, joined?.acls])
    expect(acls).toEqual([['con1', ['allowall']], ['con2', ['noping']], ['con3', ['denyall']]])
    expect(await ping('con2', '10.9.0.2')).toBe(0)
    expect(await docker.exec('con2', 'arping', '-c', '1', '-I', 'eth0', '10.9.0.2')).toContain('Received 1')
    await expect(docker.exec('con3', 'arping', '-c', '1', '-w', '1', '-I', 'eth0', '10.9.0.2')).rejects.toThrow()
  })

  it('says what is wrong in the call, and leaves nothing of it', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'dpid=0x77')
    const refused = (...options: string[]): Promise<string> => world.networkRefused('dovesnap', 'bad', ...options)
    expect(await refused('vlan=5000', 'mode=tunnel')).toMatch(/ovs\.bridge\.vlan.*5000[\s\S]*ovs\.bridge\.mode.*tunnel/)
    expect(await refused('dpid=0x77')).toMatch(/0x77.*network lab/)
    expect(await refused('default_acl=nosuch')).toMatch(/nosuch.*it has allowall, denyall, noping/)
    expect(await refused('add_ports=nosuch0')).toMatch(/no interface nosuch0/)
    expect(await refused('userspace=true', 'add_ports=lo/9')).toMatch(/interface lo/)
    const label = 'dovesnap.faucet.portacl=nosuch'
    expect(await docker.refused('run', '--rm', '--network', 'lab', '--label', label, busybox, 'true')).toMatch(/label dovesnap\.faucet\.portacl.*"nosuch"/)
    expect(await docker.refused('run', '--rm', '--network', 'lab', '--label', 'dovesnap.faucet.mac_prefix=0e:99:00:00:00:00', busybox, 'true')).toMatch(/mac_prefix/)
    expect(await ovs.vsctl('list-br')).toBe(embedded.network('lab')?.bridge)
    expect(await ovs.vsctl('list-ports', embedded.network('lab')?.bridge ?? '')).toBe('')
    expect(embedded.network('lab')?.endpoints.size).toBe(0)
  })

  it('gives the MAC address that is asked for, and shows it', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24')
    const address = (name: string): Promise<string[]> => Promise.all([docker.exec(name, 'cat', '/sys/class/net/eth0/address'), docker.cli('inspect', '--format', '{{.NetworkSettings.Networks.lab.MacAddress}}', name)])
    await docker.sleeper('con1', '--network', 'lab', '--mac-address', '02:00:00:00:00:99')
    expect(await address('con1')).toEqual(['02:00:00:00:00:99', '02:00:00:00:00:99'])
    await docker.sleeper('con2', '--network', 'lab', '--label', 'dovesnap.faucet.mac_prefix=0e:99')
    const [inside = '', shown] = await address('con2')
    expect(inside).toMatch(/^0e:99:/)
    expect(shown).toBe(inside)
    await docker.cli('restart', '--time', '0', 'con2')
    expect((await address('con2'))[0]).toMatch(/^0e:99:/)
  })

  it('keeps traffic going while another driver takes over', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat', 'default_acl=allowall')
    await docker.sleeper('con1', '--network', 'lab')
    await docker.sleeper('con2', '--network', 'lab', '-p', '8080:80')
    await ping('con1', '10.9.0.3')
    const known = embedded.driver.networks()
    const written = embedded.driver.control.config()
    log.length = 0
    const pings = ping('con1', '10.9.0.3', 30)
    await embedded.driver.close()
    await embedded.start()
    expect(embedded.driver.networks()).toEqual(known)
    expect(embedded.driver.control.config()).toEqual(written)
    await embedded.driver.control.ready()
    expect(await pings).toBe(30)
    expect(log.filter((line) => /up: 0 changes/.test(line))).toHaveLength(1)
    await embedded.driver.reconcile()
    expect(log.filter((line) => /mending/.test(line))).toEqual([])
  })

  it('makes again what was lost, with what it had', async () => {
    await embedded.start()
    const { bridge } = await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat', 'dpid=0x77')
    await docker.sleeper('con1', '--network', 'lab')
    await docker.sleeper('con2', '--network', 'lab', '-p', '8080:80', '--label', 'dovesnap.faucet.portacl=allowall')
    await ping('con1', '10.9.0.1')
    const written = embedded.driver.control.config()
    const mappings = (): unknown => [...(embedded.network('lab')?.endpoints.values() ?? [])].map(({ joined }) => joined?.portMappings)
    const forwarded = mappings()
    // Under the driver.
    await ovs.vsctl('del-br', bridge)
    await until(async () => (await ovs.vsctl('list-ports', bridge).catch(() => '')).split('\n').length === 2, 'the bridge has its ports again')
    await embedded.driver.reconcile()
    expect(await ping('con1', '10.9.0.1')).toBe(1)
    expect(await ping('con1', '10.9.0.3')).toBe(1)
    expect(embedded.driver.control.config()).toEqual(written)
    // While no driver is there: only Docker remembers.
    await embedded.driver.close()
    await ovs.vsctl('del-br', bridge)
    await embedded.start()
    await until(() => embedded.network('lab')?.endpoints.size === 2 && [...(embedded.network('lab')?.endpoints.values() ?? [])].every(({ joined }) => joined !== undefined), 'both are on the network again')
    await embedded.driver.control.ready()
    expect(embedded.driver.control.config()).toEqual(written)
    expect(mappings()).toEqual(forwarded)
    expect(await ping('con1', '10.9.0.3')).toBe(1)
    expect(await ping('con1', '10.9.0.1')).toBe(1)
  })

  it('goes on after Open vSwitch and dockerd were killed', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat', 'default_acl=allowall')
    await docker.sleeper('con1', '--network', 'lab')
    await docker.sleeper('con2', '--network', 'lab')
    await ovs.restart('SIGKILL')
    await until(async () => (await ping('con1', '10.9.0.3')) === 1 && (await ping('con1', '10.9.0.1')) === 1, 'the containers reach one another, and the gateway')
    await docker.restart('SIGKILL')
    await docker.cli('start', 'con1', 'con2')
    await embedded.driver.reconcile()
    expect(await ping('con1', '10.9.0.1')).toBe(1)
    expect(await ovs.vsctl('list-ports', embedded.network('lab')?.bridge ?? '')).toBe([...(embedded.network('lab')?.endpoints.values() ?? [])].map(({ hostInterface }) => hostInterface).sort().join('\n'))
  })

  it('removes what a driver that was killed has left', async () => {
    await embedded.start()
    const { bridge } = await embedded.create('lab', '--subnet=10.9.0.0/24')
    await docker.sleeper('con1', '--network', 'lab')
    const [endpoint] = embedded.network('lab')?.endpoints.values() ?? []
    await embedded.driver.close()
    await run('ip', 'link', 'add', 'odsve99999', 'type', 'veth', 'peer', 'name', 'ethc99999')
    const state = await ovs.vsctl('get', 'interface', endpoint?.hostInterface ?? '', 'external_ids:streambed-state')
    await ovs.vsctl('add-port', bridge, 'odsve99999', '--', 'set', 'interface', 'odsve99999', `external_ids:streambed-endpoint=${'9'.repeat(64)}`, `external_ids:streambed-state=${state}`)
    await ovs.vsctl('add-br', 'odsbr99999', '--', 'set', 'bridge', 'odsbr99999', 'datapath_type=netdev', 'external_ids:streambed-driver=dovesnap', `external_ids:streambed-network=${'9'.repeat(64)}`)
    await ovs.vsctl('add-br', 'other0', '--', 'set', 'bridge', 'other0', 'datapath_type=netdev', 'external_ids:streambed-driver=other', `external_ids:streambed-network=${'9'.repeat(64)}`)
    await embedded.start()
    await until(async () => (await ovs.vsctl('list-br')) === [bridge, 'other0'].sort().join('\n'), 'the bridge without a network is gone')
    await embedded.driver.reconcile()
    expect(await ovs.vsctl('list-ports', bridge)).toBe(endpoint?.hostInterface)
    expect((await machine(docker)).links).not.toContain('odsve99999')
    expect(embedded.network('lab')?.endpoints.size).toBe(1)
    await ovs.vsctl('del-br', 'other0')
  })

  it('adopts ports that others add, and uses the numbers that are asked for', async () => {
    await run('ip', 'link', 'add', 'vnet0', 'type', 'veth', 'peer', 'name', 'vnet1')
    await run('ip', 'link', 'add', 'nic0', 'type', 'veth', 'peer', 'name', 'nic1')
    await embedded.start()
    const { bridge } = await embedded.create('lab', '--subnet=10.9.0.0/24', 'add_ports=nic0/8/denyall/20', 'preallocate_ports=2')
    expect(embedded.driver.control.config().dps?.lab?.interfaces).toMatchObject({ 8: { native_vlan: 20, acls_in: ['denyall'] }, 1: { description: 'preallocated port' }, 2: {} })
    await ovs.vsctl('add-port', bridge, 'vnet0')
    await until(() => Object.values(embedded.driver.control.config().dps?.lab?.interfaces ?? {}).some(({ description }) => description === 'Physical interface vnet0'), 'the port is configured')
    // Open vSwitch has given it the lowest number, which containers cannot have then.
    await docker.sleeper('con1', '--network', 'lab')
    expect(embedded.driver.control.config().dps?.lab?.interfaces?.[2]?.description).toMatch(/^\/con1 /)
    await ovs.vsctl('del-port', bridge, 'vnet0')
    await until(() => embedded.network('lab')?.foreignPorts.size === 0, 'the port is gone')
    for (const name of ['vnet0', 'nic0']) await run('ip', 'link', 'del', name)
  })
})
