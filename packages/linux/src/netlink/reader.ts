import { endianness } from 'node:os'
import { LinuxError } from '../errors.js'
import { NLA_TYPE_MASK, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_ERROR, NLMSG_HDRLEN, NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS } from './constants.js'

const littleEndian = endianness() === 'LE'

/** One netlink message as it arrived. */
export interface NetlinkMessage {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly portId: number
  readonly body: Uint8Array
}

/** What an NLMSG_ERROR says; `errno` 0 is an acknowledgement. */
export interface NetlinkFailure {
  /** Positive errno. */
  readonly errno: number
  /** The kernel's own words (extended acknowledgement), when it had any. */
  readonly message: string | undefined
  /** Offset in the request of the attribute that it did not like. */
  readonly offset: number | undefined
}

/** A bounded reader of native-endian integers: never reads outside its bytes, throws `malformed` instead. */
export class NetlinkReader {
  readonly #view: DataView
  offset = 0

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), littleEndian)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), littleEndian)
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), littleEndian)
  }

  be16(): number {
    return this.#view.getUint16(this.#take(2), false)
  }

  take(length: number): Uint8Array {
    const at = this.#take(length)
    return this.bytes.subarray(at, at + length)
  }

  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  #take(length: number): number {
    if (this.remaining < length) {
      throw new LinuxError('malformed', `netlink: ${length} bytes wanted at offset ${this.offset}, ${this.remaining} left`)
    }
    const at = this.offset
    this.offset += length
    return at
  }
}

/** Splits what one receive call returned into its messages. */
export function decodeMessages(bytes: Uint8Array): NetlinkMessage[] {
  const messages: NetlinkMessage[] = []
  let offset = 0
  while (bytes.length - offset >= NLMSG_HDRLEN) {
    const reader = new NetlinkReader(bytes.subarray(offset))
    const length = reader.u32()
    if (length < NLMSG_HDRLEN || length > bytes.length - offset) {
      throw new LinuxError('malformed', `netlink: message at offset ${offset} claims ${length} bytes, ${bytes.length - offset} are there`)
    }
    const type = reader.u16()
    const flags = reader.u16()
    const sequence = reader.u32()
    const portId = reader.u32()
    messages.push({ type, flags, sequence, portId, body: reader.take(length - NLMSG_HDRLEN) })
    offset += (length + 3) & ~3
  }
  return messages
}

/** Attributes of a message, in order, the flags taken off their types. */
export function decodeAttributes(bytes: Uint8Array): { readonly type: number; readonly value: Uint8Array }[] {
  const attributes: { type: number; value: Uint8Array }[] = []
  let offset = 0
  while (bytes.length - offset >= 4) {
    const reader = new NetlinkReader(bytes.subarray(offset))
    const length = reader.u16()
    const type = reader.u16() & NLA_TYPE_MASK
    if (length < 4 || length > bytes.length - offset) {
      throw new LinuxError('malformed', `netlink: attribute ${type} at offset ${offset} claims ${length} bytes, ${bytes.length - offset} are there`)
    }
    attributes.push({ type, value: reader.take(length - 4) })
    offset += (length + 3) & ~3
  }
  return attributes
}

/** The text of an attribute up to its terminating zero. */
export function decodeString(value: Uint8Array): string {
  const end = value.indexOf(0)
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end))
}

/** Reads an NLMSG_ERROR with the extended acknowledgement behind it (`linux/netlink.h`, `enum nlmsgerr_attrs`). */
export function decodeFailure(message: NetlinkMessage): NetlinkFailure {
  if (message.type !== NLMSG_ERROR) throw new LinuxError('malformed', `netlink: type ${message.type} is no NLMSG_ERROR`)
  const reader = new NetlinkReader(message.body)
  const errno = -reader.i32()
  const requestLength = reader.u32()
  let text: string | undefined
  let offset: number | undefined
  if ((message.flags & NLM_F_ACK_TLVS) !== 0) {
    const payload = (message.flags & NLM_F_CAPPED) === 0 && errno !== 0 ? requestLength - NLMSG_HDRLEN : 0
    const skip = 4 + NLMSG_HDRLEN + ((Math.max(payload, 0) + 3) & ~3)
    for (const { type, value } of decodeAttributes(message.body.subarray(skip))) {
      if (type === NLMSGERR_ATTR_MSG) text = decodeString(value)
      if (type === NLMSGERR_ATTR_OFFS && value.length >= 4) offset = new NetlinkReader(value).u32()
    }
  }
  return { errno: errno === 0 ? 0 : errno, message: text, offset }
}
