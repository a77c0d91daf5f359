import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { OpenFlowFramer } from '../framer.js'
import { decodeMessage, encodeMessage, type Message, type MessageInput } from '../message.js'

/** The other end of a connection, played by a test message by message. */
export class ScriptedPeer {
  readonly stream: Duplex
  /** Everything that came and was not taken by {@link next}. */
  readonly received: Message[] = []
  readonly #framer = new OpenFlowFramer()
  #wake: () => void = () => {}

  constructor(stream: Duplex) {
    this.stream = stream
    stream.on('error', () => {})
    stream.on('data', (chunk: Uint8Array) => {
      for (const bytes of this.#framer.push(chunk)) this.received.push(decodeMessage(bytes))
      this.#wake()
    })
  }

  send(...messages: (MessageInput | Uint8Array)[]): void {
    this.stream.write(Buffer.concat(messages.map((item) => (item instanceof Uint8Array ? item : encodeMessage(item)))))
  }

  /** The next message, which must be of this type. */
  async next<T extends Message['type']>(type: T): Promise<Extract<Message, { readonly type: T }>> {
    while (this.received.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
    const message = this.received.shift() as Message
    if (message.type !== type) throw new Error(`expected ${type}, got ${message.type}`)
    return message as Extract<Message, { readonly type: T }>
  }

  async ended(): Promise<void> {
    if (!this.stream.readableEnded && !this.stream.destroyed) await once(this.stream, 'end')
  }
}
