import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFP13_VERSION } from '../constants.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import type { Message, MessageInput } from '../message.js'
import { beginProperty, decodeProperties, endProperty } from '../property.js'
import { decodeInnerMessage, encodeInnerMessage } from './inner-message.js'

/** What a {@link OnfBundleControl} asks or answers (`onf_bundle_ctrl_type`, ONF extension 230). */
export type BundleControlType =
  | 'open_request'
  | 'open_reply'
  | 'close_request'
  | 'close_reply'
  | 'commit_request'
  | 'commit_reply'
  | 'discard_request'
  | 'discard_reply'

/** Names and numbers of {@link BundleControlType}. */
export const bundleControlType = new Enumeration<BundleControlType>('the type of a bundle control message', {
  open_request: 0,
  open_reply: 1,
  close_request: 2,
  close_reply: 3,
  commit_request: 4,
  commit_reply: 5,
  discard_request: 6,
  discard_reply: 7,
})

/** Flags of a bundle (`onf_bundle_flags`, ONF extension 230). All messages of a bundle carry the same. */
export const OFPBF = {
  /** No packet sees one change without the others. */
  ATOMIC: 1 << 0,
  /** Changes take place in the order in which they were added. */
  ORDERED: 1 << 1,
} as const

/** A property of a bundle message; the standard knows none but the experimenter's. */
export type BundleProperty =
  | {
      readonly type: 'experimenter'
      readonly experimenter: number
      readonly expType: number
      readonly data: Uint8Array
    }
  | { readonly type: 'unknown'; readonly propertyType: number; readonly data: Uint8Array }

/** Opens, closes, commits or discards a bundle, or answers (`ONF_ET_BUNDLE_CONTROL`, ONF extension 230). */
export interface OnfBundleControl extends MessageBase {
  readonly type: 'onf_bundle_control'
  readonly bundleId: number
  readonly control: Enum<BundleControlType>
  /** Bits of {@link OFPBF}. */
  readonly flags: number
  readonly properties: readonly BundleProperty[]
}

/** Adds a message to a bundle (`ONF_ET_BUNDLE_ADD_MESSAGE`, ONF extension 230). */
export interface OnfBundleAdd extends MessageBase {
  readonly type: 'onf_bundle_add'
  readonly bundleId: number
  /** Bits of {@link OFPBF}. */
  readonly flags: number
  /** The message that is to be done with the bundle. It must have the same version and xid as this one. */
  readonly message: Message
  readonly properties: readonly BundleProperty[]
}

/** An {@link OnfBundleControl} to encode. Defaults: `flags` 0, no properties. */
export type OnfBundleControlInput = Input<OnfBundleControl, 'flags' | 'properties'>
/** An {@link OnfBundleAdd} to encode. Defaults: `flags` 0, no properties, `message` with this message's xid. */
export type OnfBundleAddInput = Input<Omit<OnfBundleAdd, 'message'>, 'flags' | 'properties'> & {
  readonly message: MessageInput
}

const OFPBPT_EXPERIMENTER = 0xffff

/** How the body of an {@link OnfBundleControl} is written and read. */
export const onfBundleControlCodec: Codec<OnfBundleControl, OnfBundleControlInput> = {
  encode(w, { bundleId, control, flags = 0, properties = [] }) {
    w.u32(bundleId, 'bundleId')
    w.u16(bundleControlType.encode(control), 'control')
    w.u16(flags, 'flags')
    for (const property of properties) encodeProperty(w, property)
  },
  decode: (r, { version, xid }) => ({
    type: 'onf_bundle_control',
    version,
    xid,
    bundleId: r.u32(),
    control: bundleControlType.decode(r.u16()),
    flags: r.u16(),
    properties: decodeProperties(r, decodeProperty),
  }),
}

/** How the body of an {@link OnfBundleAdd} is written and read. */
export const onfBundleAddCodec: Codec<OnfBundleAdd, OnfBundleAddInput> = {
  encode(w, { version = OFP13_VERSION, xid = 0, bundleId, flags = 0, message, properties = [] }) {
    w.u32(bundleId, 'bundleId')
    w.zeros(2)
    w.u16(flags, 'flags')
    const start = w.offset
    encodeInnerMessage(w, message, version, xid)
    if (properties.length > 0) w.padTo8(start)
    for (const property of properties) encodeProperty(w, property)
  },
  decode(r, { version, xid }) {
    const bundleId = r.u32()
    r.skip(2)
    const flags = r.u16()
    const start = r.offset
    const message = decodeInnerMessage(r)
    r.skipTo8(start)
    const properties = decodeProperties(r, decodeProperty)
    return { type: 'onf_bundle_add', version, xid, bundleId, flags, message, properties }
  },
}

function encodeProperty(w: ByteWriter, property: BundleProperty): void {
  const start = beginProperty(w, property.type === 'unknown' ? property.propertyType : OFPBPT_EXPERIMENTER)
  if (property.type === 'experimenter') {
    w.u32(property.experimenter, 'experimenter')
    w.u32(property.expType, 'expType')
  }
  w.bytes(property.data)
  endProperty(w, start)
}

function decodeProperty(propertyType: number, body: ByteReader): BundleProperty {
  if (propertyType !== OFPBPT_EXPERIMENTER) return { type: 'unknown', propertyType, data: body.bytes() }
  return { type: 'experimenter', experimenter: body.u32(), expType: body.u32(), data: body.bytes() }
}
