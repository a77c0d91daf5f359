import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Docker } from './world/docker.js'
import { Driver } from './world/driver.js'
import { machine, type Machine } from './world/leftovers.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// A container becomes a host of a network that was there before: a VLAN behind a network card, with a DHCP server of its own.
const reason = whyNotHere()
const mdns = fileURLToPath(new URL('mdns.mjs', import.meta.url))

let docker: Docker
let ovs: OpenVswitch
let driver: Driver
let before: Machine

beforeEach(async ({ skip }) => {
  if (reason !== undefined) return skip(reason)
  ;[docker, ovs] = await Promise.all([Docker.start(), OpenVswitch.start()])
  await office()
  before = await machine()
  driver = await Driver.start('streambed')
})
afterEach(async () => {
  if (reason !== undefined) return
  await driver.down()
  await Promise.all([docker.down(), ovs.down()])
})

/**
 * The network that was there before: a switch with the cable to the machine's card `eno1`, on which VLAN 20 is untagged and VLAN 30 is the neighbours', a server
 * with DHCP in VLAN 20, and a printer in it.
 */
async function office(): Promise<void> {
  const commands = `netns add office
netns add printer
link add eno1 type veth peer name port1 netns office
link add eth0 netns printer type veth peer name port2 netns office
-n office link add lan type bridge
-n office link set port1 master lan up
-n office link set port2 master lan up
-n office link set lan up
-n office addr add 192.168.7.1/24 dev lan
-n printer link set eth0 up
-n printer addr add 192.168.7.50/24 dev eth0
link set eno1 up`
  for (const command of commands.split('\n')) await run('ip', ...command.split(' '))
  // A real card has filled the checksums in by the time a frame is on the cable.
  await run(...flat(inNamespace('printer', 'ethtool', '-K', 'eth0', 'tx', 'off')))
}

function inNamespace(name: string, ...command: string[]): readonly [string, string[]] {
  return ['ip', ['netns', 'exec', name, ...command]]
}

it('a container on an external VLAN has an address of its DHCP server, is known there by its MAC, and hears its multicast', { timeout: 120_000 }, async () => {
  mkdirSync('/run/lab', { recursive: true })
  writeFileSync('/run/lab/udhcpd.conf', ['start 192.168.7.100', 'end 192.168.7.120', 'interface lan', 'lease_file /run/lab/leases', 'pidfile /run/lab/udhcpd.pid', 'opt subnet 255.255.255.0', 'opt router 192.168.7.1', 'opt lease 600', ''].join('\n'))
  const dhcp = new Daemon(...inNamespace('office', 'busybox', 'udhcpd', '-f', '/run/lab/udhcpd.conf'))
  await docker.cli('network', 'create', '-d', 'streambed', '--internal', '--ipam-driver', 'null', '-o', 'ovs.bridge.userspace=true', '-o', 'ovs.bridge.dhcp=true', '-o', 'ovs.bridge.vlan=20', '-o', 'ovs.bridge.add_ports=eno1/1//20', 'office')
  await docker.sleeper('web', '--network', 'office', '--label', 'streambed.mac_prefix=0e:99')

  const shown = (): Promise<string> => docker.exec('web', 'ip', 'addr', 'show', 'eth0')
  await until(async () => (await shown()).includes('inet 192.168.7.1'), () => `the container has an address: ${driver.log}`)
  const address = /inet (192\.168\.7\.\d+)/.exec(await shown())?.[1] as string
  const mac = /link\/ether (\S+)/.exec(await shown())?.[1] as string
  expect(mac).toMatch(/^0e:99:/)

  // Known outside by its own MAC, as any other host.
  expect(await run(...flat(inNamespace('printer', 'ping', '-c', '1', '-W', '3', address)))).toContain('1 received')
  expect(await run('ip', '-n', 'printer', 'neigh', 'show', address)).toContain(mac)
  expect(await docker.exec('web', 'ping', '-c', '1', '-W', '3', '192.168.7.50')).toContain('1 packets received')
  expect(await run('bridge', '-n', 'office', 'fdb', 'show', 'br', 'lan')).toContain(`${mac} dev port1`)

  // The machine has an address elsewhere, and does not tell the office of it: the card is the bridge's.
  await run('ip', 'addr', 'add', '192.168.7.9/32', 'dev', 'docker0')
  await expect(run(...flat(inNamespace('printer', 'busybox', 'arping', '-c', '1', '-w', '1', '-I', 'eth0', '192.168.7.9')))).rejects.toThrow()
  await run('ip', 'addr', 'del', '192.168.7.9/32', 'dev', 'docker0')

  // mDNS, both ways: who has a name is found without anybody's configuration.
  const pid = await docker.cli('inspect', '-f', '{{.State.Pid}}', 'web')
  const inContainer = ['nsenter', '--net', '--target', pid, process.execPath, mdns]
  const printer = new Daemon(...inNamespace('printer', process.execPath, mdns, 'answer', 'printer.local'))
  await until(() => printer.output.includes('listening'), 'the printer listens')
  expect(await run(...flat([inContainer[0] as string, [...inContainer.slice(1), 'ask', 'printer.local']]))).toBe('192.168.7.50')
  const [program = '', ...words] = inContainer
  const web = new Daemon(program, [...words, 'answer', 'web.local'])
  await until(() => web.output.includes('listening'), 'the container listens')
  expect(await run(...flat(inNamespace('printer', process.execPath, mdns, 'ask', 'web.local')))).toBe(address)

  // On the cable there is no tag, and the neighbours' VLAN does not come through.
  const dump = new Daemon(...inNamespace('office', 'tcpdump', '-n', '-e', '-l', '-c', '2', '-i', 'port1', 'arp', 'or', 'icmp'))
  await until(() => dump.output.includes('listening on'), 'tcpdump listens')
  await docker.exec('web', 'ping', '-c', '2', '-W', '3', '192.168.7.1')
  await dump.ended()
  expect(dump.output).not.toContain('802.1Q')

  await Promise.all([printer, web, dhcp].map((daemon) => daemon.stop()))
  await docker.cli('rm', '-f', 'web')
  await docker.cli('network', 'rm', 'office')
  await driver.down()
  expect({ ...(await machine()), firewall: [] }).toEqual({ ...before, firewall: [] })
})

function flat([command, args]: readonly [string, string[]]): [string, ...string[]] {
  return [command, ...args]
}
