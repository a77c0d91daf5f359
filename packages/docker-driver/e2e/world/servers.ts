import { mkdirSync, writeFileSync } from 'node:fs'
import type { Outside } from './outside.js'
import { Daemon, until } from './program.js'

/** What {@link webServer} answers. */
export const page = 'the Internet'

/** A web server out there, on an address that only forwarding through the machine reaches. */
export async function webServer(outside: Outside): Promise<Daemon> {
  mkdirSync('/run/lab/www', { recursive: true })
  writeFileSync('/run/lab/www/index.html', `${page}\n`)
  const server = new Daemon('ip', ['netns', 'exec', 'outside', 'busybox', 'httpd', '-f', '-p', `${outside.address}:80`, '-h', '/run/lab/www'])
  await until(() => outside.run('busybox', 'wget', '-qO-', `http://${outside.address}/`).then(() => true, () => false), 'the web server answers')
  return server
}

/** A DHCP server on an interface, in a namespace if that is named: it gives the addresses `<net>.100` to `<net>.120`, and is itself the router `<net>.1`. */
export function dhcpServer(net: string, device: string, { namespace, leaseSeconds = 600 }: { readonly namespace?: string; readonly leaseSeconds?: number } = {}): Daemon {
  const file = `/run/lab/udhcpd-${device}`
  mkdirSync('/run/lab', { recursive: true })
  writeFileSync(`${file}.leases`, '')
  writeFileSync(`${file}.conf`, [
    `start ${net}.100`, `end ${net}.120`, `interface ${device}`, `lease_file ${file}.leases`, `pidfile ${file}.pid`, 'min_lease 1',
    'opt subnet 255.255.255.0', `opt router ${net}.1`, `opt lease ${leaseSeconds}`, '',
  ].join('\n'))
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]
  // It looks by ARP whether somebody has an address before it offers it; it need not take its usual two seconds for that.
  const [command = '', ...args] = [...inside, 'busybox', 'udhcpd', '-f', '-a', '50', `${file}.conf`]
  return new Daemon(command, args)
}

/** tcpdump on an interface, in a namespace if that is named; it listens when this resolves, and what it saw is its output. */
export async function tcpdump(device: string, filter: string, namespace?: string): Promise<Daemon> {
  const [command = '', ...args] = [...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]), 'tcpdump', '-n', '-e', '-l', '-i', device, ...filter.split(' ')]
  const dump = new Daemon(command, args)
  await dump.until(() => dump.output.includes('listening on'), 'tcpdump listens')
  return dump
}
