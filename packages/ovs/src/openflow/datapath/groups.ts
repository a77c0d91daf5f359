import type { CallOptions } from '../../jsonrpc/peer.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import { OFPG } from '../constants.js'
import type { GroupModInput } from '../message/group-mod.js'
import type { GroupDesc } from '../multipart/group-desc.js'
import type { GroupFeaturesReply } from '../multipart/group-features.js'
import type { GroupStats } from '../multipart/group-stats.js'

/** A group as it is wanted: `groupType` defaults to `all`. */
export type GroupInput = Omit<GroupModInput, 'type' | 'command' | 'version' | 'xid'>

/** The groups of a switch. What changes them resolves when the switch has confirmed it. */
export class Groups {
  readonly #connection: OpenFlowConnection

  /** @internal Use `Datapath.groups`. */
  constructor(connection: OpenFlowConnection) {
    this.#connection = connection
  }

  /** Adds a group. @throws OvsError `peer`, such as `group_mod_failed/group_exists` */
  async add(group: GroupInput, options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ ...group, type: 'group_mod', command: 'add' }], options)
  }

  /** Gives a group that is there another type and other buckets. @throws OvsError `peer` when there is no such group */
  async modify(group: GroupInput, options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ ...group, type: 'group_mod', command: 'modify' }], options)
  }

  /** Removes a group, by default all, and the flows that use it. One that is not there is no error. */
  async delete(groupId: number = OFPG.ALL, options?: CallOptions): Promise<void> {
    await this.#connection.execute([{ type: 'group_mod', command: 'delete', groupId }], options)
  }

  /** All groups. */
  async list(options?: CallOptions): Promise<GroupDesc[]> {
    const parts = await this.#connection.collect({ type: 'group_desc_request' }, options)
    return parts.flatMap((part) => part.groups)
  }

  /** Counters of a group, by default of all. */
  async stats(groupId: number = OFPG.ALL, options?: CallOptions): Promise<GroupStats[]> {
    const parts = await this.#connection.collect({ type: 'group_stats_request', groupId }, options)
    return parts.flatMap((part) => part.stats)
  }

  /** What groups can do. */
  features(options?: CallOptions): Promise<GroupFeaturesReply> {
    return this.#connection.collectOne({ type: 'group_features_request' }, options)
  }
}
