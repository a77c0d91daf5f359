import { existsSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { dockerSocket } from './world/docker.js'
import { statusUrl } from './world/driver.js'
import { Daemon, refused, run } from './world/program.js'
import { useWorld } from './world/world.js'

// The command: what it refuses and how it ends; and calls of Docker that are wrong.
const world = useWorld()
const program = fileURLToPath(new URL('../dist/cli/streambed-docker-driver.js', import.meta.url))

/** What the command says when it refuses to start, with exit code 1 and without a stack. */
async function complaint(...args: string[]): Promise<string> {
  const daemon = new Daemon(process.execPath, [program, '--docker', `unix://${dockerSocket}`, ...args])
  expect(await daemon.ended(), daemon.output).toBe(1)
  expect(daemon.output).not.toMatch(/^ +at /m)
  return daemon.output
}

describe('streambed-docker-driver', { timeout: 60_000 }, () => {
  it.for<readonly [readonly string[], RegExp]>([
    [['--nonesuch'], /there is no flag --nonesuch/],
    [['--faucetconfrpc_addr', 'localhost'], /FaucetConfRPC server cannot be used yet/],
    [['--config', '/run/nonesuch.yaml'], /--config: \/run\/nonesuch.yaml cannot be read/],
    [['--faucet_config', '/run/nonesuch.yaml'], /there is no file \/run\/nonesuch.yaml/],
    [['--ovs', 'tcp:127.0.0.1:1'], /must be "unix:" and the path/],
    [['--status_auth_ips', '300.1.2.3/8'], /300\.1\.2\.3/],
    [['--status_port', '99999'], /--status_port must be a TCP port/],
    [['--name', 'a/b'], /a\/b/],
    [['--stacking_interfaces', 'x'], /stacking_interfaces/],
    [['serve'], /"serve" is neither a flag/],
  ])('refuses %j with a sentence', async ([args, words]) => {
    expect(await complaint(...args)).toMatch(words)
    expect(existsSync('/run/docker/plugins/streambed.sock')).toBe(false)
  })

  it('refuses a configuration that Faucet would refuse, with the place', async () => {
    writeFileSync('/run/wrong.yaml', 'acls:\n  a:\n    - rule: {actions: {allow: maybe}}\n')
    expect(await complaint('--config', '/run/wrong.yaml')).toMatch(/acls/)
  })

  it('tells of Open vSwitch that is not there', async () => {
    expect(await refused('node', program, '--ovs_wait', '1', '--ovs', 'unix:/run/nowhere/db.sock').catch((error: Error) => error.message)).toMatch(/\/run\/nowhere\/db.sock/)
  })

  it('is one of its name; its socket is nobody else\'s; and it ends with 0', async () => {
    const driver = await world.driver('streambed')
    expect(statSync(driver.socket).mode & 0o777).toBe(0o600)
    expect(await complaint('--name', 'streambed', '--status_port', '0')).toMatch(/streambed.*(another|runs|process)/s)
    expect(await complaint('--name', 'other')).toMatch(/9401/)
    // The first one is not touched by that.
    expect(await driver.networks()).toEqual({})
    const other = new Daemon(process.execPath, [program, '--name', 'other', '--status_port', '0', '--docker', `unix://${dockerSocket}`])
    await other.until(() => other.output.includes('ready'), 'another name is another driver')
    await other.stop()
    expect(other.exitCode).toBe(0)
  })

  it('says what Docker calls the interfaces in the containers', async () => {
    const driver = await world.driver('streambed')
    for (const name of ['one', 'two']) await world.network('streambed', name, `--subnet=10.9.${name === 'one' ? 1 : 2}.0/24`)
    await world.docker.sleeper('con1', '--network', 'one')
    const names = async (): Promise<Record<string, readonly string[]>> =>
      Object.fromEntries(Object.values(await driver.networks()).map(({ NetworkName, DynamicNetworkStates }) => [NetworkName, Object.values(DynamicNetworkStates.Containers).map(({ IfName }) => IfName)]))
    expect(await names()).toEqual({ one: ['eth0'], two: [] })
    await world.docker.cli('network', 'connect', 'two', 'con1')
    expect(await names()).toEqual({ one: ['eth0'], two: ['eth1'] })
    // Another interface, of the same container and network.
    await world.docker.cli('network', 'disconnect', 'one', 'con1')
    expect(await names()).toEqual({ one: [], two: ['eth1'] })
    await world.docker.cli('network', 'connect', 'one', 'con1')
    const last = (await world.docker.exec('con1', 'ls', '/sys/class/net')).split('\n').filter((name) => !['lo', 'eth1'].includes(name))
    expect(await names()).toEqual({ one: last, two: ['eth1'] })
    // It looks by itself: another process knows as much.
    await driver.restart()
    expect(await names()).toEqual({ one: last, two: ['eth1'] })
  })

  it('answers wrong calls with an error in words, and a network that is refused leaves nothing', async () => {
    const driver = await world.driver('streambed')
    const create = (...options: string[]): Promise<string> => world.networkRefused('streambed', 'lab', '--subnet 10.9.1.0/24', ...options)
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['mode=bridged', /flat, nat/],
      ['vlan=4095', /4094/],
      ['mtu=lots', /mtu/],
      ['dhcp=perhaps', /dhcp/],
      ['dpid=17', /0x/],
      ['defaultacl=x', /default_acl/],
      ['default_acl=nosuch', /nosuch/],
      ['add_ports=nosuchcard/1', /nosuchcard/],
      ['add_ports=lo/1//9999', /9999|VLAN/],
      ['ovs_local_mac=zz', /zz/],
      ['name=a-name-that-is-too-long', /15/],
    ]
    for (const [option, words] of wrong) expect(await create(option), option).toMatch(words)
    // Where the kernel has the module, this one would be made.
    if (!existsSync('/sys/module/openvswitch')) expect(await create('userspace=false')).toMatch(/this kernel has no openvswitch module: load it \(modprobe openvswitch\) or give ovs\.bridge\.userspace=true/)
    // And by hand, what Docker would never send.
    const call = (...args: string[]): Promise<string> => run('curl', '-sS', '--max-time', '10', '--unix-socket', driver.socket, ...args)
    expect(await call('-X', 'POST', '-d', '{', 'http://d/NetworkDriver.CreateNetwork')).toContain('"Err"')
    expect(await call('-X', 'POST', '-d', '{"NetworkID":7}', 'http://d/NetworkDriver.CreateNetwork')).toContain('"Err"')
    expect(await call('-X', 'POST', '-d', '{}', 'http://d/NetworkDriver.Nonesuch')).toContain('"Err"')
    expect(await call('-X', 'POST', '-d', '{"NetworkID":"ab","EndpointID":"cd"}', 'http://d/NetworkDriver.Join')).toContain('"Err"')
    const status = await fetch(`${statusUrl}/nonesuch`)
    expect(status.status).toBe(404)
  })
})
