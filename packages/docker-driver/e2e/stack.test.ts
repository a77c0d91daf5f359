import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aclsYaml } from './world/acls.js'
import { Docker } from './world/docker.js'
import { Driver } from './world/driver.js'
import { machine, type Machine } from './world/leftovers.js'
import { Outside } from './world/outside.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// dovesnap's acceptance test of stacking: the networks of this machine are one with a switch of the operator's, and what containers
// send and get is copied to a port of that switch.
const reason = whyNotHere()
const driverName = 'dovesnap'
const rootSwitch = 'odsrootsw'

/** The operator's switch, as it is configured before any network is there: a host on port 1, whoever looks at mirrors on port 88. */
const config = `${aclsYaml}dps:
  ${rootSwitch}:
    dp_id: 0x77
    hardware: Open vSwitch
    interfaces:
      1: {native_vlan: 100}
      88: {output_only: true}
`

let docker: Docker
let ovs: OpenVswitch
let outside: Outside
let driver: Driver | undefined
let before: Machine

beforeAll(async () => {
  if (reason !== undefined) return
  ;[docker, ovs, outside] = await Promise.all([Docker.start(), OpenVswitch.start(), Outside.start()])
  mkdirSync('/run/lab/www', { recursive: true })
  writeFileSync('/run/lab/faucet.yaml', config)
  writeFileSync('/run/lab/www/index.html', 'the Internet\n')
  // Cables: to the machine, to a host, and to the observer.
  await run('ip', 'netns', 'add', 'lan')
  await cable('rootsw7', 'odsrootswextp1')
  await cable('rootsw1', 'host', 'lan')
  await cable('rootsw88', 'observer', 'lan')
  await run('ip', '-n', 'lan', 'addr', 'add', '10.9.1.50/24', 'dev', 'host')
  await ovs.vsctl(
    'add-br', rootSwitch, '--', 'set', 'bridge', rootSwitch, 'datapath_type=netdev', 'other-config:datapath-id=0x77', 'fail-mode=secure',
    ...[[1, 'rootsw1'], [7, 'rootsw7'], [88, 'rootsw88']].flatMap(([number, name]) => ['--', 'add-port', rootSwitch, String(name), '--', 'set', 'interface', String(name), `ofport_request=${number}`]),
    '--', 'set-controller', rootSwitch, 'tcp:127.0.0.1:6653',
  )
}, 120_000)
afterAll(async () => {
  if (reason !== undefined) return
  await Promise.all([docker.down(), ovs.down(), outside.stop()])
  await run('ip', 'netns', 'del', 'lan')
})

beforeEach(async ({ skip }) => {
  if (reason !== undefined) return skip(reason)
  before = await machine()
})

afterEach(async () => {
  if (driver === undefined) return
  const { log } = driver
  try {
    expect(Object.keys(await driver.networks()).length).toBeGreaterThan(0)
    const graph = await driver.get('/graph.svg')
    for (const name of [rootSwitch, 'odslb', 'testcon']) expect(graph).toContain(name)
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

/** A cable from a port of the operator's switch, which is none of the machine's interfaces: the machine does not answer there. */
async function cable(port: string, far: string, namespace?: string): Promise<void> {
  await run('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', far)
  await run('sysctl', '-qw', `net.ipv4.conf.${port}.arp_ignore=8`)
  await run('ip', 'link', 'set', port, 'up')
  if (namespace !== undefined) await run('ip', 'link', 'set', far, 'netns', namespace)
  const at = namespace === undefined ? [] : ['-n', namespace]
  await run('ip', ...at, 'link', 'set', far, 'up')
}

async function removeEverything(): Promise<void> {
  const containers = (await docker.cli('ps', '--all', '--quiet')).split('\n').filter(Boolean)
  if (containers.length > 0) await docker.cli('rm', '--force', ...containers)
  const networks = (await docker.cli('network', 'ls', '--quiet', '--filter', `driver=${driverName}`)).split('\n').filter(Boolean)
  for (const network of networks) await docker.cli('network', 'rm', network)
}

async function createNetwork(name: string, ...options: string[]): Promise<string> {
  const id = await docker.cli('network', 'create', '-d', driverName, '--internal', ...options.flatMap((option) => (option.startsWith('-') ? option.split(' ') : ['-o', `ovs.bridge.${option}`])), name)
  return `odsbr${id.slice(0, 5)}`
}

async function flows(bridge: string, ...filter: string[]): Promise<string[]> {
  return (await ovs.ofctl('dump-flows', bridge, ...filter)).split('\n').filter((line) => line.includes('actions='))
}

/** Every link of the stack has two ends, and each of them is up: 3 in Faucet's metric. */
async function stackPorts(): Promise<string[]> {
  const lines = (await (driver as Driver).get('/metrics')).split('\n').filter((line) => line.startsWith('port_stack_state{'))
  return lines.map((line) => `${/dp_name="([^"]*)"/.exec(line)?.[1]}:${/port="([^"]*)"/.exec(line)?.[1]}=${Number(line.split(' ').at(-1))}`).sort()
}

const stacking = ['--config', '/run/lab/faucet.yaml', '--ofp_listen', 'ptcp:6653', '--stacking_interfaces=odsrootsw:7:odsrootswextp1', '--stack_priority1=odsrootsw']

describe('stacking', { timeout: 180_000 }, () => {
  it('joins networks to a switch, and sends mirrored packets through it', async () => {
    const started = (driver = await Driver.start(driverName, ...stacking, '--stack_mirror_interface=odsrootsw:88'))
    const bridge = await createNetwork('testnet', '--subnet 10.9.1.0/24', 'mode=nat', 'dpid=0x1', 'userspace=true', 'nat_acl=allowall')
    const [stackBridge = ''] = (await ovs.vsctl('list-br')).split('\n').filter((name) => name.startsWith('dovesnap'))
    const up = [`${rootSwitch}:7=3`, `${stackBridge}:1=3`, `${stackBridge}:2=3`, 'testnet:1=3'].sort()
    await until(async () => (await stackPorts()).join() === up.join(), () => `all four ends of the two links are up: ${started.log}`, 60_000)
    await docker.sleeper('testcon', '--label=dovesnap.faucet.mirror=testnet:true', '--mac-address=0e:00:00:00:00:99', '--network', 'testnet')
    await until(async () => (await flows(bridge, 'table=0,in_port=99')).some((flow) => flow.includes('push_vlan')), 'what comes back from the loopback bridge is tagged')

    const observer = new Daemon('ip', ['netns', 'exec', 'lan', 'tcpdump', '-n', '-e', '-l', '-i', 'observer', 'tcp'])
    await until(() => observer.output.includes('listening on'), 'tcpdump listens')
    const server = new Daemon('ip', ['netns', 'exec', 'outside', 'busybox', 'httpd', '-f', '-p', `${outside.address}:80`, '-h', '/run/lab/www'])
    await until(() => outside.run('busybox', 'wget', '-qO-', `http://${outside.address}/`).then(() => true, () => false), 'the web server answers')
    expect(await docker.exec('testcon', 'wget', '-qO-', `http://${outside.address}/`)).toBe('the Internet')
    await server.stop()
    const both = [/0e:00:00:00:00:99 > .*\.80: /, / > 0e:00:00:00:00:99.*\.80 > /]
    await until(() => both.every((one) => one.test(observer.output)), () => `both directions are seen at port 88: ${observer.output}`)
    await observer.stop()
    // One network, from the container to a host at the switch.
    expect(await docker.exec('testcon', 'ping', '-c1', '-W3', '10.9.1.50')).toContain('1 packets received')
    const tunnel = await flows(rootSwitch, 'table=0,dl_vlan=356')
    expect(tunnel.some((flow) => Number(/n_packets=(\d+)/.exec(flow)?.[1]) > 0), tunnel.join('\n')).toBe(true)
  })
})
