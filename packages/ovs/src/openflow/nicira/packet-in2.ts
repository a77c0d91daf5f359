import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFP_NO_BUFFER } from '../constants.js'
import type { Enum } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Match } from '../match.js'
import { packetInReason, type PacketInReason } from '../message/packet-in.js'
import { decodeOxmList, encodeOxmList } from '../oxm/oxm.js'
import { beginProperty, decodeProperties, endProperty } from '../property.js'

/** A property of a {@link NxtPacketIn2} or {@link NxtResume} (`nx_packet_in2_prop_type` of Open vSwitch). */
export type PacketIn2Property =
  /** The Ethernet frame, or its beginning. */
  | { readonly type: 'packet'; readonly data: Uint8Array }
  /** Bytes of the whole frame, when it is more than `packet`. */
  | { readonly type: 'full_len'; readonly fullLen: number }
  | { readonly type: 'buffer_id'; readonly bufferId: number }
  | { readonly type: 'table_id'; readonly tableId: number }
  /** Of the flow that sent the packet. */
  | { readonly type: 'cookie'; readonly cookie: bigint }
  | { readonly type: 'reason'; readonly reason: Enum<PacketInReason> }
  /** The pipeline fields of the packet. */
  | { readonly type: 'metadata'; readonly match: Match }
  /** What the `controller` action carried. */
  | { readonly type: 'userdata'; readonly data: Uint8Array }
  /** The state of the pipeline where it was paused: to be given back as it is. */
  | { readonly type: 'continuation'; readonly data: Uint8Array }
  | { readonly type: 'unknown'; readonly propertyType: number; readonly data: Uint8Array }

/** A packet for the controller in Open vSwitch's own format (`NXT_PACKET_IN2`). See {@link summarizePacketIn2}. */
export interface NxtPacketIn2 extends MessageBase {
  readonly type: 'nxt_packet_in2'
  readonly properties: readonly PacketIn2Property[]
}

/** Lets a paused packet go on (`NXT_RESUME`): the properties of its {@link NxtPacketIn2}, `packet` changed or not. */
export interface NxtResume extends MessageBase {
  readonly type: 'nxt_resume'
  readonly properties: readonly PacketIn2Property[]
}

/** A {@link NxtPacketIn2} to encode. */
export type NxtPacketIn2Input = Input<NxtPacketIn2>
/** A {@link NxtResume} to encode. */
export type NxtResumeInput = Input<NxtResume>

/** The properties of a packet-in as one object. */
export interface PacketIn2Summary {
  /** The Ethernet frame, or its beginning. */
  readonly data: Uint8Array
  /** Bytes of the whole frame. */
  readonly totalLen: number
  /** `OFP_NO_BUFFER` when it is in none. */
  readonly bufferId: number
  readonly tableId: number
  /** All ones when there is none. */
  readonly cookie: bigint
  readonly reason: Enum<PacketInReason>
  readonly match: Match
  readonly userdata: Uint8Array
  /** `undefined` when the packet was not paused. */
  readonly continuation: Uint8Array | undefined
}

/**
 * The properties of a packet-in as one object, with defaults for those that are not there. Of a property that is there
 * twice the last counts.
 */
export function summarizePacketIn2({ properties }: Pick<NxtPacketIn2, 'properties'>): PacketIn2Summary {
  const summary: { -readonly [K in keyof PacketIn2Summary]: PacketIn2Summary[K] } = {
    data: new Uint8Array(),
    totalLen: -1,
    bufferId: OFP_NO_BUFFER,
    tableId: 0,
    cookie: 0xffff_ffff_ffff_ffffn,
    reason: 'no_match',
    match: [],
    userdata: new Uint8Array(),
    continuation: undefined,
  }
  for (const property of properties) {
    switch (property.type) {
      case 'packet':
        summary.data = property.data
        break
      case 'full_len':
        summary.totalLen = property.fullLen
        break
      case 'buffer_id':
        summary.bufferId = property.bufferId
        break
      case 'table_id':
        summary.tableId = property.tableId
        break
      case 'cookie':
        summary.cookie = property.cookie
        break
      case 'reason':
        summary.reason = property.reason
        break
      case 'metadata':
        summary.match = property.match
        break
      case 'userdata':
        summary.userdata = property.data
        break
      case 'continuation':
        summary.continuation = property.data
    }
  }
  if (summary.totalLen === -1) summary.totalLen = summary.data.length
  return summary
}

const NXPINT = {
  packet: 0,
  full_len: 1,
  buffer_id: 2,
  table_id: 3,
  cookie: 4,
  reason: 5,
  metadata: 6,
  userdata: 7,
  continuation: 8,
} as const

/** How the body of a {@link NxtPacketIn2} is written and read. */
export const nxtPacketIn2Codec: Codec<NxtPacketIn2> = {
  encode: encodePacketIn2,
  decode: (r, { version, xid }) => ({
    type: 'nxt_packet_in2',
    version,
    xid,
    properties: decodeProperties(r, decodeProperty),
  }),
}

/** How the body of a {@link NxtResume} is written and read. */
export const nxtResumeCodec: Codec<NxtResume> = {
  encode: encodePacketIn2,
  decode: (r, { version, xid }) => ({
    type: 'nxt_resume',
    version,
    xid,
    properties: decodeProperties(r, decodeProperty),
  }),
}

function encodePacketIn2(w: ByteWriter, { properties }: Pick<NxtPacketIn2, 'properties'>): void {
  for (const property of properties) {
    const start = beginProperty(w, property.type === 'unknown' ? property.propertyType : NXPINT[property.type])
    encodeProperty(w, property)
    endProperty(w, start)
  }
}

function encodeProperty(w: ByteWriter, property: PacketIn2Property): void {
  switch (property.type) {
    case 'full_len':
      return w.u32(property.fullLen, 'fullLen')
    case 'buffer_id':
      return w.u32(property.bufferId, 'bufferId')
    case 'table_id':
      return w.u8(property.tableId, 'tableId')
    case 'cookie':
      w.zeros(4)
      return w.u64(property.cookie, 'cookie')
    case 'reason':
      return w.u8(packetInReason.encode(property.reason), 'reason')
    case 'metadata':
      return encodeOxmList(w, property.match)
    case 'continuation':
      w.zeros(4)
      return w.bytes(property.data)
    case 'packet':
    case 'userdata':
    case 'unknown':
      return w.bytes(property.data)
  }
}

function decodeProperty(propertyType: number, body: ByteReader): PacketIn2Property {
  switch (propertyType) {
    case NXPINT.packet:
      return { type: 'packet', data: body.bytes() }
    case NXPINT.full_len:
      return { type: 'full_len', fullLen: body.u32() }
    case NXPINT.buffer_id:
      return { type: 'buffer_id', bufferId: body.u32() }
    case NXPINT.table_id:
      return { type: 'table_id', tableId: body.u8() }
    case NXPINT.cookie:
      body.skip(4)
      return { type: 'cookie', cookie: body.u64() }
    case NXPINT.reason:
      return { type: 'reason', reason: packetInReason.decode(body.u8()) }
    case NXPINT.metadata:
      return { type: 'metadata', match: decodeOxmList(body) }
    case NXPINT.userdata:
      return { type: 'userdata', data: body.bytes() }
    case NXPINT.continuation:
      body.skip(4)
      return { type: 'continuation', data: body.bytes() }
    default:
      return { type: 'unknown', propertyType, data: body.bytes() }
  }
}
