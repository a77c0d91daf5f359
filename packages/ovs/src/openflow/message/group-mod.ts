import { type Bucket, type BucketInput, decodeBuckets, encodeBuckets } from '../bucket.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** What a group-mod does (`ofp_group_mod_command`, OpenFlow 1.3.5 §7.3.4.2). */
export type GroupModCommand = 'add' | 'modify' | 'delete'

/** Names and numbers of {@link GroupModCommand}. */
export const groupModCommand = new Enumeration<GroupModCommand>('the command of a group-mod', {
  add: 0,
  modify: 1,
  delete: 2,
})

/** Which buckets of a group get a packet: all, one of several, the only one, the first live one. */
export type GroupType = 'all' | 'select' | 'indirect' | 'ff'

/** Names and numbers of {@link GroupType} (`ofp_group_type`, OpenFlow 1.3.5 §7.3.4.2). */
export const groupType = new Enumeration<GroupType>('the type of a group', { all: 0, select: 1, indirect: 2, ff: 3 })

/** Adds, changes or removes a group (`OFPT_GROUP_MOD`, OpenFlow 1.3.5 §7.3.4.2). */
export interface GroupMod extends MessageBase {
  readonly type: 'group_mod'
  readonly command: Enum<GroupModCommand>
  readonly groupType: Enum<GroupType>
  /** Number of the group, or `OFPG.ALL` to delete all. */
  readonly groupId: number
  readonly buckets: readonly Bucket[]
}

/** A {@link GroupMod} to encode. Defaults: `groupType` `all`, `buckets` empty. */
export type GroupModInput = Input<GroupMod, 'groupType', { readonly buckets?: readonly BucketInput[] }>

/** How the body of a {@link GroupMod} is written and read. */
export const groupModCodec: Codec<GroupMod, GroupModInput> = {
  encode(w, message) {
    w.u16(groupModCommand.encode(message.command), 'command')
    w.u8(groupType.encode(message.groupType ?? 'all'), 'groupType')
    w.zeros(1)
    w.u32(message.groupId, 'groupId')
    encodeBuckets(w, message.buckets ?? [])
  },
  decode(r, { version, xid }) {
    const command = groupModCommand.decode(r.u16())
    const type = groupType.decode(r.u8())
    r.skip(1)
    const groupId = r.u32()
    return { type: 'group_mod', version, xid, command, groupType: type, groupId, buckets: decodeBuckets(r) }
  },
}
