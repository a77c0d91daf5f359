import type { SentMessage } from './openflow/connection/openflow-error.js'

/**
 * What went wrong, in one word. A program decides by the code; a person reads the message.
 *
 * - `closed`: the connection ended (by the peer, by {@link OvsError.cause}, or by our own `close()`) before the answer
 *   came.
 * - `connect`: no connection came about: nobody listens there, TLS failed, or the server is not fit for what is wanted;
 *   {@link OvsError.cause} is the system's error.
 * - `outcome-unknown`: the connection ended after a transaction had been sent and before its answer came: it may have
 *   taken place, or not. Look at the database before you try again.
 * - `timeout`: the time that the caller allowed is over.
 * - `aborted`: the caller's `AbortSignal` fired, or `abort()` was called.
 * - `malformed`: the peer, or a file, sent something that its specification does not allow.
 * - `too-large`: a message exceeded a size or depth limit.
 * - `peer`: the peer answered a request with an error of its own.
 * - `transaction`: an operation of an OVSDB transaction failed; {@link OvsError.detail} names it.
 * - `constraint`: the same, because of a constraint of the schema (duplicate index value, dangling reference, range).
 * - `schema`: a table, column or value does not fit the database schema; nothing was sent.
 * - `invalid`: a value that the caller gave is not possible; nothing was sent.
 * - `interface`: Open vSwitch could not bring up a network interface; {@link OvsError.detail} has its error text.
 */
export type OvsErrorCode =
  | 'closed'
  | 'connect'
  | 'outcome-unknown'
  | 'timeout'
  | 'aborted'
  | 'malformed'
  | 'too-large'
  | 'peer'
  | 'transaction'
  | 'constraint'
  | 'schema'
  | 'invalid'
  | 'interface'

/** The operation of a transaction that failed. */
export interface FailedOperation {
  readonly type: 'operation'
  /** Position in the transaction, from 0; `undefined` when the commit failed after every operation had succeeded. */
  readonly index: number | undefined
  /** The operation's name, such as `insert`. */
  readonly op: string | undefined
  readonly table: string | undefined
  /** The error string of the server, such as `constraint violation` (RFC 7047 §3.1). */
  readonly error: string
  /** The server's explanation, empty when it gave none. */
  readonly details: string
}

/** The interfaces that Open vSwitch could not bring up, each with its error text. */
export interface FailedInterfaces {
  readonly type: 'interfaces'
  readonly interfaces: ReadonlyMap<string, string>
}

/** An error answer to a JSON-RPC request, as the peer sent it (RFC 7047 §3.1). */
export interface PeerReply {
  readonly type: 'reply'
  readonly method: string
  readonly error: unknown
}

/** Where in an OpenFlow message the decoder stopped. */
export interface MessageOffset {
  readonly type: 'offset'
  /** Bytes from the beginning of the message. */
  readonly offset: number
}

/** An error message of the OpenFlow peer (OpenFlow 1.3.5 §7.4.4), and the message that caused it. */
export interface OpenFlowRefusal {
  readonly type: 'openflow'
  /** `ofp_error_type`, such as `flow_mod_failed`; a number when it has no name. */
  readonly errorType: string | number
  /** The code within the type, such as `table_full`; a number when it has no name; of an experimenter its own number. */
  readonly code: string | number
  /** The experimenter's number when `errorType` is `experimenter`. */
  readonly experimenter: number | undefined
  /** What the peer sent along: as a rule the beginning of the message that it refuses. */
  readonly data: Uint8Array
  /** The message that it is about, as it was given to be sent, with its xid; `undefined` when it is not known any more. */
  readonly request: SentMessage | undefined
}

/** What an {@link OvsError} knows beyond its message. */
export type OvsErrorDetail = FailedOperation | FailedInterfaces | PeerReply | MessageOffset | OpenFlowRefusal

const brand = Symbol.for('@streambed/ovs.OvsError')

/**
 * The one error class of this package. Its message starts with the code in brackets and says what to do.
 * `instanceof` also holds across two copies of the package (its ESM and its CommonJS build).
 */
export class OvsError extends Error {
  override readonly name = 'OvsError'
  readonly code: OvsErrorCode
  readonly detail: OvsErrorDetail | undefined

  constructor(
    code: OvsErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly detail?: OvsErrorDetail } = {},
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
