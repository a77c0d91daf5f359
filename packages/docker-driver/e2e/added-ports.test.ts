import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DockerNetworkDriver, type DriverEvent, type Network } from '../dist/index.js'
import { Docker, dockerSocket } from './world/docker.js'
import { OpenVswitch } from './world/ovs.js'
import { run, until, whyNotHere } from './world/program.js'

// Interfaces of the machine that are ports of a network (ovs.bridge.add_ports).
const reason = whyNotHere()
const config = 'acls: {denyall: [{rule: {actions: {allow: 0}}}], allowall: [{rule: {actions: {allow: 1}}}]}'
let docker: Docker
let ovs: OpenVswitch
let driver: DockerNetworkDriver
let events: { readonly event: DriverEvent; readonly ports: readonly string[] }[] = []

const ip = (words: string): Promise<string> => run('ip', ...words.split(' '))
const network = (): Network | undefined => driver.networks().find(({ name }) => name === 'lab')
const create = (...options: string[]): string[] => ['network', 'create', '-d', 'dovesnap', '--internal', '--subnet=10.9.0.0/24', ...['userspace=true', ...options].flatMap((option) => ['-o', `ovs.bridge.${option}`]), 'lab']
const interfaces = () => driver.control.config().dps?.['lab']?.interfaces ?? {}

/** State, flags and addresses of an interface, without what the kernel counts. */
async function shown(name: string): Promise<unknown> {
  const [{ flags, operstate, addr_info }] = JSON.parse(await ip(`-json address show dev ${name}`)) as [{ flags: string[]; operstate: string; addr_info: { local: string; prefixlen: number }[] }]
  return { flags, operstate, addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`) }
}

describe.skipIf(reason !== undefined)('ovs.bridge.add_ports', () => {
  beforeAll(async () => {
    ;[docker, ovs] = [new Docker(), new OpenVswitch()]
    await Promise.all([docker.begin(), ovs.begin()])
    driver = await DockerNetworkDriver.start({
      docker: dockerSocket, config,
      onEvent: (event) => events.push({ event, ports: Object.values(driver.control.config().dps ?? {}).flatMap((dp) => Object.keys(dp?.interfaces ?? {})) }),
    })
    await ip('link add nic0 type veth peer name far0')
    await ip('link add nic1 type veth peer name far1')
    for (const words of ['link set far1 up', 'link set nic1 up', 'address add 192.0.2.7/24 dev nic1', '-6 address add 2001:db8::7/64 dev nic1 nodad']) await ip(words)
  })
  afterAll(async () => {
    for (const name of ['nic0', 'nic1']) await ip(`link del ${name}`)
    await driver.close()
    await Promise.all([docker.down(), ovs.down()])
  })

  it('lets nothing pass a port until its ACL is known, which depends on the name of the network', async () => {
    expect(await docker.refused(...create('add_ports=nic0/8/lab:nosuch'))).toMatch(/add_ports \(nic0\) names the ACL "nosuch".*it has denyall, allowall/)
    events = []
    await docker.cli(...create('add_ports=nic0/8/lab:denyall,nic1/9'))
    await until(() => network() !== undefined, 'the driver knows the name')
    const made = events.find(({ event }) => event.type === 'network' && event.operation === 'create')
    expect(made?.ports).toEqual(['9'])
    expect(interfaces()).toMatchObject({ 8: { acls_in: ['denyall'], description: 'Physical interface nic0' }, 9: { acls_in: [] } })
    await docker.cli('network', 'rm', 'lab')
  })

  it('knows the name also when it is the one of the bridge', async () => {
    await docker.cli(...create('name=lab', 'add_ports=nic0/8/lab:denyall'))
    await until(() => interfaces()[8] !== undefined, 'the port is configured')
    expect(interfaces()[8]?.acls_in).toEqual(['denyall'])
    await docker.cli('network', 'rm', 'lab')
  })

  it('has its ports again when somebody has removed them, or their interfaces, and leaves the interfaces as they were', async () => {
    await ip('link set nic0 down')
    const before = { nic0: await shown('nic0'), nic1: await shown('nic1') }
    await docker.cli(...create('add_ports=nic0/8/allowall,nic1/9'))
    await until(() => network() !== undefined, 'the driver knows the name')
    const { bridge } = network() as Network
    expect(await ovs.vsctl('get', 'interface', 'nic0', 'ofport')).toBe('8')
    expect(JSON.stringify(await shown('nic0'))).toContain('"UP"')
    const up = async (): Promise<boolean> => (await ovs.vsctl('--if-exists', 'get', 'interface', 'nic0', 'ofport')) === '8' && JSON.stringify(await shown('nic0').catch(() => '')).includes('"UP"')
    // The port.
    await ovs.vsctl('del-port', bridge, 'nic0')
    await until(up, 'the port is there again')
    // The interface, as when a USB card is pulled out: its number and its ACL are kept.
    await docker.sleeper('con1', '--network', 'lab')
    const neighbour = async (): Promise<void> => {
      await ip('address add 10.9.0.50/24 dev far0')
      await ip('link set far0 up')
    }
    const reached = async (): Promise<boolean> => (await docker.exec('con1', 'ping', '-c', '1', '-W', '1', '10.9.0.50').catch(() => '')).includes('1 packets received')
    await neighbour()
    await until(reached, 'the container reaches what is behind the port')
    await ip('link del nic0')
    await until(async () => (await ovs.vsctl('get', 'interface', 'nic0', 'ifindex')) === '0', 'Open vSwitch has seen that it is gone')
    await driver.reconcile()
    expect(interfaces()[8]?.acls_in).toEqual(['allowall'])
    await ip('link add nic0 type veth peer name far0')
    await neighbour()
    await until(up, 'it is a port again')
    await until(reached, 'the container reaches what is behind the port again')
    expect(interfaces()[8]?.acls_in).toEqual(['allowall'])
    await docker.cli('rm', '--force', 'con1')
    await docker.cli('network', 'rm', 'lab')
    await ip('link set far0 down')
    expect({ nic0: await shown('nic0'), nic1: await shown('nic1') }).toEqual(before)
  })

  it('leaves the interfaces as they were when a network cannot be made', async () => {
    await ip('link set nic0 down')
    const before = await shown('nic0')
    // The controller comes to nothing, when the port is there already.
    const stuck = vi.spyOn(driver.control, 'ready').mockRejectedValueOnce(new Error('no'))
    expect(await docker.refused(...create('add_ports=nic0/8'))).toMatch(/did not connect to its controller: no/)
    expect(stuck).toHaveBeenCalledTimes(1)
    expect(await ovs.vsctl('list-br')).toBe('')
    expect(await shown('nic0')).toEqual(before)
  })
})
