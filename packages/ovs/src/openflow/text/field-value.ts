import { bitsOfValue, onesOf, valueOfBits } from '../oxm/bits.js'
import type { KnownField, OxmField } from '../oxm/field.js'
import { oxmFields, type FieldName } from '../oxm/fields.js'
import { ipv4Address, ipv6Address, macAddress, parseMaskedAddress, printMaskedAddress } from './address.js'
import { textFieldOf, textFieldOfHeader, type TextField } from './field-table.js'
import {
  ctStateFlags,
  parseFlags,
  printMaskedFlags,
  tcpFlags,
  tunnelFlags,
  type FlagNames,
} from './flags.js'
import { hexOf, parseInteger } from './integer.js'
import { parsePort, port16Of, port32Of, printPort } from './port.js'
import { atPlace, PartError } from './syntax.js'

/** A value and the mask of its bits that count, as integers of the field's whole width. */
export interface MaskedBits {
  readonly value: bigint
  readonly mask: bigint
}

const addresses = { mac: macAddress, ipv4: ipv4Address, ipv6: ipv6Address } as const
const flagNames = { ct_state: ctStateFlags, tcp_flags: tcpFlags, tun_flags: tunnelFlags } as const

/** The names of `ip_frag`, with value and mask; where a name has two meanings, the first is the one that is read. */
const fragments: readonly (readonly [name: string, value: number, mask: number])[] = [
  ['no', 0, 3],
  ['first', 1, 3],
  ['later', 3, 3],
  ['no', 0, 1],
  ['yes', 1, 1],
  ['not_later', 0, 2],
  ['later', 2, 2],
]

/**
 * The value of a field, with `/mask` where there is one, as ovs-ofctl prints it in actions: `10.0.0.0/8`, `0x5/0xff`,
 * `LOCAL`. A field that ovs-ofctl has no name for comes as an integer, or its bytes, in hexadecimal.
 */
export function printFieldValue(field: OxmField): string {
  if (field.field === 'unknown') return `0x${Buffer.from(field.data).toString('hex')}`
  const { field: name, value, mask } = field
  const bits = bitsOfValue(name, value)
  const maskBits = mask === undefined ? undefined : bitsOfValue(name, mask, `the mask of ${name}`)
  const format = (textFieldOfHeader(name) ?? plainField(name)).format
  const width = value instanceof Uint8Array ? value.length : oxmFields[name].bytes
  return printBits(format, width, bits, maskBits ?? onesOf(8 * width))
}

/**
 * The field with the value that a text in ovs-ofctl's syntax means, with its mask if the text has one: `10.0.0.0/8`,
 * `0x5/0xff`, `LOCAL`, `+trk-est`. Bits of the value outside of the mask become zero. A field of variable length gets
 * as many bytes as the value needs.
 *
 * @param within the whole text, and where in it `text` stands, for the error.
 * @throws OvsError `invalid`, with the place, when the text is no value of the field.
 */
export function parseFieldValue(
  name: FieldName,
  text: string,
  within: { readonly text: string; readonly at: number } = { text, at: 0 },
): OxmField {
  const { bytes, bits } = oxmFields[name]
  const field = { ...(textFieldOfHeader(name) ?? { ...plainField(name), headers: [name] }), bytes, bits }
  const { value, mask } = atPlace(within.text, within.at, () => parseBits(field, text))
  return fieldOfBits(name, value, mask)
}

/** The field of a header with a value and a mask given as integers; without a mask when that is all ones. */
export function fieldOfBits(name: FieldName, value: bigint, mask: bigint): OxmField {
  const spec = oxmFields[name]
  const exact = mask === onesOf(8 * spec.bytes)
  const length = spec.variable ? byteLength(exact ? value : mask) : undefined
  const known = { field: name, value: valueOfBits(name, value & mask, length) }
  // The table pairs each name with the kind of its value; TypeScript cannot follow that through a variable.
  return (exact ? known : { ...known, mask: valueOfBits(name, mask, length) }) as KnownField<'in_port'>
}

/**
 * Reads a value of a field, with or without a mask. `*` stands for any value.
 *
 * @throws PartError when the text is none, the value has more bits than the field, or the field takes no mask.
 */
export function parseBits(field: TextField, text: string): MaskedBits {
  const all = onesOf(8 * field.bytes)
  if (text === '*') return { value: 0n, mask: 0n }
  const read = parseFormat(field, text, all)
  if (read.mask !== 0n && read.mask !== all && !field.maskable) {
    throw new PartError(`${field.name} must be matched exactly: it takes no mask`)
  }
  if (field.name === 'dl_vlan' && read.value === 0xffffn) return read
  const most = onesOf(field.bits)
  if ((read.value & ~most) !== 0n && field.format !== 'frag') {
    const shown = field.format === 'decimal' ? String(most) : hexOf(most)
    throw new PartError(`${field.name} must be at most ${shown}, not ${text}`)
  }
  if (field.name === 'nw_tos' && (read.value & 3n) !== 0n) {
    throw new PartError(`nw_tos must be a multiple of 4, not ${text}: its lower two bits are nw_ecn`)
  }
  return read
}

function parseFormat(field: TextField, text: string, all: bigint): MaskedBits {
  switch (field.format) {
    case 'mac':
    case 'ipv4':
    case 'ipv6':
      return parseMaskedAddress(text, addresses[field.format])
    case 'decimal':
    case 'hex': {
      const slash = text.indexOf('/')
      const value = parseInteger(slash === -1 ? text : text.slice(0, slash), field.bytes, field.name)
      if (slash === -1) return { value, mask: all }
      return { value, mask: parseInteger(text.slice(slash + 1), field.bytes, `the mask of ${field.name}`) }
    }
    case 'port': {
      const port = parsePort(text)
      return { value: BigInt(field.bytes === 2 ? port16Of(port) : port), mask: all }
    }
    case 'frag': {
      const found = fragments.find(([name]) => name === text.toLowerCase())
      if (!found) throw new PartError(`${field.name} must be no, yes, first, later or not_later, not ${text}`)
      const [, value, mask] = found
      return { value: BigInt(value), mask: mask === 3 ? all : BigInt(mask) }
    }
    case 'packet_type': {
      const parts = /^\(([^,()]*),([^,()]*)\)$/.exec(text)
      if (!parts) throw new PartError(`packet_type must be written as (1,0x800), not ${text}`)
      const [, space = '', type = ''] = parts
      return { value: (parseInteger(space, 2, 'the namespace') << 16n) | parseInteger(type, 2, 'the type'), mask: all }
    }
    case 'ct_state':
    case 'tcp_flags':
    case 'tun_flags': {
      const { flags, mask } = parseFlags(text, flagNames[field.format])
      return { value: BigInt(flags), mask: mask === undefined ? all : BigInt(mask) }
    }
  }
}

/** A value as ovs-ofctl prints it where it prints single fields, in actions. */
function printBits(format: TextField['format'], bytes: number, value: bigint, mask: bigint): string {
  const all = onesOf(8 * bytes)
  if (mask === 0n) return 'ANY'
  switch (format) {
    case 'mac':
    case 'ipv4':
    case 'ipv6':
      return printMaskedAddress(value, mask, addresses[format])
    case 'port':
      if (mask === all) return printPort(bytes === 2 ? port32Of(Number(value)) : Number(value))
      return `${value}/${hexOf(mask)}`
    case 'decimal':
      return mask === all ? String(value) : `${value}/${hexOf(mask)}`
    case 'hex':
      return mask === all ? hexOf(value) : `${hexOf(value)}/${hexOf(mask)}`
    case 'frag':
      return printFragment(Number(value), Number(mask))
    case 'packet_type':
      return printPacketType(value)
    case 'ct_state':
    case 'tcp_flags':
    case 'tun_flags':
      return printFlagBits(value, mask, flagNames[format])
  }
}

function printFlagBits(value: bigint, mask: bigint, names: FlagNames): string {
  return printMaskedFlags(Number(value), Number(mask), names)
}

/** The name of a value of `ip_frag` under a mask. */
export function printFragment(value: number, mask: number): string {
  const bits = mask & 3
  return fragments.find((row) => row[1] === (value & bits) && row[2] === bits)?.[0] ?? '<error>'
}

/** A packet type as `(1,0x800)`: namespace and type. */
export function printPacketType(value: bigint): string {
  const number = (part: bigint) => (part < 10n ? String(part) : hexOf(part))
  return `(${number(value >> 16n)},${number(value & 0xffffn)})`
}

/** What {@link TextField} says, of a field that ovs-ofctl does not know. */
function plainField(name: FieldName): Omit<TextField, 'headers'> {
  const { kind, bytes, bits, maskable } = oxmFields[name]
  const format = kind === 'mac' || kind === 'ipv4' || kind === 'ipv6' ? kind : name === 'in_phy_port' ? 'port' : 'hex'
  return { name, aliases: [], format, bytes, bits, maskable: maskable !== 'no' }
}

/** The field of a name, also of one that only OpenFlow has, such as `pbb_isid`. */
export function namedField(name: string): TextField | undefined {
  const known = textFieldOf(name)
  if (known !== undefined || !(name in oxmFields)) return known
  const header = name as FieldName
  return textFieldOfHeader(header) ?? { ...plainField(header), headers: [header] }
}

/** How many bytes an integer needs; none for zero. */
export function byteLength(bits: bigint): number {
  return bits === 0n ? 0 : Math.ceil(bits.toString(16).length / 2)
}
