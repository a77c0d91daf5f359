import { OvsError } from '../../errors.js'
import { OFPTT } from '../constants.js'
import { type FlowModInput, OFPFF } from '../message/flow-mod.js'
import type { FlowStats } from '../multipart/flow-stats.js'
import { instructionIdentity } from './instruction-identity.js'
import { matchIdentity } from './match-identity.js'

/** A flow as it is wanted: a flow-mod without its command. */
export type FlowInput = Omit<FlowModInput, 'type' | 'command' | 'version' | 'xid' | 'cookieMask' | 'bufferId' | 'outPort' | 'outGroup'>

/** What a flow is: what a switch says about it, or the same as it was wanted. */
export type CurrentFlow = Pick<
  FlowStats,
  'tableId' | 'priority' | 'match' | 'instructions' | 'cookie' | 'idleTimeout' | 'hardTimeout' | 'flags'
>

/** What turns some flows into others. */
export interface FlowDiff {
  /** Flows that are not wanted: `delete_strict`, each only if it still has the cookie that it had. */
  readonly remove: readonly FlowModInput[]
  /** Flows of which only the instructions differ: `modify_strict`, which keeps counters and age. */
  readonly modify: readonly FlowModInput[]
  /** Flows whose cookie, timeouts or flags differ: `add`, which replaces them. */
  readonly replace: readonly FlowModInput[]
  /** Flows that are missing: `add`. */
  readonly add: readonly FlowModInput[]
  /** How many flows are as they are wanted. */
  readonly unchanged: number
}

/** Flags that are a property of the flow, and not of the message that adds it. */
const lastingFlags = OFPFF.SEND_FLOW_REM | OFPFF.NO_PKT_COUNTS | OFPFF.NO_BYT_COUNTS

/**
 * Bits of the cookie that a flow must still have to be removed. Not all of them: with all, Open vSwitch 3.1 looks
 * through every flow that has the cookie, for each removal, instead of looking the match up.
 */
const cookieMask = 0x7fffffffffffffffn

/**
 * The smallest number of flow-mods that turn `current` into `wanted`. A flow is known by its table, its priority and its
 * match, compared by what they mean and not by how they are written (see `matchIdentity`).
 * @throws OvsError `invalid` when two wanted flows have the same table, priority and match, or one has no single table
 */
export function diffFlows(current: Iterable<CurrentFlow>, wanted: Iterable<FlowInput>): FlowDiff {
  const present = new Map<string, CurrentFlow>()
  for (const flow of current) present.set(identityOf(flow), flow)
  const seen = new Set<string>()
  const modify: FlowModInput[] = []
  const replace: FlowModInput[] = []
  const add: FlowModInput[] = []
  let unchanged = 0
  for (const flow of wanted) {
    checkTable(flow)
    const identity = identityOf(flow)
    if (seen.has(identity)) throw duplicate(flow)
    seen.add(identity)
    const old = present.get(identity)
    if (!old) add.push({ ...flow, type: 'flow_mod', command: 'add' })
    else if (!sameProperties(old, flow)) replace.push(replacement(flow))
    else if (instructionIdentity(old.instructions) === instructionIdentity(flow.instructions ?? [])) unchanged++
    else modify.push({ ...flow, type: 'flow_mod', command: 'modify_strict' })
  }
  const remove = [...present].filter(([identity]) => !seen.has(identity)).map(([, flow]) => removal(flow))
  return { remove, modify, replace, add, unchanged }
}

function identityOf({ tableId = 0, priority = 0x8000, match = [] }: FlowInput): string {
  return `${tableId}/${priority}/${matchIdentity(match)}`
}

function sameProperties(old: CurrentFlow, { cookie = 0n, idleTimeout = 0, hardTimeout = 0, flags = 0 }: FlowInput): boolean {
  return (
    old.cookie === cookie &&
    old.idleTimeout === idleTimeout &&
    old.hardTimeout === hardTimeout &&
    (old.flags & lastingFlags) === (flags & lastingFlags)
  )
}

/** The flow that is replaced would count as one that overlaps. */
function replacement(flow: FlowInput): FlowModInput {
  return { ...flow, type: 'flow_mod', command: 'add', flags: (flow.flags ?? 0) & ~OFPFF.CHECK_OVERLAP }
}

/** With the cookie, so that a flow that somebody put in its place meanwhile stays. */
function removal({ tableId, priority, match, cookie }: CurrentFlow): FlowModInput {
  return { type: 'flow_mod', command: 'delete_strict', tableId, priority, match, cookie, cookieMask }
}

function checkTable({ tableId = 0 }: FlowInput): void {
  if (tableId >= OFPTT.ALL) throw new OvsError('invalid', `tableId of a wanted flow must be 0 to 254, not ${tableId}`)
}

function duplicate({ tableId = 0, priority = 0x8000, match = [] }: FlowInput): OvsError {
  const fields = match.map(({ field }) => field).join(', ') || 'no fields'
  const where = `table ${tableId}, priority ${priority} and the same match (${fields})`
  return new OvsError('invalid', `two of the wanted flows have ${where}: give each its own`)
}
