import type { CallOptions } from '../../jsonrpc/peer.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import type { NxtTlvTableReply, TlvMap } from '../nicira/tlv-table.js'

/** Open vSwitch: the Geneve options that are fields `tun_metadata0` to `tun_metadata63` of this bridge. */
export class TlvTable {
  readonly #connection: OpenFlowConnection

  /** @internal Use `Datapath.tlvTable`. */
  constructor(connection: OpenFlowConnection) {
    this.#connection = connection
  }

  /** The table, and how much there may be in it. */
  get(options?: CallOptions): Promise<NxtTlvTableReply> {
    return this.#connection.request({ type: 'nxt_tlv_table_request' }, options)
  }

  /** Adds options. @throws OvsError `peer` when an option or a field is taken */
  async add(maps: readonly TlvMap[], options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ type: 'nxt_tlv_table_mod', command: 'add', maps }], options)
  }

  /** Removes options. @throws OvsError `peer` when a flow uses one */
  async delete(maps: readonly TlvMap[], options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ type: 'nxt_tlv_table_mod', command: 'delete', maps }], options)
  }

  /** Removes all. */
  async clear(options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ type: 'nxt_tlv_table_mod', command: 'clear' }], options)
  }
}
