import type { OvsError } from '../../errors.js'
import type { Message } from '../message.js'

/** Something that went wrong and that no promise tells. The connection goes on. */
export interface ConnectionProblem {
  /**
   * - `peer`: an error message about something that nobody waits for any more (its `detail.request`, when that is still
   *   known), such as a message that was given to `send`, or a bundle that the switch gave up because it was idle.
   * - `malformed`: a message that cannot be decoded, or that has another version in its header than was agreed on.
   */
  readonly error: OvsError
  /** The message as it came. */
  readonly bytes: Uint8Array
}

/** Gets the messages that are no answers, in order. See `OpenFlowConnection.onMessage`. */
export type MessageHandler = (message: Message, bytes: number) => void | false | Promise<void>

/** A message that errors are listened to about. */
export interface TrackedMessage {
  readonly xid: number
  /** Listens no longer: later errors become problems. Idempotent. */
  release(): void
}

/** Options of an `OpenFlowConnection`. Times are milliseconds. */
export interface OpenFlowConnectionOptions {
  /** Whose part this end plays. Defaults to `controller`. A `switch` answers what it cannot decode with an error. */
  readonly role?: 'controller' | 'switch'
  /** Gets every message that is no answer, from the first on. */
  readonly onMessage?: MessageHandler
  /** Gets every problem. */
  readonly onProblem?: (problem: ConnectionProblem) => void
  /** Called for every message of the other side. */
  readonly onActivity?: () => void
  /** Silence after which to probe with an echo, and again as much after which to give up; 0: never. Defaults to 5000. */
  readonly probeInterval?: number
  /** How long the other side's HELLO may take. Defaults to 10,000. */
  readonly helloTimeout?: number
  /** How long an answer, or the next part of it, may take unless the call says otherwise. Defaults to 30,000. */
  readonly requestTimeout?: number
  /** Bytes of messages that may wait for handlers and iterators before reading stops. Defaults to 16 MiB. */
  readonly maxBacklogBytes?: number
  /**
   * Bytes of messages that may wait in all, also while reading goes on because an answer is waited for. More ends the
   * connection with `too-large`. Defaults to 256 MiB.
   */
  readonly maxHeldBytes?: number
  /** Bytes that may wait to be sent: more means that the other side does not read. Defaults to 64 MiB. */
  readonly maxOutboundBytes?: number
}
