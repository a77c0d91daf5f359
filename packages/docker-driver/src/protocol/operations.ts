import { DockerDriverError } from '../errors.js'
import type { CallContext } from './network-driver.js'

/** How an operation ended, as Docker is told. */
export interface Outcome {
  /** The answer, or `{ Err }`. */
  readonly body: object
  /** What the driver threw. */
  readonly cause?: unknown
}

/** The operations that run: each once, however often it is asked for meanwhile, and with a limit. */
export class Operations {
  readonly #running = new Map<string, Promise<Outcome>>()

  /**
   * Runs an operation, unless one of the same key runs: then its outcome serves. After `limit` milliseconds the outcome is an error, for those who come later
   * too, until the operation has come to its end. Never rejects.
   */
  run(key: string, limit: number, operation: (context: CallContext) => Promise<object>): Promise<Outcome> {
    const known = this.#running.get(key)
    if (known !== undefined) return known
    const controller = new AbortController()
    const ended = outcomeOf(operation, { signal: controller.signal })
    const first = Promise.race([ended, expired(limit, controller, ended)])
    this.#running.set(key, first)
    void ended.then(() => this.#running.delete(key))
    return first
  }
}

async function outcomeOf(operation: (context: CallContext) => Promise<object>, context: CallContext): Promise<Outcome> {
  try {
    return { body: await operation(context) }
  } catch (error) {
    return failure(error)
  }
}

/** The error after the limit; never, when the operation has ended before. */
function expired(limit: number, controller: AbortController, ended: Promise<Outcome>): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      const error = new DockerDriverError('timeout', `the operation has not ended within ${limit / 1000} seconds; is Open vSwitch running, and does the controller answer?`)
      controller.abort(error)
      resolve(failure(error))
    }, limit)
    void ended.then(() => clearTimeout(timer))
  })
}

/** An error as an outcome. An empty `Err` would be success. */
export function failure(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error)
  return { body: { Err: message === '' ? 'the operation failed without saying why' : message }, cause: error }
}
