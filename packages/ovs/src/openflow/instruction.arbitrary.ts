import fc from 'fast-check'
import { actionsArbitrary } from './action/action.arbitrary.js'
import type { Bucket } from './bucket.js'
import type { Instruction } from './instruction.js'

const u32 = fc.integer({ min: 0, max: 0xffffffff })
const u64 = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn })
const bytes = (rest: number) =>
  fc.integer({ min: 0, max: 3 }).chain((n) => fc.uint8Array({ minLength: 8 * n + rest, maxLength: 8 * n + rest }))

/** Instructions of every kind. Decoding gives back exactly what was encoded. */
export const instructionArbitrary: fc.Arbitrary<Instruction> = fc.oneof(
  fc.integer({ min: 0, max: 0xff }).map((tableId) => ({ type: 'goto_table' as const, tableId })),
  fc.tuple(u64, u64).map(([metadata, metadataMask]) => ({ type: 'write_metadata' as const, metadata, metadataMask })),
  fc
    .tuple(fc.constantFrom('write_actions' as const, 'apply_actions' as const), actionsArbitrary)
    .map(([type, actions]) => ({ type, actions })),
  fc.constant({ type: 'clear_actions' as const }),
  u32.map((meterId) => ({ type: 'meter' as const, meterId })),
  fc.tuple(u32, bytes(0)).map(([experimenter, data]) => ({ type: 'experimenter' as const, experimenter, data })),
  fc
    .tuple(fc.integer({ min: 100, max: 0xfffe }), bytes(4))
    .map(([instructionType, data]) => ({ type: 'unknown' as const, instructionType, data })),
)

/** Lists of instructions. */
export const instructionsArbitrary: fc.Arbitrary<Instruction[]> = fc.array(instructionArbitrary, { maxLength: 4 })

/** Buckets of groups. */
export const bucketArbitrary: fc.Arbitrary<Bucket> = fc
  .tuple(fc.integer({ min: 0, max: 0xffff }), u32, u32, actionsArbitrary)
  .map(([weight, watchPort, watchGroup, actions]) => ({ weight, watchPort, watchGroup, actions }))
