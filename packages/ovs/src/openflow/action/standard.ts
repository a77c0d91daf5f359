import { OvsError } from '../../errors.js'
import { OFPCML, OFPP } from '../constants.js'
import type { Optional } from '../optional.js'
import type { OxmField } from '../oxm/field.js'
import { decodeOxm, encodeOxm } from '../oxm/oxm.js'
import type { ActionCodec } from './codec.js'

/** Sends the packet out of a port (`ofp_action_output`, OpenFlow 1.3.5 §7.2.5). */
export interface OutputAction {
  readonly type: 'output'
  readonly port: number
  /** How many bytes go to the controller. Default: all (`OFPCML.NO_BUFFER`) to `OFPP.CONTROLLER`, 0 to other ports. */
  readonly maxLen: number
}

/** Processes the packet with the buckets of a group (`ofp_action_group`). */
export interface GroupAction {
  readonly type: 'group'
  readonly groupId: number
}

/** Chooses the queue of the port for outputs that follow (`ofp_action_set_queue`). */
export interface SetQueueAction {
  readonly type: 'set_queue'
  readonly queueId: number
}

/** Sets the TTL of the outermost MPLS label, or of the IP header (`ofp_action_mpls_ttl`, `ofp_action_nw_ttl`). */
export interface SetTtlAction {
  readonly type: 'set_mpls_ttl' | 'set_nw_ttl'
  readonly ttl: number
}

/** Adds a tag, or takes an MPLS label away, and sets the Ethertype (`ofp_action_push`, `ofp_action_pop_mpls`). */
export interface PushPopAction {
  readonly type: 'push_vlan' | 'push_mpls' | 'push_pbb' | 'pop_mpls'
  /** The Ethertype that the packet has afterwards, such as 0x8100. */
  readonly ethertype: number
}

/** An action that has nothing to say but its type (`ofp_action_header`). */
export interface PlainAction {
  readonly type: 'copy_ttl_out' | 'copy_ttl_in' | 'dec_mpls_ttl' | 'dec_nw_ttl' | 'pop_vlan' | 'pop_pbb'
}

/** Overwrites a field of the packet (`ofp_action_set_field`); with a mask, which OpenFlow 1.5 allows, some bits of it. */
export interface SetFieldAction {
  readonly type: 'set_field'
  readonly field: OxmField
}

/** An action of an experimenter that this package does not know (`ofp_action_experimenter_header`). */
export interface ExperimenterAction {
  readonly type: 'experimenter'
  readonly experimenter: number
  /** Everything after the experimenter's number, padding included. */
  readonly data: Uint8Array
}

/** An action of a type that OpenFlow 1.3 does not have. */
export interface UnknownAction {
  readonly type: 'unknown'
  readonly actionType: number
  /** Everything after the length, padding included. */
  readonly data: Uint8Array
}

/** The actions of OpenFlow 1.3.5 §7.2.5. */
export type StandardAction =
  | OutputAction
  | GroupAction
  | SetQueueAction
  | SetTtlAction
  | PushPopAction
  | PlainAction
  | SetFieldAction
  | ExperimenterAction
  | UnknownAction

/** What is encoded as one of them. */
export type StandardActionInput = Exclude<StandardAction, OutputAction> | Optional<OutputAction, 'maxLen'>

type SetTtl = SetTtlAction['type']
type PushPop = PushPopAction['type']
type Plain = PlainAction['type']
type Codecs = {
  readonly [Type in Exclude<StandardAction['type'], 'experimenter' | 'unknown'>]: ActionCodec<Type>
}

function plain(number: number, type: Plain): ActionCodec<Plain> {
  return {
    number,
    length: 8,
    encode: (writer) => writer.zeros(4),
    decode: (reader) => {
      reader.skip(4)
      return { type }
    },
  }
}

function setTtl(number: number, type: SetTtl): ActionCodec<SetTtl> {
  return {
    number,
    length: 8,
    encode: (writer, action) => {
      writer.u8(action.ttl, 'ttl')
      writer.zeros(3)
    },
    decode: (reader) => {
      const ttl = reader.u8()
      reader.skip(3)
      return { type, ttl }
    },
  }
}

function pushPop(number: number, type: PushPop): ActionCodec<PushPop> {
  return {
    number,
    length: 8,
    encode: (writer, action) => {
      writer.u16(action.ethertype, 'ethertype')
      writer.zeros(2)
    },
    decode: (reader) => {
      const ethertype = reader.u16()
      reader.skip(2)
      return { type, ethertype }
    },
  }
}

/** The actions of `ofp_action_type`. */
export const standardCodecs: Codecs = {
  output: {
    number: 0,
    length: 16,
    encode: (writer, { port, maxLen = port === OFPP.CONTROLLER ? OFPCML.NO_BUFFER : 0 }) => {
      writer.u32(port, 'port')
      writer.u16(maxLen, 'maxLen')
      writer.zeros(6)
    },
    decode: (reader) => {
      const port = reader.u32()
      const maxLen = reader.u16()
      reader.skip(6)
      return { type: 'output', port, maxLen }
    },
  },
  copy_ttl_out: plain(11, 'copy_ttl_out'),
  copy_ttl_in: plain(12, 'copy_ttl_in'),
  set_mpls_ttl: setTtl(15, 'set_mpls_ttl'),
  dec_mpls_ttl: plain(16, 'dec_mpls_ttl'),
  push_vlan: pushPop(17, 'push_vlan'),
  pop_vlan: plain(18, 'pop_vlan'),
  push_mpls: pushPop(19, 'push_mpls'),
  pop_mpls: pushPop(20, 'pop_mpls'),
  set_queue: {
    number: 21,
    length: 8,
    encode: (writer, action) => writer.u32(action.queueId, 'queueId'),
    decode: (reader) => ({ type: 'set_queue', queueId: reader.u32() }),
  },
  group: {
    number: 22,
    length: 8,
    encode: (writer, action) => writer.u32(action.groupId, 'groupId'),
    decode: (reader) => ({ type: 'group', groupId: reader.u32() }),
  },
  set_nw_ttl: setTtl(23, 'set_nw_ttl'),
  dec_nw_ttl: plain(24, 'dec_nw_ttl'),
  set_field: {
    number: 25,
    encode: (writer, action) => {
      if (action.field === undefined) throw new OvsError('invalid', 'field must be the field to set and its value')
      encodeOxm(writer, action.field)
    },
    decode: (reader) => ({ type: 'set_field', field: decodeOxm(reader) }),
  },
  push_pbb: pushPop(26, 'push_pbb'),
  pop_pbb: plain(27, 'pop_pbb'),
}
