import { readdirSync } from 'node:fs'
import { run } from './program.js'

/** What a driver could leave on a machine: everything by name, so that a difference says what it is. */
export interface Machine {
  readonly links: readonly string[]
  readonly bridges: readonly string[]
  readonly nftTables: readonly string[]
  readonly firewall: readonly string[]
  readonly namespaces: readonly string[]
  readonly addresses: readonly string[]
  readonly dhcpClients: readonly string[]
}

/** Looks at the machine. What Docker's own bridge does is left out. */
export async function machine(): Promise<Machine> {
  const lines = async (command: string, ...args: string[]): Promise<string[]> => (await run(command, ...args).catch(() => '')).split('\n').filter(Boolean).sort()
  const own = (line: string): boolean => !line.includes('docker0')
  const links = await lines('ip', '-o', 'link')
  return {
    // A number and the state change with every one that came and went.
    // And `ovs-netdev` is Open vSwitch's own, which comes and goes with its userspace datapath.
    links: links.map((line) => line.replace(/^\d+: ([^:@]+).*$/, '$1')).filter((name) => name !== 'ovs-netdev').sort(),
    bridges: await lines('ovs-vsctl', '--timeout=5', 'list-br'),
    // Those of iptables are made when they are first needed, by Docker too; `firewall` has what is in them.
    nftTables: (await lines('nft', 'list', 'tables')).filter((table) => !/^table ip6? (filter|nat|mangle|raw|security)$/.test(table)),
    firewall: (await lines('iptables-save')).filter((line) => /^-/.test(line)).filter(own),
    namespaces: folder('/run/netns').filter((name) => name !== 'default'),
    addresses: (await lines('ip', '-o', 'addr')).map((line) => line.replace(/^\d+: +/, '').replace(/ +valid_lft.*$/, '').replace(/\\.*/, '')).filter((line) => own(line) && !line.includes('inet6 fe80')).sort(),
    dhcpClients: (await lines('pgrep', '-a', 'udhcpc')),
  }
}

function folder(path: string): string[] {
  try {
    return readdirSync(path).sort()
  } catch {
    return []
  }
}
