import { expect } from 'vitest'
import type { Docker } from './docker.js'
import { run } from './program.js'

/** What tests could leave, on the machine and in Docker: everything by name, so that a difference says what it is. */
export interface Machine {
  readonly links: readonly string[]
  readonly addresses: readonly string[]
  readonly namespaces: readonly string[]
  readonly bridges: readonly string[]
  readonly nftTables: readonly string[]
  readonly firewall: readonly string[]
  readonly dhcpClients: readonly string[]
  /** Sockets by which Docker finds its drivers. */
  readonly plugins: readonly string[]
  readonly containers: readonly string[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
}

/** What the machine is asked, in one go: every program that a big process starts costs it time. Not every file has an Open vSwitch. */
const questions = [
  'ip -o link', 'ip -o addr', 'ls /run/netns', 'ovs-vsctl --timeout=5 list-br', 'nft list tables', 'iptables-save', 'pgrep -a udhcpc', 'ls /run/docker/plugins',
] as const

/** Looks at the machine, and at a Docker that runs. What Docker's own bridge does is left out. */
export async function machine(docker: Docker): Promise<Machine> {
  const own = (line: string): boolean => !line.includes('docker0')
  const [answers, containers, networks, volumes] = await Promise.all([
    run('sh', '-c', questions.map((question) => `${question} 2>/dev/null; echo "===="`).join('\n')),
    docker.ask<readonly { readonly Names: readonly string[]; readonly State: string }[]>('/containers/json?all=1'),
    docker.ask<readonly { readonly Name: string }[]>('/networks'),
    docker.ask<{ readonly Volumes: readonly { readonly Name: string }[] | null }>('/volumes'),
  ])
  const [links = [], addresses = [], namespaces = [], bridges = [], tables = [], firewall = [], dhcpClients = [], plugins = []] = answers.split('====\n').map((text) => text.split('\n').filter(Boolean).sort())
  return {
    // A number and the state change with every one that came and went.
    // And `ovs-netdev` is Open vSwitch's own, which comes and goes with its userspace datapath.
    links: links.map((line) => line.replace(/^\d+: ([^:@]+).*$/, '$1')).filter((name) => name !== 'ovs-netdev').sort(),
    addresses: addresses.map((line) => line.replace(/^\d+: +/, '').replace(/ +valid_lft.*$/, '').replace(/\\.*/, '')).filter((line) => own(line) && !line.includes('inet6 fe80')).sort(),
    namespaces: namespaces.filter((name) => name !== 'default'),
    bridges,
    // Those of iptables are made when they are first needed, by Docker too; `firewall` has what is in them.
    nftTables: tables.filter((table) => !/^table ip6? (filter|nat|mangle|raw|security)$/.test(table)),
    firewall: firewall.filter((line) => line.startsWith('-')).filter(own),
    dhcpClients,
    plugins,
    containers: containers.map(({ Names, State }) => `${Names.join()} ${State}`).sort(),
    networks: networks.map(({ Name }) => Name).sort(),
    volumes: (volumes.Volumes ?? []).map(({ Name }) => Name).sort(),
  }
}

/** Fails where something is left of what came after `before`. */
export async function expectNothingLeft(docker: Docker, before: Machine): Promise<void> {
  const after = await machine(docker)
  // Docker makes rules of its own when it likes to, and forgets some; ours have to be gone.
  const added = after.firewall.filter((line) => !before.firewall.includes(line))
  expect({ ...after, firewall: added }).toEqual({ ...before, firewall: [] })
}
