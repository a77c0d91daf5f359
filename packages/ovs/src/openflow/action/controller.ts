import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { Enumeration, type Enum } from '../enumeration.js'
import type { Optional } from '../optional.js'
import type { ActionCodec } from './codec.js'

/** Why a packet goes to the controller (`ofp_packet_in_reason`, OpenFlow 1.3.5 §7.4.1; the last three are of 1.4). */
export const packetInReasons = new Enumeration('the reason', {
  no_match: 0,
  action: 1,
  invalid_ttl: 2,
  action_set: 3,
  group: 4,
  packet_out: 5,
})
/** One of {@link packetInReasons}. */
export type PacketInReason = Enum<keyof typeof packetInReasons.numbers>

/** Sends the packet to one of the controllers (`nx_action_controller`). */
export interface NxControllerAction {
  readonly type: 'nx_controller'
  /** Bytes of the packet. Default 0xffff: all. */
  readonly maxLen: number
  /** The controller's number, see NXT_SET_CONTROLLER_ID. Default 0. */
  readonly controllerId: number
  /** Default `action`. */
  readonly reason: PacketInReason
}

/** A property of `controller` that this package does not know. */
export interface ControllerProperty {
  readonly type: number
  /** Everything after its length, without the padding to 8 bytes. */
  readonly data: Uint8Array
}

/** The same with more properties (`NXAST_CONTROLLER2`). */
export interface NxController2Action extends Omit<NxControllerAction, 'type'> {
  readonly type: 'nx_controller2'
  /** Comes back in the packet-in. Default empty. */
  readonly userdata: Uint8Array
  /** The pipeline stops until the controller sends NXT_RESUME. Default false. */
  readonly pause: boolean
  /** The meter that limits the packet-ins. Default: that of the switch, `OFPM.CONTROLLER`, if there is one. */
  readonly meterId?: number
  /** Properties of types that this package does not know. Default none. */
  readonly properties: readonly ControllerProperty[]
}

/** The actions that send a packet to one of several controllers. */
export type ControllerAction = NxControllerAction | NxController2Action

type Defaults = 'maxLen' | 'controllerId' | 'reason'

/** What is encoded as one of them. */
export type ControllerActionInput =
  | Optional<NxControllerAction, Defaults>
  | Optional<NxController2Action, Defaults | 'userdata' | 'pause' | 'properties'>

type Codecs = { readonly [Type in ControllerAction['type']]: ActionCodec<Type> }

/** Types of properties (`nx_action_controller2_prop_type`). */
const PROPERTY = { MAX_LEN: 0, CONTROLLER_ID: 1, REASON: 2, USERDATA: 3, PAUSE: 4, METER_ID: 5 } as const

/** @param padding zeros that count as part of the property. */
function encodeProperty(writer: ByteWriter, type: number, encode: () => void, padding = 0): void {
  const start = writer.offset
  writer.u16(type, 'the type of a property')
  writer.u16(0)
  encode()
  writer.zeros(padding)
  writer.setU16(start + 2, writer.offset - start, 'the length of a property')
  writer.padTo8(start)
}

function decodeProperties(reader: ByteReader): Omit<NxController2Action, 'type'> {
  let found: Omit<NxController2Action, 'type'> = {
    maxLen: 0xffff,
    controllerId: 0,
    reason: 'action',
    userdata: new Uint8Array(),
    pause: false,
    properties: [],
  }
  while (reader.remaining > 0) {
    const start = reader.offset
    const type = reader.u16()
    const length = reader.u16()
    if (length < 4) throw reader.malformed(`a property of controller cannot be ${length} bytes long`)
    const body = reader.sub(length - 4)
    found = { ...found, ...decodeProperty(type, body, found.properties) }
    // Padding may count as part of a property.
    if (body.remaining > 3) throw body.malformed(`a property of controller of type ${type} is too long`)
    reader.skipTo8(start)
  }
  return found
}

function decodeProperty(
  type: number,
  body: ByteReader,
  properties: readonly ControllerProperty[],
): Partial<NxController2Action> {
  switch (type) {
    case PROPERTY.MAX_LEN:
      return { maxLen: body.u16() }
    case PROPERTY.CONTROLLER_ID:
      return { controllerId: body.u16() }
    case PROPERTY.REASON:
      return { reason: packetInReasons.decode(body.u8()) }
    case PROPERTY.USERDATA:
      return { userdata: body.bytes() }
    case PROPERTY.PAUSE:
      return { pause: true }
    case PROPERTY.METER_ID:
      return { meterId: body.u32() }
    default:
      return { properties: [...properties, { type, data: body.bytes() }] }
  }
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const controllerCodecs: Codecs = {
  nx_controller: {
    number: 20,
    length: 16,
    encode: (writer, { maxLen = 0xffff, controllerId = 0, reason = 'action' }) => {
      writer.u16(maxLen, 'maxLen')
      writer.u16(controllerId, 'controllerId')
      writer.u8(packetInReasons.encode(reason), 'reason')
      writer.zeros(1)
    },
    decode: (reader) => {
      const maxLen = reader.u16()
      const controllerId = reader.u16()
      const reason = packetInReasons.decode(reader.u8())
      reader.skip(1)
      return { type: 'nx_controller', maxLen, controllerId, reason }
    },
  },
  nx_controller2: {
    number: 37,
    encode: (writer, action) => {
      const { maxLen = 0xffff, controllerId = 0, reason = 'action', userdata, pause, meterId, properties = [] } = action
      writer.zeros(6)
      if (maxLen !== 0xffff) encodeProperty(writer, PROPERTY.MAX_LEN, () => writer.u16(maxLen, 'maxLen'), 2)
      if (controllerId !== 0)
        encodeProperty(writer, PROPERTY.CONTROLLER_ID, () => writer.u16(controllerId, 'controllerId'), 2)
      if (reason !== 'action')
        encodeProperty(writer, PROPERTY.REASON, () => writer.u8(packetInReasons.encode(reason), 'reason'))
      if (userdata !== undefined && userdata.length > 0)
        encodeProperty(writer, PROPERTY.USERDATA, () => writer.bytes(userdata))
      if (pause) encodeProperty(writer, PROPERTY.PAUSE, () => undefined)
      if (meterId !== undefined) encodeProperty(writer, PROPERTY.METER_ID, () => writer.u32(meterId, 'meterId'))
      for (const { type, data } of properties) encodeProperty(writer, type, () => writer.bytes(data))
    },
    decode: (reader) => {
      reader.skip(6)
      return { type: 'nx_controller2', ...decodeProperties(reader) }
    },
  },
}
