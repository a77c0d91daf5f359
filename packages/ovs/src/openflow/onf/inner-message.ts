import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Message, MessageInput } from '../message.js'

/** How whole messages, with their headers, are written and read. */
export interface MessageCoder {
  encode(w: ByteWriter, message: MessageInput, version: number, xid: number): void
  decode(r: ByteReader): Message
}

let coder: MessageCoder | undefined

/** Called by message.ts, which must not be imported here: it imports the messages that carry messages. */
export function provideMessageCoder(provided: MessageCoder): void {
  coder = provided
}

/** Messages that carry a message. Within one of them they are not looked into: nesting has no meaning, and no end. */
const carriers = new Set<string>(['onf_bundle_add', 'onf_requestforward'])

/** Writes a message within another. @throws OvsError `invalid` when it carries one itself. */
export function encodeInnerMessage(w: ByteWriter, message: MessageInput, version: number, xid: number): void {
  if (carriers.has(message.type)) {
    throw new OvsError('invalid', `a message within a message must not be of type ${message.type}`)
  }
  provided().encode(w, message, message.version ?? version, message.xid ?? xid)
}

/** Reads a message within another; one that carries a message comes as `experimenter`. @throws OvsError `malformed`. */
export function decodeInnerMessage(r: ByteReader): Message {
  return provided().decode(r)
}

function provided(): MessageCoder {
  if (coder === undefined)
    throw new OvsError('invalid', 'a message within a message is coded by encodeMessage, decodeMessage only')
  return coder
}
