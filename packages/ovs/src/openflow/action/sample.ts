import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPP } from '../constants.js'
import { Enumeration, type Enum } from '../enumeration.js'
import type { Optional } from '../optional.js'
import type { ActionCodec } from './codec.js'
import { encodePort16, portOf16 } from './port16.js'

/** On which side of the switch a packet is sampled (`nx_action_sample_direction`). */
export const sampleDirections = new Enumeration('the direction of sample', { default: 0, ingress: 1, egress: 2 })
/** One of {@link sampleDirections}. */
export type SampleDirection = Enum<keyof typeof sampleDirections.numbers>

/** Samples packets for IPFIX (`nx_action_sample`). */
export interface NxSampleAction {
  readonly type: 'nx_sample'
  /** Out of 65,535; at least 1. */
  readonly probability: number
  /** Default 0. */
  readonly collectorSetId: number
  /** Default 0. */
  readonly obsDomainId: number
  /** Default 0. */
  readonly obsPointId: number
}

/** The same with a port (`nx_action_sample2`), and in the `3` form with a direction that is meant. */
export interface NxSample2Action extends Omit<NxSampleAction, 'type'> {
  readonly type: 'nx_sample2' | 'nx_sample3'
  /** Default: none (`OFPP.ANY`). */
  readonly samplingPort: number
  /** Default `default`. */
  readonly direction: SampleDirection
}

/** The actions that sample. */
export type SampleAction = NxSampleAction | NxSample2Action

type Defaults = 'collectorSetId' | 'obsDomainId' | 'obsPointId'

/** What is encoded as one of them. */
export type SampleActionInput =
  | Optional<NxSampleAction, Defaults>
  | Optional<NxSample2Action, Defaults | 'samplingPort' | 'direction'>

type Codecs = { readonly [Type in SampleAction['type']]: ActionCodec<Type> }

function encodeCommon(writer: ByteWriter, action: SampleActionInput): void {
  writer.u16(action.probability, 'probability')
  writer.u32(action.collectorSetId ?? 0, 'collectorSetId')
  writer.u32(action.obsDomainId ?? 0, 'obsDomainId')
  writer.u32(action.obsPointId ?? 0, 'obsPointId')
}

function decodeCommon(reader: ByteReader): Omit<NxSampleAction, 'type'> {
  const probability = reader.u16()
  const collectorSetId = reader.u32()
  const obsDomainId = reader.u32()
  return { probability, collectorSetId, obsDomainId, obsPointId: reader.u32() }
}

function sample2(number: number, type: NxSample2Action['type']): ActionCodec<NxSample2Action['type']> {
  return {
    number,
    length: 32,
    encode: (writer, action) => {
      encodeCommon(writer, action)
      encodePort16(writer, action.samplingPort ?? OFPP.ANY, 'samplingPort')
      writer.u8(sampleDirections.encode(action.direction ?? 'default'), 'direction')
      writer.zeros(5)
    },
    decode: (reader) => {
      const common = decodeCommon(reader)
      const samplingPort = portOf16(reader.u16())
      const direction = sampleDirections.decode(reader.u8())
      reader.skip(5)
      return { type, ...common, samplingPort, direction }
    },
  }
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const sampleCodecs: Codecs = {
  nx_sample: {
    number: 29,
    length: 24,
    encode: encodeCommon,
    decode: (reader) => ({ type: 'nx_sample', ...decodeCommon(reader) }),
  },
  nx_sample2: sample2(38, 'nx_sample2'),
  nx_sample3: sample2(41, 'nx_sample3'),
}
