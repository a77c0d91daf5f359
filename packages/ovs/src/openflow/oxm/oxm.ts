import { formatIpv4, parseIpv4 } from '../../address/ipv4.js'
import { formatIpv6, parseIpv6 } from '../../address/ipv6.js'
import { formatMac, parseMac } from '../../address/mac.js'
import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { KnownField, OxmField, UnknownField } from './field.js'
import { fieldOfHeader, headerOfField, type FieldHeader } from './header.js'
import { OXM_CLASS, type FieldValue } from './fields.js'

/**
 * Reads one field: header, value and mask (OpenFlow 1.3.5 §7.2.3.2). Nothing is corrected: bits of the value outside of
 * the mask stay as they came. A field that is not in the table, or not as long as the table says, becomes `unknown`.
 *
 * @throws OvsError `malformed` when the field is longer than what is left.
 */
export function decodeOxm(r: ByteReader): OxmField {
  const word = r.u32()
  const length = word & 0xff
  let experimenter: number | undefined
  let rest = length
  if (word >>> 16 === OXM_CLASS.EXPERIMENTER && length >= 4) {
    experimenter = r.u32()
    rest -= 4
  }
  const header = fieldOfHeader(word, experimenter)
  if (header === undefined) return unknownField(r, word, rest, experimenter)
  const masked = (word & 0x100) !== 0
  const bytes = masked ? rest / 2 : rest
  const field = header.name
  const value = readValue(r, header, bytes)
  // The table pairs each name with the kind of its value; TypeScript cannot follow that through a variable.
  const known = masked ? { field, value, mask: readValue(r, header, bytes) } : { field, value }
  return known as KnownField<'in_port'>
}

/**
 * Writes one field. The value and the mask are written as they are, also where bits of the value lie outside of the
 * mask (which switches refuse); `match()` puts that right.
 *
 * @throws OvsError `invalid`, naming the field, when a value does not fit.
 */
export function encodeOxm(w: ByteWriter, field: OxmField): void {
  if (field.field === 'unknown') return encodeUnknown(w, field)
  const header = headerOfField(field.field)
  const { value, mask } = field
  if (header.spec.variable) return encodeVariable(w, header, value as Uint8Array, mask as Uint8Array | undefined)
  w.u32(mask === undefined ? header.word : header.maskedWord)
  if (header.spec.experimenter !== undefined) w.u32(header.spec.experimenter)
  writeValue(w, header, value, header.name)
  if (mask !== undefined) writeValue(w, header, mask, header.maskName)
}

/** Reads fields until the reader's end. @throws OvsError `malformed`. */
export function decodeOxmList(r: ByteReader): OxmField[] {
  const fields: OxmField[] = []
  while (r.remaining > 0) fields.push(decodeOxm(r))
  return fields
}

/** Writes fields one after the other, without padding. @throws OvsError `invalid`. */
export function encodeOxmList(w: ByteWriter, fields: readonly OxmField[]): void {
  for (const field of fields) encodeOxm(w, field)
}

function unknownField(r: ByteReader, word: number, length: number, experimenter: number | undefined): UnknownField {
  const field = {
    field: 'unknown',
    class: word >>> 16,
    id: (word >>> 9) & 0x7f,
    hasMask: (word & 0x100) !== 0,
    data: r.bytes(length),
  } as const
  return experimenter === undefined ? field : { ...field, experimenter }
}

function encodeUnknown(w: ByteWriter, field: UnknownField): void {
  const { class: oxmClass, id, hasMask, experimenter, data } = field
  if (experimenter !== undefined && oxmClass !== OXM_CLASS.EXPERIMENTER) {
    throw new OvsError('invalid', `only a field of class 0xffff has an experimenter, not one of class ${oxmClass}`)
  }
  w.u16(oxmClass, 'the class of the unknown field')
  if ((id & 0x7f) !== id) throw new OvsError('invalid', `the id of the unknown field must be from 0 to 127, not ${id}`)
  w.u8((id << 1) | (hasMask ? 1 : 0))
  w.u8(data.length + (experimenter === undefined ? 0 : 4), 'the length of the unknown field')
  if (experimenter !== undefined) w.u32(experimenter, 'the experimenter of the unknown field')
  w.bytes(data)
}

function encodeVariable(w: ByteWriter, header: FieldHeader, value: Uint8Array, mask: Uint8Array | undefined): void {
  const { name, spec } = header
  if (!(value instanceof Uint8Array) || value.length > spec.bytes) {
    throw new OvsError('invalid', `${name} must be a Uint8Array of at most ${spec.bytes} bytes, not ${shown(value)}`)
  }
  if (mask !== undefined && !(mask instanceof Uint8Array && mask.length === value.length)) {
    throw new OvsError('invalid', `${header.maskName} must be a Uint8Array as long as the value, not ${shown(mask)}`)
  }
  const length = mask === undefined ? value.length : 2 * value.length
  w.u32(((spec.class << 16) | (spec.id << 9) | (mask === undefined ? 0 : 0x100) | length) >>> 0)
  w.bytes(value)
  if (mask !== undefined) w.bytes(mask)
}

function readValue(r: ByteReader, header: FieldHeader, bytes: number): FieldValue {
  switch (header.spec.kind) {
    case 'number':
      if (bytes === 4) return r.u32()
      if (bytes === 2) return r.u16()
      return bytes === 1 ? r.u8() : r.u24()
    case 'bigint':
      return bytes === 8 ? r.u64() : r.uint(bytes)
    case 'mac':
      return formatMac(r.u16(), r.u32())
    case 'ipv4':
      return formatIpv4(r.u32())
    case 'ipv6':
      return formatIpv6(r.view(16))
    case 'bytes':
      return r.bytes(bytes)
  }
}

function writeValue(w: ByteWriter, header: FieldHeader, value: FieldValue, name: string): void {
  const { kind, bytes } = header.spec
  if (kind === 'number') {
    if (typeof value !== 'number') throw unfit(name, `an integer from 0 to ${2 ** (8 * bytes) - 1}`, value)
    if (bytes === 4) w.u32(value, name)
    else if (bytes === 2) w.u16(value, name)
    else if (bytes === 1) w.u8(value, name)
    else w.u24(value, name)
  } else if (kind === 'bigint') {
    if (bytes === 8) w.u64(value as bigint, name)
    else w.uint(value as bigint, bytes, name)
  } else if (kind === 'mac') {
    const mac = typeof value === 'string' ? parseMac(value) : undefined
    if (mac === undefined) throw unfit(name, 'a MAC address such as 02:00:00:00:00:01', value)
    w.u16(Math.floor(mac / 0x1_0000_0000))
    w.u32(mac % 0x1_0000_0000)
  } else if (kind === 'ipv4') {
    const address = typeof value === 'string' ? parseIpv4(value) : undefined
    if (address === undefined) throw unfit(name, 'an IPv4 address such as 10.0.0.1', value)
    w.u32(address)
  } else {
    const address = typeof value === 'string' ? parseIpv6(value) : undefined
    if (address === undefined) throw unfit(name, 'an IPv6 address such as 2001:db8::1', value)
    w.bytes(address)
  }
}

function unfit(name: string, right: string, value: unknown): OvsError {
  return new OvsError('invalid', `${name} must be ${right}, not ${shown(value)}`)
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
