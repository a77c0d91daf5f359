import type { Action } from '../action/index.js'
import type { Instruction } from '../instruction.js'
import type { NxFlowUpdate } from '../nicira/flow-monitor.js'
import type { OnfBundleAdd, OnfBundleControl } from '../onf/bundle.js'
import type { OnfFlowMonitor, OnfFlowUpdate } from '../onf/flow-monitor.js'
import type { OnfRoleStatus } from '../onf/role-status.js'
import { OFPP } from '../constants.js'
import { type BitNames, hex, hexOrZero, printBits } from './bits.js'
import { printInstructions } from './instruction.js'
import { printMatch } from './match.js'
import { printPort } from './port.js'
import { printRole } from './switch.js'

const bundleFlags: BitNames = [
  [1 << 0, 'atomic'],
  [1 << 1, 'ordered'],
]

/** The body of a bundle control message. */
export function printBundleControl({ bundleId, control, flags }: OnfBundleControl): string {
  const type = typeof control === 'string' ? control.toUpperCase() : ''
  return `\n bundle_id=${hexOrZero(bundleId)} type=${type} flags=${printBits(flags, bundleFlags)}`
}

/** What comes before the inner message of a bundle add message. */
export function printBundleAdd({ bundleId, flags }: Pick<OnfBundleAdd, 'bundleId' | 'flags'>): string {
  return `\n bundle_id=${hexOrZero(bundleId)} flags=${printBits(flags, bundleFlags)}\n`
}

const roleReasons: Readonly<Record<string, string>> = {
  master_request: 'primary_request',
  config: 'configuration_changed',
  experimenter: 'experimenter_data_changed',
}

/** The body of a role status. */
export function printRoleStatus(message: OnfRoleStatus): string {
  return `${printRole(message)} reason=${roleReasons[message.reason] ?? '(unknown)'}`
}

const monitorFlags: BitNames = [
  [1 << 0, 'initial'],
  [1 << 1, 'add'],
  [1 << 2, 'delete'],
  [1 << 3, 'modify'],
  [1 << 4, 'actions'],
  [1 << 5, 'own'],
]

/** A flow monitor that is asked for. */
export function printFlowMonitor(monitor: Pick<OnfFlowMonitor, 'id' | 'flags' | 'outPort' | 'tableId' | 'match'>): string {
  const { id, flags, outPort, tableId, match } = monitor
  return (
    `\n id=${id} flags=${printBits(flags, monitorFlags, ',')}` +
    (outPort === OFPP.ANY ? '' : ` out_port=${printPort(outPort)}`) +
    (tableId === 0xff ? '' : ` table=${tableId}`) +
    ` ${printMatch(match)}`.trimEnd()
  )
}

function applied(actions: readonly Action[]): Instruction {
  return { type: 'apply_actions', actions }
}

const events: Readonly<Record<string, string>> = { added: 'ADDED', deleted: 'DELETED', modified: 'MODIFIED' }
const flowReasons: Readonly<Record<string, string>> = { idle_timeout: 'idle', hard_timeout: 'hard' }

/** A change that a flow monitor saw. */
export function printFlowUpdate(update: OnfFlowUpdate | NxFlowUpdate): string {
  if (update.type === 'abbrev') return `\n event=ABBREV xid=${hex(update.xid)}`
  if (update.type === 'unknown') return `\n event=${update.event}`
  const { type, reason, tableId, idleTimeout, hardTimeout, cookie, match } = update
  const matched = printMatch(match)
  const instructions = 'instructions' in update ? update.instructions : [applied(update.actions)]
  const done = printInstructions(instructions)
  return (
    `\n event=${events[type]}` +
    (type === 'deleted' ? ` reason=${flowReasons[reason] ?? reason}` : '') +
    ` table=${tableId}` +
    (idleTimeout === 0 ? '' : ` idle_timeout=${idleTimeout}`) +
    (hardTimeout === 0 ? '' : ` hard_timeout=${hardTimeout}`) +
    ` cookie=${hexOrZero(cookie)}` +
    // Nothing is said of a flow that does nothing, or of which only the match was asked for.
    (matched === '' && done !== 'drop' ? '' : ` ${matched}`) +
    (done === 'drop' ? '' : ` actions=${done}`)
  )
}
