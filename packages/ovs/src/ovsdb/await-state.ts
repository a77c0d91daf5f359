import { OvsError } from '../errors.js'
import type { CallOptions } from '../jsonrpc/peer.js'

/** A copy of a database that somebody waits for. */
export interface Awaited {
  /** Calls back after every change. Returns the function that ends it. */
  readonly onChange: (check: () => void) => () => void
  /** Those that are to be told when there will be no more changes. */
  readonly failures: Set<(error: OvsError) => void>
  /** Why there will be no more changes, if so. */
  readonly over: OvsError | undefined
}

/**
 * Waits until `test` gives something other than `undefined`: it is called now and after every change. What it throws rejects the promise.
 * @throws OvsError `timeout`, `aborted`, and what the copy ended with.
 */
export function awaitState<V>({ onChange, failures, over }: Awaited, test: () => V | undefined, { signal, timeout }: CallOptions): Promise<V> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      stop()
      failures.delete(fail)
    }
    const fail = (error: unknown) => {
      done()
      reject(error)
    }
    const check = () => {
      try {
        const value = test()
        if (value === undefined) return
        done()
        resolve(value)
      } catch (error) {
        fail(error)
      }
    }
    const onAbort = () =>
      fail(new OvsError('aborted', 'waiting for the database was aborted by its signal', { cause: signal?.reason }))
    const onTimeout = () =>
      fail(new OvsError('timeout', `the database did not get into the expected state within ${timeout} ms`))
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout)
    const stop = onChange(check)
    failures.add(fail)
    signal?.addEventListener('abort', onAbort)
    if (over) fail(over)
    else if (signal?.aborted) onAbort()
    else check()
  })
}
