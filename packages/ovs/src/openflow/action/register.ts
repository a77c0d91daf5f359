import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPCML } from '../constants.js'
import type { Optional } from '../optional.js'
import type { FieldRef, OxmField, Subfield } from '../oxm/field.js'
import { decodeFieldHeader, encodeFieldHeader } from '../oxm/header.js'
import { decodeOxm, encodeOxm } from '../oxm/oxm.js'
import {
  type ActionCodec,
  decodeShortHeader,
  encodeOfsNbits,
  encodeShortHeader,
  requireSameBits,
  subfieldOf,
} from './codec.js'

/** Copies bits from one field to another. Both subfields have the same number of bits. */
export interface NxRegMoveAction {
  readonly type: 'nx_reg_move'
  readonly src: Subfield
  readonly dst: Subfield
}

/** Writes a number of at most 64 bits into a subfield. */
export interface NxRegLoadAction {
  readonly type: 'nx_reg_load'
  readonly dst: Subfield
  readonly value: bigint
}

/** Writes a field of any length, with a mask if only some bits of it are meant. */
export interface NxRegLoad2Action {
  readonly type: 'nx_reg_load2'
  readonly field: OxmField
}

/** Puts a subfield on the stack. */
export interface NxStackPushAction {
  readonly type: 'nx_stack_push'
  readonly src: Subfield
}

/** Takes from the stack what was put there last. */
export interface NxStackPopAction {
  readonly type: 'nx_stack_pop'
  readonly dst: Subfield
}

/** Sends the packet out of the port whose number is in a subfield; the `2` form has room for any field. */
export interface NxOutputRegAction {
  readonly type: 'nx_output_reg' | 'nx_output_reg2'
  readonly src: Subfield
  /** How many bytes go to the controller; `OFPCML.NO_BUFFER`, the default: all. */
  readonly maxLen: number
}

/** Writes 1 into a subfield of one bit when the packet is longer than that, otherwise 0. */
export interface NxCheckPktLargerAction {
  readonly type: 'nx_check_pkt_larger'
  /** Bytes. */
  readonly pktLen: number
  /** One bit. */
  readonly dst: Subfield
}

/** Takes a field, one of `tun_metadata0` to `tun_metadata63`, from the packet. */
export interface NxDeleteFieldAction {
  readonly type: 'nx_delete_field'
  readonly field: FieldRef
}

/** Copies bits from one field to another, both with the same number of bits (ONF extension 320). */
export interface OnfCopyFieldAction {
  readonly type: 'onf_copy_field'
  readonly src: Subfield
  readonly dst: Subfield
}

/** The extensions that name fields of the packet. */
export type RegisterAction =
  | NxRegMoveAction
  | NxRegLoadAction
  | NxRegLoad2Action
  | NxStackPushAction
  | NxStackPopAction
  | NxOutputRegAction
  | NxCheckPktLargerAction
  | NxDeleteFieldAction

/** What is encoded as one of them. */
export type RegisterActionInput = Exclude<RegisterAction, NxOutputRegAction> | Optional<NxOutputRegAction, 'maxLen'>

type Codecs = { readonly [Type in RegisterAction['type']]: ActionCodec<Type> }

function encodeStack(writer: ByteWriter, { field, offset, bits }: Subfield): void {
  writer.u16(offset, 'offset')
  encodeFieldHeader(writer, field)
  writer.u16(bits, 'bits')
}

function decodeStack(reader: ByteReader): Subfield {
  const offset = reader.u16()
  const field = decodeFieldHeader(reader)
  return { field, offset, bits: reader.u16() }
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const registerCodecs: Codecs = {
  nx_reg_move: {
    number: 6,
    encode: (writer, { src, dst }) => {
      requireSameBits(src, dst)
      writer.u16(src.bits, 'src.bits')
      writer.u16(src.offset, 'src.offset')
      writer.u16(dst.offset, 'dst.offset')
      encodeFieldHeader(writer, src.field)
      encodeFieldHeader(writer, dst.field)
    },
    decode: (reader) => {
      const bits = reader.u16()
      const from = reader.u16()
      const to = reader.u16()
      const src = { field: decodeFieldHeader(reader), offset: from, bits }
      return { type: 'nx_reg_move', src, dst: { field: decodeFieldHeader(reader), offset: to, bits } }
    },
  },
  nx_reg_load: {
    number: 7,
    length: 24,
    encode: (writer, { dst, value }) => {
      if (value >> BigInt(dst.bits) !== 0n)
        throw new OvsError('invalid', `value must fit into the ${dst.bits} bits of dst, not be ${value}n`)
      encodeOfsNbits(writer, dst, 'dst')
      encodeShortHeader(writer, dst.field, 'dst.field')
      writer.u64(value, 'value')
    },
    decode: (reader) => {
      const ofsNbits = reader.u16()
      const dst = subfieldOf(decodeShortHeader(reader), ofsNbits)
      const value = reader.u64()
      if (value >> BigInt(dst.bits) !== 0n) {
        throw reader.malformed(`the value ${value} is loaded into ${dst.bits} bits, where it does not fit`)
      }
      return { type: 'nx_reg_load', dst, value }
    },
  },
  nx_reg_load2: {
    number: 33,
    encode: (writer, { field }) => encodeOxm(writer, field),
    decode: (reader) => ({ type: 'nx_reg_load2', field: decodeOxm(reader) }),
  },
  nx_output_reg: {
    number: 15,
    length: 24,
    encode: (writer, { src, maxLen = OFPCML.NO_BUFFER }) => {
      encodeOfsNbits(writer, src, 'src')
      encodeShortHeader(writer, src.field, 'src.field')
      writer.u16(maxLen, 'maxLen')
      writer.zeros(6)
    },
    decode: (reader) => {
      const ofsNbits = reader.u16()
      const src = subfieldOf(decodeShortHeader(reader), ofsNbits)
      const maxLen = reader.u16()
      reader.skip(6)
      return { type: 'nx_output_reg', src, maxLen }
    },
  },
  nx_output_reg2: {
    number: 32,
    length: 24,
    encode: (writer, { src, maxLen = OFPCML.NO_BUFFER }) => {
      encodeOfsNbits(writer, src, 'src')
      writer.u16(maxLen, 'maxLen')
      encodeFieldHeader(writer, src.field)
    },
    decode: (reader) => {
      const ofsNbits = reader.u16()
      const maxLen = reader.u16()
      return { type: 'nx_output_reg2', src: subfieldOf(decodeFieldHeader(reader), ofsNbits), maxLen }
    },
  },
  nx_stack_push: {
    number: 27,
    length: 24,
    encode: (writer, { src }) => encodeStack(writer, src),
    decode: (reader) => ({ type: 'nx_stack_push', src: decodeStack(reader) }),
  },
  nx_stack_pop: {
    number: 28,
    length: 24,
    encode: (writer, { dst }) => encodeStack(writer, dst),
    decode: (reader) => ({ type: 'nx_stack_pop', dst: decodeStack(reader) }),
  },
  nx_check_pkt_larger: {
    number: 49,
    length: 24,
    encode: (writer, { pktLen, dst }) => {
      if (dst.bits !== 1) throw new OvsError('invalid', `dst.bits must be 1, not ${dst.bits}`)
      writer.u16(pktLen, 'pktLen')
      writer.u16(dst.offset, 'dst.offset')
      encodeFieldHeader(writer, dst.field)
    },
    decode: (reader) => {
      const pktLen = reader.u16()
      const offset = reader.u16()
      return { type: 'nx_check_pkt_larger', pktLen, dst: { field: decodeFieldHeader(reader), offset, bits: 1 } }
    },
  },
  nx_delete_field: {
    number: 50,
    length: 24,
    encode: (writer, { field }) => encodeFieldHeader(writer, field),
    decode: (reader) => ({ type: 'nx_delete_field', field: decodeFieldHeader(reader) }),
  },
}

/** The action of the Open Networking Foundation (ONF extension 320). */
export const onfCodecs: { readonly onf_copy_field: ActionCodec<'onf_copy_field'> } = {
  onf_copy_field: {
    number: 3200,
    encode: (writer, { src, dst }) => {
      requireSameBits(src, dst)
      writer.zeros(2)
      writer.u16(src.bits, 'src.bits')
      writer.u16(src.offset, 'src.offset')
      writer.u16(dst.offset, 'dst.offset')
      writer.zeros(2)
      encodeFieldHeader(writer, src.field)
      encodeFieldHeader(writer, dst.field)
    },
    decode: (reader) => {
      reader.skip(2)
      const bits = reader.u16()
      const from = reader.u16()
      const to = reader.u16()
      reader.skip(2)
      const src = { field: decodeFieldHeader(reader), offset: from, bits }
      return { type: 'onf_copy_field', src, dst: { field: decodeFieldHeader(reader), offset: to, bits } }
    },
  },
}
