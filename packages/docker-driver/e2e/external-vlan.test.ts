import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Daemon, run, until } from './world/program.js'
import { dhcpServer, tcpdump } from './world/servers.js'
import { useWorld } from './world/world.js'

// A container becomes a host of a network that was there before: a VLAN behind a network card, with a DHCP server of its own.
const world = useWorld({ furnish: office })
const { docker } = world
const mdns = fileURLToPath(new URL('mdns.mjs', import.meta.url))

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
  await atPrinter('ethtool', '-K', 'eth0', 'tx', 'off')
}

const atPrinter = (...command: string[]): Promise<string> => run('ip', 'netns', 'exec', 'printer', ...command)

it('a container on an external VLAN has an address of its DHCP server, is known there by its MAC, and hears its multicast', { timeout: 120_000 }, async () => {
  await world.daemon(dhcpServer('192.168.7', 'lan', { namespace: 'office' }))
  const driver = await world.driver('streambed')
  await world.network('streambed', 'office', '--ipam-driver null', 'dhcp=true', 'vlan=20', 'add_ports=eno1/1//20')
  await docker.sleeper('web', '--network', 'office', '--label', 'streambed.mac_prefix=0e:99')

  const shown = (): Promise<string> => docker.exec('web', 'ip', 'addr', 'show', 'eth0')
  await until(async () => (await shown()).includes('inet 192.168.7.1'), () => `the container has an address: ${driver.log}`)
  const address = /inet (192\.168\.7\.\d+)/.exec(await shown())?.[1] as string
  const mac = /link\/ether (\S+)/.exec(await shown())?.[1] as string
  expect(mac).toMatch(/^0e:99:/)

  // Known outside by its own MAC, as any other host.
  expect(await atPrinter('ping', '-c', '1', '-W', '3', address)).toContain('1 received')
  expect(await run('ip', '-n', 'printer', 'neigh', 'show', address)).toContain(mac)
  expect(await docker.reaches('web', '192.168.7.50')).toBe(true)
  expect(await run('bridge', '-n', 'office', 'fdb', 'show', 'br', 'lan')).toContain(`${mac} dev port1`)

  // The machine has an address elsewhere, and does not tell the office of it: the card is the bridge's.
  await run('ip', 'addr', 'add', '192.168.7.9/32', 'dev', 'docker0')
  await expect(atPrinter('busybox', 'arping', '-c', '1', '-w', '1', '-I', 'eth0', '192.168.7.9')).rejects.toThrow()
  await run('ip', 'addr', 'del', '192.168.7.9/32', 'dev', 'docker0')

  // mDNS, both ways: who has a name is found without anybody's configuration.
  const pid = String(await docker.pid('web'))
  const inContainer = ['--net', '--target', pid, process.execPath, mdns]
  const printer = await world.daemon(new Daemon('ip', ['netns', 'exec', 'printer', process.execPath, mdns, 'answer', 'printer.local']))
  const web = await world.daemon(new Daemon('nsenter', [...inContainer, 'answer', 'web.local']))
  for (const one of [printer, web]) await one.until(() => one.output.includes('listening'), 'it listens')
  expect(await run('nsenter', ...inContainer, 'ask', 'printer.local')).toBe('192.168.7.50')
  expect(await atPrinter(process.execPath, mdns, 'ask', 'web.local')).toBe(address)

  // On the cable there is no tag, and the neighbours' VLAN does not come through.
  const dump = await world.daemon(tcpdump('port1', '-c 2 arp or icmp', 'office'))
  await docker.exec('web', 'ping', '-c', '2', '-i', '0.2', '-W', '3', '192.168.7.1')
  await dump.ended()
  expect(dump.output).not.toContain('802.1Q')
})
