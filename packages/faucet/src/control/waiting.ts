import { FaucetError } from '../errors.js'
import type { ControlCallOptions } from './faucet-control.js'

/**
 * Waits for something no longer than the caller allows. What is waited for goes on.
 * @param what in words, for the error: `no answer of sw1`
 * @throws FaucetError `timeout`, `aborted`, or what the promise rejects with
 */
export async function waiting<T>(promise: Promise<T>, what: () => string, { signal, timeout = 30_000 }: ControlCallOptions = {}): Promise<T> {
  // Whoever comes second is not listened to.
  promise.catch(() => {})
  if (signal?.aborted) throw aborted(what(), signal)
  let stop = () => {}
  const limit = new Promise<never>((_, reject) => {
    const onAbort = () => reject(aborted(what(), signal))
    const onTimeout = () => reject(new FaucetError('timeout', `${what()} within ${String(timeout)} ms`))
    const timer = timeout > 0 ? setTimeout(onTimeout, timeout) : undefined
    signal?.addEventListener('abort', onAbort, { once: true })
    stop = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    stop()
  }
}

/** @throws FaucetError `not-found` when there are no dataplanes of these names */
export function checkNames(names: readonly string[] = [], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new FaucetError('not-found', `no dataplane ${unknown.join(', ')}: there are ${known.join(', ')}`)
}

function aborted(what: string, signal: AbortSignal | undefined): FaucetError {
  return new FaucetError('aborted', `${what}: given up by its signal`, { cause: signal?.reason })
}
