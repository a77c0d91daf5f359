import { OvsError } from '../errors.js'
import type { SessionConnection } from './session-types.js'

/** Limits of a wait. */
export interface WaitLimits {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. */
  readonly timeout: number
}

/** Those who wait for a connection of a session that is ready. */
export class ConnectionWaiters {
  readonly #waiters = new Set<{ done: (connection: SessionConnection) => void; fail: (error: OvsError) => void }>()

  /**
   * Resolves with the next connection that is ready.
   * @param lastError why there is none, as far as is known when the time is over
   * @throws OvsError `timeout` with that as its cause, `aborted`, and what {@link fail} is called with
   */
  wait({ signal, timeout }: WaitLimits, lastError: () => OvsError | undefined): Promise<SessionConnection> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(notReady('aborted', 'was aborted by its signal', signal.reason))
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.#waiters.delete(waiter)
      }
      const fail = (error: OvsError) => {
        end()
        reject(error)
      }
      const waiter = {
        fail,
        done: (connection: SessionConnection) => {
          end()
          resolve(connection)
        },
      }
      const onAbort = () => fail(notReady('aborted', 'was aborted by its signal', signal?.reason))
      const onTimeout = () => {
        const last = lastError()
        fail(notReady('timeout', `did not come within ${timeout} ms${last ? `; last: ${last.message}` : ''}`, last))
      }
      const timer = setTimeout(onTimeout, timeout)
      signal?.addEventListener('abort', onAbort)
      this.#waiters.add(waiter)
    })
  }

  /** A connection is ready. */
  done(connection: SessionConnection): void {
    for (const waiter of [...this.#waiters]) waiter.done(connection)
  }

  /** There will be none. */
  fail(error: OvsError): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error)
  }
}

function notReady(code: 'timeout' | 'aborted', what: string, cause: unknown): OvsError {
  return new OvsError(code, `a connection to the database ${what}`, { cause })
}
