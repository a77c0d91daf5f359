import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** What a controller may do (`nx_role` of Open vSwitch): `other` is what OpenFlow 1.3 calls `equal`. */
export type NxRole = 'other' | 'master' | 'slave'

/** Names and numbers of {@link NxRole}. */
export const nxRole = new Enumeration<NxRole>('the role of a controller', { other: 0, master: 1, slave: 2 })

/** Asks for a role, where the standard has no message for it (`NXT_ROLE_REQUEST` of Open vSwitch). */
export interface NxtRoleRequest extends MessageBase {
  readonly type: 'nxt_role_request'
  readonly role: Enum<NxRole>
}

/** The role now (`NXT_ROLE_REPLY` of Open vSwitch). */
export interface NxtRoleReply extends MessageBase {
  readonly type: 'nxt_role_reply'
  readonly role: Enum<NxRole>
}

/** A {@link NxtRoleRequest} to encode. */
export type NxtRoleRequestInput = Input<NxtRoleRequest>
/** A {@link NxtRoleReply} to encode. */
export type NxtRoleReplyInput = Input<NxtRoleReply>

/** How the body of a {@link NxtRoleRequest} is written and read. */
export const nxtRoleRequestCodec: Codec<NxtRoleRequest> = {
  encode(w, { role }) {
    w.u32(nxRole.encode(role), 'role')
  },
  decode: (r, { version, xid }) => ({ type: 'nxt_role_request', version, xid, role: nxRole.decode(r.u32()) }),
}

/** How the body of a {@link NxtRoleReply} is written and read. */
export const nxtRoleReplyCodec: Codec<NxtRoleReply> = {
  encode(w, { role }) {
    w.u32(nxRole.encode(role), 'role')
  },
  decode: (r, { version, xid }) => ({ type: 'nxt_role_reply', version, xid, role: nxRole.decode(r.u32()) }),
}
