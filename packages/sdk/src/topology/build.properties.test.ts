import { isMac } from '@streambed/linux'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestbedError } from '../errors.js'
import { adaptPartition, partitionVlan, planPartition } from '../plan/partition.js'
import { buildModel, withHost, withNetwork, withoutHost } from './build.js'
import type { TestbedModel } from './model.js'
import type { AttachmentSpec, HostSpec, NetworkSpec, Topology, TrunkSpec } from './spec.js'
import { contains, overlaps, parseHostAddress } from './subnet.js'

const NETWORKS = ['lan', 'dmz', 'Office_2', 'constructor', '7', 'a.b']
const HOSTS = ['a', 'b-1', 'web', 'a-host-with-a-long-name', 'ovs', 'toString', 'p1', 'x1', 'y']

/** Subnets that overlap now and then: a topology that is refused for it is not looked at. */
const subnet = fc.option(fc.constantFrom('10.1.0.0/24', '10.2.0.0/16', '10.3.0.0/28', '10.4.0.0/30', ['10.5.0.0/24', 'fd00:5::/64'], 'fd00:1::/64', 'fd00:2::/126', [], ['10.9.0.0/31']), { nil: undefined })
const network: fc.Arbitrary<NetworkSpec> = fc.record(
  { subnet, vlan: fc.option(fc.constantFrom(1, 99, 100, 101, 102, 4093, 4094), { nil: undefined }), mtu: fc.constantFrom(1280, 1500, 9000), overlap: fc.boolean() },
  { requiredKeys: [] },
) as fc.Arbitrary<NetworkSpec>
const mac = fc.nat(40).map((n) => `02-73-62-00-00-${n.toString(16).padStart(2, '0')}`)
const name = fc.oneof(
  fc.nat(4).map((n) => `eth${n}`),
  fc.constantFrom('wan', 'netdev', 'an-interface-with-a-long-name', 'büroanschluß-0', 'up0.100', 'vlan100', 'b-c'),
)
const ip = fc.constantFrom('10.1.0.2', '10.1.0.3', '10.2.0.2', '10.3.0.2', '10.4.0.1', '10.5.0.1', 'fd00:5::2', 'fd00:1::2', '10.100.0.2', []) as fc.Arbitrary<string | string[]>
const attachment = fc.record({ ip, mac, interface: name }, { requiredKeys: [] }) as fc.Arbitrary<AttachmentSpec>
const networkNames = fc.uniqueArray(fc.constantFrom(...NETWORKS), { maxLength: 3 })
const trunk = fc.record({ networks: fc.uniqueArray(fc.constantFrom(...NETWORKS), { minLength: 1, maxLength: 4 }), mac, addresses: fc.boolean() }, { requiredKeys: ['networks'] }) as fc.Arbitrary<TrunkSpec>
const host: fc.Arbitrary<HostSpec> = fc.record(
  {
    networks: fc.oneof(networkNames, fc.dictionary(fc.constantFrom(...NETWORKS), attachment, { maxKeys: 3 })),
    trunks: fc.dictionary(name, trunk, { maxKeys: 2 }),
    forwarding: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<HostSpec>
const networks = fc.uniqueArray(fc.tuple(fc.constantFrom(...NETWORKS), network), { selector: ([key]) => key, minLength: 4 })
const hosts = fc.uniqueArray(fc.tuple(fc.constantFrom(...HOSTS), host), { selector: ([key]) => key, minLength: 4, maxLength: HOSTS.length })

/** Drops what does not fit, as a user who reads the error does: half of the topologies that come out of chance are no good. */
function mend(specs: [string, NetworkSpec][], wanted: [string, HostSpec][]): Topology {
  let model = buildModel({ networks: {}, hosts: {} })
  const kept: { networks: Record<string, NetworkSpec>; hosts: Record<string, HostSpec> } = { networks: {}, hosts: {} }
  for (const [key, spec] of specs) {
    const next = attempt(() => withNetwork(model, key, spec))
    if (next === undefined) continue
    model = next
    kept.networks[key] = spec
  }
  for (const [key, spec] of wanted) {
    if (attempt(() => buildModel({ networks: kept.networks, hosts: { ...kept.hosts, [key]: spec } })) !== undefined) kept.hosts[key] = spec
  }
  return kept
}

/** Undefined when it is refused with reasons; everything else is a mistake of ours. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    expect(error).toBeInstanceOf(TestbedError)
    expect((error as TestbedError).issues.length).toBeGreaterThan(0)
    for (const { message } of (error as TestbedError).issues) expect(message).not.toBe('')
    return undefined
  }
}

function unique(values: readonly unknown[]): void {
  expect(values.length - new Set(values).size).toBe(0)
}

/** What holds for every model, however it came about. */
function check(model: TestbedModel): void {
  const interfaces = [...model.hosts.values()].flatMap((item) => item.interfaces)
  unique([...model.networks.values()].map(({ vlan }) => vlan))
  for (const { vlan } of model.networks.values()) expect(vlan >= 1 && vlan <= 4094).toBe(true)
  unique(interfaces.map((item) => item.mac))
  for (const item of interfaces) expect(isMac(item.mac) && item.mac === item.mac.toLowerCase()).toBe(true)
  unique(interfaces.map(({ ofport }) => ofport))
  unique(interfaces.map(({ port }) => port))
  for (const { port } of interfaces) {
    expect(port).toMatch(/^[\w-]{1,15}$/)
    expect(['ovs-netdev', 'ovs-system', 's1', 'lo']).not.toContain(port)
  }
  unique(interfaces.flatMap(({ addresses }) => addresses.map(({ network: on, address }) => `${on} ${address}`)))
  unique([...model.hosts.values()].map(({ namespace }) => namespace))
  for (const item of model.hosts.values()) {
    const links = item.interfaces.flatMap((one) => [one, ...one.subinterfaces])
    unique(links.map(({ device }) => device))
    unique(links.map((one) => one.name))
    for (const { device } of links) expect(new TextEncoder().encode(device).length).toBeLessThanOrEqual(15)
    for (const one of item.interfaces) {
      for (const { network: on, address, family, prefixLength } of one.addresses) {
        const { value = -1n } = parseHostAddress(address) ?? {}
        const found = model.networks.get(on)?.subnets.filter((candidate) => contains(candidate, family, value))
        expect(found).toHaveLength(1)
        expect(found?.[0]).toMatchObject({ prefixLength })
        expect(value >= (found?.[0]?.first ?? 0n) && value <= (found?.[0]?.last ?? -1n)).toBe(true)
      }
    }
  }
  const all = [...model.networks.values()]
  for (const one of all) {
    for (const other of all.slice(all.indexOf(one) + 1)) {
      const meant = one.spec.overlap === true || other.spec.overlap === true || (one.spec.vlan !== undefined && other.spec.vlan !== undefined)
      if (!meant) expect(one.subnets.some((a) => other.subnets.some((b) => overlaps(a, b)))).toBe(false)
    }
  }
}

describe('whatever topology', () => {
  it('is valid has no two things alike that must differ, and is always built alike', () => {
    let interesting = 0
    fc.assert(
      fc.property(networks, hosts, (specs, wanted) => {
        const topology = mend(specs, wanted)
        const model = buildModel(topology)
        check(model)
        expect(buildModel(topology)).toEqual(model)
        for (const [key, spec] of Object.entries(topology.hosts)) {
          const built = model.hosts.get(key)?.interfaces ?? []
          const given = Array.isArray(spec.networks) ? [] : Object.entries(spec.networks ?? {})
          for (const [on, { ip: asked, mac: wantedMac, interface: called }] of given as [string, AttachmentSpec][]) {
            const item = built.find((one) => one.network === on)
            if (called !== undefined) expect(item?.name).toBe(called)
            if (wantedMac !== undefined) expect(item?.mac).toBe(wantedMac.replaceAll('-', ':'))
            if (asked !== undefined) expect(item?.addresses.map(({ address }) => address)).toEqual(expect.arrayContaining([asked].flat()))
          }
        }
        if (model.hosts.size > 2) interesting++
      }),
      { numRuns: 300 },
    )
    expect(interesting).toBeGreaterThan(30)
  })

  it('may grow and shrink in any order without a collision', () => {
    fc.assert(
      fc.property(networks, hosts, fc.array(fc.nat(20), { maxLength: 12 }), (specs, wanted, removals) => {
        let model = buildModel({ networks: {}, hosts: {} })
        const namespaces = new Set<string>()
        const ofports: number[] = []
        for (const [key, spec] of specs) model = attempt(() => withNetwork(model, key, spec)) ?? model
        for (const step of [...wanted, ...wanted]) {
          const next = attempt(() => withHost(model, ...step))
          if (next !== undefined) {
            const added = next.hosts.get(step[0])
            expect(namespaces.has(added?.namespace ?? '')).toBe(false)
            namespaces.add(added?.namespace ?? '')
            ofports.push(...(added?.interfaces.map(({ ofport }) => ofport) ?? []))
            model = next
          }
          const gone = [...model.hosts.keys()][removals.pop() ?? -1]
          if (gone !== undefined) model = withoutHost(model, gone)
          check(model)
        }
        unique(ofports)
      }),
      { numRuns: 200 },
    )
  })

  it('can be split, and its groups share no VID, also when it grows', () => {
    fc.assert(
      fc.property(networks, hosts, fc.array(fc.nat(3), { minLength: HOSTS.length, maxLength: HOSTS.length }), host, (specs, wanted, colours, late) => {
        const model = buildModel(mend(specs, wanted))
        const groups = [1, 2, 3].map((colour) => [...model.hosts.keys()].filter((_, index) => colours[index] === colour)).filter(({ length }) => length > 0)
        const plan = attempt(() => planPartition(model, groups))
        if (plan === undefined) return
        const apart = (changed: TestbedModel, changedPlan: typeof plan): void => {
          expect(changedPlan.groups.flat().sort()).toEqual([...changed.hosts.keys()].sort())
          const groupOf = new Map(changedPlan.groups.flatMap((group, index) => group.map((member) => [member, index] as const)))
          const users = new Map<number, Set<string>>()
          const use = (vlan: number, who: string): void => void users.set(vlan, (users.get(vlan) ?? new Set()).add(who))
          for (const item of changed.hosts.values()) {
            for (const one of item.interfaces) {
              if (one.network !== undefined) use(partitionVlan(changed, changedPlan, one.network, item.name), `${groupOf.get(item.name)} ${one.network}`)
              for (const on of one.trunk ?? []) use(changed.networks.get(on)?.vlan ?? 0, `${groupOf.get(item.name)} ${on}`)
            }
          }
          for (const [vlan, who] of users) {
            expect(vlan >= 1 && vlan <= 4094).toBe(true)
            expect([...who]).toHaveLength(1)
          }
        }
        apart(model, plan)
        const grown = attempt(() => withHost(withNetwork(model, 'late', { vlan: 4092, subnet: [] }), 'late', late))
        const grownPlan = grown && attempt(() => adaptPartition(grown, plan))
        if (grown !== undefined && grownPlan !== undefined) apart(grown, grownPlan)
        const first = [...model.hosts.keys()][0]
        if (first !== undefined) apart(withoutHost(model, first), adaptPartition(withoutHost(model, first), plan))
      }),
      { numRuns: 300 },
    )
  })
})

describe('whatever a caller passes', () => {
  it('is a model or a TestbedError with issues, never another error', () => {
    const odd = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSparseArray: true, maxDepth: 4 })
    const key = fc.oneof(fc.constantFrom('networks', 'hosts', 'name', 'dns', 'a', 'lan', '__proto__', 'constructor', 'trunks', 'routes', 'ip', 'mac', 'subnet', 'to', 'via', 'sysctls', 'env', 'interface'), fc.string())
    const tree = fc.letrec((tie) => ({
      node: fc.oneof({ depthSize: 'medium' }, odd, fc.constantFrom(['lan'], '10.0.0.0/24', '10.0.0.1', 'default', 100), fc.dictionary(key, tie('node'), { maxKeys: 4 }), fc.array(tie('node'), { maxLength: 2 })),
    })).node
    const almost = fc.record({ networks: fc.oneof(fc.constant({ lan: {} }), fc.dictionary(key, fc.oneof(network, tree))), hosts: fc.dictionary(key, fc.oneof(host, fc.dictionary(key, tree), tree)) })
    fc.assert(fc.property(fc.oneof(odd, tree, almost), (topology) => void attempt(() => buildModel(topology as Topology))), { numRuns: 2000 })
  })
})
