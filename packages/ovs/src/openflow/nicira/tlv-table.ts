import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** What a {@link NxtTlvTableMod} does (`nx_tlv_table_mod_command` of Open vSwitch). */
export type TlvTableCommand = 'add' | 'delete' | 'clear'

/** Names and numbers of {@link TlvTableCommand}. */
export const tlvTableCommand = new Enumeration<TlvTableCommand>('the command of a TLV table mod', {
  add: 0,
  delete: 1,
  clear: 2,
})

/** Which Geneve option is which field `tun_metadata<index>` (`nx_tlv_map` of Open vSwitch). */
export interface TlvMap {
  readonly optionClass: number
  readonly optionType: number
  /** Bytes of the option's value: a multiple of 4, up to 124. */
  readonly optionLen: number
  readonly index: number
}

/** Changes the table of Geneve options (`NXT_TLV_TABLE_MOD` of Open vSwitch). */
export interface NxtTlvTableMod extends MessageBase {
  readonly type: 'nxt_tlv_table_mod'
  readonly command: Enum<TlvTableCommand>
  /** None for `clear`. */
  readonly maps: readonly TlvMap[]
}

/** Asks for the table of Geneve options (`NXT_TLV_TABLE_REQUEST` of Open vSwitch). */
export interface NxtTlvTableRequest extends MessageBase {
  readonly type: 'nxt_tlv_table_request'
}

/** The table of Geneve options (`NXT_TLV_TABLE_REPLY` of Open vSwitch). */
export interface NxtTlvTableReply extends MessageBase {
  readonly type: 'nxt_tlv_table_reply'
  /** Bytes of all options together at most. */
  readonly maxOptionSpace: number
  readonly maxFields: number
  readonly maps: readonly TlvMap[]
}

/** A {@link NxtTlvTableMod} to encode. Default: no maps. */
export type NxtTlvTableModInput = Input<NxtTlvTableMod, 'maps'>
/** A {@link NxtTlvTableRequest} to encode. */
export type NxtTlvTableRequestInput = Input<NxtTlvTableRequest>
/** A {@link NxtTlvTableReply} to encode. */
export type NxtTlvTableReplyInput = Input<NxtTlvTableReply>

/** How the body of a {@link NxtTlvTableMod} is written and read. */
export const nxtTlvTableModCodec: Codec<NxtTlvTableMod, NxtTlvTableModInput> = {
  encode(w, { command, maps = [] }) {
    w.u16(tlvTableCommand.encode(command), 'command')
    w.zeros(6)
    encodeMaps(w, maps)
  },
  decode(r, { version, xid }) {
    const command = tlvTableCommand.decode(r.u16())
    r.skip(6)
    return { type: 'nxt_tlv_table_mod', version, xid, command, maps: decodeMaps(r) }
  },
}

/** How the (empty) body of a {@link NxtTlvTableRequest} is written and read. */
export const nxtTlvTableRequestCodec: Codec<NxtTlvTableRequest> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'nxt_tlv_table_request', version, xid }),
}

/** How the body of a {@link NxtTlvTableReply} is written and read. */
export const nxtTlvTableReplyCodec: Codec<NxtTlvTableReply, NxtTlvTableReplyInput> = {
  encode(w, { maxOptionSpace, maxFields, maps = [] }) {
    w.u32(maxOptionSpace, 'maxOptionSpace')
    w.u16(maxFields, 'maxFields')
    w.zeros(10)
    encodeMaps(w, maps)
  },
  decode(r, { version, xid }) {
    const maxOptionSpace = r.u32()
    const maxFields = r.u16()
    r.skip(10)
    return { type: 'nxt_tlv_table_reply', version, xid, maxOptionSpace, maxFields, maps: decodeMaps(r) }
  },
}

function encodeMaps(w: ByteWriter, maps: readonly TlvMap[]): void {
  for (const map of maps) {
    w.u16(map.optionClass, 'optionClass')
    w.u8(map.optionType, 'optionType')
    w.u8(map.optionLen, 'optionLen')
    w.u16(map.index, 'index')
    w.zeros(2)
  }
}

function decodeMaps(r: ByteReader): TlvMap[] {
  const maps: TlvMap[] = []
  while (r.remaining > 0) {
    maps.push({ optionClass: r.u16(), optionType: r.u8(), optionLen: r.u8(), index: r.u16() })
    r.skip(2)
  }
  return maps
}
