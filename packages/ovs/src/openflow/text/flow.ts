import type { Match } from '../oxm/field.js'
import type { Instruction } from '../instruction.js'
import { type FlowMod, type FlowModCommand, flowModCommand, type FlowModInput, OFPFF } from '../message/flow-mod.js'
import type { FlowStats } from '../multipart/flow-stats.js'
import { OFP_NO_BUFFER, OFPG, OFPP, OFPTT } from '../constants.js'
import { printDuration } from './duration.js'
import { emptyFlowKey } from './flow-key.js'
import { parseGroupId, printGroupId } from './group-id.js'
import { parseInstructionPiece, printInstructions } from './instruction.js'
import { type KeyValue, splitKeyValues } from './key-value.js'
import { matchOfItems, type ParseMatchOptions, printMatch, setMatchItem } from './match.js'
import { Piece } from './piece.js'
import { printPort } from './port.js'
import { syntaxError } from './syntax.js'

const DEFAULT_PRIORITY = 0x8000

/** The flags of a flow in the order in which they are printed (ovs-ofctl(8)). */
const flagNames: readonly (readonly [bit: number, name: string])[] = [
  [OFPFF.SEND_FLOW_REM, 'send_flow_rem'],
  [OFPFF.CHECK_OVERLAP, 'check_overlap'],
  [OFPFF.RESET_COUNTS, 'reset_counts'],
  [OFPFF.NO_PKT_COUNTS, 'no_packet_counts'],
  [OFPFF.NO_BYT_COUNTS, 'no_byte_counts'],
]

/** Each flag and a space after it. */
function printFlags(flags: number): string {
  return flagNames.map(([bit, name]) => ((flags & bit) === 0 ? '' : `${name} `)).join('')
}

/** The priority, unless it is the usual one, and the match. */
function printRule(priority: number, match: Match): string {
  const printed = printMatch(match)
  if (priority === DEFAULT_PRIORITY) return printed
  return printed === '' ? `priority=${priority}` : `priority=${priority},${printed}`
}

const commandNames: Readonly<Record<FlowModCommand, string>> = {
  add: 'ADD',
  modify: 'MOD',
  modify_strict: 'MOD_STRICT',
  delete: 'DEL',
  delete_strict: 'DEL_STRICT',
}

/** What {@link printFlowMod} looks at. */
export type PrintableFlowMod = Omit<FlowMod, 'type' | 'version' | 'xid'>

/**
 * A flow-mod as `ovs-ofctl ofp-print` shows it after the message's name:
 * `ADD table:1 priority=5,tcp cookie:0x5 idle:10 actions=output:1`. {@link printFlow} gives the form that is read back.
 */
export function printFlowMod(flow: PrintableFlowMod): string {
  const { command, tableId, priority, cookie, cookieMask, bufferId, outPort, match } = flow
  const words = [typeof command === 'string' ? commandNames[command] : `cmd:${command}`]
  if (tableId !== 0) words.push(`table:${tableId}`)
  const rule = printRule(priority, match)
  if (rule !== '') words.push(rule)
  // All ones stand for no cookie at all.
  const noCookie = cookie === 0n || cookie === 0xffffffffffffffffn
  if (command === 'add' && !noCookie) words.push(`cookie:0x${cookie.toString(16)}`)
  if (command !== 'add' && cookieMask !== 0n) {
    words.push(`cookie:0x${cookie.toString(16)}/0x${cookieMask.toString(16)}`)
  }
  if (flow.idleTimeout !== 0) words.push(`idle:${flow.idleTimeout}`)
  if (flow.hardTimeout !== 0) words.push(`hard:${flow.hardTimeout}`)
  if (bufferId !== OFP_NO_BUFFER) words.push(`buf:0x${bufferId.toString(16)}`)
  if (outPort !== OFPP.ANY) words.push(`out_port:${printPort(outPort)}`)
  return `${words.join(' ')} ${printFlags(flow.flags)}actions=${printInstructions(flow.instructions)}`
}

/**
 * A flow with its counters, as a line of `ovs-ofctl dump-flows`:
 * ` cookie=0x0, duration=1.5s, table=0, n_packets=0, n_bytes=0, priority=5,tcp actions=output:1`.
 */
export function printFlowStats(flow: FlowStats & Ages): string {
  const counters = [
    `cookie=0x${flow.cookie.toString(16)}`,
    `duration=${printDuration(flow.durationSec, flow.durationNsec)}`,
    `table=${flow.tableId}`,
    `n_packets=${flow.packetCount}`,
    `n_bytes=${flow.byteCount}`,
  ]
  return ` ${counters.map((counter) => `${counter}, `).join('')}${printRest(flow)}`
}

/** What Open vSwitch's own form of flow statistics has: seconds plus one, and 0 for not known. */
interface Ages {
  readonly idleAge?: number
  readonly hardAge?: number
}

interface Rule extends Ages {
  readonly idleTimeout: number
  readonly hardTimeout: number
  readonly flags: number
  readonly priority: number
  readonly match: Match
  readonly instructions: readonly Instruction[]
}

/** From the timeouts on. */
function printRest({ flags, priority, match, instructions, ...times }: Rule): string {
  const { idleTimeout, hardTimeout, idleAge = 0, hardAge = 0 } = times
  const idle = idleTimeout === 0 ? '' : `idle_timeout=${idleTimeout}, `
  const hard = hardTimeout === 0 ? '' : `hard_timeout=${hardTimeout}, `
  const rule = printRule(priority, match)
  const ages =
    (idleAge === 0 ? '' : `idle_age=${idleAge - 1}, `) +
    // It is as old as the flow itself unless that was modified.
    (hardAge === 0 ? '' : `hard_age=${hardAge - 1}, `)
  return `${idle}${hard}${ages}${printFlags(flags)}${rule === '' ? '' : `${rule} `}actions=${printInstructions(instructions)}`
}

/**
 * A flow in the form that {@link parseFlow} and ovs-ofctl read, as `ovs-ofctl dump-flows --no-stats` prints it:
 * `cookie=0x5, table=1, idle_timeout=10, send_flow_rem priority=5,tcp actions=output:1`. A flow-mod with another
 * command than `add` begins with the command.
 */
export function printFlow(flow: FlowStats | PrintableFlowMod): string {
  const command = 'command' in flow ? flow.command : 'add'
  const deletes = command === 'delete' || command === 'delete_strict'
  const parts: string[] = []
  if ('cookieMask' in flow && flow.cookieMask !== 0n) {
    parts.push(`cookie=0x${flow.cookie.toString(16)}/0x${flow.cookieMask.toString(16)}`)
  } else if (flow.cookie !== 0n && command === 'add') {
    parts.push(`cookie=0x${flow.cookie.toString(16)}`)
  }
  if (flow.tableId !== (deletes ? OFPTT.ALL : 0)) parts.push(`table=${flow.tableId}`)
  if (!deletes) return head(command, parts) + printRest(flow)
  if ('outPort' in flow && flow.outPort !== OFPP.ANY) parts.push(`out_port=${printPort(flow.outPort)}`)
  if ('outGroup' in flow && flow.outGroup !== OFPG.ANY) parts.push(`out_group=${printGroupId(flow.outGroup)}`)
  const rule = printRule(command === 'delete' ? DEFAULT_PRIORITY : flow.priority, flow.match)
  return (head(command, parts) + rule).replace(/[, ]+$/, '')
}

function head(command: FlowMod['command'], parts: readonly string[]): string {
  return `${command === 'add' ? '' : `${command} `}${parts.map((part) => `${part}, `).join('')}`
}

/** What a text may say besides the match, by command, as ovs-ofctl has it. */
const allowed: Readonly<Record<FlowModCommand, { rule: boolean; priority: boolean; out: boolean }>> = {
  add: { rule: true, priority: true, out: false },
  modify: { rule: true, priority: true, out: false },
  modify_strict: { rule: true, priority: true, out: false },
  delete: { rule: false, priority: false, out: true },
  delete_strict: { rule: false, priority: true, out: true },
}

/** Words of `dump-flows` that say nothing of the flow itself. */
const ignored = new Set([
  'duration',
  'n_packets',
  'n_bytes',
  'idle_age',
  'hard_age',
  'importance',
  'no_readonly_table',
  'allow_hidden_fields',
])

/** How {@link parseFlow} reads a text. */
export interface ParseFlowOptions extends ParseMatchOptions {
  /** What the flow-mod does. Default: the word with which the text begins, such as `delete_strict`, else `add`. */
  readonly command?: FlowModCommand
}

type Draft = { -readonly [Name in keyof FlowModInput]: FlowModInput[Name] }

/**
 * The flow-mod that ovs-ofctl sends for a text (ovs-ofctl(8), “Flow Syntax”):
 * `table=0,priority=5,cookie=0x1,idle_timeout=10,send_flow_rem,tcp,tcp_dst=80,actions=output:1`. Also the lines of
 * `dump-flows` are read: counters are passed over.
 *
 * @throws OvsError `invalid`, with the place in the text and what would be right.
 */
export function parseFlow(text: string, options: ParseFlowOptions = {}): FlowModInput {
  const { command, at } = commandOf(text, options.command)
  const actionsAt = allowed[command].rule ? text.indexOf('action', at) : -1
  const items = splitKeyValues(blank(text, at, actionsAt === -1 ? text.length : actionsAt))
  const key = emptyFlowKey()
  const flow: Draft = { type: 'flow_mod', command, tableId: command.startsWith('delete') ? OFPTT.ALL : 0 }
  for (const item of items) {
    if (!setProperty(flow, command, text, item) && !setMatchItem(key, text, item)) {
      throw syntaxError(`there is no ${JSON.stringify(item.key)} in a flow to ${command}`, text, item.keyAt)
    }
  }
  const match = matchOfItems(key, text, items, options)
  flow.match = match
  if (!allowed[command].rule) return flow
  const equals = actionsAt === -1 ? -1 : text.indexOf('=', actionsAt)
  if (equals === -1) {
    throw syntaxError('actions= must follow, such as actions=output:1 or actions=drop', text, text.length)
  }
  flow.instructions = parseInstructionPiece(new Piece(text, equals + 1), match)
  return flow
}

/** The command, and where the rest of the text begins. */
function commandOf(text: string, given: FlowModCommand | undefined): { command: FlowModCommand; at: number } {
  const [, space = '', word = ''] = /^(\s*)(\w*)/.exec(text) ?? []
  const named = Object.keys(flowModCommand.numbers).find((name) => name === word) as FlowModCommand | undefined
  if (given !== undefined) {
    if (named !== undefined && named !== given) throw syntaxError(`the command is ${given} here`, text, space.length)
    return { command: given, at: named === undefined ? 0 : space.length + word.length }
  }
  return named === undefined ? { command: 'add', at: 0 } : { command: named, at: space.length + word.length }
}

/** The text with spaces outside of a stretch, so that places in it stay what they are. */
function blank(text: string, from: number, to: number): string {
  return ' '.repeat(from) + text.slice(from, to)
}

/** Takes what is not part of the match. */
function setProperty(flow: Draft, command: FlowModCommand, text: string, item: KeyValue): boolean {
  const { rule, priority, out } = allowed[command]
  const value = new Piece(text, item.valueAt, item.valueAt + item.value.length)
  const flag = flagNames.find(([, name]) => name === item.key)
  if (flag && rule) {
    flow.flags = (flow.flags ?? 0) | flag[0]
    return true
  }
  if (ignored.has(item.key)) return true
  if (item.key === 'table') flow.tableId = value.number(1, 'the table')
  else if (item.key === 'cookie') setCookie(flow, command, value)
  else if (item.key === 'priority' && priority) flow.priority = value.number(2, 'priority')
  else if (item.key === 'idle_timeout' && rule) flow.idleTimeout = value.number(2, 'idle_timeout')
  else if (item.key === 'hard_timeout' && rule) flow.hardTimeout = value.number(2, 'hard_timeout')
  else if (item.key === 'out_port' && out) flow.outPort = value.port()
  else if (item.key === 'out_group' && out) flow.outGroup = parseGroupId(value)
  else return false
  return true
}

/** With a mask it says which flows are meant, without one what the new flow has. */
function setCookie(flow: Draft, command: FlowModCommand, value: Piece): void {
  const [cookie, mask] = value.splitAt('/') ?? [value]
  if (mask) {
    if (command === 'add') throw value.error('a cookie with a mask chooses flows to modify or delete: add has none')
    flow.cookieMask = mask.bigint(8, 'the mask')
    flow.cookie = cookie.bigint(8, 'the cookie') & flow.cookieMask
  } else if (command.startsWith('delete')) {
    throw value.error('to choose flows by cookie, it needs a mask, such as 0x1/-1')
  } else if (command === 'add') {
    flow.cookie = cookie.bigint(8, 'the cookie')
  } else {
    // OpenFlow 1.3 cannot change the cookie of a flow; ovs-ofctl passes over it.
    cookie.bigint(8, 'the cookie')
  }
}

