/**
 * The one error class of this package.
 *
 * `code` says what kind of failure it is, so that callers never have to match message texts;
 * `errno` is the kernel's number where the kernel refused something; `cause` keeps the original.
 */

/** What kind of failure a {@link LinuxError} is. */
export type LinuxErrorCode =
  /** A program, device file or kernel feature that is needed is not there; the message says how to get it. */
  | 'missing'
  /** The kernel or the system forbids it (user namespaces switched off, no permission). */
  | 'forbidden'
  /** The kernel refused a request; `errno` and the kernel's own words are in the error. */
  | 'kernel'
  /** An argument is not usable; nothing was touched. */
  | 'invalid'
  /** A program to be executed does not exist in the host. */
  | 'not-found'
  /** A process ended with an exit code other than zero, or by a signal. */
  | 'exit'
  /** A process printed more than it was allowed to. */
  | 'max-buffer'
  /** The time limit of the call ran out. */
  | 'timeout'
  /** The caller's AbortSignal fired. */
  | 'aborted'
  /** The other side refused or reset a connection, or cannot be reached. */
  | 'unreachable'
  /** The agent, and with it the whole sandbox, is gone. */
  | 'closed'
  /** Bytes that are no valid message. */
  | 'malformed'

/** Options of {@link LinuxError}. */
export interface LinuxErrorOptions {
  readonly cause?: unknown
  /** The kernel's error number, positive (2 is ENOENT). */
  readonly errno?: number | undefined
  /** The step of a plan that failed, in words. */
  readonly step?: string | undefined
}

/** Failure of something that this package did, or was asked to do. */
export class LinuxError extends Error {
  override readonly name: string = 'LinuxError'
  readonly code: LinuxErrorCode
  readonly errno: number | undefined
  readonly step: string | undefined

  constructor(code: LinuxErrorCode, message: string, options: LinuxErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.errno = options.errno
    this.step = options.step
  }
}
