import type { TopologyIssue } from '../errors.js'
import { checkAclNames, namesOf } from './acls.js'
import { readGateways } from './gateways.js'
import type { NetworkModel } from './model.js'
import { formatPath } from './schema.js'
import { makeSubnet, overlaps, parseSubnet, type Subnet } from './subnet.js'
import type { NetworkSpec } from './spec.js'

const FIRST_AUTOMATIC_VLAN = 100
const LAST_VLAN = 4094
const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/

/** Decides everything about new networks, given those that are there. */
export function addNetworks(existing: ReadonlyMap<string, NetworkModel>, specs: Readonly<Record<string, NetworkSpec>>, acls: ReadonlyMap<string, unknown>, issues: TopologyIssue[]): Map<string, NetworkModel> {
  const networks = new Map(existing)
  const given = new Map([...existing].map(([name, { vlan }]) => [vlan, name]))
  for (const [name, spec] of Object.entries(specs)) {
    checkName(networks, name, issues)
    checkVlan(given, name, spec, issues)
    checkMtu(name, spec, issues)
  }
  // Given VIDs and subnets first, so that automatic ones keep out of their way wherever they stand in the file.
  const taken: Subnet[] = [...existing.values()].flatMap(({ subnets }) => subnets)
  const explicit = new Map(Object.entries(specs).map(([name, spec]) => [name, spec.subnet === undefined ? undefined : readSubnets(name, spec, issues)]))
  for (const subnets of explicit.values()) taken.push(...(subnets ?? []))
  const candidates = [automaticSubnets4(), automaticSubnets6()]
  for (const [name, spec] of Object.entries(specs)) {
    const subnets = explicit.get(name) ?? candidates.flatMap((family) => nextSubnet(name, family, taken, issues))
    const vlan = spec.vlan ?? automaticVlan(given, name, issues)
    const [inward, outward] = [namesOf(spec.acl), namesOf(spec.aclOut)]
    checkAclNames(inward, acls, ['networks', name, 'acl'], issues)
    checkAclNames(outward, acls, ['networks', name, 'aclOut'], issues)
    const model: NetworkModel = { name, vlan, subnets, mtu: spec.mtu, acls: inward, aclsOut: outward, gateways: readGateways(name, spec, subnets, issues), spec }
    if (explicit.get(name) !== undefined) checkOverlap(networks, model, issues)
    networks.set(name, model)
  }
  return networks
}

function checkName(networks: ReadonlyMap<string, NetworkModel>, name: string, issues: TopologyIssue[]): void {
  const path = formatPath(['networks', name])
  if (networks.has(name)) issues.push({ path, value: name, message: `there is a network "${name}" already` })
  if (!NAME.test(name)) issues.push({ path, value: name, message: 'a network name has 1 to 63 letters, digits, ".", "_" and "-", and begins and ends with a letter or digit' })
}

function checkVlan(given: Map<number, string>, name: string, { vlan }: NetworkSpec, issues: TopologyIssue[]): void {
  if (vlan === undefined) return
  const path = formatPath(['networks', name, 'vlan'])
  if (!Number.isInteger(vlan) || vlan < 1 || vlan > LAST_VLAN) {
    issues.push({ path, value: vlan, message: 'a VLAN VID is a whole number from 1 to 4094 (0 means "no VLAN", 4095 is reserved, IEEE 802.1Q)' })
    return
  }
  const other = given.get(vlan)
  if (other !== undefined) issues.push({ path, value: vlan, message: `network "${other}" has this VLAN VID already` })
  given.set(vlan, name)
}

function checkMtu(name: string, { mtu, subnet }: NetworkSpec, issues: TopologyIssue[]): void {
  const lowest = [subnet ?? '::'].flat().some((text) => text.includes(':')) ? 1280 : 576
  if (mtu !== undefined && (!Number.isInteger(mtu) || mtu < lowest || mtu > 9000)) {
    issues.push({ path: formatPath(['networks', name, 'mtu']), value: mtu, message: `an MTU is a whole number of bytes from ${lowest} to 9000${lowest === 1280 ? ' (IPv6 needs 1280, RFC 8200)' : ''}` })
  }
}

function automaticVlan(given: Map<number, string>, name: string, issues: TopologyIssue[]): number {
  for (const [first, last] of [[FIRST_AUTOMATIC_VLAN, LAST_VLAN], [1, FIRST_AUTOMATIC_VLAN - 1]] as const) {
    for (let vlan = first; vlan <= last; vlan++) {
      if (given.has(vlan)) continue
      given.set(vlan, name)
      return vlan
    }
  }
  issues.push({ path: formatPath(['networks', name, 'vlan']), value: undefined, message: 'all 4094 VLAN VIDs are used' })
  return 0
}

function readSubnets(name: string, spec: NetworkSpec, issues: TopologyIssue[]): Subnet[] {
  const list = Array.isArray(spec.subnet)
  const subnets: Subnet[] = []
  for (const [index, text] of [spec.subnet ?? []].flat().entries()) {
    const path = formatPath(['networks', name, 'subnet', ...(list ? [index] : [])])
    const subnet = parseSubnet(text)
    if (typeof subnet === 'string') {
      issues.push({ path, value: text, message: subnet })
      continue
    }
    const clash = subnets.find((other) => overlaps(other, subnet))
    if (clash !== undefined) issues.push({ path, value: text, message: `overlaps ${clash.cidr} of the same network` })
    else subnets.push(subnet)
  }
  return subnets
}

/** `10.N.0.0/24`, and when those are used up, the other private subnets (RFC 1918). */
function* automaticSubnets4(): Generator<Subnet, undefined> {
  for (let n = 1n; n <= 255n; n++) yield makeSubnet(4, (10n << 24n) | (n << 16n), 24)
  for (let n = 0n; n < 4096n; n++) yield makeSubnet(4, (172n << 24n) | (16n << 16n) | (n << 8n), 24)
  for (let n = 0n; n <= 255n; n++) yield makeSubnet(4, (192n << 24n) | (168n << 16n) | (n << 8n), 24)
}

/** `fd00:N::/64`. */
function* automaticSubnets6(): Generator<Subnet, undefined> {
  for (let n = 1n; n <= 0xffffn; n++) yield makeSubnet(6, (0xfd00n << 112n) | (n << 96n), 64)
}

/** The next candidate that overlaps no other subnet; candidates do not overlap each other. */
function nextSubnet(name: string, candidates: Generator<Subnet, undefined>, taken: readonly Subnet[], issues: TopologyIssue[]): Subnet[] {
  for (let next = candidates.next(); next.done !== true; next = candidates.next()) {
    const subnet = next.value
    if (!taken.some((other) => overlaps(other, subnet))) return [subnet]
  }
  issues.push({ path: formatPath(['networks', name, 'subnet']), value: undefined, message: 'no automatic subnet is left: give the network one' })
  return []
}

/** Overlapping subnets are an accident, unless both networks are told apart by a VLAN that the user gave, or say that it is meant. */
function checkOverlap(networks: ReadonlyMap<string, NetworkModel>, { name, subnets, spec }: NetworkModel, issues: TopologyIssue[]): void {
  for (const other of networks.values()) {
    if (spec.overlap === true || other.spec.overlap === true || (spec.vlan !== undefined && other.spec.vlan !== undefined)) continue
    for (const [index, subnet] of subnets.entries()) {
      const clash = other.subnets.find((candidate) => overlaps(candidate, subnet))
      if (clash === undefined) continue
      issues.push({
        path: formatPath(['networks', name, 'subnet', ...(Array.isArray(spec.subnet) ? [index] : [])]),
        value: subnet.cidr,
        message: `overlaps ${clash.cidr} of network "${other.name}"; if that is meant, give both networks a "vlan", or one of them "overlap: true"`,
      })
    }
  }
}
