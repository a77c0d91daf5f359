import fc from 'fast-check'
import type { AddedPort, Endpoint, JoinedEndpoint, Network, PatchPort } from '../model/network.js'
import { parseNetworkOptions } from '../options/index.js'

/** A network with these options (`dpid=0x1` when there is none), as the driver has it after `docker network create`. */
export function testNetwork(options: Readonly<Record<string, string>>, more: Partial<Network> = {}): Network {
  const id = more.id ?? '31df3'.padEnd(64, '0')
  const named = Object.fromEntries(Object.entries({ dpid: '0x1', ...options }).map(([name, value]) => [`ovs.bridge.${name}`, value]))
  const parsed = parseNetworkOptions(named, {
    networkId: id,
    internal: true,
    ipv4: [{ AddressSpace: '', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24' }],
    ipv6: [],
  })
  const ports = new Map([...parsed.addPorts, ...parsed.addCoproPorts].flatMap(({ name, ofport }: AddedPort) => (ofport ? [[name, ofport]] : [])))
  return {
    id,
    name: 'mynet',
    bridge: parsed.bridgeName ?? `odsbr${id.slice(0, 5)}`,
    dpid: parsed.dpid ?? 1n,
    options: parsed,
    addresses: { ipv4: { pool: '10.9.0.0/24', gateway: '10.9.0.1/24' }, ipv6: undefined },
    internal: true,
    ports: ports as ReadonlyMap<string, number>,
    preallocated: [],
    endpoints: new Map(),
    foreignPorts: new Map(),
    patches: new Map(),
    ...more,
  }
}

/** Containers on ports, by name; their ids begin as those of the samples do. */
export function testEndpoints(joined: Readonly<Record<string, Pick<JoinedEndpoint, 'ofport'> & Partial<JoinedEndpoint>>>): Network['endpoints'] {
  const ids: Readonly<Record<string, string>> = { con1: '0a1b2', con2: '3c4d5' }
  return new Map(
    Object.entries(joined).map(([containerName, settings], index): [string, Endpoint] => {
      const id = String(index).padStart(64, 'e')
      const defaults = { containerName, labels: {}, sandboxKey: '', acls: [], mirror: false, portMappings: [] }
      const containerId = (ids[containerName] ?? 'fffff').padEnd(64, '0')
      const veths = { hostInterface: `odsve${index}`, containerInterface: `ethc${index}`, mac: `02:42:0a:09:00:0${index}` }
      return [id, { id, ...veths, ipv4: undefined, ipv6: undefined, joined: { ...defaults, containerId, ...settings } }]
    }),
  )
}

/** A link to another bridge of ours. */
export function testPatch(purpose: PatchPort['purpose'], ofport: number, bridge: string, peerPort: number): Network['patches'] {
  return new Map([[`ods${purpose}`, { name: `ods${purpose}`, ofport, purpose, peer: { bridge, name: `${purpose}ods`, ofport: peerPort } }]])
}

/** A network of any options; its ACLs are `allowall`, `denyall`, `7`, and `allowout` for what leaves. */
const anyNetwork = fc
  .record({
    mode: fc.constantFrom('flat', 'nat', 'routed'),
    nat_acl: fc.constantFrom('', 'allowall', '7,denyall'),
    default_acl: fc.constantFrom('', 'denyall', 'net1:7/net2:denyall'),
    vlan_out_acl: fc.constantFrom('', 'allowout', 'net0:allowout'),
    vlan: fc.constantFrom('100', '200'),
    add_ports: fc.constantFrom('', 'eth0/20,eth1/21/denyall/300', 'eth2/30//400'),
    add_copro_ports: fc.constantFrom('', 'eth3/40'),
    preallocated: fc.uniqueArray(fc.integer({ min: 1, max: 10 })),
    containers: fc.uniqueArray(fc.integer({ min: 1, max: 15 })),
    mirrored: fc.boolean(),
  })
  .map(({ preallocated, containers, mirrored, ...options }) => {
    const joined = containers.map((ofport) => {
      return [`c${ofport}`, { ofport, mirror: ofport % 2 === 0, acls: ofport % 3 === 0 ? ['7'] : [] }] as const
    })
    const patches = mirrored ? testPatch('mirror', 99, 'odsmir0A1B2C', 2) : new Map()
    return testNetwork(options, { preallocated, patches, endpoints: testEndpoints(Object.fromEntries(joined)) })
  })

/** Up to four networks side by side: `net0`, `net1` and so on. */
export const anyNetworks = fc.array(anyNetwork, { maxLength: 4 }).map((networks) =>
  networks.map((network, index): Network => ({
    ...network,
    id: String(index).repeat(64),
    name: `net${index}`,
    bridge: `br${index}`,
    dpid: BigInt(index + 1),
  })),
)
