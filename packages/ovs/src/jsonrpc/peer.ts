import type { Duplex } from 'node:stream'
import { OvsError } from '../errors.js'
import { JsonFramer, type JsonFramerOptions } from './framer.js'
import { Deadlines } from './deadlines.js'
import { hasRefusedCharacters, type JsonValue, parseJson, stringifyJson } from './json.js'
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
  /** Runs when the request has been handed to the stream: from now on the peer may get it. */
  readonly onSent?: () => void
}

/**
 * Gets a notification. Notifications are handed out in order, between the answers where the peer put them. When it
 * throws or rejects, the connection is aborted with that error.
 *
 * A promise says that the notification has not been dealt with yet. It does not hold up the next one, but when the
 * texts of such notifications exceed `maxBacklogBytes`, the peer stops reading until half of them are dealt with. Do
 * not wait there for an answer of the same connection: it may be behind what is not read.
 */
export type NotificationHandler = (method: string, params: readonly JsonValue[]) => void | Promise<void>

/** Options of a {@link JsonRpcPeer}. */
export interface JsonRpcPeerOptions extends JsonFramerOptions {
  /** Gets every notification, before the handlers that {@link JsonRpcPeer.onNotification} adds. */
  readonly onNotification?: NotificationHandler
  /** Answers a request of the other side. `echo` never gets here. Without it every request is answered by an error. */
  readonly onRequest?: (method: string, params: readonly JsonValue[]) => JsonValue | Promise<JsonValue>
  /**
   * Bytes of notifications that asynchronous handlers may be behind before the peer stops reading. Defaults to 16 MiB.
   */
  readonly maxBacklogBytes?: number
  /**
   * Bytes that may wait to be sent: more means that the other side has stopped reading, and further calls reject with
   * `too-large`. Defaults to 256 MiB.
   */
  readonly maxOutboundBytes?: number
}

/** Bytes of answers to the other side's requests that may wait to be sent before the peer stops reading. */
const maxReplyBytes = 1024 * 1024

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
  readonly #deadlines = new Deadlines()
  readonly #handlers = new Set<NotificationHandler>()
  readonly #maxBacklogBytes: number
  readonly #maxOutboundBytes: number
  #nextId = 0
  /** Bytes of notifications that handlers have not dealt with, and of answers that were not sent. */
  #backlogBytes = 0
  #replyBytes = 0
  /** Texts that were framed when the peer stopped reading. */
  #held: Iterator<string, void, void> | undefined
  #heldBack = false
  #ended = false
  /** Set once, when no further call is possible. */
  #over: OvsError | undefined
  #closing = false

  constructor(stream: Duplex, options: JsonRpcPeerOptions = {}) {
    this.#stream = stream
    this.#options = options
    this.#framer = new JsonFramer(options)
    this.#maxBacklogBytes = options.maxBacklogBytes ?? 16 * 1024 * 1024
    this.#maxOutboundBytes = options.maxOutboundBytes ?? 256 * 1024 * 1024
    if (options.onNotification) this.#handlers.add(options.onNotification)
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
    stream.once('end', () => this.#onEnd())
  }

  /** Whether the peer has stopped reading because its owner, or the other side, is too slow. */
  get heldBack(): boolean {
    return this.#heldBack
  }

  /** Bytes that wait to be sent. */
  get outboundBytes(): number {
    return this.#stream.writableLength
  }

  /**
   * Adds a handler that gets every notification from now on, after the handlers that are there already. Returns the
   * function that removes it.
   */
  onNotification(handler: NotificationHandler): () => void {
    // A wrapper, so that the same function may be added twice.
    const added: NotificationHandler = (method, params) => handler(method, params)
    this.#handlers.add(added)
    return () => void this.#handlers.delete(added)
  }

  /**
   * Sends a request and resolves with its result.
   * @throws OvsError `peer` when the other side answers with an error, `closed`, `timeout`, `aborted`; `too-large` when
   * too much waits to be sent; `invalid` for a zero character or half a surrogate pair in a string, for which Open
   * vSwitch would end the connection.
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
      const { signal, timeout, decode, onAbandon, onSent } = options
      if (signal?.aborted) return reject(aborted(method, signal))
      if (this.#stream.writableLength > this.#maxOutboundBytes) return reject(this.#congested(method))
      const id = this.#nextId++
      const text = stringifyJson({ id, method, params })
      if (hasRefusedCharacters(text)) return reject(refusedCharacters(method))
      const done = () => {
        this.#pending.delete(id)
        this.#deadlines.delete(id)
        signal?.removeEventListener('abort', onAbort)
      }
      const abandon = (error: OvsError) => {
        done()
        onAbandon?.(id)
        reject(error)
      }
      const onAbort = () => abandon(aborted(method, signal))
      if (timeout !== undefined) this.#deadlines.set(id, timeout, () => abandon(timedOut(method, timeout)))
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
      this.#stream.write(text)
      onSent?.()
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
    if (!this.#over) this.#drain(this.#framer.push(chunk))
  }

  /** Handles texts until there are no more, or until reading must wait. */
  #drain(texts: Iterator<string, void, void>): void {
    try {
      for (let next = texts.next(); !next.done; next = texts.next()) {
        this.#handle(parseMessage(parseJson(next.value, this.#framer.hasLongIntegers)), next.value.length)
        if (this.#over) return
        if (this.#heldBack) {
          this.#held = texts
          return
        }
      }
      if (this.#ended) this.#finishReading()
    } catch (error) {
      this.abort(error)
    }
  }

  #onEnd(): void {
    this.#ended = true
    if (!this.#held) this.#finishReading()
  }

  #finishReading(): void {
    try {
      this.#framer.end()
      this.#finish(new OvsError('closed', 'the other side closed the connection'))
      this.#stream.destroy()
    } catch (error) {
      this.abort(error)
    }
  }

  #handle(message: JsonRpcMessage, bytes: number): void {
    switch (message.type) {
      case 'response':
        return this.#settle(message)
      case 'notification':
        return this.#notified(message.method, message.params, bytes)
      case 'request':
        if (message.method === 'echo') return this.#reply({ id: message.id, result: message.params, error: null })
        void this.#answer(message)
    }
  }

  #notified(method: string, params: readonly JsonValue[], bytes: number): void {
    const results = [...this.#handlers].map((handler) => handler(method, params))
    const waiting = results.filter((result) => result !== undefined)
    if (waiting.length === 0) return
    this.#backlogBytes += bytes
    this.#holdBack()
    Promise.all(waiting).then(
      () => {
        this.#backlogBytes -= bytes
        this.#readOn()
      },
      (error: unknown) => this.abort(error),
    )
  }

  /** Stops reading when too much is unfinished: the stream then holds the other side back. */
  #holdBack(): void {
    if (this.#heldBack || (this.#backlogBytes <= this.#maxBacklogBytes && this.#replyBytes <= maxReplyBytes)) return
    this.#heldBack = true
    this.#stream.pause()
  }

  #readOn(): void {
    const enough = this.#backlogBytes <= this.#maxBacklogBytes / 2 && this.#replyBytes <= maxReplyBytes / 2
    if (!this.#heldBack || !enough) return
    this.#heldBack = false
    const held = this.#held
    this.#held = undefined
    if (held) this.#drain(held)
    if (!this.#heldBack && !this.#over) this.#stream.resume()
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
    if (this.#over) return
    const text = stringifyJson(response)
    this.#replyBytes += text.length
    this.#holdBack()
    this.#stream.write(text, () => {
      this.#replyBytes -= text.length
      this.#readOn()
    })
  }

  #send(message: object): void {
    this.#stream.write(stringifyJson(message))
  }

  #congested(method: string): OvsError {
    return new OvsError(
      'too-large',
      `cannot send ${method}: ${this.#stream.writableLength} bytes wait already because the other side does not read`,
    )
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

function refusedCharacters(method: string): OvsError {
  return new OvsError(
    'invalid',
    `cannot send ${method}: Open vSwitch takes no string with a zero character (U+0000) or half a surrogate pair`,
  )
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
