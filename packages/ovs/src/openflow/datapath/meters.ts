import type { CallOptions } from '../../jsonrpc/peer.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import { OFPM } from '../constants.js'
import type { MeterModInput } from '../message/meter-mod.js'
import type { MeterConfig } from '../multipart/meter-config.js'
import type { MeterFeaturesReply } from '../multipart/meter-features.js'
import type { MeterStats } from '../multipart/meter-stats.js'

/** A meter as it is wanted: `flags` defaults to `OFPMF.KBPS`. */
export type MeterInput = Omit<MeterModInput, 'type' | 'command' | 'version' | 'xid'>

/** The meters of a switch. What changes them resolves when the switch has confirmed it. */
export class Meters {
  readonly #connection: OpenFlowConnection

  /** @internal Use `Datapath.meters`. */
  constructor(connection: OpenFlowConnection) {
    this.#connection = connection
  }

  /** Adds a meter. @throws OvsError `peer`, such as `meter_mod_failed/meter_exists` */
  async add(meter: MeterInput, options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ ...meter, type: 'meter_mod', command: 'add' }], options)
  }

  /** Gives a meter that is there other flags and bands. @throws OvsError `peer` when there is no such meter */
  async modify(meter: MeterInput, options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ ...meter, type: 'meter_mod', command: 'modify' }], options)
  }

  /** Removes a meter, by default all, and the flows that use it. One that is not there is no error. */
  async delete(meterId: number = OFPM.ALL, options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ type: 'meter_mod', command: 'delete', meterId }], options)
  }

  /** The flags and bands of a meter, by default of all. */
  async list(meterId: number = OFPM.ALL, options?: CallOptions): Promise<MeterConfig[]> {
    const parts = await this.#connection.collect({ type: 'meter_config_request', meterId }, options)
    return parts.flatMap((part) => part.meters)
  }

  /** Counters of a meter, by default of all. */
  async stats(meterId: number = OFPM.ALL, options?: CallOptions): Promise<MeterStats[]> {
    const parts = await this.#connection.collect({ type: 'meter_stats_request', meterId }, options)
    return parts.flatMap((part) => part.stats)
  }

  /** What meters can do. */
  features(options?: CallOptions): Promise<MeterFeaturesReply> {
    return this.#connection.collectOne({ type: 'meter_features_request' }, options)
  }
}
