import { OvsError } from '../../errors.js'
import { OFPP } from '../constants.js'
import type { Optional } from '../optional.js'
import type { ActionCodec } from './codec.js'
import { encodePort16, portOf16 } from './port16.js'

/** An extension of Open vSwitch that has nothing to say but its type. */
export interface NxPlainAction {
  readonly type:
    | 'nx_pop_queue'
    | 'nx_exit'
    | 'nx_dec_ttl'
    | 'nx_dec_mpls_ttl'
    | 'nx_ct_clear'
    | 'nx_dec_nsh_ttl'
    | 'nx_debug_slow'
    | 'nx_debug_recirc'
}

/** Looks the packet up again in this table, as if it had come in on `port`. */
export interface NxResubmitAction {
  readonly type: 'nx_resubmit'
  /** A port of at most 0xfeff, or a reserved one of {@link OFPP}; `OFPP.IN_PORT` leaves the port as it is. */
  readonly port: number
}

/** The same in any table; the `_ct` form looks up the addresses and ports of the packet's connection instead. */
export interface NxResubmitTableAction {
  readonly type: 'nx_resubmit_table' | 'nx_resubmit_table_ct'
  /** Default: `OFPP.IN_PORT`, which leaves the port as it is. */
  readonly port: number
  /** Default: 0xff, the table that the action is in. */
  readonly tableId: number
}

/** Sets the low 32 bits of the tunnel's key, and the high ones to zero. */
export interface NxSetTunnelAction {
  readonly type: 'nx_set_tunnel'
  readonly tunnelId: number
}

/** Sets the tunnel's key. */
export interface NxSetTunnel64Action {
  readonly type: 'nx_set_tunnel64'
  readonly tunnelId: bigint
}

/** OpenFlow 1.0 form of `set_queue`. */
export interface NxSetQueueAction {
  readonly type: 'nx_set_queue'
  readonly queueId: number
}

/** OpenFlow 1.0 form of `group`. */
export interface NxGroupAction {
  readonly type: 'nx_group'
  readonly groupId: number
}

/** OpenFlow 1.0 form of `push_mpls` and `pop_mpls`. */
export interface NxMplsAction {
  readonly type: 'nx_push_mpls' | 'nx_pop_mpls'
  readonly ethertype: number
}

/** Sets the label of the outermost MPLS header, 20 bits (OpenFlow 1.0 only). */
export interface NxSetMplsLabelAction {
  readonly type: 'nx_set_mpls_label'
  readonly label: number
}

/** Sets the traffic class of the outermost MPLS header, 3 bits (OpenFlow 1.0 only). */
export interface NxSetMplsTcAction {
  readonly type: 'nx_set_mpls_tc'
  readonly tc: number
}

/** OpenFlow 1.0 form of `set_mpls_ttl`. */
export interface NxSetMplsTtlAction {
  readonly type: 'nx_set_mpls_ttl'
  readonly ttl: number
}

/** Bytes that do nothing. */
export interface NxNoteAction {
  readonly type: 'nx_note'
  /** Filled up with zeros to 6, 14, 22… bytes, which is what arrives. */
  readonly note: Uint8Array
}

/** Decrements the TTL; when it would get zero, the packet goes to each of these controllers instead of one. */
export interface NxDecTtlCntIdsAction {
  readonly type: 'nx_dec_ttl_cnt_ids'
  readonly controllerIds: readonly number[]
}

/** Shortens the timeouts of the flow when the packet has the TCP flag FIN or RST. */
export interface NxFinTimeoutAction {
  readonly type: 'nx_fin_timeout'
  /** Seconds; 0, the default: as it is. */
  readonly finIdleTimeout: number
  /** Seconds; 0, the default: as it is. */
  readonly finHardTimeout: number
}

/** `metadata = (metadata & ~mask) | value`, as an action. */
export interface NxWriteMetadataAction {
  readonly type: 'nx_write_metadata'
  readonly metadata: bigint
  /** Default: all bits. */
  readonly metadataMask: bigint
}

/** Sends the first bytes of the packet out of a port. */
export interface NxOutputTruncAction {
  readonly type: 'nx_output_trunc'
  readonly port: number
  /** Bytes, at least 14. */
  readonly maxLen: number
}

/** Says that this flow is one clause of a conjunctive match (ovs-fields(7), Conjunctive Match Fields). */
export interface NxConjunctionAction {
  readonly type: 'nx_conjunction'
  /** Which clause, from 0. In text it counts from 1. */
  readonly clause: number
  /** How many clauses there are, 2 to 64. */
  readonly clauses: number
  readonly id: number
}

/** The extensions of Open vSwitch without fields of the packet (`nicira-ext.h`, ovs-actions(7)). */
export type NiciraAction =
  | NxPlainAction
  | NxResubmitAction
  | NxResubmitTableAction
  | NxSetTunnelAction
  | NxSetTunnel64Action
  | NxSetQueueAction
  | NxGroupAction
  | NxMplsAction
  | NxSetMplsLabelAction
  | NxSetMplsTcAction
  | NxSetMplsTtlAction
  | NxNoteAction
  | NxDecTtlCntIdsAction
  | NxFinTimeoutAction
  | NxWriteMetadataAction
  | NxOutputTruncAction
  | NxConjunctionAction

/** What is encoded as one of them. */
export type NiciraActionInput =
  | Exclude<NiciraAction, NxResubmitTableAction | NxFinTimeoutAction | NxWriteMetadataAction>
  | Optional<NxResubmitTableAction, 'port' | 'tableId'>
  | Optional<NxFinTimeoutAction, 'finIdleTimeout' | 'finHardTimeout'>
  | Optional<NxWriteMetadataAction, 'metadataMask'>

type Codecs = { readonly [Type in NiciraAction['type']]: ActionCodec<Type> }

function plain(number: number, type: NxPlainAction['type']): ActionCodec<NxPlainAction['type']> {
  return {
    number,
    length: 16,
    encode: (writer) => writer.zeros(6),
    decode: (reader) => {
      reader.skip(6)
      return { type }
    },
  }
}

type ResubmitTable = NxResubmitTableAction['type']

function resubmitTable(number: number, type: ResubmitTable): ActionCodec<ResubmitTable> {
  return {
    number,
    length: 16,
    encode: (writer, { port = OFPP.IN_PORT, tableId = 0xff }) => {
      encodePort16(writer, port, 'port')
      writer.u8(tableId, 'tableId')
      writer.zeros(3)
    },
    decode: (reader) => {
      const port = portOf16(reader.u16())
      const tableId = reader.u8()
      reader.skip(3)
      return { type, port, tableId }
    },
  }
}

function mpls(number: number, type: NxMplsAction['type']): ActionCodec<NxMplsAction['type']> {
  return {
    number,
    length: 16,
    encode: (writer, { ethertype }) => {
      writer.u16(ethertype, 'ethertype')
      writer.zeros(4)
    },
    decode: (reader) => {
      const ethertype = reader.u16()
      reader.skip(4)
      return { type, ethertype }
    },
  }
}

const allBits = 0xffffffffffffffffn

/** Subtypes of Nicira (`nx_action_subtype`). */
export const niciraCodecs: Codecs = {
  nx_resubmit: {
    number: 1,
    length: 16,
    encode: (writer, { port }) => {
      encodePort16(writer, port, 'port')
      writer.zeros(4)
    },
    decode: (reader) => {
      const port = portOf16(reader.u16())
      reader.skip(4)
      return { type: 'nx_resubmit', port }
    },
  },
  nx_set_tunnel: {
    number: 2,
    length: 16,
    encode: (writer, { tunnelId }) => {
      writer.zeros(2)
      writer.u32(tunnelId, 'tunnelId')
    },
    decode: (reader) => {
      reader.skip(2)
      return { type: 'nx_set_tunnel', tunnelId: reader.u32() }
    },
  },
  nx_set_queue: {
    number: 4,
    length: 16,
    encode: (writer, { queueId }) => {
      writer.zeros(2)
      writer.u32(queueId, 'queueId')
    },
    decode: (reader) => {
      reader.skip(2)
      return { type: 'nx_set_queue', queueId: reader.u32() }
    },
  },
  nx_pop_queue: plain(5, 'nx_pop_queue'),
  nx_note: {
    number: 8,
    encode: (writer, { note }) => writer.bytes(note),
    decode: (reader) => ({ type: 'nx_note', note: reader.bytes() }),
  },
  nx_set_tunnel64: {
    number: 9,
    length: 24,
    encode: (writer, { tunnelId }) => {
      writer.zeros(6)
      writer.u64(tunnelId, 'tunnelId')
    },
    decode: (reader) => {
      reader.skip(6)
      return { type: 'nx_set_tunnel64', tunnelId: reader.u64() }
    },
  },
  nx_resubmit_table: resubmitTable(14, 'nx_resubmit_table'),
  nx_resubmit_table_ct: resubmitTable(44, 'nx_resubmit_table_ct'),
  nx_exit: plain(17, 'nx_exit'),
  nx_dec_ttl: plain(18, 'nx_dec_ttl'),
  nx_fin_timeout: {
    number: 19,
    length: 16,
    encode: (writer, { finIdleTimeout = 0, finHardTimeout = 0 }) => {
      writer.u16(finIdleTimeout, 'finIdleTimeout')
      writer.u16(finHardTimeout, 'finHardTimeout')
      writer.zeros(2)
    },
    decode: (reader) => {
      const finIdleTimeout = reader.u16()
      const finHardTimeout = reader.u16()
      reader.skip(2)
      return { type: 'nx_fin_timeout', finIdleTimeout, finHardTimeout }
    },
  },
  nx_dec_ttl_cnt_ids: {
    number: 21,
    encode: (writer, { controllerIds }) => {
      writer.u16(controllerIds.length, 'the number of controllerIds')
      writer.zeros(4)
      for (const id of controllerIds) writer.u16(id, 'controllerIds')
    },
    decode: (reader) => {
      const count = reader.u16()
      reader.skip(4)
      const ids = reader.sub(2 * count)
      return { type: 'nx_dec_ttl_cnt_ids', controllerIds: Array.from({ length: count }, () => ids.u16()) }
    },
  },
  nx_write_metadata: {
    number: 22,
    length: 32,
    encode: (writer, { metadata, metadataMask = allBits }) => {
      writer.zeros(6)
      writer.u64(metadata, 'metadata')
      writer.u64(metadataMask, 'metadataMask')
    },
    decode: (reader) => {
      reader.skip(6)
      return { type: 'nx_write_metadata', metadata: reader.u64(), metadataMask: reader.u64() }
    },
  },
  nx_push_mpls: mpls(23, 'nx_push_mpls'),
  nx_pop_mpls: mpls(24, 'nx_pop_mpls'),
  nx_set_mpls_ttl: {
    number: 25,
    length: 16,
    encode: (writer, { ttl }) => {
      writer.u8(ttl, 'ttl')
      writer.zeros(5)
    },
    decode: (reader) => {
      const ttl = reader.u8()
      reader.skip(5)
      return { type: 'nx_set_mpls_ttl', ttl }
    },
  },
  nx_dec_mpls_ttl: plain(26, 'nx_dec_mpls_ttl'),
  nx_set_mpls_label: {
    number: 30,
    length: 16,
    encode: (writer, { label }) => {
      writer.zeros(2)
      writer.u32(label, 'label')
    },
    decode: (reader) => {
      reader.skip(2)
      return { type: 'nx_set_mpls_label', label: reader.u32() }
    },
  },
  nx_set_mpls_tc: {
    number: 31,
    length: 16,
    encode: (writer, { tc }) => {
      writer.u8(tc, 'tc')
      writer.zeros(5)
    },
    decode: (reader) => {
      const tc = reader.u8()
      reader.skip(5)
      return { type: 'nx_set_mpls_tc', tc }
    },
  },
  nx_conjunction: {
    number: 34,
    length: 16,
    encode: (writer, { clause, clauses, id }) => {
      if (clauses < 2 || clauses > 64 || clause < 0 || clause >= clauses) {
        const right = 'clauses must be from 2 to 64 and clause, which counts from 0, below it'
        throw new OvsError('invalid', `${right}, not ${clauses} and ${clause}`)
      }
      writer.u8(clause, 'clause')
      writer.u8(clauses, 'clauses')
      writer.u32(id, 'id')
    },
    decode: (reader) => {
      const clause = reader.u8()
      const clauses = reader.u8()
      if (clauses < 2 || clauses > 64 || clause >= clauses) {
        throw reader.malformed(`a conjunction cannot have clause ${clause} of ${clauses}, counted from 0`)
      }
      return { type: 'nx_conjunction', clause, clauses, id: reader.u32() }
    },
  },
  nx_output_trunc: {
    number: 39,
    length: 16,
    encode: (writer, { port, maxLen }) => {
      encodePort16(writer, port, 'port')
      writer.u32(maxLen, 'maxLen')
    },
    decode: (reader) => ({ type: 'nx_output_trunc', port: portOf16(reader.u16()), maxLen: reader.u32() }),
  },
  nx_group: {
    number: 40,
    length: 16,
    encode: (writer, { groupId }) => {
      writer.zeros(2)
      writer.u32(groupId, 'groupId')
    },
    decode: (reader) => {
      reader.skip(2)
      return { type: 'nx_group', groupId: reader.u32() }
    },
  },
  nx_ct_clear: plain(43, 'nx_ct_clear'),
  nx_dec_nsh_ttl: plain(48, 'nx_dec_nsh_ttl'),
  nx_debug_slow: plain(254, 'nx_debug_slow'),
  nx_debug_recirc: plain(255, 'nx_debug_recirc'),
}
