import { OvsError } from '../errors.js'
import { ByteReader } from '../wire/byte-reader.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { OFPMP_EXPERIMENTER, OFPT, type Entry } from './codec-table.js'
import { OFP13_VERSION } from './constants.js'
import { OFP_HEADER_LENGTH, type Header } from './header.js'
import { experimenterCodec } from './message/experimenter.js'
import { standardCodecs, type StandardMessage, type StandardMessageInput } from './message/index.js'
import { experimenterStatsReplyCodec, experimenterStatsRequestCodec } from './multipart/experimenter-stats.js'
import { multipartCodecs, type MultipartMessage, type MultipartMessageInput } from './multipart/index.js'
import { niciraCodecs, type NiciraMessage, type NiciraMessageInput } from './nicira/index.js'
import { onfCodecs, type OnfMessage, type OnfMessageInput } from './onf/index.js'
import { provideMessageCoder } from './onf/inner-message.js'

/** Any OpenFlow message, as it is decoded: `type` says which. */
export type Message = StandardMessage | MultipartMessage | NiciraMessage | OnfMessage

/** Any OpenFlow message to encode: what has a default may be left out. */
export type MessageInput = StandardMessageInput | MultipartMessageInput | NiciraMessageInput | OnfMessageInput

/** The names of the types of messages. */
export type MessageType = Message['type']

/** The message of one type. */
export type MessageOf<T extends MessageType> = Extract<Message, { readonly type: T }>

/** The message of one type, to encode. */
export type MessageInputOf<T extends MessageType> = Extract<MessageInput, { readonly type: T }>

type AnyEntry = Entry<Message, MessageInput>
type ByExperimenter = Map<number, Map<number, AnyEntry>>

/** The multipart messages of OpenFlow 1.0 have other numbers. */
const OFPT10 = { STATS_REQUEST: 16, STATS_REPLY: 17 } as const

const byNumber: AnyEntry[] = []
const requests: AnyEntry[] = []
const replies: AnyEntry[] = []
const extensions: ByExperimenter = new Map()
const extensionRequests: ByExperimenter = new Map()
const extensionReplies: ByExperimenter = new Map()

const known: Readonly<Record<string, AnyEntry>> = {
  ...standardCodecs,
  ...multipartCodecs,
  ...niciraCodecs,
  ...onfCodecs,
}
for (const entry of Object.values(known)) addNumbers(entry)

const byType = new Map<string, AnyEntry>(
  Object.entries({
    ...known,
    experimenter: { messageType: OFPT.EXPERIMENTER, codec: experimenterCodec },
    experimenter_stats_request: {
      messageType: OFPT.MULTIPART_REQUEST,
      multipartType: OFPMP_EXPERIMENTER,
      codec: experimenterStatsRequestCodec,
    },
    experimenter_stats_reply: {
      messageType: OFPT.MULTIPART_REPLY,
      multipartType: OFPMP_EXPERIMENTER,
      codec: experimenterStatsReplyCodec,
    },
  }),
)

function addNumbers(entry: AnyEntry): void {
  const { messageType, multipartType, experimenter, expType } = entry
  const reply = messageType === OFPT.MULTIPART_REPLY
  if (experimenter !== undefined && expType !== undefined) {
    const table = multipartType === undefined ? extensions : reply ? extensionReplies : extensionRequests
    const types = table.get(experimenter) ?? new Map<number, AnyEntry>()
    table.set(experimenter, types.set(expType, entry))
  } else if (multipartType !== undefined) {
    ;(reply ? replies : requests)[multipartType] = entry
  } else {
    byNumber[messageType] = entry
  }
}

/** Kept for the next message, so that not every one needs a buffer to be written into. */
let spareWriter: ByteWriter | undefined

/**
 * Encodes one message. `version` is 4 and `xid` 0 unless given.
 *
 * @throws OvsError `invalid`, naming the property, when a value does not fit, the message would be longer than 65,535
 *   bytes, or its type does not exist in the version.
 */
export function encodeMessage(message: MessageInput): Uint8Array {
  const w = spareWriter ?? new ByteWriter()
  spareWriter = undefined
  w.clear()
  encodeMessageTo(w, message, message.version ?? OFP13_VERSION, message.xid ?? 0)
  const bytes = w.copy()
  spareWriter = w
  return bytes
}

/** Writes one message with its header. @throws OvsError `invalid`, as {@link encodeMessage}. */
export function encodeMessageTo(w: ByteWriter, message: MessageInput, version: number, xid: number): void {
  const start = w.offset
  w.u8(version, 'version')
  if (message.type === 'unknown') {
    w.u8(message.messageType, 'messageType')
    w.u16(0)
    w.u32(xid, 'xid')
    w.bytes(message.body, 'body')
  } else if (message.type === 'unknown_multipart_request' || message.type === 'unknown_multipart_reply') {
    const request = message.type === 'unknown_multipart_request'
    requireVersion(message.type, OFP13_VERSION, version)
    w.u8(request ? OFPT.MULTIPART_REQUEST : OFPT.MULTIPART_REPLY)
    w.u16(0)
    w.u32(xid, 'xid')
    encodeMultipartHeader(w, message.multipartType, message.flags)
    w.zeros(4)
    w.bytes(message.body, 'body')
  } else {
    encodeKnown(w, message, version, xid)
  }
  w.setU16(start + 2, w.offset - start, 'the length of the message')
}

function encodeKnown(w: ByteWriter, message: MessageInput, version: number, xid: number): void {
  const entry = byType.get(message.type)
  if (entry === undefined) throw new OvsError('invalid', `there is no message of type ${JSON.stringify(message.type)}`)
  if (entry.version !== undefined && entry.version !== version) requireVersion(message.type, entry.version, version)
  const { messageType, multipartType } = entry
  const old = version === 1 && multipartType !== undefined
  w.u8(old ? messageType - OFPT.MULTIPART_REQUEST + OFPT10.STATS_REQUEST : messageType)
  w.u16(0)
  w.u32(xid, 'xid')
  if (multipartType !== undefined) {
    encodeMultipartHeader(w, multipartType, 'flags' in message ? message.flags : 0)
    if (!old) w.zeros(4)
  }
  if (entry.experimenter !== undefined) {
    w.u32(entry.experimenter)
    w.u32(entry.expType as number)
    if (old) w.zeros(4)
  }
  entry.codec.encode(w, message)
}

function encodeMultipartHeader(w: ByteWriter, multipartType: number, flags = 0): void {
  w.u16(multipartType, 'multipartType')
  w.u16(flags, 'flags')
}

function requireVersion(type: string, right: number, version: number): void {
  if (version !== right) {
    throw new OvsError('invalid', `version must be ${right} in a message of type ${type}, not ${version}`)
  }
}

/**
 * Decodes exactly one whole message. What this package does not know comes as `unknown`, `unknown_multipart_request`,
 * `experimenter` and so on, with its bytes; so do messages of versions other than 4, but for `hello`, `error`, the
 * echoes and the extensions. Nothing of the result shares memory with `bytes`.
 *
 * @throws OvsError `malformed`, with the offset, when the bytes are not one message.
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const r = new ByteReader(bytes)
  const message = decodeMessageFrom(r, false)
  if (r.remaining > 0) {
    const { length } = bytes
    throw r.malformed(`the header says ${length - r.remaining} bytes where there are ${length}`, 2)
  }
  return message
}

/**
 * Reads one message with its header, of a reader that may go on behind it.
 *
 * @param nested the message is part of another: one that carries a message itself is not looked into.
 * @throws OvsError `malformed`.
 */
export function decodeMessageFrom(r: ByteReader, nested: boolean): Message {
  const start = r.offset
  const version = r.u8()
  const messageType = r.u8()
  const length = r.u16()
  const xid = r.u32()
  if (length < OFP_HEADER_LENGTH) {
    throw r.malformed(`the length of a message must be at least ${OFP_HEADER_LENGTH}, not ${length}`, start + 2)
  }
  const body = r.sub(length - OFP_HEADER_LENGTH)
  const message = decodeBody(body, messageType, { version, xid, flags: 0 }, nested)
  if (body.remaining > 0) throw body.malformed(`${body.remaining} bytes are left behind the ${message.type}`)
  return message
}

function decodeBody(r: ByteReader, messageType: number, header: Header, nested: boolean): Message {
  const { version, xid } = header
  if (messageType === OFPT.EXPERIMENTER) {
    if (version === OFP13_VERSION || r.remaining >= 8) return decodeExperimenter(r, header, nested)
  } else if (version === OFP13_VERSION) {
    if (messageType === OFPT.MULTIPART_REQUEST || messageType === OFPT.MULTIPART_REPLY) {
      return decodeMultipart(r, messageType === OFPT.MULTIPART_REPLY, header)
    }
    const entry = byNumber[messageType]
    if (entry !== undefined) return entry.codec.decode(r, header)
  } else {
    const entry = byNumber[messageType]
    if (entry !== undefined && entry.version === undefined) return entry.codec.decode(r, header)
    const request = version === 1 ? OFPT10.STATS_REQUEST : OFPT.MULTIPART_REQUEST
    if (messageType === request || messageType === request + 1) {
      const message = decodeForeignMultipart(r, messageType !== request, header)
      if (message !== undefined) return message
    }
  }
  return { type: 'unknown', version, xid, messageType, body: r.bytes() }
}

function decodeExperimenter(r: ByteReader, header: Header, nested: boolean): Message {
  const entry = peekExtension(r, 0, extensions, header.version)
  if (entry === undefined || (nested && isCarrier(entry))) return experimenterCodec.decode(r, header)
  r.skip(8)
  return entry.codec.decode(r, header)
}

function isCarrier(entry: AnyEntry): boolean {
  return entry === onfCodecs.onf_bundle_add || entry === onfCodecs.onf_requestforward
}

/** The extension whose two numbers are `at` bytes from here. */
function peekExtension(r: ByteReader, at: number, table: ByExperimenter, version: number): AnyEntry | undefined {
  const bytes = r.peek(at + 8)
  if (bytes === undefined) return undefined
  const numbers = new ByteReader(bytes, at)
  const entry = table.get(numbers.u32())?.get(numbers.u32())
  return entry?.version === undefined || entry.version === version ? entry : undefined
}

function decodeMultipart(r: ByteReader, reply: boolean, { version, xid }: Header): Message {
  const multipartType = r.u16()
  const flags = r.u16()
  r.skip(4)
  const header = { version, xid, flags }
  if (multipartType === OFPMP_EXPERIMENTER) {
    const entry = peekExtension(r, 0, reply ? extensionReplies : extensionRequests, version)
    if (entry === undefined)
      return (reply ? experimenterStatsReplyCodec : experimenterStatsRequestCodec).decode(r, header)
    r.skip(8)
    return entry.codec.decode(r, header)
  }
  const entry = (reply ? replies : requests)[multipartType]
  if (entry !== undefined) return entry.codec.decode(r, header)
  const type = reply ? 'unknown_multipart_reply' : 'unknown_multipart_request'
  return { type, ...header, multipartType, body: r.bytes() }
}

/** Multipart messages of versions other than 1.3, as far as they are extensions. OpenFlow 1.0 pads them elsewhere. */
function decodeForeignMultipart(r: ByteReader, reply: boolean, { version, xid }: Header): Message | undefined {
  const old = version === 1
  const entry = peekExtension(r, old ? 4 : 8, reply ? extensionReplies : extensionRequests, version)
  if (entry === undefined || r.remaining < 16) return undefined
  const fields = r.peek(4) as Uint8Array
  if (fields[0] !== 0xff || fields[1] !== 0xff) return undefined
  r.skip(16)
  return entry.codec.decode(r, { version, xid, flags: ((fields[2] as number) << 8) | (fields[3] as number) })
}

provideMessageCoder({ encode: encodeMessageTo, decode: (r) => decodeMessageFrom(r, true) })
