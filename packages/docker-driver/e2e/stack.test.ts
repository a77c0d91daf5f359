import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { aclsYaml } from './world/acls.js'
import type { Driver } from './world/driver.js'
import { run, until } from './world/program.js'
import { page, tcpdump, webServer } from './world/servers.js'
import { useWorld, type World } from './world/world.js'

// dovesnap's acceptance test of stacking: the networks of this machine are one with a switch of the operator's, and what containers
// send and get is copied to a port of that switch.
const file = '/run/faucet.yaml'
const rootSwitch = 'odsrootsw'
const world = useWorld({ outside: true, furnish: operatorsSwitch })
const { docker, ovs, outside } = world

/** The operator's switch as it is configured before any network is there: a host on port 1, whoever looks at mirrors on port 88. */
const config = `${aclsYaml}dps:
  ${rootSwitch}:
    dp_id: 0x77
    hardware: Open vSwitch
    interfaces:
      1: {native_vlan: 100}
      88: {output_only: true}
`

/** With its cables: to the machine, to a host, and to the observer. */
async function operatorsSwitch({ ovs }: World): Promise<void> {
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
}

/** A cable from a port of the operator's switch, which is none of the machine's interfaces: the machine does not answer there. */
async function cable(port: string, far: string, namespace?: string): Promise<void> {
  await run('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', far)
  await run('sysctl', '-qw', `net.ipv4.conf.${port}.arp_ignore=8`)
  await run('ip', 'link', 'set', port, 'up')
  if (namespace !== undefined) await run('ip', 'link', 'set', far, 'netns', namespace)
  const at = namespace === undefined ? [] : ['-n', namespace]
  await run('ip', ...at, 'link', 'set', far, 'up')
}

async function flows(bridge: string, ...filter: string[]): Promise<string[]> {
  return (await ovs.ofctl('dump-flows', bridge, ...filter)).split('\n').filter((line) => line.includes('actions='))
}

/** Every link of the stack has two ends, and each of them is up: 3 in Faucet's metric. */
async function stackPorts(driver: Driver): Promise<string[]> {
  const lines = (await driver.get('/metrics')).split('\n').filter((line) => line.startsWith('port_stack_state{'))
  return lines.map((line) => `${/dp_name="([^"]*)"/.exec(line)?.[1]}:${/port="([^"]*)"/.exec(line)?.[1]}=${Number(line.split(' ').at(-1))}`).sort()
}

const stacking = ['--config', file, '--ofp_listen', 'ptcp:6653', '--stacking_interfaces=odsrootsw:7:odsrootswextp1', '--stack_priority1=odsrootsw', '--stack_mirror_interface=odsrootsw:88']

it('joins networks to a switch, and sends mirrored packets through it', { timeout: 120_000 }, async () => {
  writeFileSync(file, config)
  const driver = await world.driver('dovesnap', ...stacking)
  const bridge = await world.network('dovesnap', 'testnet', '--subnet 10.9.1.0/24', 'mode=nat', 'dpid=0x1', 'nat_acl=allowall')
  const [stackBridge = ''] = (await ovs.vsctl('list-br')).split('\n').filter((name) => name.startsWith('dovesnap'))
  const up = [`${rootSwitch}:7=3`, `${stackBridge}:1=3`, `${stackBridge}:2=3`, 'testnet:1=3'].sort()
  await until(async () => (await stackPorts(driver)).join() === up.join(), () => `all four ends of the two links are up: ${driver.log}`, 60_000)
  await docker.sleeper('testcon', '--label=dovesnap.faucet.mirror=testnet:true', '--mac-address=0e:00:00:00:00:99', '--network', 'testnet')
  await until(async () => (await flows(bridge, 'table=0,in_port=99')).some((flow) => flow.includes('push_vlan')), 'what comes back from the loopback bridge is tagged')

  const observer = await world.daemon(tcpdump('observer', 'tcp', 'lan'))
  await world.daemon(webServer(outside))
  expect(await docker.exec('testcon', 'wget', '-qO-', `http://${outside.address}/`)).toBe(page)
  const both = [/0e:00:00:00:00:99 > .*\.80: /, / > 0e:00:00:00:00:99.*\.80 > /]
  await until(() => both.every((one) => one.test(observer.output)), () => `both directions are seen at port 88: ${observer.output}`)
  // One network, from the container to a host at the switch.
  expect(await docker.reaches('testcon', '10.9.1.50')).toBe(true)
  const tunnel = await flows(rootSwitch, 'table=0,dl_vlan=356')
  expect(tunnel.some((flow) => Number(/n_packets=(\d+)/.exec(flow)?.[1]) > 0), tunnel.join('\n')).toBe(true)

  const graph = await driver.get('/graph.svg')
  for (const name of [rootSwitch, 'odslb', 'testcon']) expect(graph).toContain(name)
})
