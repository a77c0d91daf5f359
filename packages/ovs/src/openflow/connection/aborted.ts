import { OvsError } from '../../errors.js'

/** The error for what was given up by a signal. */
export function abortedError(what: string, signal: AbortSignal | undefined): OvsError {
  return new OvsError('aborted', `${what} was aborted by its signal`, { cause: signal?.reason })
}

/** Waits for a promise, or for the signal. @throws OvsError `aborted` */
export async function orAborted(promise: Promise<void>, what: string, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortedError(what, signal))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}
