import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { role, type Role } from '../message/role.js'

/** Why a role changed (`onf_controller_role_reason`, ONF extension 191). */
export type RoleReason = 'master_request' | 'config' | 'experimenter'

/** Names and numbers of {@link RoleReason}. */
export const roleReason = new Enumeration<RoleReason>('the reason of a role status', {
  master_request: 0,
  config: 1,
  experimenter: 2,
})

/** The switch changed this controller's role, because another asked to be master (ONF extension 191). */
export interface OnfRoleStatus extends MessageBase {
  readonly type: 'onf_role_status'
  readonly role: Enum<Role>
  readonly reason: Enum<RoleReason>
  readonly generationId: bigint
  /** Properties, as they are on the wire. */
  readonly properties: Uint8Array
}

/** An {@link OnfRoleStatus} to encode. Default: no properties. */
export type OnfRoleStatusInput = Input<OnfRoleStatus, 'properties'>

/** How the body of an {@link OnfRoleStatus} is written and read. */
export const onfRoleStatusCodec: Codec<OnfRoleStatus, OnfRoleStatusInput> = {
  encode(w, message) {
    w.u32(role.encode(message.role), 'role')
    w.u8(roleReason.encode(message.reason), 'reason')
    w.zeros(3)
    w.u64(message.generationId, 'generationId')
    if (message.properties) w.bytes(message.properties, 'properties')
  },
  decode(r, { version, xid }) {
    const name = role.decode(r.u32())
    const reason = roleReason.decode(r.u8())
    r.skip(3)
    return { type: 'onf_role_status', version, xid, role: name, reason, generationId: r.u64(), properties: r.bytes() }
  },
}
