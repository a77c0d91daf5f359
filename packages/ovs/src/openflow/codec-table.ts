import type { Codec, MessageBase } from './header.js'

/** Numbers of types of messages that others are built on (`ofp_type`, OpenFlow 1.3.5 §7.1.1). */
export const OFPT = { EXPERIMENTER: 4, MULTIPART_REQUEST: 18, MULTIPART_REPLY: 19 } as const

/** The multipart type of experimenters (`OFPMP_EXPERIMENTER`, OpenFlow 1.3.5 §7.3.5). */
export const OFPMP_EXPERIMENTER = 0xffff

/** One type of message: by which numbers it is found, and how its body is coded. */
export interface Entry<M extends MessageBase, I> {
  /** `ofp_type`. */
  readonly messageType: number
  /** `ofp_multipart_type`, when it is a multipart message. */
  readonly multipartType?: number
  /** Number of the experimenter, and its own number for the message, when it is an extension. */
  readonly experimenter?: number
  readonly expType?: number
  /** The only version in which the message has this form; without it, all. */
  readonly version?: number
  readonly codec: Codec<M, I>
}

interface Typed {
  readonly type: string
}

/** An entry for each type of message of a union. */
export type CodecTable<M extends MessageBase & Typed, I extends Typed> = {
  readonly [T in M['type']]: Entry<Extract<M, { readonly type: T }>, Extract<I, { readonly type: T }>>
}

/** A message of the standard that is the same in all versions. */
export function everywhere<M extends MessageBase, I>(messageType: number, codec: Codec<M, I>): Entry<M, I> {
  return { messageType, codec }
}

/** A message of OpenFlow 1.3. */
export function standard<M extends MessageBase, I>(messageType: number, codec: Codec<M, I>): Entry<M, I> {
  return { messageType, version: 4, codec }
}

/** A multipart request of OpenFlow 1.3. */
export function request<M extends MessageBase, I>(multipartType: number, codec: Codec<M, I>): Entry<M, I> {
  return { messageType: OFPT.MULTIPART_REQUEST, multipartType, version: 4, codec }
}

/** A multipart reply of OpenFlow 1.3. */
export function reply<M extends MessageBase, I>(multipartType: number, codec: Codec<M, I>): Entry<M, I> {
  return { messageType: OFPT.MULTIPART_REPLY, multipartType, version: 4, codec }
}

/** A message of an experimenter, in all versions or in one. */
export function extension<M extends MessageBase, I>(
  experimenter: number,
  expType: number,
  codec: Codec<M, I>,
  version?: number,
): Entry<M, I> {
  const entry = { messageType: OFPT.EXPERIMENTER, experimenter, expType, codec }
  return version === undefined ? entry : { ...entry, version }
}

/** A multipart request of an experimenter, in all versions or in one. */
export function extensionRequest<M extends MessageBase, I>(
  experimenter: number,
  expType: number,
  codec: Codec<M, I>,
  version?: number,
): Entry<M, I> {
  const entry = extension(experimenter, expType, codec, version)
  return { ...entry, messageType: OFPT.MULTIPART_REQUEST, multipartType: OFPMP_EXPERIMENTER }
}

/** A multipart reply of an experimenter, in all versions or in one. */
export function extensionReply<M extends MessageBase, I>(
  experimenter: number,
  expType: number,
  codec: Codec<M, I>,
  version?: number,
): Entry<M, I> {
  const entry = extension(experimenter, expType, codec, version)
  return { ...entry, messageType: OFPT.MULTIPART_REPLY, multipartType: OFPMP_EXPERIMENTER }
}
