import type { Duplex } from 'node:stream'
import { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import { decodeMessage, encodeMessage, type Message, type MessageInput } from '../message.js'
import { abortedError, orAborted } from './aborted.js'
import { Audience } from './audience.js'
import { Backlog } from './backlog.js'
import { type CallHandlers, type CallPort, startCall } from './call.js'
import type { ConnectionProblem, MessageHandler, OpenFlowConnectionOptions, TrackedMessage } from './connection-options.js'
import { execute, type ExecuteOptions, type ExecutePort } from './execute.js'
import { ourHello, receiveHello } from './hello.js'
import { InactivityProbe } from './inactivity-probe.js'
import { MessageStream } from './message-stream.js'
import { versionName } from './negotiate.js'
import { describeMessage, openFlowError, type SentMessage } from './openflow-error.js'
import { Outbox } from './outbox.js'
import {
  type MessageInputOf,
  type MessageOf,
  type MultipartRequestType,
  OFPMPF_MORE,
  type PartOf,
  type ReplyTo,
  type RequestType,
} from './replies.js'
import { RequestTable } from './request-table.js'
import type { Subscription } from './subscription.js'

/** How many requests that are over are remembered for errors that come late. */
const remembered = 4096

/** Bytes of the answers to echo requests that may wait before reading stops. */
const maxReplyBytes = 1024 * 1024

/**
 * One end of an OpenFlow 1.3 connection over any duplex stream, which from now on belongs to it: negotiates the version,
 * answers echo requests, probes a silent peer, and brings answers and errors to the requests that caused them.
 *
 * Whoever does not keep up with the messages holds the other side back: beyond `maxBacklogBytes` the connection stops
 * reading, until half of them are dealt with. While anything waits for an answer (or for room to send) it reads on, so
 * that a consumer may make requests from within its loop. Nothing is dropped: beyond `maxHeldBytes` the connection ends
 * with `too-large`. Messages that nobody has asked for are counted in {@link unheard}.
 */
export class OpenFlowConnection implements AsyncDisposable {
  /**
   * Resolves when the connection is over and the stream is destroyed: with `undefined` after {@link close}, with the
   * reason otherwise. Never rejects.
   */
  readonly closed: Promise<OvsError | undefined>
  /** Resolves when the version is agreed on. Rejects with what {@link open} rejects with. */
  readonly ready: Promise<void>
  readonly #stream: MessageStream
  readonly #options: OpenFlowConnectionOptions
  readonly #requests = new RequestTable<SentMessage, Message>(remembered)
  readonly #backlog: Backlog
  readonly #audience: Audience
  readonly #outbox: Outbox
  readonly #helloTimer: NodeJS.Timeout
  #probe: InactivityProbe | undefined
  #settleReady!: { readonly resolve: () => void; readonly reject: (error: OvsError) => void }
  #version: number | undefined
  readonly #callPort: CallPort = {
    requests: this.#requests,
    write: (message) => this.#write(message),
    isReading: () => !this.#backlog.held,
  }
  #patience = 0
  #over: OvsError | undefined
  #closing = false

  /** Sends HELLO at once. Await {@link ready} before any other message, or use {@link open}. */
  constructor(stream: Duplex, options: OpenFlowConnectionOptions = {}) {
    this.#options = options
    this.#stream = new MessageStream(stream, {
      onMessage: (bytes) => this.#receive(bytes),
      onOver: (error) => this.#finish(error),
    })
    this.#outbox = new Outbox(stream, options.maxOutboundBytes ?? 64 * 1024 * 1024)
    this.#backlog = new Backlog({
      limit: options.maxBacklogBytes ?? 16 * 1024 * 1024,
      hardLimit: options.maxHeldBytes ?? 256 * 1024 * 1024,
      replyLimit: maxReplyBytes,
      onHold: () => this.#stream.hold(),
      onRelease: () => this.#stream.release(),
      onOverflow: (error) => this.abort(error),
    })
    this.#audience = new Audience(this.#backlog, (error) => this.abort(error))
    if (options.onMessage) this.onMessage(options.onMessage)
    if (options.onProblem) this.onProblem(options.onProblem)
    this.ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }))
    this.ready.catch(() => {})
    this.closed = this.#stream.closed.then(() => (this.#closing ? undefined : this.#over))
    const helloTimeout = options.helloTimeout ?? 10_000
    this.#helloTimer = setTimeout(
      () => this.#end(new OvsError('timeout', `the other side sent no HELLO within ${helloTimeout} ms`)),
      helloTimeout,
    )
    if (!stream.destroyed && stream.writable) this.#write(ourHello)
  }

  /**
   * Negotiates the version on a stream.
   * @throws OvsError `connect` when there is no version in common, `timeout`, `closed`, `malformed` when the other side
   *   does not speak OpenFlow, `aborted`
   */
  static async open(
    stream: Duplex,
    options: OpenFlowConnectionOptions & { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<OpenFlowConnection> {
    const { signal } = options
    const connection = new OpenFlowConnection(stream, options)
    const onAbort = () => connection.#end(new OvsError('aborted', 'the handshake was aborted by its signal', { cause: signal?.reason }))
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await connection.ready
      return connection
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** The version that was agreed on: 4, which is OpenFlow 1.3. `undefined` before. */
  get version(): number | undefined {
    return this.#version
  }

  /** Whether the connection is over, or about to be. */
  get isOver(): boolean {
    return this.#over !== undefined
  }

  /** How many messages came that no handler or subscription was there for. */
  get unheard(): number {
    return this.#audience.unheard
  }

  /** How many problems there were; see {@link onProblem}. */
  get problems(): number {
    return this.#audience.problems
  }

  /**
   * Whether silence of the other side counts. It does not while this side does not read because its owner is too slow,
   * or waits {@link patiently}.
   */
  isReading(): boolean {
    return !this.#backlog.held && this.#patience === 0
  }

  /**
   * Waits for something that keeps the other side busy for long, such as the commit of a large bundle: Open vSwitch
   * answers no echo meanwhile, and is not taken for dead. The caller's own timeout bounds it.
   */
  async patiently<T>(action: () => Promise<T>): Promise<T> {
    this.#patience++
    try {
      return await action()
    } finally {
      this.#patience--
    }
  }

  /**
   * Adds a handler that gets every message that is no answer (and no echo): packet-ins, port-status, what experimenters
   * send, also what this library does not know; on the side of a switch every request. Messages are handed out in order,
   * between the answers where the peer put them. When a handler throws or rejects, the connection is aborted.
   *
   * A promise says that the message has not been dealt with yet. It does not hold up the next one, but counts as backlog.
   * `false` says that the message is of no interest to it.
   * @returns the function that removes it
   */
  onMessage(handler: MessageHandler): () => void {
    return this.#audience.onMessage(handler)
  }

  /** Adds a handler for what goes wrong without a promise that would tell. @returns the function that removes it */
  onProblem(handler: (problem: ConnectionProblem) => void): () => void {
    return this.#audience.onProblem(handler)
  }

  /** Every message from now on that is no answer, for one consumer. */
  messages(): Subscription<Message>
  /** What `select` makes of every message from now on; those of which it makes `undefined` are left out. */
  messages<T>(select: (message: Message) => T | undefined): Subscription<T>
  messages<T>(select: (message: Message) => T | undefined = (message) => message as T): Subscription<T> {
    return this.subscribe((message) => {
      const value = select(message)
      return value === undefined ? undefined : [value as T]
    })
  }

  /**
   * The values that `select` finds in every message from now on, perhaps several in one; `undefined` says that a message
   * is of no interest.
   * @param onReturn called when the consumer wants no more
   */
  subscribe<T>(select: (message: Message) => readonly T[] | undefined, onReturn?: () => void): Subscription<T> {
    return this.#audience.subscribe(select, onReturn)
  }

  /**
   * Sends a message that has no reply, or whose reply nobody waits for. Resolves with its xid when there is room for the
   * next one: whoever sends much should wait. An error message about it becomes a problem ({@link onProblem}).
   * @throws OvsError `closed`, `invalid`, `too-large` when the other side does not read, `aborted`
   */
  async send(message: MessageInput, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<number> {
    const sent = this.#write(message)
    if (message.xid === undefined) this.#requests.remember(sent.xid, sent)
    if (this.#outbox.full) await this.#room(describeMessage(message), options.signal)
    return sent.xid
  }

  /**
   * Sends a request and resolves with its reply.
   * @throws OvsError `peer` with the other side's error, `closed`, `timeout`, `aborted`, `invalid`
   */
  async request<T extends RequestType>(
    message: { readonly type: T } & MessageInputOf<T>,
    options: CallOptions = {},
  ): Promise<ReplyTo<T>> {
    const replies = await this.#call<ReplyTo<T>>(message, options, () => true)
    return replies[0] as ReplyTo<T>
  }

  /**
   * Sends a multipart request and resolves with all parts of the reply.
   * @throws OvsError as {@link request} does; the timeout is for each part
   */
  collect<T extends MultipartRequestType>(
    message: { readonly type: T } & MessageInputOf<T>,
    options: CallOptions = {},
  ): Promise<PartOf<T>[]> {
    return this.#call<PartOf<T>>(message, options, isLastPart)
  }

  /**
   * Sends a multipart request whose reply is a single structure, such as `desc_request`, and resolves with it.
   * @throws OvsError as {@link request} does
   */
  async collectOne<T extends MultipartRequestType>(
    message: { readonly type: T } & MessageInputOf<T>,
    options: CallOptions = {},
  ): Promise<PartOf<T>> {
    const [part] = await this.#call<PartOf<T>>(message, options, isLastPart)
    return part as PartOf<T>
  }

  /**
   * Sends a multipart request and hands out the parts of the reply as they come. A slow consumer holds the switch back.
   * @throws OvsError as {@link request} does, from `next()`; the timeout is for each part
   */
  stream<T extends MultipartRequestType>(
    message: { readonly type: T } & MessageInputOf<T>,
    options: CallOptions = {},
  ): Subscription<PartOf<T>> {
    let call: { release: () => void } | undefined
    const subscription = this.#audience.subscription<PartOf<T>>({
      // Whoever waits for a part must get it, whatever else is behind.
      onWaiting: (waiting) => this.#backlog.need(waiting ? 1 : -1),
      onReturn: () => call?.release(),
    })
    try {
      call = this.#start(message, options, {
        onReply: (part, bytes) => {
          if (subscription.push(part as PartOf<T>, bytes)) this.#backlog.add(bytes)
          const last = isLastPart(part)
          if (last) subscription.finish(undefined)
          return last
        },
        onError: (error) => subscription.finish(error),
      })
    } catch (error) {
      subscription.finish(error as OvsError)
    }
    return subscription
  }

  /** Resolves when the switch has dealt with everything that was sent before (OpenFlow 1.3.5 §7.3.8). */
  async barrier(options: CallOptions = {}): Promise<void> {
    await this.request({ type: 'barrier_request' }, options)
  }

  /**
   * Sends messages that have no reply, such as flow-mods, and resolves with the number of those that the switch has
   * carried out: with a barrier after every thousand and at the end. It does not wait for one message before it sends the
   * next, waits when the socket is full, and takes from an iterator only as fast as the switch works.
   *
   * The first message that the switch refuses rejects it (`detail.request` is that very message) unless there is an
   * `onError`; what was sent before that was noticed is in effect, apart from other messages that were refused. When it
   * rejects with `closed`, `timeout` or `aborted`, the last few thousand messages may be in effect or not.
   * @throws OvsError `peer`, `closed`, `timeout` (for each barrier), `aborted`, `invalid`
   */
  async execute(
    messages: Iterable<MessageInput> | AsyncIterable<MessageInput>,
    options: ExecuteOptions = {},
  ): Promise<number> {
    const { signal, timeout, onError } = options
    if (signal?.aborted) throw abortedError('execute', signal)
    const port: ExecutePort = {
      track: (message, onError) => this.track(message, onError),
      barrier: () => this.barrier({ signal, timeout }),
      room: () => (this.#outbox.full || signal?.aborted ? this.#room('execute', signal) : undefined),
    }
    return execute(port, messages, onError)
  }

  /**
   * Sends a message and listens to errors about it for as long as it takes: what a barrier does for flow-mods, for
   * messages that can fail long after they were carried out. `onError` is called with `peer` (then it is over), and
   * with `closed` at the end of the connection.
   */
  track(message: MessageInput, onError: (error: OvsError) => void): TrackedMessage {
    if (message.xid !== undefined) this.#requests.check(message.xid)
    const sent = this.#write(message)
    const { xid } = sent
    const pending = { message: sent, replyType: undefined, onError }
    this.#requests.add(xid, pending)
    return { xid, release: () => this.#requests.settle(xid, pending) }
  }

  /** As {@link track}, for a message that was sent a moment ago and has its answer. @internal */
  listen(xid: number, onError: (error: OvsError) => void): TrackedMessage {
    const past = this.#requests.past(xid)
    if (!past || this.#over) return { xid, release: () => {} }
    const pending = { message: past.message, replyType: undefined, onError }
    this.#requests.add(xid, pending)
    return { xid, release: () => this.#requests.settle(xid, pending) }
  }

  /** Resolves when there is room to send: for those who send much by {@link track}. @throws OvsError `closed`, `aborted` */
  async room({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (this.#outbox.full || signal?.aborted) await this.#room('sending', signal)
  }

  /** Sends an echo request; what comes of it shows as activity. */
  probe(): void {
    if (this.#version === undefined || this.#over) return
    this.#call({ type: 'echo_request' }, {}, () => true).catch(() => {})
  }

  /**
   * Sends what is written already, for a second at most, then closes. What still waits rejects with `closed`; loops over
   * messages end. Idempotent.
   */
  async close(): Promise<void> {
    if (!this.#over) {
      this.#closing = true
      this.#end(new OvsError('closed', 'the connection was closed by this side'))
    }
    await this.closed
  }

  /** Closes at once. What waits rejects with `closed`, the reason as its cause. Idempotent. */
  abort(reason?: unknown): void {
    const error =
      reason instanceof OvsError && reason.code === 'closed'
        ? reason
        : new OvsError('closed', `the connection ended: ${messageOf(reason)}`, reason === undefined ? {} : { cause: reason })
    this.#finish(error)
    this.#stream.destroy()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Encodes and sends. @throws OvsError */
  #write(message: MessageInput): SentMessage {
    if (this.#over) throw this.#endedBefore(message, this.#over)
    if (this.#version === undefined && message.type !== 'hello' && message.type !== 'error') {
      const what = describeMessage(message)
      throw new OvsError('invalid', `${what} cannot be sent before the version is agreed on: await ready first`)
    }
    const sent: SentMessage = { ...message, xid: message.xid ?? this.#requests.allocate() }
    this.#outbox.write(encodeMessage(sent))
    return sent
  }

  /** Waits for room to send, and reads meanwhile: the other side may wait for room as well. */
  async #room(what: string, signal: AbortSignal | undefined): Promise<void> {
    this.#backlog.need(1)
    try {
      await orAborted(this.#outbox.room(), what, signal)
    } finally {
      this.#backlog.need(-1)
    }
  }

  /** Sends a request and gathers what answers it. */
  #call<Reply extends Message>(
    message: MessageInput,
    options: CallOptions,
    isLast: (reply: Message) => boolean,
  ): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      const replies: Reply[] = []
      const done = () => this.#backlog.need(-1)
      this.#start(message, options, {
        onReply: (reply) => {
          replies.push(reply as Reply)
          if (!isLast(reply)) return false
          done()
          resolve(replies)
          return true
        },
        onError: (error) => {
          done()
          reject(error)
        },
      })
      this.#backlog.need(1)
    })
  }

  /** Sends a request; see {@link startCall}. */
  #start(message: MessageInput, options: CallOptions, handlers: CallHandlers): { release: () => void } {
    const timeout = options.timeout ?? this.#options.requestTimeout ?? 30_000
    return startCall(this.#callPort, message, { signal: options.signal, timeout }, handlers)
  }

  #receive(bytes: Uint8Array): void {
    this.#probe?.heard()
    this.#options.onActivity?.()
    let message: Message
    try {
      message = decodeMessage(bytes)
    } catch (error) {
      return this.#undecodable(bytes, error as OvsError)
    }
    if (this.#version === undefined) return this.#negotiate(message)
    if (message.version !== this.#version) return this.#wrongVersion(message, bytes)
    switch (message.type) {
      case 'echo_request':
        return this.#echo(message)
      case 'error':
        return this.#refused(message, bytes)
      case 'hello':
        return
    }
    const pending = this.#requests.get(message.xid)
    if (pending?.onReply && pending.replyType === message.type) {
      pending.onReply(message, bytes.length)
      return
    }
    // The answer to something that was given up: nobody wants it. A flow monitor's updates have the xid of its request.
    const isLate = this.#requests.past(message.xid)?.replyType === message.type
    if (isLate && !message.type.endsWith('flow_monitor_reply')) return
    this.#audience.deliver(message, bytes.length)
  }

  #negotiate(message: Message): void {
    const outcome = receiveHello(message)
    if ('error' in outcome) {
      if (outcome.refusal) this.#write(outcome.refusal)
      return this.#end(outcome.error)
    }
    const { version } = outcome
    clearTimeout(this.#helloTimer)
    this.#version = version
    const interval = this.#options.probeInterval ?? 5000
    if (interval > 0) {
      this.#probe = new InactivityProbe({
        interval,
        isReading: () => this.isReading(),
        onProbe: () => this.probe(),
        onSilence: (ms) => this.abort(new OvsError('timeout', `the other side did not answer an echo within ${ms} ms`)),
      })
    }
    this.#settleReady.resolve()
    // Whoever awaits that has a chance to subscribe before the next message is looked at.
    this.#backlog.pause(1)
    setImmediate(() => this.#backlog.pause(-1))
  }

  #echo(request: MessageOf<'echo_request'>): void {
    const reply = encodeMessage({ type: 'echo_reply', xid: request.xid, data: request.data })
    this.#backlog.addReply(reply.length)
    this.#outbox.write(reply, () => this.#backlog.addReply(-reply.length))
  }

  #refused(message: MessageOf<'error'>, bytes: Uint8Array): void {
    const pending = this.#requests.get(message.xid)
    if (!pending) return this.#audience.problem(openFlowError(message, this.#requests.past(message.xid)?.message), bytes)
    this.#requests.settle(message.xid, pending)
    pending.onError(openFlowError(message, pending.message))
  }

  #undecodable(bytes: Uint8Array, error: OvsError): void {
    if (this.#version === undefined) return this.#end(error)
    const pending = this.#requests.get(readXid(bytes))
    if (pending && this.#options.role !== 'switch') {
      this.#requests.settle(readXid(bytes), pending)
      return pending.onError(error)
    }
    this.#audience.problem(error, bytes)
    this.#complain('bad_len', bytes)
  }

  #wrongVersion(message: Message, bytes: Uint8Array): void {
    const { version, type } = message
    if (type === 'error') return this.#refused(message as MessageOf<'error'>, bytes)
    this.#audience.problem(
      new OvsError('malformed', `${type} is of ${versionName(version)} and ${versionName(this.#version ?? 0)} was agreed on`),
      bytes,
    )
    this.#complain('bad_version', bytes)
  }

  /** A switch says what is wrong with a message; a controller does not. */
  #complain(code: 'bad_len' | 'bad_version', bytes: Uint8Array): void {
    if (this.#options.role !== 'switch' || this.#over) return
    this.#write({ type: 'error', xid: readXid(bytes), errorType: 'bad_request', code, data: bytes.slice(0, 64) })
  }

  /** Ends in good order: what was written is sent first. */
  #end(error: OvsError): void {
    this.#finish(error)
    this.#stream.end()
  }

  #finish(error: OvsError): void {
    if (this.#over) return
    this.#over = error
    clearTimeout(this.#helloTimer)
    this.#probe?.stop()
    this.#outbox.finish(error)
    this.#settleReady.reject(error)
    this.#requests.fail((message) => this.#endedBefore(message, error))
    this.#audience.finish(this.#closing ? undefined : error)
  }

  #endedBefore(message: MessageInput, error: OvsError): OvsError {
    const why = error.message.slice(error.code.length + 3)
    return new OvsError('closed', `no answer to ${describeMessage(message)}: ${why}`, { cause: error.cause ?? error })
  }
}

function isLastPart(reply: Message): boolean {
  return !('flags' in reply && (reply.flags as number) & OFPMPF_MORE)
}

function readXid(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4)
}

function messageOf(reason: unknown): string {
  if (reason === undefined) return 'aborted by this side'
  return reason instanceof Error ? reason.message : String(reason)
}
