import { LinuxError } from '../errors.js'

/** The error of a call whose signal has fired; the signal's reason is its cause. */
export function abortedError(signal: AbortSignal, what: string): LinuxError {
  return new LinuxError('aborted', `${what}: aborted`, { cause: signal.reason })
}

/** @throws LinuxError `aborted` when the signal has fired already */
export function checkAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw abortedError(signal, what)
}
