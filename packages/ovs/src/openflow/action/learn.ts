import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Optional } from '../optional.js'
import type { Subfield } from '../oxm/field.js'
import { decodeFieldHeader, encodeFieldHeader } from '../oxm/header.js'
import { type ActionCodec, decodeShortHeader, encodeShortHeader } from './codec.js'

/**
 * One part of the flow that `learn` makes.
 *
 * - `match`: the new flow matches `dst` against `src`, a field of this packet or a number.
 * - `load`: the new flow loads `src` into `dst`.
 * - `output`: the new flow outputs to the port that is in `src`.
 *
 * `src` and `dst` have the same number of bits.
 */
export type LearnSpec =
  | { readonly type: 'match' | 'load'; readonly src: Subfield | bigint; readonly dst: Subfield }
  | { readonly type: 'output'; readonly src: Subfield }

/** Adds or modifies a flow made out of this packet (`nx_action_learn`). */
export interface NxLearnAction {
  readonly type: 'nx_learn'
  /** Seconds; default 0: none. */
  readonly idleTimeout: number
  /** Seconds; default 0: none. */
  readonly hardTimeout: number
  /** Default 0x8000. */
  readonly priority: number
  /** Default 0. */
  readonly cookie: bigint
  /** Bits of {@link NX_LEARN_F}. Default 0. */
  readonly flags: number
  /** The table of the new flow. Default 1 in text, as ovs-ofctl has it; here it must be given. */
  readonly tableId: number
  /** Seconds; default 0. */
  readonly finIdleTimeout: number
  /** Seconds; default 0. */
  readonly finHardTimeout: number
  readonly specs: readonly LearnSpec[]
}

/** The same with a limit on the number of flows (`nx_action_learn2`). */
export interface NxLearn2Action extends Omit<NxLearnAction, 'type'> {
  readonly type: 'nx_learn2'
  /** How many flows with this cookie the table may have; 0, the default: any number. */
  readonly limit: number
  /** One bit that gets 1 when the flow is there and 0 when the limit forbade it; needs `NX_LEARN_F.WRITE_RESULT`. */
  readonly resultDst?: Subfield
}

/** Flags of `learn` (`nx_learn_flags`). */
export const NX_LEARN_F = { SEND_FLOW_REM: 1, DELETE_LEARNED: 2, WRITE_RESULT: 4 } as const

/** The actions that add flows. */
export type LearnAction = NxLearnAction | NxLearn2Action

type Defaults =
  | 'idleTimeout'
  | 'hardTimeout'
  | 'priority'
  | 'cookie'
  | 'flags'
  | 'finIdleTimeout'
  | 'finHardTimeout'

/** What is encoded as one of them. */
export type LearnActionInput = Optional<NxLearnAction, Defaults> | Optional<NxLearn2Action, Defaults | 'limit'>

/** Bits of the number that comes before each {@link LearnSpec}. */
const SRC_IMMEDIATE = 0x2000
const DST_LOAD = 0x0800
const DST_OUTPUT = 0x1000
const BITS = 0x07ff

type Codecs = { readonly [Type in LearnAction['type']]: ActionCodec<Type> }

function encodeCommon(writer: ByteWriter, action: LearnActionInput): void {
  writer.u16(action.idleTimeout ?? 0, 'idleTimeout')
  writer.u16(action.hardTimeout ?? 0, 'hardTimeout')
  writer.u16(action.priority ?? 0x8000, 'priority')
  writer.u64(action.cookie ?? 0n, 'cookie')
  writer.u16(action.flags ?? 0, 'flags')
  writer.u8(action.tableId, 'tableId')
  writer.zeros(1)
  writer.u16(action.finIdleTimeout ?? 0, 'finIdleTimeout')
  writer.u16(action.finHardTimeout ?? 0, 'finHardTimeout')
}

function decodeCommon(reader: ByteReader): Omit<NxLearnAction, 'type' | 'specs'> {
  const idleTimeout = reader.u16()
  const hardTimeout = reader.u16()
  const priority = reader.u16()
  const cookie = reader.u64()
  const flags = reader.u16()
  const tableId = reader.u8()
  reader.skip(1)
  const finIdleTimeout = reader.u16()
  const finHardTimeout = reader.u16()
  return { idleTimeout, hardTimeout, priority, cookie, flags, tableId, finIdleTimeout, finHardTimeout }
}

function encodeSubfield(writer: ByteWriter, { field, offset }: Subfield, what: string): void {
  encodeShortHeader(writer, field, `${what}.field`)
  writer.u16(offset, `${what}.offset`)
}

function decodeSubfield(reader: ByteReader, bits: number): Subfield {
  const field = decodeShortHeader(reader)
  return { field, offset: reader.u16(), bits }
}

function encodeSpec(writer: ByteWriter, spec: LearnSpec): void {
  const { bits } = spec.type === 'output' ? spec.src : spec.dst
  if (!Number.isInteger(bits) || bits < 1 || bits > BITS) {
    throw new OvsError('invalid', `the bits of a learn spec must be from 1 to ${BITS}, not ${bits}`)
  }
  const immediate = typeof spec.src === 'bigint'
  const dst = { match: 0, load: DST_LOAD, output: DST_OUTPUT }[spec.type]
  writer.u16(bits | dst | (immediate ? SRC_IMMEDIATE : 0))
  if (typeof spec.src === 'bigint') {
    if (spec.src >> BigInt(bits) !== 0n)
      throw new OvsError('invalid', `src must fit into the ${bits} bits of dst, not be ${spec.src}n`)
    writer.uint(spec.src, 2 * Math.ceil(bits / 16), 'src')
  } else {
    if (spec.src.bits !== bits)
      throw new OvsError('invalid', `src.bits and dst.bits must be the same, not ${spec.src.bits} and ${bits}`)
    encodeSubfield(writer, spec.src, 'src')
  }
  if (spec.type !== 'output') encodeSubfield(writer, spec.dst, 'dst')
}

/** Reads up to the end, or up to the zeros that fill the action up. */
function decodeSpecs(reader: ByteReader): LearnSpec[] {
  const specs: LearnSpec[] = []
  while (reader.remaining >= 2) {
    const header = reader.u16()
    if (header === 0) break
    const bits = header & BITS
    const immediate = (header & SRC_IMMEDIATE) !== 0
    const kind = header & ~BITS & ~SRC_IMMEDIATE
    if (bits === 0 || kind > DST_OUTPUT || (kind === DST_OUTPUT && immediate)) {
      throw reader.malformed(`0x${header.toString(16).padStart(4, '0')} is no header of a part of learn`)
    }
    if (kind === DST_OUTPUT) {
      specs.push({ type: 'output', src: decodeSubfield(reader, bits) })
      continue
    }
    const src = immediate ? reader.uint(2 * Math.ceil(bits / 16)) : decodeSubfield(reader, bits)
    if (typeof src === 'bigint' && src >> BigInt(bits) !== 0n) {
      throw reader.malformed(`the number ${src} of a part of learn does not fit into its ${bits} bits`)
    }
    specs.push({ type: kind === DST_LOAD ? 'load' : 'match', src, dst: decodeSubfield(reader, bits) })
  }
  return specs
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const learnCodecs: Codecs = {
  nx_learn: {
    number: 16,
    encode: (writer, action) => {
      encodeCommon(writer, action)
      for (const spec of action.specs) encodeSpec(writer, spec)
    },
    decode: (reader) => ({ type: 'nx_learn', ...decodeCommon(reader), specs: decodeSpecs(reader) }),
  },
  nx_learn2: {
    number: 45,
    encode: (writer, action) => {
      const { resultDst, flags = 0, limit = 0 } = action
      if ((resultDst !== undefined) !== ((flags & NX_LEARN_F.WRITE_RESULT) !== 0)) {
        throw new OvsError('invalid', 'resultDst must be given if, and only if, flags has NX_LEARN_F.WRITE_RESULT')
      }
      encodeCommon(writer, action)
      writer.u32(limit, 'limit')
      writer.u16(resultDst?.offset ?? 0, 'resultDst.offset')
      writer.zeros(2)
      if (resultDst) encodeFieldHeader(writer, resultDst.field)
      for (const spec of action.specs) encodeSpec(writer, spec)
    },
    decode: (reader) => {
      const common = decodeCommon(reader)
      const limit = reader.u32()
      const offset = reader.u16()
      reader.skip(2)
      const result =
        (common.flags & NX_LEARN_F.WRITE_RESULT) === 0
          ? {}
          : { resultDst: { field: decodeFieldHeader(reader), offset, bits: 1 } }
      return { type: 'nx_learn2', ...common, limit, ...result, specs: decodeSpecs(reader) }
    },
  },
}
