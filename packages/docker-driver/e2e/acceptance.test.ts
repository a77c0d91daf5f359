import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aclsYaml } from './world/acls.js'
import { busybox, Docker } from './world/docker.js'
import { Driver } from './world/driver.js'
import { machine, type Machine } from './world/leftovers.js'
import { Outside } from './world/outside.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// The acceptance tests of dovesnap, one after the other, through plain `docker` commands: only the word behind `-d` is free.
const reason = whyNotHere()
const driverName = 'dovesnap'

let docker: Docker
let ovs: OpenVswitch
let outside: Outside
let driver: Driver | undefined
let before: Machine

beforeAll(async () => {
  if (reason !== undefined) return
  ;[docker, ovs, outside] = await Promise.all([Docker.start(), OpenVswitch.start(), Outside.start()])
}, 120_000)
afterAll(async () => {
  if (reason !== undefined) return
  await Promise.all([docker.down(), ovs.down(), outside.stop()])
})

beforeEach(async ({ skip }) => {
  if (reason !== undefined) return skip(reason)
  mkdirSync('/run/lab', { recursive: true })
  before = await machine()
})

// Each of them ends as dovesnap's own do: the status is there, so is the diagram, nothing is left, and the driver has not died.
afterEach(async () => {
  if (driver === undefined) return
  const { log } = driver
  try {
    expect(Object.keys(await driver.networks()).length).toBeGreaterThan(0)
    expect(await driver.get('/graph.svg')).toContain('<svg')
    expect(driver.running, log).toBe(true)
  } finally {
    await removeEverything()
    await driver.down()
  }
  expect(driver.exitCode, log).toBe(0)
  driver = undefined
  const after = await machine()
  expect({ ...after, firewall: [] }).toEqual({ ...before, firewall: [] })
  expect(after.firewall.filter((line) => !before.firewall.includes(line))).toEqual([])
})

async function removeEverything(): Promise<void> {
  const containers = (await docker.cli('ps', '--all', '--quiet')).split('\n').filter(Boolean)
  if (containers.length > 0) await docker.cli('rm', '--force', ...containers)
  const networks = (await docker.cli('network', 'ls', '--quiet', '--filter', `driver=${driverName}`)).split('\n').filter(Boolean)
  for (const network of networks) await docker.cli('network', 'rm', network)
  for (const name of ['odsaddport1', 'odsaddport2', 'odsaddport3', 'odsaddcoprop1', 'odsmirin', 'odsmirout']) await run('ip', 'link', 'del', name).catch(() => undefined)
}

/** A veth pair that stands for a network card: the far end is where its cable leads. */
async function card(name: string, far: string): Promise<void> {
  await run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', far)
  for (const end of [name, far]) await run('ip', 'link', 'set', end, 'up')
}

/** Starts the driver with dovesnap's ACLs, or without any configuration. */
async function startDriver(config: 'no configuration' | 'acls', ...flags: string[]): Promise<Driver> {
  if (config === 'acls') writeFileSync('/run/lab/faucet.yaml', aclsYaml)
  driver = await Driver.start(driverName, ...(config === 'acls' ? ['--config', '/run/lab/faucet.yaml'] : []), ...flags)
  return driver
}

async function createNetwork(name: string, ...options: string[]): Promise<string> {
  const id = await docker.cli('network', 'create', '-d', driverName, '--internal', ...options.flatMap((option) => (option.startsWith('-') ? option.split(' ') : ['-o', option])), name)
  return `odsbr${id.slice(0, 5)}`
}

/** What Open vSwitch has as flows, table by table; nothing before it has made the bridge again. */
async function flows(bridge: string, table?: number): Promise<string[]> {
  return (await ovs.ofctl('dump-flows', bridge, ...(table === undefined ? [] : [`table=${table}`])).catch(() => '')).split('\n').filter((line) => line.includes('actions='))
}

/** A web server out there, on an address that only forwarding through the machine reaches. */
async function webServer(): Promise<Daemon> {
  mkdirSync('/run/lab/www', { recursive: true })
  writeFileSync('/run/lab/www/index.html', 'the Internet\n')
  const server = new Daemon('ip', ['netns', 'exec', 'outside', 'busybox', 'httpd', '-f', '-p', `${outside.address}:80`, '-h', '/run/lab/www'])
  await until(() => outside.run('busybox', 'wget', '-qO-', `http://${outside.address}/`).then(() => true, () => false), 'the web server answers')
  return server
}

describe('the acceptance tests of dovesnap', { timeout: 180_000 }, () => {
  it('standalone without a configuration: nat, added ports, a restart of the driver and one of Open vSwitch', async () => {
    const server = await webServer()
    await card('odsaddport1', 'odsaddport2')
    await card('odsaddcoprop1', 'odsaddport3')
    const started = await startDriver('no configuration')
    const bridge = await createNetwork(
      'testnet', '--subnet 10.9.1.0/24', 'ovs.bridge.mode=nat', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true', 'ovs.bridge.add_ports=odsaddport1/888',
      'ovs.bridge.add_copro_ports=odsaddcoprop1/777', 'ovs.bridge.ovs_local_mac=0e:01:00:00:00:23', 'ovs.bridge.preallocate_ports=10',
    )
    await started.restart()
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mac_prefix=0e:99', '-p', '80:80', '--network', 'testnet')
    await ovs.restart()
    await until(async () => (await flows(bridge, 0)).some((flow) => /in_port=1[, ].*push_vlan/.test(flow)), 'table 0 pushes a VLAN for port 1')
    expect(await started.get('/faucet.yaml')).toMatch(/description: \/testcon/)
    await until(() => docker.exec('testcon', 'timeout', '3', 'wget', '-qO-', `http://${outside.address}/`).then((text) => text === 'the Internet', () => false), 'the container reaches the Internet')
    expect((await docker.exec('testcon', 'ifconfig', 'eth0')).toLowerCase()).toContain('0e:99')
    expect(await docker.cli('inspect', '-f', '{{(index .NetworkSettings.Networks "testnet").MacAddress}}', 'testcon')).toMatch(/^0e:99/)
    expect(await run('ip', 'link', 'show', bridge)).toContain('0e:01:00:00:00:23')
    const ports = await ovs.ofctl('show', bridge)
    expect(ports).toMatch(/ 888\(odsaddport1\)/)
    expect(ports).toMatch(/ 777\(odsaddcoprop1\)/)
    // The mapped port, from the Internet.
    const web = docker.exec('testcon', 'sh', '-c', 'echo hello | nc -l -p 80')
    await until(() => docker.exec('testcon', 'sh', '-c', 'netstat -ltn | grep -q :80').then(() => true, () => false), 'the container listens')
    expect(await outside.run('busybox', 'nc', '-w', '5', outside.machine, '80')).toBe('hello')
    await web
    await server.stop()
  })

  it('standalone: an ACL on what leaves the VLAN, a default ACL, a label with an ACL', async () => {
    const server = await webServer()
    await card('odsaddport1', 'odsaddport2')
    await card('odsaddcoprop1', 'odsaddport3')
    const started = await startDriver('acls')
    const bridge = await createNetwork(
      'testnet', '--subnet 10.9.1.0/24', 'ovs.bridge.mode=nat', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true', 'ovs.bridge.add_ports=odsaddport1/888/denyall',
      'ovs.bridge.add_copro_ports=odsaddcoprop1/777', 'ovs.bridge.ovs_local_mac=0e:01:00:00:00:23', 'ovs.bridge.preallocate_ports=10',
      'ovs.bridge.vlan_out_acl=allowall', 'ovs.bridge.default_acl=denyall',
    )
    await started.restart()
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mac_prefix=0e:99', '--label=dovesnap.faucet.portacl=testnet:ratelimitit', '-p', '80:80', '--network', 'testnet')
    await ovs.restart()
    await until(async () => (await flows(bridge, 0)).some((flow) => /in_port=1[, ].*meter/.test(flow) || /meter:/.test(flow)), 'table 0 has a meter')
    // Where it is defined, and where it is used.
    expect((await started.get('/faucet.yaml')).match(/ratelimitit/g)).toHaveLength(2)
    await until(() => docker.exec('testcon', 'timeout', '3', 'wget', '-qO-', `http://${outside.address}/`).then((text) => text === 'the Internet', () => false), 'the container reaches the Internet')
    expect((await docker.exec('testcon', 'ifconfig', 'eth0')).toLowerCase()).toContain('0e:99')
    // Another container falls under the default.
    await docker.sleeper('deniedcon', '--network', 'testnet')
    await expect(docker.exec('deniedcon', 'ping', '-c1', '-W1', '10.9.1.1')).rejects.toThrow()
    await server.stop()
  })

  it('two networks, with an ACL for each of them in one label', async () => {
    const started = await startDriver('acls')
    await createNetwork('testnet', '--subnet 10.9.1.0/24', 'ovs.bridge.mode=nat', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true', 'ovs.bridge.nat_acl=allowall')
    await createNetwork('testnet2', '--subnet 10.9.2.0/24', 'ovs.bridge.mode=nat', 'ovs.bridge.dpid=0x2', 'ovs.bridge.userspace=true', 'ovs.bridge.nat_acl=allowall')
    const label = '--label=dovesnap.faucet.portacl=testnet:denyall/testnet2:allowall'
    await docker.sleeper('con1', label, '--network', 'testnet')
    await docker.sleeper('con2', label, '--network', 'testnet2')
    await expect(docker.exec('con1', 'ping', '-c1', '-W1', '10.9.1.1')).rejects.toThrow()
    await docker.exec('con2', 'ping', '-c1', '-W3', '10.9.2.1')
    expect(Object.values(await started.networks()).map(({ NetworkName }) => NetworkName).sort()).toEqual(['testnet', 'testnet2'])
    // More than one Streambed network on one container.
    await docker.cli('network', 'connect', 'testnet2', 'con1')
    await docker.exec('con1', 'ping', '-c1', '-W3', '10.9.2.1')
    await docker.cli('network', 'disconnect', 'testnet2', 'con1')
  })

  it('routed: the gateway answers', async () => {
    await startDriver('acls')
    await createNetwork('testnet', '--subnet 10.9.1.0/24', '--gateway 10.9.1.1', 'ovs.bridge.mode=routed', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true')
    await docker.sleeper('testcon', '--network', 'testnet')
    await docker.exec('testcon', 'ping', '-c1', '-W3', '10.9.1.1')
    // Routed: who comes from outside, and knows the way, reaches the container; and nobody changes addresses.
    await outside.run('ip', 'route', 'add', '10.9.1.0/24', 'via', outside.machine)
    expect(await outside.run('ping', '-c1', '-W3', '10.9.1.2')).toContain('1 received')
    await outside.run('ip', 'route', 'del', '10.9.1.0/24')
  })

  it('mirror bridge: what a container sends and gets is copied to an interface', async () => {
    await card('odsmirin', 'odsaddport1')
    await card('odsmirout', 'odsaddport2')
    await startDriver('acls', '--mirror_bridge_in=odsmirin', '--mirror_bridge_out=odsmirout')
    const bridge = await createNetwork('testnet', '--subnet 10.9.1.0/24', 'ovs.bridge.mode=nat', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true', 'ovs.bridge.nat_acl=allowall')
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mirror=testnet:true', '--label=dovesnap.faucet.portacl=allowall', '--mac-address=0e:00:00:00:00:99', '--network', 'testnet')
    await until(async () => (await flows(bridge)).some((flow) => /table=[01], .*output:/.test(flow)), 'a flow copies')
    const dump = new Daemon('tcpdump', ['-n', '-e', '-l', '-i', 'odsaddport2', 'tcp'])
    await until(() => dump.output.includes('listening on'), 'tcpdump listens')
    const server = await webServer()
    await docker.exec('testcon', 'timeout', '3', 'wget', '-qO-', `http://${outside.address}/`)
    await until(() => dump.output.includes('0e:00:00:00:00:99') && dump.output.includes('vlan 100') && dump.output.includes(`${outside.address}.80`), () => `the copies arrive: ${dump.output}`)
    await dump.stop()
    await server.stop()
    // What comes in through the mirror bridge passes out of it: the mirror river.
    const river = new Daemon('tcpdump', ['-n', '-e', '-l', '-i', 'odsaddport2', 'arp'])
    await until(() => river.output.includes('listening on'), 'tcpdump listens')
    await run('busybox', 'arping', '-c', '1', '-w', '1', '-I', 'odsaddport1', '10.77.0.1').catch(() => undefined)
    await until(() => river.output.includes('10.77.0.1'), () => `the river flows: ${river.output}`)
    await river.stop()
  })

  it('dhcp: the address comes from a server outside, and again after a restart of the container', async () => {
    await card('odsaddport1', 'odsaddport2')
    await run('ip', 'addr', 'add', '100.64.0.1/24', 'dev', 'odsaddport2')
    writeFileSync('/run/lab/udhcpd.conf', ['start 100.64.0.2', 'end 100.64.0.12', 'interface odsaddport2', 'lease_file /run/lab/leases', 'pidfile /run/lab/udhcpd.pid', 'opt subnet 255.255.255.0', 'opt router 100.64.0.1', 'opt lease 120', ''].join('\n'))
    const server = new Daemon('busybox', ['udhcpd', '-f', '/run/lab/udhcpd.conf'])
    const started = await startDriver('acls')
    await createNetwork('testnet', '--ipam-driver null', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true', 'ovs.bridge.dhcp=true', 'ovs.bridge.add_ports=odsaddport1/101')
    await docker.sleeper('testcon', '--network', 'testnet')
    const address = async (): Promise<string | undefined> => /inet (100\.64\.0\.\d+)/.exec(await docker.exec('testcon', 'ip', 'addr', 'show', 'eth0'))?.[1]
    const reported = async (): Promise<string | undefined> => Object.values(await started.networks()).flatMap(({ DynamicNetworkStates }) => Object.values(DynamicNetworkStates.Containers)).map(({ HostIP }) => HostIP)[0]
    for (const round of ['at the start', 'after a restart']) {
      await until(async () => (await address()) !== undefined, `the container has an address ${round}: ${started.log}`)
      const got = await address()
      await until(async () => (await reported())?.split('/')[0] === got, `the status says ${got} ${round}`)
      await docker.exec('testcon', 'ping', '-c1', '-W3', '100.64.0.1')
      await docker.cli('restart', '--time', '1', 'testcon')
    }
    await server.stop()
  })

  it('vlan_config: added ports in VLANs of their own, and ports that are kept for containers', async () => {
    for (const at of [1, 2, 3]) await card(`odsaddport${at}`, `odsfar${at}`)
    const started = await startDriver('acls')
    const bridge = await createNetwork(
      'testnet', '--subnet 10.9.1.0/24', 'ovs.bridge.dpid=0x1', 'ovs.bridge.userspace=true', 'ovs.bridge.preallocate_ports=3',
      'ovs.bridge.add_ports=odsaddport1/1//20,odsaddport2/2//30,odsaddport3/3//40',
    )
    const ports = await ovs.ofctl('show', bridge)
    for (const at of [1, 2, 3]) expect(ports).toContain(` ${at}(odsaddport${at})`)
    const yaml = await started.get('/faucet.yaml')
    for (const vlan of [20, 30, 40]) expect(yaml).toContain(`native_vlan: ${vlan}`)
    expect(yaml.match(/preallocated port/g)).toHaveLength(3)
    for (const vlan of [20, 30, 40]) await until(async () => (await flows(bridge)).some((flow) => flow.includes(`set_field:${4096 + vlan}->vlan_vid`)), `port in VLAN ${vlan}`)
    await docker.sleeper('testcon', '--network', 'testnet')
    await createNetwork('other', '--subnet 10.9.2.0/24', 'ovs.bridge.dpid=0x2', 'ovs.bridge.userspace=true')
    await docker.cli('run', '--rm', '--network', 'other', busybox, 'true')
  })
})
