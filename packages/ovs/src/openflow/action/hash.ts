import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { Enumeration, type Enum } from '../enumeration.js'
import type { Optional } from '../optional.js'
import type { Subfield } from '../oxm/field.js'
import { type ActionCodec, decodeShortHeader, encodeOfsNbits, encodeShortHeader, subfieldOf } from './codec.js'
import { encodePort16, portOf16 } from './port16.js'

/** Which fields of a packet are hashed (`nx_hash_fields`). */
export const hashFields = new Enumeration('the hash fields', {
  eth_src: 0,
  symmetric_l4: 1,
  symmetric_l3l4: 2,
  'symmetric_l3l4+udp': 3,
  nw_src: 4,
  nw_dst: 5,
  symmetric_l3: 6,
})
/** One of {@link hashFields}. */
export type HashFields = Enum<keyof typeof hashFields.numbers>

/** How a link is chosen from a hash (`nx_mp_algorithm`). */
export const multipathAlgorithms = new Enumeration('the algorithm of multipath', {
  modulo_n: 0,
  hash_threshold: 1,
  hrw: 2,
  iter_hash: 3,
})
/** One of {@link multipathAlgorithms}. */
export type MultipathAlgorithm = Enum<keyof typeof multipathAlgorithms.numbers>

/** How a member is chosen from those that are up (`nx_bd_algorithm`). */
export const bundleAlgorithms = new Enumeration('the algorithm of bundle', { active_backup: 0, hrw: 1 })
/** One of {@link bundleAlgorithms}. */
export type BundleAlgorithm = Enum<keyof typeof bundleAlgorithms.numbers>

/** Writes into a subfield the number of the link, 0 to `maxLink`, that a hash of the packet chooses. */
export interface NxMultipathAction {
  readonly type: 'nx_multipath'
  readonly fields: HashFields
  /** Seed of the hash. Default 0. */
  readonly basis: number
  readonly algorithm: MultipathAlgorithm
  /** One less than the number of links. */
  readonly maxLink: number
  /** For `iter_hash` alone. Default 0. */
  readonly arg: number
  readonly dst: Subfield
}

/** Sends the packet out of the one of the members that a hash chooses. */
export interface NxBundleAction {
  readonly type: 'nx_bundle'
  readonly algorithm: BundleAlgorithm
  readonly fields: HashFields
  /** Seed of the hash. Default 0. */
  readonly basis: number
  /** Ports of at most 0xfeff, or reserved ones of `OFPP`. */
  readonly members: readonly number[]
}

/** The same, but writes the member's port number into a subfield. */
export interface NxBundleLoadAction extends Omit<NxBundleAction, 'type'> {
  readonly type: 'nx_bundle_load'
  readonly dst: Subfield
}

/** The actions that hash a packet. */
export type HashAction = NxMultipathAction | NxBundleAction | NxBundleLoadAction

/** What is encoded as one of them. */
export type HashActionInput =
  | Optional<NxMultipathAction, 'basis' | 'arg'>
  | Optional<NxBundleAction, 'basis'>
  | Optional<NxBundleLoadAction, 'basis'>

type Codecs = { readonly [Type in HashAction['type']]: ActionCodec<Type> }

/** `NXM_OF_IN_PORT`: the kind of bundle's members, of which there is no other. */
const memberType = 0x00000002

type BundleInput = Optional<NxBundleAction, 'basis'> | Optional<NxBundleLoadAction, 'basis'>

function encodeBundle(writer: ByteWriter, action: BundleInput): void {
  writer.u16(bundleAlgorithms.encode(action.algorithm), 'algorithm')
  writer.u16(hashFields.encode(action.fields), 'fields')
  writer.u16(action.basis ?? 0, 'basis')
  writer.u32(memberType)
  writer.u16(action.members.length, 'the number of members')
  if (action.type === 'nx_bundle_load') {
    encodeOfsNbits(writer, action.dst, 'dst')
    encodeShortHeader(writer, action.dst.field, 'dst.field')
  } else {
    writer.zeros(6)
  }
  writer.zeros(4)
  for (const port of action.members) encodePort16(writer, port, 'members')
}

function decodeBundle(reader: ByteReader): Omit<NxBundleLoadAction, 'type'> {
  const algorithm = bundleAlgorithms.decode(reader.u16())
  const fields = hashFields.decode(reader.u16())
  const basis = reader.u16()
  const kind = reader.u32()
  if (kind !== memberType) throw reader.malformed(`members of a bundle must be ports (type 2), not of type ${kind}`)
  const count = reader.u16()
  const ofsNbits = reader.u16()
  const dst = subfieldOf(decodeShortHeader(reader), ofsNbits)
  reader.skip(4)
  const list = reader.sub(2 * count)
  return { algorithm, fields, basis, members: Array.from({ length: count }, () => portOf16(list.u16())), dst }
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const hashCodecs: Codecs = {
  nx_multipath: {
    number: 10,
    length: 32,
    encode: (writer, { fields, basis = 0, algorithm, maxLink, arg = 0, dst }) => {
      writer.u16(hashFields.encode(fields), 'fields')
      writer.u16(basis, 'basis')
      writer.zeros(2)
      writer.u16(multipathAlgorithms.encode(algorithm), 'algorithm')
      writer.u16(maxLink, 'maxLink')
      writer.u32(arg, 'arg')
      writer.zeros(2)
      encodeOfsNbits(writer, dst, 'dst')
      encodeShortHeader(writer, dst.field, 'dst.field')
    },
    decode: (reader) => {
      const fields = hashFields.decode(reader.u16())
      const basis = reader.u16()
      reader.skip(2)
      const algorithm = multipathAlgorithms.decode(reader.u16())
      const maxLink = reader.u16()
      const arg = reader.u32()
      reader.skip(2)
      const ofsNbits = reader.u16()
      const dst = subfieldOf(decodeShortHeader(reader), ofsNbits)
      return { type: 'nx_multipath', fields, basis, algorithm, maxLink, arg, dst }
    },
  },
  nx_bundle: {
    number: 12,
    encode: encodeBundle,
    decode: (reader) => {
      const { algorithm, fields, basis, members } = decodeBundle(reader)
      return { type: 'nx_bundle', algorithm, fields, basis, members }
    },
  },
  nx_bundle_load: {
    number: 13,
    encode: encodeBundle,
    decode: (reader) => ({ type: 'nx_bundle_load', ...decodeBundle(reader) }),
  },
}
