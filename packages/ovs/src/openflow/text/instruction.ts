import type { Action } from '../action/index.js'
import type { Instruction } from '../instruction.js'
import type { Match } from '../oxm/field.js'
import { printActions, printWriteMetadata } from './action.js'
import { actionContext, type ActionContext } from './action-context.js'
import { hexBytes } from './bits.js'
import { hexOf } from './integer.js'
import { parseHexBytes } from './output.js'
import { parseAction, parseNested } from './parse-action.js'
import { type KeyValue, keyValues, Piece } from './piece.js'

/** The order in which a switch carries instructions out (OpenFlow 1.3.5 §5.9), and ovs-ofctl prints them. */
const order = [
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
  'experimenter',
  'unknown',
] as const

const rank = (type: Instruction['type']): number => order.indexOf(type)

/**
 * Instructions as ovs-ofctl prints them after `actions=`: the actions to apply without further ado, `drop` when nothing
 * is done. What Open vSwitch has no text for comes in a like form that {@link parseInstructions} reads as well.
 */
export function printInstructions(instructions: readonly Instruction[]): string {
  const sorted = [...instructions].sort((a, b) => rank(a.type) - rank(b.type))
  const parts = sorted.map(printInstruction).filter((part) => part !== '')
  return parts.length === 0 ? 'drop' : parts.join(',')
}

function printInstruction(instruction: Instruction): string {
  switch (instruction.type) {
    case 'meter':
      return `meter:${instruction.meterId}`
    case 'apply_actions':
      return instruction.actions.length === 0 ? '' : printActions(instruction.actions)
    case 'clear_actions':
      return 'clear_actions'
    case 'write_actions':
      return `write_actions(${printActions(instruction.actions)})`
    case 'write_metadata':
      return printWriteMetadata(instruction.metadata, instruction.metadataMask)
    case 'goto_table':
      return `goto_table:${instruction.tableId}`
    case 'experimenter':
      return `experimenter_instruction(${hexOf(instruction.experimenter)},${hexBytes(instruction.data, '.')})`
    case 'unknown':
      return `unknown_instruction(${instruction.instructionType},${hexBytes(instruction.data, '.')})`
  }
}

/**
 * The instructions that ovs-ofctl sends for what is after `actions=`: `set_field:1->reg0,goto_table:5`. Actions become
 * one instruction `apply_actions`; `drop` is no instruction at all. The order must be that of the switch: meter,
 * actions, clear_actions, write_actions, write_metadata, goto_table.
 *
 * @param match what is known of the packets; see {@link parseActions}.
 * @throws OvsError `invalid`, with the place in the text and what would be right.
 */
export function parseInstructions(text: string, match: Match = []): Instruction[] {
  return parseInstructionPiece(new Piece(text), match)
}

/** The same for a part of a text. */
export function parseInstructionPiece(piece: Piece, match: Match): Instruction[] {
  const context = actionContext(match)
  const instructions: Instruction[] = []
  const actions: Action[] = []
  let drop: Piece | undefined
  for (const part of keyValues(piece)) {
    if (part.key.text.toLowerCase() === 'drop') {
      drop = part.key
      continue
    }
    const instruction = parseInstruction(part, context)
    const last = instructions.at(-1)
    if (instruction) {
      if (last && rank(last.type) >= rank(instruction.type) && rank(instruction.type) < rank('experimenter')) {
        throw part.key.error(`${instruction.type} must come before ${last.type}, and once only`)
      }
      // An empty instruction is no instruction.
      if (instruction.type !== 'write_actions' || instruction.actions.length > 0) instructions.push(instruction)
      continue
    }
    const parsed = parseAction(part, context)
    if (!parsed) throw part.key.error(`there is no action ${JSON.stringify(part.key.text)} in ovs-actions(7)`)
    if (last && rank(last.type) > rank('apply_actions')) {
      throw part.key.error(`actions must come before ${last.type}`)
    }
    if (actions.length === 0 && parsed.length > 0) instructions.push({ type: 'apply_actions', actions })
    actions.push(...parsed)
  }
  if (drop && instructions.length > 0) throw drop.error('drop must be alone')
  return instructions
}

function parseInstruction({ key, value }: KeyValue, context: ActionContext): Instruction | undefined {
  switch (key.text.toLowerCase()) {
    case 'meter':
      return { type: 'meter', meterId: value.number(4, 'the meter') }
    case 'clear_actions':
      return { type: 'clear_actions' }
    case 'write_actions':
      return { type: 'write_actions', actions: parseNested(value, context) }
    case 'write_metadata': {
      const [metadata, mask] = value.splitAt('/') ?? [value]
      return {
        type: 'write_metadata',
        metadata: metadata.bigint(8, 'the metadata'),
        metadataMask: mask ? mask.bigint(8, 'the mask') : 0xffffffffffffffffn,
      }
    }
    case 'goto_table':
      return { type: 'goto_table', tableId: value.number(1, 'the table') }
    case 'apply_actions':
      throw key.error('actions are applied when nothing else is said: leave apply_actions away')
    case 'experimenter_instruction':
    case 'unknown_instruction':
      return parseRaw(key, value)
    default:
      return undefined
  }
}

/** Our own text for what Open vSwitch has none for. */
function parseRaw(key: Piece, value: Piece): Instruction {
  const parts = value.splitAt(',')
  if (!parts) throw value.error('it must be written as (NUMBER,00.01.02)')
  const data = parseHexBytes(parts[1])
  return key.text.toLowerCase() === 'unknown_instruction'
    ? { type: 'unknown', instructionType: parts[0].number(2, 'the type'), data }
    : { type: 'experimenter', experimenter: parts[0].number(4, 'the experimenter'), data }
}
