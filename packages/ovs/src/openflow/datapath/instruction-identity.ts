import { ByteWriter } from '../../wire/byte-writer.js'
import type { ActionInput } from '../action/index.js'
import { OFPP } from '../constants.js'
import { encodeInstructions, type InstructionInput } from '../instruction.js'

/** The order in which a switch carries out instructions, whatever their order in the message (OpenFlow 1.3.5 §5.9). */
const order: readonly InstructionInput['type'][] = [
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
  'experimenter',
  'unknown',
]

/**
 * A text that is equal for instructions that do the same: the order of instructions does not matter, a list of actions
 * that is empty does nothing, and `maxLen` only counts for output to the controller. The order of actions matters.
 * @throws OvsError `invalid` when they cannot be encoded
 */
export function instructionIdentity(instructions: readonly InstructionInput[]): string {
  const writer = new ByteWriter()
  const effective = instructions
    .map(plain)
    .filter((instruction) => !('actions' in instruction && instruction.actions.length === 0))
    .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type))
  encodeInstructions(writer, effective)
  const bytes = writer.finish()
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function plain(instruction: InstructionInput): InstructionInput {
  if (instruction.type === 'write_metadata') {
    const { metadata, metadataMask = 0xffffffffffffffffn } = instruction
    return { type: 'write_metadata', metadata: metadata & metadataMask, metadataMask }
  }
  return 'actions' in instruction ? { ...instruction, actions: instruction.actions.map(plainAction) } : instruction
}

function plainAction(action: ActionInput): ActionInput {
  if (action.type === 'output' && action.port !== OFPP.CONTROLLER) return { ...action, maxLen: 0 }
  if ('actions' in action && Array.isArray(action.actions)) {
    return { ...action, actions: (action.actions as readonly ActionInput[]).map(plainAction) } as ActionInput
  }
  return action
}
