import type { Action } from '../../../openflow/action/index.js'
import type { Instruction } from '../../../openflow/instruction.js'
import type { Match } from '../../../openflow/oxm/field.js'
import type { CompiledMatch } from './compiled-match.js'

/** What a flow does, in the order in which it is done (OpenFlow 1.3.5 §5.9). */
export interface Program {
  readonly meterId: number | undefined
  readonly apply: readonly Action[]
  readonly clear: boolean
  readonly write: readonly Action[]
  readonly metadata: { readonly value: bigint; readonly mask: bigint } | undefined
  readonly gotoTable: number | undefined
  /** The clauses of conjunctive matches that the flow stands for. */
  readonly conjunctions: readonly Extract<Action, { type: 'nx_conjunction' }>[]
}

/** An entry of a flow table. Times are milliseconds of the switch's clock. */
export interface Flow {
  readonly tableId: number
  readonly priority: number
  readonly match: Match
  readonly compiled: CompiledMatch
  cookie: bigint
  instructions: readonly Instruction[]
  program: Program
  /** Seconds; 0: none. */
  idleTimeout: number
  hardTimeout: number
  /** Bits of `OFPFF`. */
  flags: number
  packets: number
  bytes: number
  /** When the flow was added. */
  readonly created: number
  /** When its instructions or timeouts were last set: the hard timeout counts from here. */
  modified: number
  /** When it last matched. */
  used: number
}

/** Sorts the instructions of a flow by what they do. */
export function programOf(instructions: readonly Instruction[]): Program {
  let program: Program = {
    meterId: undefined,
    apply: [],
    clear: false,
    write: [],
    metadata: undefined,
    gotoTable: undefined,
    conjunctions: [],
  }
  for (const instruction of instructions) {
    switch (instruction.type) {
      case 'meter':
        program = { ...program, meterId: instruction.meterId }
        break
      case 'apply_actions':
        program = { ...program, apply: instruction.actions }
        break
      case 'clear_actions':
        program = { ...program, clear: true }
        break
      case 'write_actions':
        program = { ...program, write: instruction.actions }
        break
      case 'write_metadata':
        program = { ...program, metadata: { value: instruction.metadata, mask: instruction.metadataMask } }
        break
      case 'goto_table':
        program = { ...program, gotoTable: instruction.tableId }
        break
      case 'experimenter':
      case 'unknown':
    }
  }
  return { ...program, conjunctions: program.apply.filter((action) => action.type === 'nx_conjunction') }
}
