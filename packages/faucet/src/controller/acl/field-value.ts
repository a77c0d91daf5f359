import { OFPP, OFPVID_PRESENT, oxmFields, type FieldName, type FieldSpec, type MatchFields, type OxmField } from '@streambed/ovs/openflow'
import { matchKinds, type MatchKind } from '../../config/acl-options.js'
import { formatAddress, formatMac, parseAddress, parseRange } from '../../config/address.js'
import type { ResolvedAclRule } from '../../config/index.js'
import type { MatchValue } from '../../config/model.js'

/** A value of a field, in the form of its kind, and the bits of it that count. */
interface FieldInput {
  readonly value: number | bigint | string
  readonly mask?: number | bigint | string | undefined
}

/** Faucet's names of fields that are a second way to write another one, or are named otherwise in OpenFlow. */
const otherNames: Readonly<Record<string, FieldName>> = {
  eth_type_nxm: 'eth_type',
  ip_proto_nxm: 'ip_proto',
  nw_ttl: 'nxm_nx_ip_ttl',
}

/** The field that a name in a rule stands for. */
export function fieldOf(name: string): FieldName {
  return otherNames[name] ?? (name as FieldName)
}

/**
 * The match of a rule, each value as Faucet reads it (its `match_from_dict`).
 * @param own fields that are Faucet's and not the rule's: the port, or the VLAN
 * @returns text about two names of one field in the rule
 */
export function matchOfRule({ match }: ResolvedAclRule, own: MatchFields = {}): MatchFields | string {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(match)) {
    const field = fieldOf(name)
    if (field in own) continue
    if (field in fields) return `${field} is matched twice`
    const { value: bits, mask } = inputOf(name, field, value)
    fields[field] = mask === undefined ? bits : [bits, mask]
  }
  return { ...(fields as MatchFields), ...own }
}

/** The field of a `set_fields` entry: the value goes to the switch as it is written, a VID without any bit added. */
export function setFieldOf(name: string, value: MatchValue): OxmField {
  const field = fieldOf(name)
  const { value: bits, mask } = isAddress(matchKinds[name]) ? inputOf(name, field, value) : { value: fit(field, integer(value)), mask: undefined }
  return (mask === undefined ? { field, value: bits } : { field, value: bits, mask }) as OxmField
}

function isAddress(kind: MatchKind | undefined): boolean {
  return kind === 'mac' || kind === 'ipv4' || kind === 'ipv6'
}

function inputOf(name: string, field: FieldName, value: MatchValue): FieldInput {
  switch (matchKinds[name]) {
    case 'mac':
      return parts(String(value), formatMac)
    case 'ipv4':
      return addressOf(String(value), 4)
    case 'ipv6':
      return addressOf(String(value), 6)
    case 'port':
      return { value: fit(field, portOf(value)) }
    case 'vid':
      return isDecimal(value) ? { value: fit(field, integer(value) | BigInt(OFPVID_PRESENT)) } : masked(field, value)
    default:
      return masked(field, value)
  }
}

/** A decimal VID means a tag; other spellings are the field as it is, with or without the bit of a tag. */
function isDecimal(value: MatchValue): boolean {
  return typeof value !== 'string' || /^\d+$/.test(value)
}

function masked(field: FieldName, value: MatchValue): FieldInput {
  const { value: bits, mask } = parts(String(value), (text) => fit(field, integer(text)))
  // Bits that the field does not have do not count in a mask; in a value the switch refuses them.
  return { value: bits, mask: typeof mask === 'number' ? mask % 2 ** oxmFields[field].bits : mask }
}

function parts<Value extends FieldInput['value']>(text: string, read: (text: string) => Value): FieldInput {
  const [value = '', mask] = text.split('/')
  return { value: read(value), mask: mask === undefined ? undefined : read(mask) }
}

/** An address, and a mask as address or as length of a prefix. */
function addressOf(text: string, version: 4 | 6): FieldInput {
  const canonical = (part: string) => formatAddress(version, parseAddress(part)?.bits ?? 0n)
  const [, mask] = text.split('/')
  if (mask === undefined || !/^\d+$/.test(mask)) return parts(text, canonical)
  const range = parseRange(text)
  const bits = version === 4 ? 32n : 128n
  const ones = ((1n << BigInt(range?.prefixLength ?? 0)) - 1n) << (bits - BigInt(range?.prefixLength ?? 0))
  return { value: formatAddress(version, range?.bits ?? 0n), mask: formatAddress(version, ones) }
}

/** The names of ports that OpenFlow reserves, with or without `OFPP_`, or a number. */
function portOf(value: MatchValue): bigint {
  const name = typeof value === 'string' ? value.toUpperCase().replace(/^OFPP_/, '') : ''
  return name in OFPP ? BigInt(OFPP[name as keyof typeof OFPP]) : integer(value)
}

/** A whole number, of text in the spellings of Python: `0x800`, `0b1`, `1_000`, ` 6 `. */
export function integer(value: MatchValue): bigint {
  if (typeof value !== 'string') return BigInt(value)
  const digits = value.trim().replaceAll('_', '')
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.replace(/^\+/, '').replace(/^0+(?=\d)/, ''))
}

/** As many octets of a number as the field has: Faucet leaves the others away. */
function fit(field: FieldName, bits: bigint): number | bigint {
  const spec: FieldSpec = oxmFields[field]
  const value = BigInt.asUintN(8 * spec.bytes, bits)
  return spec.kind === 'bigint' ? value : Number(value)
}
