import { encodeMessage, type Action, type FlowStats, type Instruction, type OxmField } from '@streambed/ovs/openflow'
import { shownField } from './flow-labels.js'

type Json = Readonly<Record<string, unknown>>

/** `ofp_action_type` and os-ken's class, of the actions that Faucet uses. */
const actions: Readonly<Record<string, readonly [name: string, type: number]>> = {
  output: ['OFPActionOutput', 0],
  copy_ttl_out: ['OFPActionCopyTtlOut', 11],
  copy_ttl_in: ['OFPActionCopyTtlIn', 12],
  set_mpls_ttl: ['OFPActionSetMplsTtl', 15],
  dec_mpls_ttl: ['OFPActionDecMplsTtl', 16],
  push_vlan: ['OFPActionPushVlan', 17],
  pop_vlan: ['OFPActionPopVlan', 18],
  push_mpls: ['OFPActionPushMpls', 19],
  pop_mpls: ['OFPActionPopMpls', 20],
  set_queue: ['OFPActionSetQueue', 21],
  group: ['OFPActionGroup', 22],
  set_nw_ttl: ['OFPActionSetNwTtl', 23],
  dec_nw_ttl: ['OFPActionDecNwTtl', 24],
  set_field: ['OFPActionSetField', 25],
  push_pbb: ['OFPActionPushPbb', 26],
  pop_pbb: ['OFPActionPopPbb', 27],
}

/** `ofp_instruction_type` and os-ken's class. */
const instructions: Readonly<Record<string, readonly [name: string, type: number]>> = {
  goto_table: ['OFPInstructionGotoTable', 1],
  write_metadata: ['OFPInstructionWriteMetadata', 2],
  write_actions: ['OFPInstructionActions', 3],
  apply_actions: ['OFPInstructionActions', 4],
  clear_actions: ['OFPInstructionActions', 5],
  meter: ['OFPInstructionMeter', 6],
}

/**
 * Flows as the original writes them: os-ken's object form of a flow stats reply, keys in alphabetical order where os-ken
 * has them so. Actions of Open vSwitch appear with the properties that this library gives them, in a class
 * `NXAction…`. Counters of 64 bits are numbers, or bigints where a number is not exact.
 */
export function flowTableJson(flows: readonly FlowStats[]): Json {
  return { OFPFlowStatsReply: { body: flows.map((flow) => ({ OFPFlowStats: flowJson(flow) })), flags: 0, type: 1 } }
}

function flowJson(flow: FlowStats): Json {
  const matchLength = lengthOf(flow.match, []) - lengthOf([], []) + 8
  return {
    byte_count: exact(flow.byteCount),
    cookie: exact(flow.cookie),
    duration_nsec: flow.durationNsec,
    duration_sec: flow.durationSec,
    flags: flow.flags,
    hard_timeout: flow.hardTimeout,
    idle_timeout: flow.idleTimeout,
    instructions: flow.instructions.map(instructionJson),
    length: 48 + matchLength + instructionsLength(flow.instructions),
    match: { OFPMatch: { oxm_fields: flow.match.map(fieldJson), length: unpadded(flow.match), type: 1 } },
    packet_count: exact(flow.packetCount),
    priority: flow.priority,
    table_id: flow.tableId,
  }
}

function instructionJson(instruction: Instruction): Json {
  const { type, ...rest } = instruction
  const [name, number] = instructions[type] ?? ['OFPInstruction', 0xffff]
  const parts = 'actions' in rest ? { actions: rest.actions.map(actionJson) } : type === 'clear_actions' ? { actions: [] } : snakeCase(rest)
  return { [name]: sorted({ ...parts, len: instructionsLength([instruction]), type: number }) }
}

function actionJson(action: Action): Json {
  const { type, ...rest } = action
  const [name, number] = actions[type] ?? [`NXAction${camelCase(type)}`, 0xffff]
  const parts = action.type === 'set_field' ? { field: fieldJson(action.field) } : snakeCase(rest)
  const len = instructionsLength([{ type: 'apply_actions', actions: [action] }]) - 8
  return { [name]: sorted({ ...parts, len, type: number }) }
}

function fieldJson(field: OxmField): Json {
  const { field: name, value, mask } = shownField(field)
  return { OXMTlv: { field: name, value: exact(value), mask: mask === null ? null : exact(mask) } }
}

/** Bytes of a flow with this match and these instructions, as it is sent. */
function lengthOf(match: readonly OxmField[], list: readonly Instruction[]): number {
  return encodeMessage({ type: 'flow_mod', command: 'add', match, instructions: list }).length
}

function instructionsLength(list: readonly Instruction[]): number {
  return lengthOf([], list) - lengthOf([], [])
}

/** Bytes of a match without its padding to a multiple of 8: its header, and those of its fields. */
function unpadded(match: readonly OxmField[]): number {
  // Eight times a field is a multiple of 8, and so needs no more padding than none.
  const one = (field: OxmField) => (lengthOf(Array.from({ length: 8 }, () => field), []) - lengthOf([], [])) / 8
  return 4 + match.reduce((sum, field) => sum + one(field), 0)
}

function exact<T>(value: T): T | number {
  return typeof value === 'bigint' && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

function snakeCase(object: object): Json {
  const entries = Object.entries(object).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), exact(value)])
  return Object.fromEntries(entries) as Json
}

function camelCase(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_, _mark, letter: string) => letter.toUpperCase())
}

function sorted(object: Json): Json {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)))
}
