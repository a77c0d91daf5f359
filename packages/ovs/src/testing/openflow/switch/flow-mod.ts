import type { Action } from '../../../openflow/action/index.js'
import { NX_LEARN_F } from '../../../openflow/action/learn.js'
import { OFP_NO_BUFFER, OFPG, OFPP, OFPTT } from '../../../openflow/constants.js'
import type { Instruction } from '../../../openflow/instruction.js'
import { type FlowModInput, OFPFF } from '../../../openflow/message/flow-mod.js'
import type { FlowRemovedReason } from '../../../openflow/message/flow-removed.js'
import type { FlowFilter } from '../../../openflow/multipart/flow-stats.js'
import { checkInstructions } from '../flow/check-instructions.js'
import { type CompiledMatch, compileMatch } from '../flow/compiled-match.js'
import { type Flow, programOf } from '../flow/flow.js'
import type { FlowTable } from '../flow/flow-table.js'
import { refusal } from '../flow/refusal.js'
import { TABLES } from '../pipeline/pipeline.js'
import type { SwitchCore } from './core.js'

/** A flow-mod with its defaults. */
type Wanted = Required<Omit<FlowModInput, 'instructions' | 'type' | 'version' | 'xid'>> & {
  readonly instructions: readonly Instruction[]
}

/**
 * Changes flow tables (OpenFlow 1.3.5 §6.4, §7.3.4.1).
 *
 * @param learn the flow-mod comes from an action: what it modifies and what is not there is added.
 * @throws Refusal `flow_mod_failed` and others; nothing has changed then.
 */
export function flowMod(core: SwitchCore, message: FlowModInput, now: number, learn = false): void {
  const wanted = complete(message)
  const { command, tableId } = wanted
  if (typeof command === 'number') throw refusal('flow_mod_failed', 'bad_command')
  if (wanted.flags & ~0x1f) throw refusal('flow_mod_failed', 'bad_flags')
  const compiled = compileMatch(wanted.match)
  if (command === 'delete' || command === 'delete_strict') return remove(core, wanted, compiled, now)
  if (tableId === OFPTT.ALL) throw refusal('flow_mod_failed', 'bad_table_id')
  if (tableId >= TABLES) throw refusal('bad_request', 'eperm')
  const { pipeline } = core
  checkInstructions(wanted.instructions, {
    tableId,
    tables: TABLES,
    match: compiled,
    hasGroup: (id) => pipeline.groups.has(id),
    hasMeter: (id) => pipeline.meters.has(id),
  })
  if (wanted.bufferId !== OFP_NO_BUFFER) throw refusal('bad_request', 'buffer_unknown')
  const table = pipeline.table(tableId)
  if (command === 'add' || (learn && !table.get(compiled, wanted.priority))) return add(table, wanted, compiled, now)
  for (const flow of selected(core, wanted, compiled, command === 'modify_strict')) {
    flow.instructions = wanted.instructions
    flow.program = programOf(wanted.instructions)
    flow.modified = now
    if (learn) Object.assign(flow, { cookie: wanted.cookie, idleTimeout: wanted.idleTimeout, hardTimeout: wanted.hardTimeout, used: now })
    if (wanted.flags & OFPFF.RESET_COUNTS) Object.assign(flow, { packets: 0, bytes: 0 })
  }
  table.recount()
}

/** The flows that a request is about: by table, match, cookie, and what they output to. */
export function selectFlows(core: SwitchCore, filter: FlowFilter): Flow[] {
  return selected(core, { ...filter, priority: 0 }, compileMatch(filter.match), false)
}

/** Removes flows, and tells the controllers. */
export function removeFlows(
  core: SwitchCore,
  reason: FlowRemovedReason,
  now: number,
  which: (flow: Flow) => boolean,
): void {
  for (const table of core.pipeline.tables.values()) {
    for (const flow of [...table.flows()]) if (which(flow)) removeFlow(core, table, flow, reason, now)
  }
}

/** Removes the flows whose time is over. */
export function expireFlows(core: SwitchCore, now: number): void {
  removeFlows(core, 'hard_timeout', now, ({ hardTimeout, modified }) => hardTimeout > 0 && now >= modified + 1000 * hardTimeout)
  removeFlows(core, 'idle_timeout', now, ({ idleTimeout, used }) => idleTimeout > 0 && now >= used + 1000 * idleTimeout)
}

/** When the next flow expires, if none is used until then. */
export function nextExpiry(core: SwitchCore): number | undefined {
  let next = Infinity
  for (const table of core.pipeline.tables.values()) {
    for (const { hardTimeout, idleTimeout, modified, used } of table.flows()) {
      if (hardTimeout > 0) next = Math.min(next, modified + 1000 * hardTimeout)
      if (idleTimeout > 0) next = Math.min(next, used + 1000 * idleTimeout)
    }
  }
  return next === Infinity ? undefined : next
}

/** Whether a flow gives packets to a group. */
export function usesGroup(flow: Flow, groupId: number): boolean {
  return actionsOf(flow).some((action) => (action.type === 'group' || action.type === 'nx_group') && action.groupId === groupId)
}

function complete(message: FlowModInput): Wanted {
  return {
    command: message.command,
    tableId: message.tableId ?? 0,
    priority: message.priority ?? 0x8000,
    cookie: message.cookie ?? 0n,
    cookieMask: message.cookieMask ?? 0n,
    idleTimeout: message.idleTimeout ?? 0,
    hardTimeout: message.hardTimeout ?? 0,
    bufferId: message.bufferId ?? OFP_NO_BUFFER,
    outPort: message.outPort ?? OFPP.ANY,
    outGroup: message.outGroup ?? OFPG.ANY,
    flags: message.flags ?? 0,
    match: message.match ?? [],
    // What was decoded is complete, and so is what `learn` makes.
    instructions: (message.instructions ?? []) as readonly Instruction[],
  }
}

function add(table: FlowTable, wanted: Wanted, compiled: CompiledMatch, now: number): void {
  const { tableId, priority, match, cookie, idleTimeout, hardTimeout, flags, instructions } = wanted
  const before = table.get(compiled, priority)
  if (!before && flags & OFPFF.CHECK_OVERLAP && table.overlaps(compiled, priority)) {
    throw refusal('flow_mod_failed', 'overlap')
  }
  const keep = before && !(flags & OFPFF.RESET_COUNTS)
  if (before) table.remove(before)
  table.add({
    tableId,
    priority,
    match,
    compiled,
    cookie,
    instructions,
    program: programOf(instructions),
    idleTimeout,
    hardTimeout,
    flags,
    packets: keep ? before.packets : 0,
    bytes: keep ? before.bytes : 0,
    created: now,
    modified: now,
    used: now,
  })
}

function remove(core: SwitchCore, wanted: Wanted, compiled: CompiledMatch, now: number): void {
  if (wanted.tableId !== OFPTT.ALL && wanted.tableId >= TABLES) throw refusal('bad_request', 'eperm')
  for (const flow of selected(core, wanted, compiled, wanted.command === 'delete_strict')) {
    removeFlow(core, core.pipeline.table(flow.tableId), flow, 'delete', now)
  }
}

function removeFlow(core: SwitchCore, table: FlowTable, flow: Flow, reason: FlowRemovedReason, now: number): void {
  table.remove(flow)
  if (flow.flags & OFPFF.SEND_FLOW_REM) core.flowRemoved(flow, reason, now)
  for (const action of actionsOf(flow)) {
    const learns = action.type === 'nx_learn' || action.type === 'nx_learn2'
    if (!learns || !(action.flags & NX_LEARN_F.DELETE_LEARNED)) continue
    const { tableId, cookie } = action
    const still = [...core.pipeline.tables.values()].some((other) =>
      [...other.flows()].some((learner) =>
        actionsOf(learner).some(
          (a) => (a.type === 'nx_learn' || a.type === 'nx_learn2') && a.tableId === tableId && a.cookie === cookie,
        ),
      ),
    )
    if (!still) removeFlows(core, 'delete', now, (learned) => learned.tableId === tableId && learned.cookie === cookie)
  }
}

function selected(
  core: SwitchCore,
  filter: FlowFilter & { readonly priority: number },
  compiled: CompiledMatch,
  strict: boolean,
): Flow[] {
  const { cookie, cookieMask, outPort, outGroup, priority } = filter
  return core.pipeline.tablesOf(filter.tableId).flatMap(([, table]) => {
    const exact = strict ? table.get(compiled, priority) : undefined
    const candidates = strict ? (exact ? [exact] : []) : table.within(compiled)
    return candidates.filter(
      (flow) =>
        ((flow.cookie ^ cookie) & cookieMask) === 0n &&
        (outPort === OFPP.ANY || actionsOf(flow).some((action) => outputsTo(action, outPort))) &&
        (outGroup === OFPG.ANY || usesGroup(flow, outGroup)),
    )
  })
}

function actionsOf({ program }: Flow): readonly Action[] {
  return [...program.apply, ...program.write]
}

function outputsTo(action: Action, port: number): boolean {
  if (action.type === 'output' || action.type === 'nx_output_trunc') return action.port === port
  return port === OFPP.CONTROLLER && (action.type === 'nx_controller' || action.type === 'nx_controller2')
}
