import type { JsonValue } from '../../jsonrpc/json.js'
import { wireError } from '../../ovsdb/database-error.js'
import { commit } from './commit.js'
import type { Change, MemoryDatabase } from './memory-database.js'
import { execute, type NotYet, type OperationContext } from './operations.js'
import { Transaction } from './transaction.js'

/** What came of a transaction: the answer with what was changed, or nothing yet. */
export type TransactionOutcome =
  { readonly results: readonly JsonValue[]; readonly changes: readonly Change[] } | NotYet

/**
 * Carries out a transaction (RFC 7047 §4.1.3). A failure is in the results: in the place of its operation with null
 * for those after it, or as one more element when the commit failed.
 */
export function runTransaction(
  database: MemoryDatabase,
  operations: readonly JsonValue[],
  context: OperationContext,
): TransactionOutcome {
  const transaction = new Transaction(database)
  const results: JsonValue[] = []
  for (const [index, operation] of operations.entries()) {
    try {
      const outcome = execute(operation, index, operations.length, transaction, context)
      if (isNotYet(outcome)) return outcome
      results.push(outcome)
    } catch (error) {
      results.push(wireError(error) ?? rethrow(error))
      return { results: [...results, ...operations.slice(index + 1).map(() => null)], changes: [] }
    }
  }
  try {
    return { changes: commit(transaction), results }
  } catch (error) {
    return { results: [...results, wireError(error) ?? rethrow(error)], changes: [] }
  }
}

/** Whether a transaction has to wait. */
export function isNotYet(outcome: object): outcome is NotYet {
  return 'notYet' in outcome && outcome.notYet === true
}

/** A bug of this server is not an error of the transaction. */
function rethrow(error: unknown): never {
  throw error
}
