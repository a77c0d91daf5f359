import { DockerDriverError } from '../errors.js'
import type { CallContext } from './network-driver.js'

/** How an operation ended, as Docker is told. */
export interface Outcome {
  /** The answer, or `{ Err }`. */
  readonly body: object
  /** What the driver threw. */
  readonly cause?: unknown
}

/** When a connection is lost, Docker asks again, the first time after a second (moby, pkg/plugins). */
const REPETITION_MS = 2500

/** The operations that run: each once, however often it is asked for meanwhile, and with a limit. */
export class Operations {
  readonly #running = new Map<string, Running>()

  /**
   * Runs an operation, unless one of the same key runs: then its outcome serves. After `limit` milliseconds the outcome is an error, for those who come later
   * too, until the operation has come to its end. When all who asked have hung up, and nobody asks again for a moment, its signal fires; who then asks
   * for the same gets it done anew when that has ended. Never rejects.
   * @param hungUp fires when the one who asks does not wait for the answer any more
   */
  async run(key: string, limit: number, operation: (context: CallContext) => Promise<object>, hungUp?: AbortSignal): Promise<Outcome> {
    for (let left = this.#running.get(key); left?.controller.signal.aborted === true && left.waiting === 0; left = this.#running.get(key)) await left.ended
    const running = this.#running.get(key) ?? this.#begin(key, limit, operation)
    running.waiting++
    hungUp?.addEventListener('abort', () => {
      running.waiting--
      const timer = setTimeout(() => {
        if (running.waiting === 0) running.controller.abort(new DockerDriverError('aborted', 'Docker does not wait for the answer any more'))
      }, REPETITION_MS)
      void running.ended.then(() => clearTimeout(timer))
    }, { once: true })
    return running.outcome
  }

  #begin(key: string, limit: number, operation: (context: CallContext) => Promise<object>): Running {
    const controller = new AbortController()
    const ended = outcomeOf(operation, { signal: controller.signal })
    const running: Running = { controller, ended, outcome: Promise.race([ended, expired(limit, controller, ended)]), waiting: 0 }
    this.#running.set(key, running)
    void ended.then(() => this.#running.delete(key))
    return running
  }
}

interface Running {
  readonly controller: AbortController
  /** How the operation ended. */
  readonly ended: Promise<Outcome>
  /** What is answered. */
  readonly outcome: Promise<Outcome>
  /** How many still wait for it. */
  waiting: number
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
