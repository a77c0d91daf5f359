import { OvsError } from '../errors.js'
import type { JsonValue } from '../jsonrpc/json.js'
import type { CallOptions } from '../jsonrpc/peer.js'
import type { OvsdbClient } from './client.js'

/** Options of a lock. */
export interface LockOptions {
  /** Whether to take the lock from its owner, who is told (RFC 7047 §4.1.9). Defaults to waiting in the queue. */
  readonly steal?: boolean
}

type LockClient = Pick<OvsdbClient, 'request' | 'onNotification' | 'closed'>

/**
 * An advisory lock of an OVSDB server (RFC 7047 §4.1.8 to §4.1.10), held by at most one client of the server at a time.
 * An `assert` operation makes a transaction depend on it.
 *
 * A lock that is stolen is not over: the server puts this client back in the queue, and it gets the lock again when the
 * thief lets go.
 */
export class OvsdbLock implements AsyncDisposable {
  readonly id: string
  readonly #steal: boolean
  readonly #listeners = new Set<(held: boolean) => void>()
  readonly #enders = new Set<(error: OvsError) => void>()
  #client: LockClient | undefined
  #detach: (() => void) | undefined
  #onClose: (() => void) | undefined
  #held = false
  #over: OvsError | undefined

  /** @internal Use `OvsdbClient.lock` or `OvsdbSession.lock`. */
  constructor(id: string, options: LockOptions = {}) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id))
      throw new OvsError('invalid', `"${id}" is no name of a lock: letters, digits and _ only, and no digit first`)
    this.id = id
    this.#steal = options.steal ?? false
  }

  /** Whether this client holds the lock, as far as the server has told. */
  get held(): boolean {
    return this.#held
  }

  /** Calls back whenever {@link held} changes. Returns the function that ends it. */
  onChange(listener: (held: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Waits until the lock is held.
   * @throws OvsError `closed` when the lock is given up or the connection ends first, `timeout`, `aborted`.
   */
  acquired({ signal, timeout }: CallOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        stop()
        this.#enders.delete(fail)
      }
      const fail = (error: OvsError) => {
        done()
        reject(error)
      }
      const check = (held: boolean) => {
        if (!held) return
        done()
        resolve()
      }
      const onAbort = () =>
        fail(new OvsError('aborted', `waiting for the lock ${this.id} was aborted`, { cause: signal?.reason }))
      const onTimeout = () => fail(new OvsError('timeout', `the lock ${this.id} was not free within ${timeout} ms`))
      const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout)
      const stop = this.onChange(check)
      this.#enders.add(fail)
      signal?.addEventListener('abort', onAbort)
      if (this.#over) fail(this.#over)
      else if (signal?.aborted) onAbort()
      else check(this.#held)
    })
  }

  /** Gives the lock up, or leaves the queue (RFC 7047 §4.1.8). Idempotent. */
  async close(): Promise<void> {
    if (this.#over) return
    const client = this.#client
    this.end(new OvsError('closed', `the lock ${this.id} was given up`))
    try {
      await client?.request('unlock', [this.id])
    } catch (error) {
      // A connection that ended holds no locks.
      if (!(error instanceof OvsError && error.code === 'closed')) throw error
    }
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal Asks for the lock on a connection, and follows what the server says there. */
  async attach(client: LockClient, options: CallOptions & { readonly lasting?: boolean } = {}): Promise<void> {
    if (this.#over) return
    this.#detach?.()
    this.#client = client
    const remove = client.onNotification((method, params) => {
      if (params[0] !== this.id) return
      if (method === 'locked') this.#set(true)
      else if (method === 'stolen') this.#set(false)
    })
    this.#detach = () => {
      remove()
      this.#client = undefined
      this.#detach = undefined
      this.#set(false)
    }
    const detach = this.#detach
    void client.closed.then((reason) => {
      if (this.#detach !== detach) return
      if (options.lasting) detach()
      else this.end(new OvsError('closed', `the lock ${this.id} is lost: the connection ended`, { cause: reason }))
    })
    try {
      await client.request(this.#steal ? 'steal' : 'lock', [this.id], {
        signal: options.signal,
        timeout: options.timeout,
        decode: (result) => {
          if (isLocked(result)) this.#set(true)
        },
      })
    } catch (error) {
      if (this.#detach === detach) detach()
      throw error
    }
  }

  /** @internal */
  isAttachedTo(client: LockClient): boolean {
    return this.#client === client
  }

  /** @internal Runs once, when the lock is over. */
  set onClose(run: () => void) {
    this.#onClose = run
  }

  /** @internal */
  end(error: OvsError): void {
    if (this.#over) return
    this.#over = error
    this.#detach?.()
    for (const fail of [...this.#enders]) fail(error)
    this.#onClose?.()
  }

  #set(held: boolean): void {
    if (this.#held === held) return
    this.#held = held
    for (const listener of [...this.#listeners]) listener(held)
  }
}

function isLocked(result: JsonValue): boolean {
  return (result as { readonly locked?: JsonValue } | null)?.locked === true
}
