import type { ByteWriter } from '../../wire/byte-writer.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** What a controller may do: everything, everything and alone, read only (`ofp_controller_role`, §7.3.9). */
export type Role = 'nochange' | 'equal' | 'master' | 'slave'

/** Names and numbers of {@link Role} (OpenFlow 1.3.5 §7.3.9). */
export const role = new Enumeration<Role>('the role of a controller', { nochange: 0, equal: 1, master: 2, slave: 3 })

interface RoleFields extends MessageBase {
  readonly role: Enum<Role>
  /** Number of the election: the switch refuses one that is older than the one it knows. */
  readonly generationId: bigint
}

/** Asks for a role (`OFPT_ROLE_REQUEST`, OpenFlow 1.3.5 §7.3.9). `nochange` only asks which role it is. */
export interface RoleRequest extends RoleFields {
  readonly type: 'role_request'
}

/** The role now (`OFPT_ROLE_REPLY`, OpenFlow 1.3.5 §7.3.9). */
export interface RoleReply extends RoleFields {
  readonly type: 'role_reply'
}

/** A {@link RoleRequest} to encode. Default: `generationId` 0n. */
export type RoleRequestInput = Input<RoleRequest, 'generationId'>
/** A {@link RoleReply} to encode. Default: `generationId` 0n. */
export type RoleReplyInput = Input<RoleReply, 'generationId'>

/** How the body of a {@link RoleRequest} is written and read. */
export const roleRequestCodec: Codec<RoleRequest, RoleRequestInput> = {
  encode: encodeRole,
  decode(r, { version, xid }) {
    const name = role.decode(r.u32())
    r.skip(4)
    return { type: 'role_request', version, xid, role: name, generationId: r.u64() }
  },
}

/** How the body of a {@link RoleReply} is written and read. */
export const roleReplyCodec: Codec<RoleReply, RoleReplyInput> = {
  encode: encodeRole,
  decode(r, { version, xid }) {
    const name = role.decode(r.u32())
    r.skip(4)
    return { type: 'role_reply', version, xid, role: name, generationId: r.u64() }
  },
}

function encodeRole(w: ByteWriter, message: RoleRequestInput | RoleReplyInput): void {
  w.u32(role.encode(message.role), 'role')
  w.zeros(4)
  w.u64(message.generationId ?? 0n, 'generationId')
}
