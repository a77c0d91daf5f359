import type { ConfigIssue } from './config/issue.js'

/**
 * What went wrong, in one word. A program decides by the code; a person reads the message.
 *
 * - `config`: a Faucet configuration is refused; {@link FaucetError.detail} has every issue with its place.
 * - `not-found`: a file, or something that an edit names (a dataplane, an interface, an ACL), does not exist.
 * - `invalid`: a value that the caller gave is not possible.
 * - `unsupported`: the configuration is valid, but what it asks for is not within this implementation.
 * - `io`: a file could not be read or written; {@link FaucetError.cause} is the system's error.
 * - `timeout`: the time that the caller allowed is over.
 * - `aborted`: the caller's `AbortSignal` fired, or `abort()` was called.
 * - `closed`: the object was closed before.
 * - `switch`: a switch refused what it was told; {@link FaucetError.cause} says what.
 * - `process`: a program that was started has ended, or does not do what it should.
 * - `internal`: this package is at fault; please report it.
 */
export type FaucetErrorCode =
  | 'config'
  | 'not-found'
  | 'invalid'
  | 'unsupported'
  | 'io'
  | 'timeout'
  | 'aborted'
  | 'closed'
  | 'switch'
  | 'process'
  | 'internal'

/** Everything that is wrong with a configuration, in the order of the files. */
export interface ConfigIssues {
  readonly type: 'issues'
  readonly issues: readonly ConfigIssue[]
}

/** What a {@link FaucetError} knows beyond its message. */
export type FaucetErrorDetail = ConfigIssues

const brand = Symbol.for('@streambed/faucet.FaucetError')

/**
 * The one error class of this package. Its message starts with the code in brackets and says what to do.
 * `instanceof` also holds across two copies of the package (its ESM and its CommonJS build).
 */
export class FaucetError extends Error {
  override readonly name = 'FaucetError'
  readonly code: FaucetErrorCode
  readonly detail: FaucetErrorDetail | undefined

  constructor(
    code: FaucetErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly detail?: FaucetErrorDetail } = {},
  ) {
    super(`[${code}] ${message}`, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.detail = options.detail
    Object.defineProperty(this, brand, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}
