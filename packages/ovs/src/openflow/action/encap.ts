import type { Optional } from '../optional.js'
import type { ActionCodec } from './codec.js'

/** What remains after `decap` is for the switch to find out (`PT_USE_NEXT_PROTO`). */
const useNextProtocol = 0xfffe

/** Adds a header (`nx_action_encap`). */
export interface NxEncapAction {
  readonly type: 'nx_encap'
  /** Namespace in the upper 16 bits, number in the lower: see `packet_type` in ovs-fields(7). */
  readonly packetType: number
  /** Size of the header in bytes; 0, the default: as the type has it. */
  readonly headerSize: number
  /** Default none. */
  readonly properties: readonly EncapProperty[]
}

/** A property of `encap` (`ofp_ed_prop_header`). */
export interface EncapProperty {
  readonly class: number
  readonly type: number
  /** Everything after the header, without the padding to 8 bytes. */
  readonly data: Uint8Array
}

/** Takes the outermost header away (`nx_action_decap`). */
export interface NxDecapAction {
  readonly type: 'nx_decap'
  /** The packet type that remains; default 0xfffe: the switch finds out (`PT_USE_NEXT_PROTO`). */
  readonly packetType: number
}

/** The actions of `packet_type`-aware pipelines (ovs-actions(7), encap and decap). */
export type EncapAction = NxEncapAction | NxDecapAction

/** What is encoded as one of them. */
export type EncapActionInput =
  | Optional<NxEncapAction, 'headerSize' | 'properties'>
  | Optional<NxDecapAction, 'packetType'>

type Codecs = { readonly [Type in EncapAction['type']]: ActionCodec<Type> }

/** Subtypes of Nicira (`nx_action_subtype`). */
export const encapCodecs: Codecs = {
  nx_encap: {
    number: 46,
    encode: (writer, { packetType, headerSize = 0, properties = [] }) => {
      writer.u16(headerSize, 'headerSize')
      writer.u32(packetType, 'packetType')
      for (const { class: propertyClass, type, data } of properties) {
        const start = writer.offset
        writer.u16(propertyClass, 'the class of a property')
        writer.u8(type, 'the type of a property')
        writer.u8(4 + data.length, 'the length of a property')
        writer.bytes(data)
        writer.padTo8(start)
      }
    },
    decode: (reader) => {
      const headerSize = reader.u16()
      const packetType = reader.u32()
      const properties: EncapProperty[] = []
      while (reader.remaining > 0) {
        const start = reader.offset
        const propertyClass = reader.u16()
        const type = reader.u8()
        const length = reader.u8()
        if (length < 4) throw reader.malformed(`a property of encap cannot be ${length} bytes long`)
        properties.push({ class: propertyClass, type, data: reader.bytes(length - 4) })
        reader.skipTo8(start)
      }
      return { type: 'nx_encap', packetType, headerSize, properties }
    },
  },
  nx_decap: {
    number: 47,
    length: 16,
    encode: (writer, { packetType = useNextProtocol }) => {
      writer.zeros(2)
      writer.u32(packetType, 'packetType')
    },
    decode: (reader) => {
      reader.skip(2)
      return { type: 'nx_decap', packetType: reader.u32() }
    },
  },
}
