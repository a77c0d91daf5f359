import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aclsYaml } from './world/acls.js'
import { busybox } from './world/docker.js'
import type { Driver } from './world/driver.js'
import { run, until } from './world/program.js'
import { dhcpServer, page, tcpdump, webServer } from './world/servers.js'
import { useWorld } from './world/world.js'

// The acceptance tests of dovesnap, one after the other, through plain `docker` commands: only the word behind `-d` is free. Each of them ends as
// dovesnap's own do: the status is there, so is the diagram, nothing is left, and the driver has not died.
const world = useWorld({ outside: true })
const { docker, ovs, outside } = world
const driverName = 'dovesnap'
const file = '/run/faucet.yaml'

let driver: Driver | undefined
beforeEach(() => void (driver = undefined))
afterEach(async () => {
  if (driver === undefined) return
  expect(Object.keys(await driver.networks()).length).toBeGreaterThan(0)
  expect(await driver.get('/graph.svg')).toContain('<svg')
})

/** Starts the driver with dovesnap's ACLs, or without any configuration. */
async function start(config: 'no configuration' | 'acls', ...flags: string[]): Promise<Driver> {
  if (config === 'acls') writeFileSync(file, aclsYaml)
  return (driver = await world.driver(driverName, ...(config === 'acls' ? ['--config', file] : []), ...flags))
}

const network = (name: string, ...options: string[]): Promise<string> => world.network(driverName, name, ...options)

/** What Open vSwitch has as flows, table by table; nothing before it has made the bridge again. */
async function flows(bridge: string, table?: number): Promise<string[]> {
  return (await ovs.ofctl('dump-flows', bridge, ...(table === undefined ? [] : [`table=${table}`])).catch(() => '')).split('\n').filter((line) => line.includes('actions='))
}

const readPage = (container: string): Promise<string> => docker.exec(container, 'timeout', '3', 'wget', '-qO-', `http://${outside.address}/`)

async function cards(): Promise<void> {
  await world.card('odsaddport1', 'odsaddport2')
  await world.card('odsaddcoprop1', 'odsaddport3')
}

describe('the acceptance tests of dovesnap', { timeout: 120_000 }, () => {
  it('standalone without a configuration: nat, added ports, a restart of the driver and one of Open vSwitch', async () => {
    await world.daemon(webServer(outside))
    await cards()
    const started = await start('no configuration')
    const bridge = await network(
      'testnet', '--subnet 10.9.1.0/24', 'mode=nat', 'dpid=0x1', 'add_ports=odsaddport1/888', 'add_copro_ports=odsaddcoprop1/777', 'ovs_local_mac=0e:01:00:00:00:23', 'preallocate_ports=10',
    )
    await started.restart()
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mac_prefix=0e:99', '-p', '80:80', '--network', 'testnet')
    await ovs.restart()
    await until(async () => (await flows(bridge, 0)).some((flow) => /in_port=1[, ].*push_vlan/.test(flow)), 'table 0 pushes a VLAN for port 1')
    expect(await started.get('/faucet.yaml')).toMatch(/description: \/testcon/)
    await until(() => readPage('testcon').then((text) => text === page, () => false), 'the container reaches the Internet')
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
  })

  it('standalone: an ACL on what leaves the VLAN, a default ACL, a label with an ACL', async () => {
    await world.daemon(webServer(outside))
    await cards()
    const started = await start('acls')
    const bridge = await network(
      'testnet', '--subnet 10.9.1.0/24', 'mode=nat', 'dpid=0x1', 'add_ports=odsaddport1/888/denyall', 'add_copro_ports=odsaddcoprop1/777', 'ovs_local_mac=0e:01:00:00:00:23', 'preallocate_ports=10',
      'vlan_out_acl=allowall', 'default_acl=denyall',
    )
    await started.restart()
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mac_prefix=0e:99', '--label=dovesnap.faucet.portacl=testnet:ratelimitit', '-p', '80:80', '--network', 'testnet')
    await ovs.restart()
    await until(async () => (await flows(bridge, 0)).some((flow) => /in_port=1[, ].*meter/.test(flow) || /meter:/.test(flow)), 'table 0 has a meter')
    // Where it is defined, and where it is used.
    expect((await started.get('/faucet.yaml')).match(/ratelimitit/g)).toHaveLength(2)
    await until(() => readPage('testcon').then((text) => text === page, () => false), 'the container reaches the Internet')
    expect((await docker.exec('testcon', 'ifconfig', 'eth0')).toLowerCase()).toContain('0e:99')
    // Another container falls under the default.
    await docker.sleeper('deniedcon', '--network', 'testnet')
    expect(await docker.reaches('deniedcon', '10.9.1.1', 1)).toBe(false)
  })

  it('two networks, with an ACL for each of them in one label', async () => {
    const started = await start('acls')
    await network('testnet', '--subnet 10.9.1.0/24', 'mode=nat', 'dpid=0x1', 'nat_acl=allowall')
    await network('testnet2', '--subnet 10.9.2.0/24', 'mode=nat', 'dpid=0x2', 'nat_acl=allowall')
    const label = '--label=dovesnap.faucet.portacl=testnet:denyall/testnet2:allowall'
    await docker.sleeper('con1', label, '--network', 'testnet')
    await docker.sleeper('con2', label, '--network', 'testnet2')
    expect(await docker.reaches('con1', '10.9.1.1', 1)).toBe(false)
    expect(await docker.reaches('con2', '10.9.2.1')).toBe(true)
    expect(Object.values(await started.networks()).map(({ NetworkName }) => NetworkName).sort()).toEqual(['testnet', 'testnet2'])
    // More than one Streambed network on one container.
    await docker.cli('network', 'connect', 'testnet2', 'con1')
    expect(await docker.reaches('con1', '10.9.2.1')).toBe(true)
    await docker.cli('network', 'disconnect', 'testnet2', 'con1')
  })

  it('routed: the gateway answers', async () => {
    await start('acls')
    await network('testnet', '--subnet 10.9.1.0/24', '--gateway 10.9.1.1', 'mode=routed', 'dpid=0x1')
    await docker.sleeper('testcon', '--network', 'testnet')
    expect(await docker.reaches('testcon', '10.9.1.1')).toBe(true)
    // Routed: who comes from outside, and knows the way, reaches the container; and nobody changes addresses.
    await outside.run('ip', 'route', 'add', '10.9.1.0/24', 'via', outside.machine)
    expect(await outside.run('ping', '-c1', '-W3', '10.9.1.2')).toContain('1 received')
    await outside.run('ip', 'route', 'del', '10.9.1.0/24')
  })

  it('mirror bridge: what a container sends and gets is copied to an interface', async () => {
    await world.card('odsmirin', 'odsaddport1')
    await world.card('odsmirout', 'odsaddport2')
    await start('acls', '--mirror_bridge_in=odsmirin', '--mirror_bridge_out=odsmirout')
    const bridge = await network('testnet', '--subnet 10.9.1.0/24', 'mode=nat', 'dpid=0x1', 'nat_acl=allowall')
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mirror=testnet:true', '--label=dovesnap.faucet.portacl=allowall', '--mac-address=0e:00:00:00:00:99', '--network', 'testnet')
    await until(async () => (await flows(bridge)).some((flow) => /table=[01], .*output:/.test(flow)), 'a flow copies')
    const dump = await world.daemon(tcpdump('odsaddport2', 'tcp'))
    await world.daemon(webServer(outside))
    await readPage('testcon')
    await until(() => dump.output.includes('0e:00:00:00:00:99') && dump.output.includes('vlan 100') && dump.output.includes(`${outside.address}.80`), () => `the copies arrive: ${dump.output}`)
    // What comes in through the mirror bridge passes out of it: the mirror river.
    const river = await world.daemon(tcpdump('odsaddport2', 'arp'))
    await run('busybox', 'arping', '-c', '1', '-w', '1', '-I', 'odsaddport1', '10.77.0.1').catch(() => undefined)
    await until(() => river.output.includes('10.77.0.1'), () => `the river flows: ${river.output}`)
  })

  it('dhcp: the address comes from a server outside, and again after a restart of the container', async () => {
    await world.card('odsaddport1', 'odsaddport2')
    await run('ip', 'addr', 'add', '100.64.0.1/24', 'dev', 'odsaddport2')
    await world.daemon(dhcpServer('100.64.0', 'odsaddport2'))
    const started = await start('acls')
    await network('testnet', '--ipam-driver null', 'dpid=0x1', 'dhcp=true', 'add_ports=odsaddport1/101')
    await docker.sleeper('testcon', '--network', 'testnet')
    const address = async (): Promise<string | undefined> => /inet (100\.64\.0\.\d+)/.exec(await docker.exec('testcon', 'ip', 'addr', 'show', 'eth0'))?.[1]
    for (const round of ['at the start', 'after a restart']) {
      await until(async () => (await address()) !== undefined, `the container has an address ${round}: ${started.log}`)
      const got = await address()
      await until(async () => (await started.container('testcon'))?.HostIP.split('/')[0] === got, `the status says ${got} ${round}`)
      expect(await docker.reaches('testcon', '100.64.0.1')).toBe(true)
      if (round === 'at the start') await docker.cli('restart', 'testcon')
    }
  })

  it('vlan_config: added ports in VLANs of their own, and ports that are kept for containers', async () => {
    for (const at of [1, 2, 3]) await world.card(`odsaddport${at}`, `odsfar${at}`)
    const started = await start('acls')
    const bridge = await network('testnet', '--subnet 10.9.1.0/24', 'dpid=0x1', 'preallocate_ports=3', 'add_ports=odsaddport1/1//20,odsaddport2/2//30,odsaddport3/3//40')
    const ports = await ovs.ofctl('show', bridge)
    for (const at of [1, 2, 3]) expect(ports).toContain(` ${at}(odsaddport${at})`)
    const yaml = await started.get('/faucet.yaml')
    for (const vlan of [20, 30, 40]) expect(yaml).toContain(`native_vlan: ${vlan}`)
    expect(yaml.match(/preallocated port/g)).toHaveLength(3)
    for (const vlan of [20, 30, 40]) await until(async () => (await flows(bridge)).some((flow) => flow.includes(`set_field:${4096 + vlan}->vlan_vid`)), `port in VLAN ${vlan}`)
    await docker.sleeper('testcon', '--network', 'testnet')
    await network('other', '--subnet 10.9.2.0/24', 'dpid=0x2')
    await docker.cli('run', '--rm', '--network', 'other', busybox, 'true')
  })
})
