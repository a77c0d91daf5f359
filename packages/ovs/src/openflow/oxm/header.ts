import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { FieldRef, UnknownFieldRef } from './field.js'
import { fieldNames, oxmFields, OXM_CLASS, type FieldName, type FieldSpec } from './fields.js'

/** A row of {@link oxmFields} made ready for coding. */
export interface FieldHeader {
  readonly name: FieldName
  /** How errors call the mask. */
  readonly maskName: string
  readonly spec: FieldSpec
  /** The 32-bit header without a mask; of a field of variable length, with its greatest length. */
  readonly word: number
  /** The 32-bit header with a mask. */
  readonly maskedWord: number
}

const byName = new Map<FieldName, FieldHeader>()
const byWord = new Map<number, FieldHeader>()
const byExperimenter = new Map<number, Map<number, FieldHeader>>()
/** Fields of variable length, by class and id: the header without its last nine bits. */
const variable = new Map<number, FieldHeader>()

for (const name of fieldNames) {
  const spec: FieldSpec = oxmFields[name]
  const extra = spec.experimenter === undefined ? 0 : 4
  const wordOf = (masked: boolean, length: number) =>
    ((spec.class << 16) | (spec.id << 9) | (masked ? 0x100 : 0) | (length + extra)) >>> 0
  const word = wordOf(false, spec.bytes)
  const maskedWord = wordOf(true, 2 * spec.bytes)
  const header = { name, maskName: `the mask of ${name}`, spec, word, maskedWord }
  byName.set(name, header)
  let words = byWord
  if (spec.experimenter !== undefined) {
    words = byExperimenter.get(spec.experimenter) ?? new Map<number, FieldHeader>()
    byExperimenter.set(spec.experimenter, words)
  }
  words.set(word, header)
  words.set(maskedWord, header)
  if (spec.variable) variable.set(word >>> 9, header)
}

/** The header of a known field. @throws OvsError `invalid` when there is no field of that name. */
export function headerOfField(name: FieldName): FieldHeader {
  const header = byName.get(name)
  if (header === undefined) {
    throw new OvsError('invalid', `there is no match field ${JSON.stringify(name)}; oxmFields lists the names`)
  }
  return header
}

/** The known field of a 32-bit header and, where the class asks for it, an experimenter's number. */
export function fieldOfHeader(word: number, experimenter: number | undefined): FieldHeader | undefined {
  const header = experimenter === undefined ? byWord.get(word) : byExperimenter.get(experimenter)?.get(word)
  if (header !== undefined || experimenter !== undefined) return header
  const candidate = variable.get(word >>> 9)
  if (candidate === undefined) return undefined
  const length = word & 0xff
  // Open vSwitch leaves out leading zeros, so that zero has no bytes at all; no bytes with a mask: any value.
  const bytes = (word & 0x100) === 0 ? length : length / 2
  return Number.isInteger(bytes) && bytes <= candidate.spec.bytes ? candidate : undefined
}

/** A field as a table feature lists it: with or without the possibility of a mask (OpenFlow 1.3.5 §7.3.5.5.2). */
export interface MaskableFieldRef {
  readonly field: FieldRef
  readonly masked: boolean
}

/**
 * Reads a header alone and says whether it has the mask bit. A header of eight bytes when the class asks for an
 * experimenter's number. @throws OvsError `malformed` when it is cut off.
 */
export function decodeMaskableHeader(r: ByteReader): MaskableFieldRef {
  const word = r.u32()
  const masked = (word & 0x100) !== 0
  const length = word & 0xff
  const experimenter = word >>> 16 === OXM_CLASS.EXPERIMENTER && length >= 4 ? r.u32() : undefined
  const header = fieldOfHeader(word, experimenter)
  // A header alone has no place for another length than the table's.
  if (header !== undefined && word === (masked ? header.maskedWord : header.word)) return { field: header.name, masked }
  const unknown: UnknownFieldRef = {
    class: word >>> 16,
    id: (word >>> 9) & 0x7f,
    length: experimenter === undefined ? length : length - 4,
    hasMask: masked,
    ...(experimenter === undefined ? {} : { experimenter }),
  }
  return { field: unknown, masked }
}

/**
 * Reads a header alone, as actions name a field. A known field with the mask bit, which has no meaning there, comes as
 * an unknown one, so that it survives. @throws OvsError `malformed` when it is cut off.
 */
export function decodeFieldHeader(r: ByteReader): FieldRef {
  const { field, masked } = decodeMaskableHeader(r)
  if (!masked || typeof field !== 'string') return field
  const { class: oxmClass, id, experimenter, bytes } = headerOfField(field).spec
  const unknown = { class: oxmClass, id, length: 2 * bytes, hasMask: true }
  return experimenter === undefined ? unknown : { ...unknown, experimenter }
}

/**
 * Writes a header alone.
 *
 * @param masked sets the mask bit of a known field and doubles its length; an unknown one has its own.
 * @throws OvsError `invalid` when there is no field of that name, or a number does not fit.
 */
export function encodeFieldHeader(w: ByteWriter, ref: FieldRef, masked = false): void {
  if (typeof ref === 'string') {
    const header = headerOfField(ref)
    w.u32(masked ? header.maskedWord : header.word)
    if (header.spec.experimenter !== undefined) w.u32(header.spec.experimenter)
    return
  }
  if ((ref.id & 0x7f) !== ref.id) {
    throw new OvsError('invalid', `the id of a field must be from 0 to 127, not ${ref.id}`)
  }
  w.u16(ref.class, 'the class of the field')
  w.u8((ref.id << 1) | (ref.hasMask ? 1 : 0))
  w.u8(ref.length + (ref.experimenter === undefined ? 0 : 4), 'the length of the field')
  if (ref.experimenter !== undefined) w.u32(ref.experimenter, 'the experimenter of the field')
}
