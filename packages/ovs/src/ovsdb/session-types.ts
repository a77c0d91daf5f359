import type { OvsError } from '../errors.js'
import type { JsonRpcPeerOptions } from '../jsonrpc/peer.js'
import type { PassiveTarget, Target } from '../transport/target.js'
import type { TlsOptions } from '../transport/tls.js'
import type { OvsdbClient } from './client.js'
import type { DatabaseSchema } from './schema.js'

/** One connection of an `OvsdbSession`, ready to be used: the server has the database and is fit to be asked. */
export interface SessionConnection {
  /** The client of this connection. It belongs to the session, which closes it. */
  readonly client: OvsdbClient
  /** Which remote it is. */
  readonly remote: Target
  /** The name of the database. */
  readonly db: string
  /** The schema as of this connection. A server may change it (`convert`): the handlers then run again. */
  readonly schema: DatabaseSchema
  /** Counts up by one each time the handlers run, from 1. */
  readonly generation: number
  /**
   * Aborted when the connection ends, or when the schema changes and the handlers run again with a new connection
   * object: whatever the handler waits for, it can give up.
   */
  readonly signal: AbortSignal
}

/**
 * Brings something up to date with a connection, such as a replica its rows. The session awaits it before it counts as
 * ready and before any transaction is sent. What it throws ends the connection, and the session tries again after a
 * backoff.
 */
export type ConnectionHandler = (connection: SessionConnection) => void | Promise<void>

/** What an `OvsdbSession` is doing. */
export type SessionStatus =
  /** It looks for a remote that serves the database. `error` is why the last connection ended. */
  | { readonly type: 'connecting'; readonly attempt: number; readonly error?: OvsError }
  /** It listens on a passive remote; `target` has the port that was chosen. */
  | { readonly type: 'listening'; readonly target: PassiveTarget }
  /** It has found one and brings replicas and locks up to date. */
  | { readonly type: 'synchronising'; readonly remote: Target }
  /** Transactions go through. */
  | { readonly type: 'ready'; readonly remote: Target; readonly generation: number }
  /** It waits before it tries again. */
  | { readonly type: 'backoff'; readonly delay: number; readonly error?: OvsError }
  /** It is over. `error` is absent after `close()`. */
  | { readonly type: 'closed'; readonly error?: OvsError }

/** How long a session waits after a failure. */
export interface BackoffOptions {
  /** Milliseconds of the first wait. Defaults to 1000. */
  readonly min?: number
  /** Milliseconds of the longest wait. Defaults to 8000. */
  readonly max?: number
  /**
   * Shortens each wait by a random part of at most this share, so that clients do not return all at once. Defaults to
   * 0.5.
   */
  readonly jitter?: number
}

/** Options of `OvsdbSession.open`. */
export interface OvsdbSessionOptions<Db extends string = string> {
  /** Where the database is: targets of ovsdb(7), as a list or with commas between them. Tried in turn. */
  readonly remotes: string | Target | readonly (string | Target)[]
  /** The database. Defaults to the only one of the server beside `_Server`. */
  readonly db?: Db
  /** Keys and certificates for `ssl:` and `pssl:` remotes. */
  readonly tls?: TlsOptions
  /**
   * Whether to stay with the leader of a clustered database, as transactions need not be forwarded then. Defaults to
   * true. A database that is not clustered has no leader, and any server will do.
   */
  readonly leaderOnly?: boolean
  /** The cluster that the database must belong to, as in the column `cid` of `_Server`. Defaults to any. */
  readonly clusterId?: string
  /** Whether to try the remotes in random order, so that clients spread. Defaults to true, as in Open vSwitch. */
  readonly shuffle?: boolean
  /**
   * Milliseconds of silence after which the session sends an `echo`, and after as much again without an answer gives
   * the connection up; on every kind of remote. 0 turns it off. Defaults to 5000.
   */
  readonly probeInterval?: number
  readonly backoff?: BackoffOptions
  /** Limits on what the server may send and on what may wait to be sent. */
  readonly limits?: Pick<JsonRpcPeerOptions, 'maxBytes' | 'maxDepth' | 'maxBacklogBytes' | 'maxOutboundBytes'>
  /**
   * Milliseconds that a call may take, waiting for a connection included, unless it says otherwise. Defaults to 30,000.
   */
  readonly timeout?: number
  /** Ends `open`, and later the session, as `abort()` does. */
  readonly signal?: AbortSignal
  /** The first {@link ConnectionHandler}; it runs before `open` resolves. */
  readonly onConnected?: ConnectionHandler
}
