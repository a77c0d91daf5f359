import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'
import { parseEventLine } from './event-line.js'

/** Milliseconds before the socket is tried again. */
const retry = 250

/**
 * Reads Faucet's event socket, again whenever it is lost: the real one takes one reader at a time, keeps 120 events for
 * it, and closes every other.
 */
export class EventSocketReader implements AsyncDisposable {
  readonly #path: string
  readonly #onEvent: (event: FaucetFeedEvent) => void
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(path: string, onEvent: (event: FaucetFeedEvent) => void) {
    this.#path = path
    this.#onEvent = onEvent
    this.#connect()
  }

  /** Stops. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #connect(): void {
    const socket = connect(this.#path)
    this.#socket = socket
    const lines = createInterface({ input: socket })
    lines.on('line', (line) => {
      const event = parseEventLine(line)
      if (event && !this.#closed) this.#onEvent(event)
    })
    // What went wrong does not matter: it is tried again.
    for (const emitter of [socket, lines]) emitter.on('error', () => {})
    socket.on('close', () => {
      if (!this.#closed) this.#timer = setTimeout(() => this.#connect(), retry)
    })
  }
}
