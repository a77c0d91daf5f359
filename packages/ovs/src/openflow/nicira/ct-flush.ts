import { formatIpv6, parseIpv6 } from '../../address/ipv6.js'
import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { beginProperty, decodeProperties, endProperty } from '../property.js'

/** A condition on one direction of a connection (`nx_ct_flush_tuple_tlv_type` of Open vSwitch). */
export type CtTupleField =
  /** An IPv6 address, or an IPv4 address in the form `::ffff:192.0.2.1`. */
  | { readonly type: 'src' | 'dst'; readonly address: string }
  | { readonly type: 'src_port' | 'dst_port' | 'icmp_id' | 'icmp_type' | 'icmp_code'; readonly value: number }
  | { readonly type: 'unknown'; readonly fieldType: number; readonly data: Uint8Array }

/** A property of a {@link NxtCtFlush} (`nx_ct_flush_tlv_type` of Open vSwitch). */
export type CtFlushProperty =
  | { readonly type: 'orig_tuple' | 'reply_tuple'; readonly fields: readonly CtTupleField[] }
  | { readonly type: 'zone_id'; readonly zoneId: number }
  | { readonly type: 'unknown'; readonly propertyType: number; readonly data: Uint8Array }

/** Forgets the tracked connections that match (`NXT_CT_FLUSH` of Open vSwitch 3.1). */
export interface NxtCtFlush extends MessageBase {
  readonly type: 'nxt_ct_flush'
  /** IP protocol number; 0 is any. */
  readonly ipProto: number
  readonly properties: readonly CtFlushProperty[]
}

/** Forgets the tracked connections of a zone (`NXT_CT_FLUSH_ZONE` of Open vSwitch). */
export interface NxtCtFlushZone extends MessageBase {
  readonly type: 'nxt_ct_flush_zone'
  readonly zoneId: number
}

/** A {@link NxtCtFlush} to encode. Defaults: `ipProto` 0, no properties: every connection. */
export type NxtCtFlushInput = Input<NxtCtFlush, 'ipProto' | 'properties'>
/** A {@link NxtCtFlushZone} to encode. */
export type NxtCtFlushZoneInput = Input<NxtCtFlushZone>

const tupleTypes = ['orig_tuple', 'reply_tuple'] as const
const ZONE_ID = 2
const fieldTypes = ['src', 'dst', 'src_port', 'dst_port', 'icmp_id', 'icmp_type', 'icmp_code'] as const

/** How the body of a {@link NxtCtFlush} is written and read. */
export const nxtCtFlushCodec: Codec<NxtCtFlush, NxtCtFlushInput> = {
  encode(w, { ipProto = 0, properties = [] }) {
    w.u8(ipProto, 'ipProto')
    w.zeros(7)
    for (const property of properties) encodeProperty(w, property)
  },
  decode(r, { version, xid }) {
    const ipProto = r.u8()
    r.skip(7)
    return { type: 'nxt_ct_flush', version, xid, ipProto, properties: decodeProperties(r, decodeProperty) }
  },
}

function encodeProperty(w: ByteWriter, property: CtFlushProperty): void {
  if (property.type === 'unknown') {
    const start = beginProperty(w, property.propertyType)
    w.bytes(property.data)
    return endProperty(w, start)
  }
  if (property.type === 'zone_id') {
    const start = beginProperty(w, ZONE_ID)
    w.u16(property.zoneId, 'zoneId')
    return endProperty(w, start)
  }
  const start = beginProperty(w, tupleTypes.indexOf(property.type))
  w.zeros(4)
  for (const field of property.fields) encodeField(w, field)
  endProperty(w, start)
}

function decodeProperty(propertyType: number, body: ByteReader): CtFlushProperty {
  if (propertyType === ZONE_ID) return { type: 'zone_id', zoneId: body.u16() }
  const type = tupleTypes[propertyType]
  if (type === undefined) return { type: 'unknown', propertyType, data: body.bytes() }
  body.skip(4)
  return { type, fields: decodeProperties(body, decodeField) }
}

function encodeField(w: ByteWriter, field: CtTupleField): void {
  const start = beginProperty(w, field.type === 'unknown' ? field.fieldType : fieldTypes.indexOf(field.type))
  switch (field.type) {
    case 'src':
    case 'dst':
      w.bytes(addressBytes(field.address))
      break
    case 'icmp_type':
    case 'icmp_code':
      w.u8(field.value, field.type)
      break
    case 'unknown':
      w.bytes(field.data)
      break
    default:
      w.u16(field.value, field.type)
  }
  endProperty(w, start)
}

function addressBytes(address: string): Uint8Array {
  const bytes = typeof address === 'string' ? parseIpv6(address) : undefined
  if (bytes === undefined) {
    throw new OvsError('invalid', `address must be an IPv6 address such as ::ffff:10.0.0.1, not ${String(address)}`)
  }
  return bytes
}

function decodeField(fieldType: number, body: ByteReader): CtTupleField {
  const type = fieldTypes[fieldType]
  switch (type) {
    case 'src':
    case 'dst':
      return { type, address: formatIpv6(body.view(16)) }
    case 'icmp_type':
    case 'icmp_code':
      return { type, value: body.u8() }
    case undefined:
      return { type: 'unknown', fieldType, data: body.bytes() }
    default:
      return { type, value: body.u16() }
  }
}

/** How the body of a {@link NxtCtFlushZone} is written and read. */
export const nxtCtFlushZoneCodec: Codec<NxtCtFlushZone> = {
  encode(w, { zoneId }) {
    w.zeros(6)
    w.u16(zoneId, 'zoneId')
  },
  decode(r, { version, xid }) {
    r.skip(6)
    return { type: 'nxt_ct_flush_zone', version, xid, zoneId: r.u16() }
  },
}
