import type { Message } from '../../../openflow/message.js'
import { type OnfBundleAdd, type OnfBundleControl, OFPBF } from '../../../openflow/onf/bundle.js'
import { onfRefusal, Refusal } from '../flow/refusal.js'
import type { FlowTable } from '../flow/flow-table.js'
import type { Flow } from '../flow/flow.js'
import type { Bundle, Controller } from './controller.js'
import type { SwitchCore } from './core.js'

/** Errors of bundles (ONF extension 230). */
const FAIL = {
  BAD_ID: 2302,
  EXIST: 2303,
  CLOSED: 2304,
  BAD_TYPE: 2306,
  BAD_FLAGS: 2307,
  MSG_BAD_XID: 2309,
  MSG_UNSUP: 2310,
  MSG_FAILED: 2313,
}

/** Opens, closes, discards or commits a bundle. @throws Refusal an error of ONF extension 230 */
export function bundleControl(core: SwitchCore, from: Controller, message: OnfBundleControl, now: number): void {
  from.checkNotSlave()
  const { bundleId, control, flags, xid } = message
  const bundle = from.bundles.get(bundleId)
  switch (control) {
    case 'open_request':
      if (bundle) {
        from.bundles.delete(bundleId)
        throw onfRefusal(FAIL.EXIST)
      }
      from.bundles.set(bundleId, { bundleId, flags, xid, closed: false, messages: [], used: now })
      break
    case 'close_request':
      if (!bundle) throw onfRefusal(FAIL.BAD_ID)
      if (bundle.closed || bundle.flags !== flags) {
        from.bundles.delete(bundleId)
        throw onfRefusal(bundle.closed ? FAIL.CLOSED : FAIL.BAD_FLAGS)
      }
      Object.assign(bundle, { closed: true, used: now })
      break
    case 'commit_request':
      if (!bundle) throw onfRefusal(FAIL.BAD_ID)
      from.bundles.delete(bundleId)
      if (bundle.flags !== flags) throw onfRefusal(FAIL.BAD_FLAGS)
      commit(core, from, bundle, now)
      break
    case 'discard_request':
      if (!from.bundles.delete(bundleId)) throw onfRefusal(FAIL.BAD_ID)
      break
    default:
      throw onfRefusal(FAIL.BAD_TYPE)
  }
  const replies = { open_request: 'open_reply', close_request: 'close_reply', commit_request: 'commit_reply' } as const
  const reply = control === 'discard_request' ? 'discard_reply' : replies[control]
  core.reply(from, { type: 'onf_bundle_control', xid, bundleId, control: reply, flags })
}

/** Adds a message to a bundle, which is opened if need be. @throws Refusal an error of ONF extension 230 */
export function bundleAdd(from: Controller, { bundleId, flags, message, xid }: OnfBundleAdd, now: number): void {
  from.checkNotSlave()
  const bundle = from.bundles.get(bundleId) ?? { bundleId, flags, xid, closed: false, messages: [], used: now }
  if (bundle.closed || bundle.flags !== flags) {
    from.bundles.delete(bundleId)
    throw onfRefusal(bundle.closed ? FAIL.CLOSED : FAIL.BAD_FLAGS)
  }
  if (message.xid !== xid) throw onfRefusal(FAIL.MSG_BAD_XID)
  if (!isSupported(message, flags)) throw onfRefusal(FAIL.MSG_UNSUP)
  from.bundles.set(bundleId, bundle)
  bundle.messages.push(message)
  bundle.used = now
}

/** Ports cannot be changed atomically. */
function isSupported(message: Message, flags: number): boolean {
  if (message.type === 'port_mod') return (flags & OFPBF.ATOMIC) === 0
  return message.type === 'flow_mod' || message.type === 'group_mod' || message.type === 'packet_out'
}

/** All or nothing: whatever was asked for, as in Open vSwitch. Packets go out at the end. */
function commit(core: SwitchCore, from: Controller, { messages }: Bundle, now: number): void {
  const undo = snapshot(core)
  const packets = messages.filter(({ type }) => type === 'packet_out')
  const ordered = [...messages.filter(({ type }) => type !== 'packet_out'), ...packets]
  for (const message of ordered) {
    try {
      core.change(message, now)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      undo()
      // The error of the message itself, under its own xid, and then that of the commit.
      core.refuse(from, message, error)
      throw onfRefusal(FAIL.MSG_FAILED)
    }
  }
}

/** Remembers the flows, groups and ports. Returns what brings them back. */
function snapshot(core: SwitchCore): () => void {
  const { pipeline } = core
  const tables = [...pipeline.tables].map(([, table]): [FlowTable, Flow[]] => [table, [...table.flows()]])
  const flows = tables.map(([, kept]) => kept.map((flow) => ({ ...flow })))
  const groups = [...pipeline.groups]
  const ports = [...pipeline.ports.values()].map((port) => ({ port, config: port.config }))
  const pending = core.pending
  return () => {
    for (const table of pipeline.tables.values()) for (const flow of [...table.flows()]) table.remove(flow)
    tables.forEach(([table, kept], t) =>
      kept.forEach((flow, i) => table.add(Object.assign(flow, (flows[t] as Flow[])[i]))),
    )
    pipeline.groups.clear()
    for (const [id, group] of groups) pipeline.groups.set(id, group)
    for (const { port, config } of ports) port.config = config
    core.dropPending(pending)
  }
}
