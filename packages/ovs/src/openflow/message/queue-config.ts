import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPP } from '../constants.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** A property of a {@link Queue} (`ofp_queue_properties`, OpenFlow 1.3.5 §7.2.2). */
export type QueueProperty =
  /** Guaranteed rate in tenths of a percent; above 1000 it is switched off. */
  | { readonly type: 'min_rate'; readonly rate: number }
  /** Maximum rate in tenths of a percent; above 1000 it is switched off. */
  | { readonly type: 'max_rate'; readonly rate: number }
  | { readonly type: 'experimenter'; readonly experimenter: number; readonly data: Uint8Array }
  | { readonly type: 'unknown'; readonly propertyType: number; readonly data: Uint8Array }

/** A queue of a port (`ofp_packet_queue`, OpenFlow 1.3.5 §7.2.2). */
export interface Queue {
  readonly queueId: number
  readonly port: number
  readonly properties: readonly QueueProperty[]
}

/** Asks for the queues of a port (`OFPT_QUEUE_GET_CONFIG_REQUEST`, OpenFlow 1.3.5 §7.3.6). */
export interface QueueGetConfigRequest extends MessageBase {
  readonly type: 'queue_get_config_request'
  /** The port, or `OFPP.ANY` for all. */
  readonly port: number
}

/** The queues of a port (`OFPT_QUEUE_GET_CONFIG_REPLY`, OpenFlow 1.3.5 §7.3.6). */
export interface QueueGetConfigReply extends MessageBase {
  readonly type: 'queue_get_config_reply'
  readonly port: number
  readonly queues: readonly Queue[]
}

/** A {@link QueueGetConfigRequest} to encode. Default: `port` `OFPP.ANY`. */
export type QueueGetConfigRequestInput = Input<QueueGetConfigRequest, 'port'>
/** A {@link QueueGetConfigReply} to encode. Default: no queues. */
export type QueueGetConfigReplyInput = Input<QueueGetConfigReply, 'queues'>

const OFPQT = { min_rate: 1, max_rate: 2, experimenter: 0xffff } as const

/** How the body of a {@link QueueGetConfigRequest} is written and read. */
export const queueGetConfigRequestCodec: Codec<QueueGetConfigRequest, QueueGetConfigRequestInput> = {
  encode(w, { port = OFPP.ANY }) {
    w.u32(port, 'port')
    w.zeros(4)
  },
  decode(r, { version, xid }) {
    const port = r.u32()
    r.skip(4)
    return { type: 'queue_get_config_request', version, xid, port }
  },
}

/** How the body of a {@link QueueGetConfigReply} is written and read. */
export const queueGetConfigReplyCodec: Codec<QueueGetConfigReply, QueueGetConfigReplyInput> = {
  encode(w, { port, queues = [] }) {
    w.u32(port, 'port')
    w.zeros(4)
    for (const queue of queues) encodeQueue(w, queue)
  },
  decode(r, { version, xid }) {
    const port = r.u32()
    r.skip(4)
    const queues: Queue[] = []
    while (r.remaining > 0) queues.push(decodeQueue(r))
    return { type: 'queue_get_config_reply', version, xid, port, queues }
  },
}

function encodeQueue(w: ByteWriter, { queueId, port, properties }: Queue): void {
  const start = w.offset
  w.u32(queueId, 'queueId')
  w.u32(port, 'port')
  w.zeros(8)
  for (const property of properties) encodeProperty(w, property)
  w.setU16(start + 8, w.offset - start, 'the length of the queue')
}

function decodeQueue(r: ByteReader): Queue {
  const queueId = r.u32()
  const port = r.u32()
  const length = r.u16()
  if (length < 16) throw r.malformed(`a queue must be at least 16 bytes long, not ${length}`)
  r.skip(6)
  const rest = r.sub(length - 16)
  const properties: QueueProperty[] = []
  while (rest.remaining > 0) properties.push(decodeProperty(rest))
  return { queueId, port, properties }
}

function encodeProperty(w: ByteWriter, property: QueueProperty): void {
  const start = w.offset
  w.u16(property.type === 'unknown' ? property.propertyType : OFPQT[property.type], 'propertyType')
  w.u16(0)
  if (property.type !== 'unknown') w.zeros(4)
  if (property.type === 'min_rate' || property.type === 'max_rate') {
    w.u16(property.rate, 'rate')
    w.zeros(6)
  } else if (property.type === 'experimenter') {
    w.u32(property.experimenter, 'experimenter')
    w.zeros(4)
    w.bytes(property.data)
  } else {
    w.bytes(property.data)
  }
  // Unlike those of other messages, properties of queues are not padded.
  w.setU16(start + 2, w.offset - start, 'the length of the property')
}

function decodeProperty(r: ByteReader): QueueProperty {
  const start = r.offset
  const propertyType = r.u16()
  const length = r.u16()
  if (length < 4) throw r.malformed(`a property must be at least 4 bytes long, not ${length}`, start)
  const body = r.sub(length - 4)
  const property = decodePropertyBody(propertyType, body)
  if (body.remaining > 0) throw body.malformed(`a property of type ${propertyType} is ${body.remaining} bytes too long`)
  return property
}

function decodePropertyBody(propertyType: number, body: ByteReader): QueueProperty {
  if (propertyType === OFPQT.min_rate || propertyType === OFPQT.max_rate) {
    body.skip(4)
    const rate = body.u16()
    body.skip(6)
    return { type: propertyType === OFPQT.min_rate ? 'min_rate' : 'max_rate', rate }
  }
  if (propertyType === OFPQT.experimenter) {
    body.skip(4)
    const experimenter = body.u32()
    body.skip(4)
    return { type: 'experimenter', experimenter, data: body.bytes() }
  }
  return { type: 'unknown', propertyType, data: body.bytes() }
}
