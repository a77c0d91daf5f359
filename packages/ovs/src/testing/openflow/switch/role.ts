import type { RoleRequest } from '../../../openflow/message/role.js'
import { refusal } from '../flow/refusal.js'
import type { Controller } from './controller.js'
import type { SwitchCore } from './core.js'

/** A controller asks for a role (OpenFlow 1.3.5 §6.3.6). @throws Refusal `role_request_failed` */
export function roleRequest(core: SwitchCore, from: Controller, { role, generationId, xid }: RoleRequest): void {
  if (typeof role === 'number') throw refusal('role_request_failed', 'bad_role')
  if (role === 'master' || role === 'slave') {
    // Numbers are compared as a circle: §7.3.9.
    if (core.generation !== undefined && BigInt.asIntN(64, generationId - core.generation) < 0n) {
      throw refusal('role_request_failed', 'stale')
    }
    core.generation = generationId
  }
  if (role === 'master') {
    for (const other of core.controllers) {
      if (other === from || other.role !== 'master') continue
      other.role = 'slave'
      core.reply(other, { type: 'onf_role_status', xid: 0, role: 'slave', reason: 'master_request', generationId })
    }
  }
  if (role !== 'nochange') from.role = role
  core.reply(from, { type: 'role_reply', xid, role: from.role, generationId: core.generation ?? 0xffffffffffffffffn })
}
