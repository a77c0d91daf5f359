import { OFPTT } from '../constants.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** Settings of a table; 1.3 has none left (`ofp_table_config`, OpenFlow 1.3.5 §7.3.3). */
export const OFPTC = { DEPRECATED_MASK: 3 } as const

/** Changes the settings of a table (`OFPT_TABLE_MOD`, OpenFlow 1.3.5 §7.3.3). */
export interface TableMod extends MessageBase {
  readonly type: 'table_mod'
  /** The table, or `OFPTT.ALL`. */
  readonly tableId: number
  /** Bits of {@link OFPTC}. */
  readonly config: number
}

/** A {@link TableMod} to encode. Defaults: `tableId` `OFPTT.ALL`, `config` 0. */
export type TableModInput = Input<TableMod, 'tableId' | 'config'>

/** How the body of a {@link TableMod} is written and read. */
export const tableModCodec: Codec<TableMod, TableModInput> = {
  encode(w, { tableId = OFPTT.ALL, config = 0 }) {
    w.u8(tableId, 'tableId')
    w.zeros(3)
    w.u32(config, 'config')
  },
  decode(r, { version, xid }) {
    const tableId = r.u8()
    r.skip(3)
    return { type: 'table_mod', version, xid, tableId, config: r.u32() }
  },
}
