import type { Instruction } from '../../../openflow/instruction.js'
import { checkActions, checkActionSet, checkGroups } from './check-actions.js'
import type { CompiledMatch } from './compiled-match.js'
import { onfRefusal, type Refusal, refusal } from './refusal.js'

/** What the instructions of a flow are checked against. */
export interface InstructionContext {
  readonly tableId: number
  /** How many tables can be used; OVS has one more of its own, to which flows may go. */
  readonly tables: number
  readonly match: CompiledMatch
  readonly hasGroup: (groupId: number) => boolean
  readonly hasMeter: (meterId: number) => boolean
}

/** `OFPBIC_DUP_INST` of ONF extension 260. */
const DUPLICATE = 2600

/** Checks the instructions of a flow. @throws Refusal `bad_instruction`, `bad_action`, `meter_mod_failed`. */
export function checkInstructions(instructions: readonly Instruction[], context: InstructionContext): void {
  const seen = new Set<string>()
  for (const { type } of instructions) {
    if (type === 'experimenter') throw refusal('bad_instruction', 'bad_experimenter')
    if (type === 'unknown') throw refusal('bad_instruction', 'unknown_inst')
    if (seen.has(type)) throw onfRefusal(DUPLICATE)
    seen.add(type)
  }
  const match = { values: context.match.values.slice() }
  let inconsistent: Refusal | undefined
  for (const instruction of instructions) {
    switch (instruction.type) {
      case 'apply_actions':
        checkActions(instruction.actions, { match, onInconsistent: (error) => (inconsistent ??= error) })
        break
      case 'write_actions':
        checkActionSet(instruction.actions, { match: { values: match.values.slice() } })
        break
      case 'goto_table':
        if (instruction.tableId <= context.tableId || instruction.tableId > context.tables) {
          throw refusal('bad_instruction', 'bad_table_id')
        }
    }
  }
  if (inconsistent) throw inconsistent
  for (const instruction of instructions) {
    if (instruction.type === 'meter' && !context.hasMeter(instruction.meterId)) {
      throw refusal('meter_mod_failed', 'invalid_meter')
    }
    if ('actions' in instruction) checkGroups(instruction.actions, context.hasGroup)
  }
}
