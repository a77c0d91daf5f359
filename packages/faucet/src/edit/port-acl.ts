import type { FaucetConfig, Interface, NameOrNumber } from '../config/model.js'
import { findPort, withInterface } from './place.js'

/**
 * Applies ACLs to what a port receives, in this order, instead of those that it has (FaucetConfRPC's `SetPortAcl`). A
 * single `acl_in` makes way for the list. Whether the ACLs exist is for the validation of the result to say: they may
 * be in another file. Throws `FaucetError` `not-found` for an unknown dataplane or port.
 */
export function setPortAcls(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  acls: readonly NameOrNumber[],
): FaucetConfig {
  const { key, own } = findPort(config, dpName, port)
  const { acl_in: _, ...rest } = own
  return withInterface(config, dpName, key, { ...rest, acls_in: acls })
}

/** Appends an ACL to those of a port unless it has it already (`AddPortAcl`). Throws as {@link setPortAcls} does. */
export function addPortAcl(config: FaucetConfig, dpName: string, port: NameOrNumber, acl: NameOrNumber): FaucetConfig {
  const acls = aclsOf(findPort(config, dpName, port).effective)
  return setPortAcls(config, dpName, port, acls.includes(acl) ? acls : [...acls, acl])
}

/**
 * Takes an ACL off a port, all of them when none is named or the name is empty (`RemovePortAcl`); no harm when the port
 * has it not. Throws as {@link setPortAcls} does.
 */
export function removePortAcl(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  acl?: NameOrNumber,
): FaucetConfig {
  if (acl === undefined || acl === '') return setPortAcls(config, dpName, port, [])
  const acls = aclsOf(findPort(config, dpName, port).effective)
  return setPortAcls(config, dpName, port, acls.filter((name) => name !== acl))
}

/**
 * The list that a request of `SetPortAcl` spells as text: names parted by commas, empty for none. A name of digits is
 * the number, as in YAML.
 */
export function parseAclNames(text: string): readonly NameOrNumber[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map(parseName)
}

/** A name as YAML reads it: digits are a number. */
export function parseName(text: string): NameOrNumber {
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text
}

/** The ACLs of an interface as a list, whichever of the two options has them. */
export function aclsOf(entry: Interface): readonly NameOrNumber[] {
  return entry.acls_in ?? (entry.acl_in === undefined || entry.acl_in === null ? [] : [entry.acl_in])
}
