import type { HostInspection, PortInspection, TestbedInspection } from '../inspection.js'

const NETWORKS = [
  { name: 'office', vlan: 100, subnets: ['10.1.0.0/24'], mtu: null },
  { name: 'dmz', vlan: 200, subnets: ['10.2.0.0/24'], mtu: 9000 },
]

/** Names of interfaces by what they are on. */
type SampleHost = Readonly<Partial<Record<'office' | 'dmz' | 'trunk', string>>>

/** A testbed of two networks for the tests of the diagrams; `vlans` is what a partition has given to access ports, by host. */
export function sample(hosts: Readonly<Record<string, SampleHost>>, options: { readonly name?: string; readonly partition?: readonly (readonly string[])[]; readonly vlans?: Readonly<Record<string, number>> } = {}): TestbedInspection {
  const ports: PortInspection[] = []
  const inspected = Object.entries(hosts).map(([host, on]): HostInspection => {
    const interfaces = Object.entries(on).map(([place, name]) => {
      const network = NETWORKS.find((candidate) => candidate.name === place)
      const ofport = ports.length + 1
      ports.push({ name: `p${ofport}`, ofport, host, interface: name, vlan: network === undefined ? null : (options.vlans?.[host] ?? network.vlan), trunks: network === undefined ? NETWORKS.map(({ vlan }) => vlan) : [] })
      const addresses = network === undefined ? [] : [`10.${NETWORKS.indexOf(network) + 1}.0.${ofport}/24`]
      return { name, network: network?.name ?? null, trunk: network === undefined ? NETWORKS.map((item) => item.name) : [], mac: '02:73:62:00:00:01', addresses, up: true, ofport }
    })
    return { name: host, state: 'running', forwarding: false, interfaces }
  })
  return {
    name: options.name ?? 'lab',
    state: 'running',
    privilege: 'user-namespace',
    switches: [{ name: 's1', datapathType: 'netdev', ports }],
    networks: NETWORKS.map((network) => ({ ...network, hosts: inspected.filter((host) => host.interfaces.some((item) => item.network === network.name || item.trunk.includes(network.name))).map(({ name }) => name) })),
    hosts: inspected,
    partition: options.partition ?? [],
  }
}

/** Everything that is special in one of the formats. */
export const NASTY = 'a"b\\ <i>&amp; #35; `x` %%{init}%% |;| --> style x:#f; ünï 日本語 \u0001\ud800\n}\\'
