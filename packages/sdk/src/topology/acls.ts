import { type AclEntry, type FaucetConfig, type MeterEntry, validateFaucetConfig } from '@streambed/faucet'
import type { TopologyIssue } from '../errors.js'
import { formatPath } from './schema.js'
import type { MeterSpec, TopologyAcl } from './spec.js'

/** The ACLs as lists of rules; what Faucet would refuse in a rule by itself is complained about when the configuration is made. */
export function readAcls(acls: Readonly<Record<string, TopologyAcl>>, issues: TopologyIssue[]): Map<string, readonly AclEntry[]> {
  return new Map(Object.entries(acls).map(([name, acl]) => [name, readAcl(name, acl, issues)]))
}

/** The rules of one ACL. */
export function readAcl(name: string, acl: unknown, issues: TopologyIssue[]): readonly AclEntry[] {
  const path = formatPath(['acls', name])
  const wrong = (value: unknown): readonly AclEntry[] => {
    issues.push({ path, value, message: 'an ACL is a list of rules such as [deny({ tcp: { dst: 23 } }), allow()], with at least one' })
    return []
  }
  if (name === '') issues.push({ path, value: name, message: 'the name of an ACL has at least one character' })
  const list: unknown = isObject(acl) && 'rules' in acl ? acl.rules : acl
  if (!Array.isArray(list)) return wrong(acl)
  const rules = (list as unknown[]).flat()
  if (rules.length === 0 || !rules.every(isObject)) return wrong(acl)
  return rules as unknown as readonly AclEntry[]
}

/** Complains about names of ACLs that there are not. */
export function checkAclNames(names: readonly string[], known: ReadonlyMap<string, unknown>, path: readonly PropertyKey[], issues: TopologyIssue[]): void {
  for (const name of names) {
    if (!known.has(name)) issues.push({ path: formatPath(path), value: name, message: `there is no ACL "${name}"; the ACLs are ${[...known.keys()].map((other) => `"${other}"`).join(', ') || 'none'}` })
  }
}

/** The meters as Faucet writes them. */
export function readMeters(meters: Readonly<Record<string, MeterSpec>>, issues: TopologyIssue[]): Map<string, MeterEntry> {
  return new Map(Object.entries(meters).map(([name, meter]) => [name, readMeter(name, meter, issues)]))
}

/** One meter as Faucet writes it. */
export function readMeter(name: string, meter: { readonly kbps?: number; readonly pps?: number; readonly burst?: number }, issues: TopologyIssue[]): MeterEntry {
  const { kbps, pps, burst } = meter
  const complain = (key: string | undefined, value: unknown, message: string): void => void issues.push({ path: formatPath(['meters', name, ...(key === undefined ? [] : [key])]), value, message })
  if ((kbps === undefined) === (pps === undefined)) complain(undefined, meter, 'a meter has either "kbps" or "pps"')
  for (const [key, value] of Object.entries({ kbps, pps, burst })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > 0xffff_ffff)) complain(key, value, 'must be a whole number from 1')
  }
  const flags = [kbps === undefined ? 'PKTPS' : 'KBPS', ...(burst === undefined ? [] : ['BURST'])]
  return { flags, bands: [{ type: 'DROP', rate: kbps ?? pps ?? 0, ...(burst !== undefined && { burst_size: burst }) }] }
}

/** A list of names from what may be one name. */
export function namesOf(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : [names].flat()
}

/** What Faucet refuses in the ACLs and meters themselves. */
export function checkRules(acls: ReadonlyMap<string, readonly AclEntry[]>, meters: ReadonlyMap<string, MeterEntry>, issues: TopologyIssue[]): void {
  // On no port: the real ports are not known here, and rules may name them; see `checkConfig`.
  const config = {
    acls: Object.fromEntries(acls),
    meters: Object.fromEntries([...meters].map(([name, entry], index) => [name, { meter_id: index + 1, entry }])),
    dps: { s1: { dp_id: 1, interfaces: { 1: { native_vlan: 1 } } } },
  }
  issues.push(...checkConfig(config))
}

/** What Faucet refuses in a configuration. */
export function checkConfig(config: FaucetConfig): TopologyIssue[] {
  return validateFaucetConfig(config).map(({ path, message, expected }) => {
    const value = path.reduce<unknown>((inner, part) => (typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[part] : undefined), config)
    return { path: formatPath(path), value, message: `${message}; expected ${expected}` }
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
