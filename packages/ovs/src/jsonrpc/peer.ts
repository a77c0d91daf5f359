import type { Duplex } from 'node:stream'
import { OvsError } from '../errors.js'
import { JsonFramer, type JsonFramerOptions } from './framer.js'
import { type JsonValue, parseJson, stringifyJson } from './json.js'
import { type JsonRpcMessage, type JsonRpcRequest, type JsonRpcResponse, parseMessage } from './message.js'

/** How long a call may take, and how to give it up. */
export interface CallOptions {
  /** Gives up waiting: the call rejects with an `OvsError` `aborted` whose cause is the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * Milliseconds until the call rejects with an `OvsError` `timeout`. Without it the call waits for the connection's
   * end.
   */
  readonly timeout?: number | undefined
}

/** {@link CallOptions} plus what {@link JsonRpcPeer.request} does with the answer. */
export interface RequestOptions<T> extends CallOptions {
  /**
   * Makes the value of the promise from the result. It runs while the answer is handled, before any later message is
   * looked at, so that it sees the world in the order in which the peer spoke. What it throws rejects the call.
   */
  readonly decode?: (result: JsonValue) => T
  /** Runs when the call is given up before its answer: the place to tell the peer. */
  readonly onAbandon?: (id: number) => void
}

/** Options of a {@link JsonRpcPeer}. */
export interface JsonRpcPeerOptions extends JsonFramerOptions {
  /** Gets every notification, in order. When it throws, the connection is aborted with that error. */
  readonly onNotification?: (method: string, params: readonly JsonValue[]) => void
  /** Answers a request of the other side. `echo` never gets here. Without it every request is answered by an error. */
  readonly onRequest?: (method: string, params: readonly JsonValue[]) => JsonValue | Promise<JsonValue>
}

/** Milliseconds that {@link JsonRpcPeer.close} waits for the other side to take what was written. */
const flushTimeout = 1000

interface PendingCall {
  readonly settle: (answer: JsonRpcResponse) => void
  readonly fail: (error: OvsError) => void
}

/**
 * One end of a JSON-RPC 1.0 connection (RFC 7047 §4) over any duplex stream, which from now on belongs to the peer.
 * Requests are told apart by their id, `echo` requests are answered (RFC 7047 §4.1.11), and when the stream ends
 * everything that waits is rejected with `closed`.
 */
export class JsonRpcPeer implements AsyncDisposable {
  /**
   * Resolves when the connection is over and the stream is destroyed: with `undefined` after {@link close}, with the
   * reason otherwise. Never rejects.
   */
  readonly closed: Promise<OvsError | undefined>
  readonly #stream: Duplex
  readonly #options: JsonRpcPeerOptions
  readonly #framer: JsonFramer
  readonly #pending = new Map<number, PendingCall>()
  #nextId = 0
  /** Set once, when no further call is possible. */
  #over: OvsError | undefined
  #closing = false

  constructor(stream: Duplex, options: JsonRpcPeerOptions = {}) {
    this.#stream = stream
    this.#options = options
    this.#framer = new JsonFramer(options)
    this.closed = new Promise((resolve) => {
      const onClose = () => {
        this.#finish(new OvsError('closed', 'the connection was closed'))
        resolve(this.#closing ? undefined : this.#over)
      }
      if (stream.closed) onClose()
      else stream.once('close', onClose)
    })
    stream.on('error', (cause) => this.abort(cause))
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    stream.once('end', () => this.#ended())
  }

  /**
   * Sends a request and resolves with its result.
   * @throws OvsError `peer` when the other side answers with an error, `closed`, `timeout`, `aborted`.
   */
  request(method: string, params: readonly unknown[], options?: RequestOptions<JsonValue>): Promise<JsonValue>
  request<T>(
    method: string,
    params: readonly unknown[],
    options: RequestOptions<T> & { readonly decode: (result: JsonValue) => T },
  ): Promise<T>
  request<T>(method: string, params: readonly unknown[], options: RequestOptions<T> = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#endedBefore(method, this.#over))
      const { signal, timeout, decode, onAbandon } = options
      if (signal?.aborted) return reject(aborted(method, signal))
      const id = this.#nextId++
      const done = () => {
        this.#pending.delete(id)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const abandon = (error: OvsError) => {
        done()
        onAbandon?.(id)
        reject(error)
      }
      const onAbort = () => abandon(aborted(method, signal))
      const timer = timeout === undefined ? undefined : setTimeout(() => abandon(timedOut(method, timeout)), timeout)
      signal?.addEventListener('abort', onAbort)
      this.#pending.set(id, {
        settle: (answer) => {
          done()
          if (answer.error !== null) return reject(peerError(method, answer.error))
          try {
            resolve(decode ? decode(answer.result) : (answer.result as T))
          } catch (error) {
            reject(error)
          }
        },
        fail: (error) => {
          done()
          reject(this.#endedBefore(method, error))
        },
      })
      this.#send({ id, method, params })
    })
  }

  /** Sends a notification. Does nothing when the connection is over. */
  notify(method: string, params: readonly unknown[]): void {
    if (!this.#over) this.#send({ id: null, method, params })
  }

  /**
   * Sends what is written already, for a second at most, then closes. Calls that still wait reject with `closed`.
   * Idempotent.
   */
  async close(): Promise<void> {
    if (!this.#over) {
      this.#closing = true
      this.#finish(new OvsError('closed', 'the connection was closed by this side'))
      // The other side may have stopped reading.
      const timer = setTimeout(() => this.#stream.destroy(), flushTimeout)
      this.#stream.end(() => this.#stream.destroy())
      await this.closed
      clearTimeout(timer)
    }
    await this.closed
  }

  /** Closes at once. Calls that wait reject with `closed`, the reason as their cause. Idempotent. */
  abort(reason?: unknown): void {
    const why =
      reason instanceof Error ? reason.message : reason === undefined ? 'aborted by this side' : String(reason)
    this.#finish(new OvsError('closed', `the connection ended: ${why}`, reason === undefined ? {} : { cause: reason }))
    this.#stream.destroy()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #receive(chunk: Uint8Array): void {
    if (this.#over) return
    try {
      for (const text of this.#framer.push(chunk)) {
        this.#handle(parseMessage(parseJson(text)))
        if (this.#over) return
      }
    } catch (error) {
      this.abort(error)
    }
  }

  #ended(): void {
    try {
      this.#framer.end()
      this.#finish(new OvsError('closed', 'the other side closed the connection'))
      this.#stream.destroy()
    } catch (error) {
      this.abort(error)
    }
  }

  #handle(message: JsonRpcMessage): void {
    switch (message.type) {
      case 'response':
        return this.#settle(message)
      case 'notification':
        return this.#options.onNotification?.(message.method, message.params)
      case 'request':
        if (message.method === 'echo') return this.#send({ id: message.id, result: message.params, error: null })
        void this.#answer(message)
    }
  }

  #settle(response: JsonRpcResponse): void {
    const { id } = response
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= this.#nextId) {
      throw new OvsError('malformed', `the peer answered the request ${stringifyJson(id)}, which was never sent`)
    }
    // An id that is not pending was given up: its answer is too late, and nobody wants it.
    this.#pending.get(id)?.settle(response)
  }

  async #answer({ id, method, params }: JsonRpcRequest): Promise<void> {
    try {
      if (!this.#options.onRequest) throw new Error('unknown method')
      const result = await this.#options.onRequest(method, params)
      this.#reply({ id, result, error: null })
    } catch (error) {
      this.#reply({ id, result: null, error: error instanceof Error ? error.message : String(error) })
    }
  }

  #reply(response: { readonly id: JsonValue; readonly result: JsonValue; readonly error: JsonValue }): void {
    if (!this.#over) this.#send(response)
  }

  #send(message: object): void {
    this.#stream.write(stringifyJson(message))
  }

  #finish(error: OvsError): void {
    if (this.#over) return
    this.#over = error
    for (const call of [...this.#pending.values()]) call.fail(error)
  }

  #endedBefore(method: string, error: OvsError): OvsError {
    return new OvsError('closed', `no answer to ${method}: ${plain(error)}`, { cause: error.cause ?? error })
  }
}

function plain(error: OvsError): string {
  return error.message.slice(error.code.length + 3)
}

function aborted(method: string, signal: AbortSignal | undefined): OvsError {
  return new OvsError('aborted', `${method} was aborted by its signal`, { cause: signal?.reason })
}

function timedOut(method: string, timeout: number): OvsError {
  return new OvsError('timeout', `no answer to ${method} within ${timeout} ms`)
}

/** An error is a string such as "unknown method", or an object with `error` and `details` (RFC 7047 §3.1). */
function peerError(method: string, error: JsonValue): OvsError {
  const { error: name, details } =
    typeof error === 'object' && !Array.isArray(error)
      ? (error as { readonly [key: string]: JsonValue })
      : { error, details: undefined }
  const text = [name, details]
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === 'string' ? part : stringifyJson(part)))
  return new OvsError('peer', `${method} was refused: ${text.join(': ')}`, { detail: { type: 'reply', method, error } })
}
