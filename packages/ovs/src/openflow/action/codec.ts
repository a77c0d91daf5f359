import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { FieldRef, Subfield } from '../oxm/field.js'
import { decodeFieldHeader, encodeFieldHeader } from '../oxm/header.js'
import type { Action, ActionInput } from './action.js'

/** The names of actions. */
export type ActionType = Action['type']

type OfType<Union, Type> = Union extends { readonly type: infer Own } ? (Type extends Own ? Union : never) : never

/** How the body of one action is written and read: what is between its header and the padding at its end. */
export interface ActionCodec<Type extends ActionType> {
  /** `type` of a standard action, `subtype` of an extension. */
  readonly number: number
  /** Bytes with the header, of an action that has always the same. */
  readonly length?: number
  encode(writer: ByteWriter, action: OfType<ActionInput, Type>, depth: number): void
  /** Makes the action out of exactly its body; what is left over must be padding. */
  decode(reader: ByteReader, depth: number): OfType<Action, Type>
}

/** Bits of a field in 16 bits: `(offset << 6) | (bits - 1)`. */
export function encodeOfsNbits(writer: ByteWriter, { offset, bits }: Subfield, what: string): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > 64)
    throw new OvsError('invalid', `${what}.bits must be from 1 to 64, not ${bits}`)
  if (!Number.isInteger(offset) || offset < 0 || offset > 1023)
    throw new OvsError('invalid', `${what}.offset must be from 0 to 1023, not ${offset}`)
  writer.u16((offset << 6) | (bits - 1))
}

/** The other way round, together with the header of the field, which is read by the caller. */
export function subfieldOf(field: FieldRef, ofsNbits: number): Subfield {
  return { field, offset: ofsNbits >> 6, bits: (ofsNbits & 0x3f) + 1 }
}

/** The header of a field where there are four bytes for it. @throws OvsError `invalid` when it needs eight. */
export function encodeShortHeader(writer: ByteWriter, field: FieldRef, what: string): void {
  const start = writer.offset
  encodeFieldHeader(writer, field)
  if (writer.offset - start !== 4) {
    throw new OvsError('invalid', `${what} must be a field with a header of 4 bytes: this action has no room for 8`)
  }
}

/** Reads the header of a field where there are four bytes for it. @throws OvsError `malformed` when it needs eight. */
export function decodeShortHeader(reader: ByteReader): FieldRef {
  return decodeFieldHeader(reader.sub(4))
}

/** @throws OvsError `invalid` unless both subfields have the same number of bits. */
export function requireSameBits(src: Subfield, dst: Subfield): void {
  if (src.bits !== dst.bits) {
    throw new OvsError('invalid', `src.bits and dst.bits must be the same, not ${src.bits} and ${dst.bits}`)
  }
}
