import type { FaucetConfig, Interface, NameOrNumber, Vlan } from '../config/model.js'
import { FaucetError } from '../errors.js'
import { findPort, portsOf, withInterface } from './place.js'
import { describeValue, isMapping, withoutValueAt, withValueAt } from './value.js'
import type { ConfigMapping, ConfigPath } from './value.js'

/**
 * Makes an ACL the one for what leaves on a VLAN, instead of those that it has (FaucetConfRPC's `SetVlanOutAcl`); none
 * when `acl` is `undefined` or empty. A VLAN that is not configured yet is added under that name or VID. Faucet turns
 * on `egress_pipeline` by itself.
 */
export function setVlanOutAcl(config: FaucetConfig, vlan: NameOrNumber, acl: NameOrNumber | undefined): FaucetConfig {
  const key = seekVlan(config, vlan) ?? String(vlan)
  const { acl_out: _, acls_out: __, ...rest } = config.vlans?.[key] ?? {}
  return set(config, ['vlans', key], acl === undefined || acl === '' ? rest : { ...rest, acl_out: acl })
}

/**
 * Applies ACLs to what enters a VLAN, in this order, instead of those that it has. Throws `FaucetError` `not-found` for
 * a VLAN that is not configured.
 */
export function setVlanAcls(config: FaucetConfig, vlan: NameOrNumber, acls: readonly NameOrNumber[]): FaucetConfig {
  const key = findVlan(config, vlan)
  const { acl_in: _, ...rest } = config.vlans?.[key] ?? {}
  return set(config, ['vlans', key], { ...rest, acls_in: acls })
}

/**
 * Adds a VLAN, or replaces the one of that key. Throws `FaucetError` `invalid` for a VID that cannot be one or that
 * another VLAN has.
 */
export function setVlan(config: FaucetConfig, key: NameOrNumber, vlan: Vlan): FaucetConfig {
  const vid = vlan.vid ?? (/^\d+$/.test(String(key)) ? Number(key) : undefined)
  if (vid === undefined || !Number.isInteger(vid) || vid < 1 || vid > 4095) {
    throw new FaucetError('invalid', `vid of VLAN ${key} is ${describeValue(vid)}; a VID is from 1 to 4095`)
  }
  for (const [other, { vid: taken = Number(other) }] of Object.entries(config.vlans ?? {})) {
    if (taken !== vid || other === String(key)) continue
    throw new FaucetError('invalid', `vid of VLAN ${key} is ${vid}, which VLAN ${other} has; choose another`)
  }
  return set(config, ['vlans', String(key)], vlan)
}

/**
 * Removes a VLAN. Throws `FaucetError` `not-found` when it is not configured, `invalid` when a port or router still has
 * it (the message names them).
 */
export function removeVlan(config: FaucetConfig, vlan: NameOrNumber): FaucetConfig {
  const key = findVlan(config, vlan)
  const vid = config.vlans?.[key]?.vid
  const names = new Set([key, ...(vid === undefined ? [] : [String(vid)])])
  const isIt = (reference: NameOrNumber | undefined) => reference !== undefined && names.has(String(reference))
  const ports = portUsers(config, (entry) => isIt(entry.native_vlan) || (entry.tagged_vlans ?? []).some(isIt))
  const routers = Object.entries(config.routers ?? {}).filter(([, router]) => (router.vlans ?? []).some(isIt))
  refuseUsed(`VLAN ${key}`, [...ports, ...routers.map(([name]) => `router ${name}`)])
  return remove(config, ['vlans', key])
}

/** Adds an ACL, or replaces the one of that name. Throws `FaucetError` `invalid` when it has no rules. */
export function setAcl(
  config: FaucetConfig,
  name: NameOrNumber,
  acl: NonNullable<FaucetConfig['acls']>[string],
): FaucetConfig {
  const rules = 'rules' in acl ? acl.rules : acl
  if (!Array.isArray(rules) || rules.length === 0) {
    throw new FaucetError('invalid', `ACL ${name} has no rules; give it at least one, such as allow() or deny()`)
  }
  return set(config, ['acls', String(name)], acl)
}

/**
 * Removes an ACL. Throws `FaucetError` `not-found` when there is none of that name, `invalid` when a port, VLAN or
 * dataplane still has it (the message names them).
 */
export function removeAcl(config: FaucetConfig, name: NameOrNumber): FaucetConfig {
  const key = String(name)
  if (!Object.hasOwn(config.acls ?? {}, key)) {
    const known = Object.keys(config.acls ?? {}).join(', ') || 'there are none'
    throw new FaucetError('not-found', `acl ${describeValue(name)} is no ACL of this configuration (${known})`)
  }
  const isIt = (reference: NameOrNumber | undefined) => reference !== undefined && String(reference) === key
  const has = (...lists: (readonly NameOrNumber[] | undefined)[]) => lists.some((list) => (list ?? []).some(isIt))
  const vlans = Object.entries(config.vlans ?? {}).filter(
    ([, vlan]) => isIt(vlan.acl_in) || isIt(vlan.acl_out) || has(vlan.acls_in, vlan.acls_out),
  )
  const dps = Object.entries(config.dps ?? {}).filter(([, dp]) => has(dp.dp_acls))
  refuseUsed(`ACL ${key}`, [
    ...portUsers(config, (entry) => isIt(entry.acl_in) || has(entry.acls_in)),
    ...vlans.map(([vlan]) => `VLAN ${vlan}`),
    ...dps.map(([dp]) => `dataplane ${dp}`),
  ])
  return remove(config, ['acls', key])
}

/**
 * Puts a port into a VLAN without tags, or into none with `undefined`. Throws `FaucetError` `not-found` for an unknown
 * dataplane or port, `invalid` when the port has the VLAN with tags.
 */
export function setPortVlan(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  vlan: NameOrNumber | undefined,
): FaucetConfig {
  const { effective } = findPort(config, dpName, port)
  if (vlan !== undefined && (effective.tagged_vlans ?? []).includes(vlan)) {
    throw new FaucetError(
      'invalid',
      `native_vlan of port ${port} of ${dpName} is ${vlan}, which is in its tagged_vlans; a port has a VLAN once`,
    )
  }
  return setPortOption(config, dpName, port, 'native_vlan', vlan)
}

/** Sets the VLANs that a port carries with tags. Throws `FaucetError` `not-found` for an unknown dataplane or port. */
export function setPortTaggedVlans(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  vlans: readonly NameOrNumber[],
): FaucetConfig {
  return setPortOption(config, dpName, port, 'tagged_vlans', vlans)
}

/**
 * Whether a host that was once learned on a port stays there: while it does, other ports drop what has its address as
 * source. Throws `FaucetError` `not-found` for an unknown dataplane or port.
 */
export function setPermanentLearning(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  permanent: boolean,
): FaucetConfig {
  return setPortOption(config, dpName, port, 'permanent_learn', permanent)
}

/** Turns a port on or off. Throws `FaucetError` `not-found` for an unknown dataplane or port. */
export function setPortEnabled(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  enabled: boolean,
): FaucetConfig {
  return setPortOption(config, dpName, port, 'enabled', enabled)
}

/**
 * Sets one option of a port, or with `undefined` takes away the port's own (one of `interface_ranges` then counts
 * again). Throws `FaucetError` `not-found` for an unknown dataplane or port.
 */
export function setPortOption<Option extends keyof Interface>(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  option: Option,
  value: Interface[Option] | undefined,
): FaucetConfig {
  const { key, own } = findPort(config, dpName, port)
  const { [option]: _, ...rest } = own
  return withInterface(config, dpName, key, value === undefined ? rest : { ...own, [option]: value })
}

/** The key of a VLAN by key, name or VID; `undefined` when it is not configured. */
export function seekVlan(config: FaucetConfig, vlan: NameOrNumber): string | undefined {
  const vlans = config.vlans ?? {}
  if (Object.hasOwn(vlans, String(vlan))) return String(vlan)
  return Object.keys(vlans).find((key) => vlans[key]?.vid === vlan || vlans[key]?.name === vlan)
}

function findVlan(config: FaucetConfig, vlan: NameOrNumber): string {
  const key = seekVlan(config, vlan)
  if (key !== undefined) return key
  const known = Object.keys(config.vlans ?? {}).join(', ') || 'there are none'
  throw new FaucetError('not-found', `vlan ${describeValue(vlan)} is no VLAN of this configuration (${known})`)
}

function portUsers(config: FaucetConfig, uses: (entry: Interface) => boolean): readonly string[] {
  return Object.entries(config.dps ?? {}).flatMap(([dpName, dp]) =>
    portsOf(dp)
      .filter(({ effective }) => isMapping(effective) && uses(effective))
      .map(({ key }) => `port ${key} of ${dpName}`),
  )
}

function refuseUsed(what: string, users: readonly string[]): void {
  if (users.length > 0) throw new FaucetError('invalid', `${what} is in use by ${users.join(', ')}; change them first`)
}

function set(config: FaucetConfig, path: ConfigPath, value: unknown): FaucetConfig {
  return withValueAt(config as ConfigMapping, path, value as ConfigMapping) as unknown as FaucetConfig
}

function remove(config: FaucetConfig, path: ConfigPath): FaucetConfig {
  return withoutValueAt(config as ConfigMapping, path) as FaucetConfig
}
