import type { Duplex } from 'node:stream'
import { OvsError } from '../../errors.js'
import { EXPERIMENTER } from '../constants.js'
import { encodeMessage, type Message, type MessageInput } from '../message.js'
import type { FeaturesReplyInput } from '../message/features.js'
import type { OpenFlowConnectionOptions } from './connection-options.js'
import { OpenFlowConnection } from './openflow-connection.js'
import type { SentMessage } from './openflow-error.js'
import type { MessageOf } from './replies.js'

/** What a handler answers: nothing, one message, or several. They get the xid of the request unless they have one. */
export type Answer = void | MessageInput | Iterable<MessageInput> | AsyncIterable<MessageInput>

/**
 * What a switch does with messages, by their type. A handler that throws an `OvsError` made by {@link refusal} refuses
 * the message with that error; any other error ends the connection.
 */
export type SwitchHandlers = {
  readonly [T in Message['type']]?: (message: MessageOf<T>, connection: OpenFlowSwitchConnection) => Answer | Promise<Answer>
}

/** Options of {@link OpenFlowSwitchConnection.open}. */
export interface SwitchConnectionOptions extends Omit<OpenFlowConnectionOptions, 'role' | 'onMessage'> {
  /** What the switch says about itself. */
  readonly features: Omit<FeaturesReplyInput, 'type' | 'version' | 'xid'>
  /** What it does. `features_request` and `barrier_request` are answered without. */
  readonly handlers?: SwitchHandlers
  /** Gives up the handshake. */
  readonly signal?: AbortSignal
}

/** The error by which a handler refuses a message, by the names of OpenFlow 1.3.5 §7.4.4. */
export function refusal(error: Extract<MessageInput, { readonly type: 'error' }>, text = 'the message is refused'): OvsError {
  return new OvsError('peer', text, {
    detail: {
      type: 'openflow',
      errorType: error.errorType,
      code: error.errorType === 'experimenter' ? error.expType : error.code,
      experimenter: error.errorType === 'experimenter' ? error.experimenter : undefined,
      data: error.data ?? new Uint8Array(0),
      request: undefined,
    },
  })
}

/**
 * The switch's end of an OpenFlow connection, for tests and tools: hands each message to its handler, one after the
 * other, so that answers and barriers are in order, and refuses what there is no handler for, as a switch does.
 */
export class OpenFlowSwitchConnection implements AsyncDisposable {
  /** The connection itself. */
  readonly connection: OpenFlowConnection
  readonly #handlers: SwitchHandlers
  #last: Promise<void> = Promise.resolve()

  private constructor(stream: Duplex, { features, handlers = {}, ...options }: SwitchConnectionOptions) {
    this.#handlers = {
      features_request: () => ({ type: 'features_reply', ...features }),
      barrier_request: () => ({ type: 'barrier_reply' }),
      ...handlers,
    }
    this.connection = new OpenFlowConnection(stream, {
      ...options,
      role: 'switch',
      onMessage: (message) => (this.#last = this.#last.then(() => this.#handle(message))),
    })
  }

  /** Negotiates the version on a stream. @throws OvsError as `OpenFlowConnection.open` does */
  static async open(stream: Duplex, options: SwitchConnectionOptions): Promise<OpenFlowSwitchConnection> {
    const end = new OpenFlowSwitchConnection(stream, options)
    const onAbort = () => end.connection.abort(options.signal?.reason)
    if (options.signal?.aborted) onAbort()
    options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await end.connection.ready
      return end
    } finally {
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Sends a message of the switch's own accord, with xid 0 as Open vSwitch does, and waits for room. */
  async send(message: MessageInput): Promise<void> {
    await this.connection.send({ xid: 0, ...message })
  }

  /** Closes in good order. */
  close(): Promise<void> {
    return this.connection.close()
  }

  /** Closes at once. */
  abort(reason?: unknown): void {
    this.connection.abort(reason)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #handle(message: Message): Promise<void> {
    const handler = this.#handlers[message.type] as
      | ((message: Message, connection: OpenFlowSwitchConnection) => Answer | Promise<Answer>)
      | undefined
    try {
      if (!handler) throw unhandled(message)
      const answer = await handler(message, this)
      for await (const reply of answersOf(answer)) await this.connection.send({ xid: message.xid, ...reply })
    } catch (error) {
      if (this.connection.isOver) return
      await this.connection.send(errorMessage(error, message))
    }
  }
}

function answersOf(answer: Answer): Iterable<MessageInput> | AsyncIterable<MessageInput> {
  if (answer === undefined) return []
  return 'type' in answer ? [answer] : answer
}

/** The error to send. @throws what is no refusal */
function errorMessage(error: unknown, message: Message): SentMessage {
  const detail = error instanceof OvsError ? error.detail : undefined
  if (detail?.type !== 'openflow') throw error
  const { errorType, code, experimenter } = detail
  // At least 64 bytes of the message, OpenFlow 1.3.5 §7.4.4.
  const data = detail.data.length > 0 ? detail.data : encodeMessage(message as MessageInput).slice(0, 64)
  const kind = experimenter === undefined ? { errorType, code } : { errorType, experimenter, expType: code }
  return { type: 'error', xid: message.xid, ...kind, data } as SentMessage
}

function unhandled(message: Message): OvsError {
  const { type } = message
  const code = type.startsWith('nx') || type.startsWith('onf_')
    ? 'bad_exp_type'
    : type === 'experimenter' || type === 'experimenter_stats_request'
      ? knownExperimenter(message.experimenter) ? 'bad_exp_type' : 'bad_experimenter'
      : type.endsWith('_request') && 'flags' in message
        ? 'bad_multipart'
        : 'bad_type'
  return refusal({ type: 'error', errorType: 'bad_request', code }, `there is no handler for ${type}`)
}

function knownExperimenter(experimenter: number): boolean {
  return experimenter === EXPERIMENTER.NX || experimenter === EXPERIMENTER.ONF
}
