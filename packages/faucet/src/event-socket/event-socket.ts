import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'
import { FaucetError } from '../errors.js'
import { eventLine } from './event-line.js'
import { EventQueue } from './event-queue.js'
import { removeStaleSocket } from '@streambed/ovs'

/** Events that wait while nobody reads them; Faucet's number. */
const queueLimit = 120

/** Options of {@link EventSocket.open}. */
export interface EventSocketOptions {
  /** Gets a line for the log when a client comes, goes or is refused. */
  readonly onLog?: (text: string) => void
}

/**
 * Faucet's event socket: a Unix stream socket with one JSON object a line, for one client at a time; others are closed.
 * Events wait for a client, 120 at most: then the oldest are dropped. A line that a client did not take is sent again
 * to the next.
 */
export class EventSocket implements AsyncDisposable {
  /** The absolute path of the socket. */
  readonly path: string
  readonly #server: Server
  readonly #queue = new EventQueue<string>(queueLimit)
  readonly #log: (text: string) => void
  #client: Socket | undefined
  /** The client has said that it sends no more, which also happens when it is gone. */
  #clientEnded = false
  #sending = false
  #closing: Promise<void> | undefined

  private constructor(path: string, server: Server, log: (text: string) => void) {
    this.path = path
    this.#server = server
    this.#log = log
    server.on('connection', (socket) => this.#connected(socket))
  }

  /**
   * Begins to listen. Missing directories are made; a socket file that nobody listens on is replaced.
   * @throws FaucetError `io` when that is not possible, or when another process listens there
   */
  static async open(path: string, { onLog = () => undefined }: EventSocketOptions = {}): Promise<EventSocket> {
    const absolute = resolve(path)
    // A client that has closed its side only still reads.
    const server = createServer({ allowHalfOpen: true })
    const socket = new EventSocket(absolute, server, onLog)
    try {
      await mkdir(dirname(absolute), { recursive: true })
      const obstacle = await removeStaleSocket(absolute)
      if (obstacle !== undefined) throw new Error(obstacle)
      server.listen({ path: absolute })
      await once(server, 'listening')
    } catch (cause) {
      throw new FaucetError('io', `the event socket ${absolute} cannot be opened: ${(cause as Error).message}`, { cause })
    }
    return socket
  }

  /** Sends an event, or keeps it until there is a client. */
  send(event: FaucetFeedEvent): void {
    if (this.#closing) return
    this.#queue.push(eventLine(event))
    this.#next()
  }

  /** Sends all events of a feed; resolves at its end, and when the socket is closed. */
  async sendAll(events: AsyncIterable<FaucetFeedEvent>): Promise<void> {
    for await (const event of events) {
      if (this.#closing) return
      this.send(event)
    }
  }

  /** Stops listening, lets the client go and removes the socket file. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= new Promise((closed) => {
      this.#server.close(() => closed())
      this.#client?.destroy()
    })
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #connected(socket: Socket): void {
    socket.on('error', () => undefined)
    if (this.#client && this.#clientEnded) this.#leave(this.#client, 'it has ended its side, and another has come')
    if (this.#client || this.#closing) {
      this.#log('multiple event clients not supported')
      socket.destroy()
      return
    }
    this.#client = socket
    this.#clientEnded = false
    this.#log('event client connected')
    // Nothing that a client says means anything.
    socket.resume()
    socket.on('end', () => {
      if (this.#client === socket) this.#clientEnded = true
    })
    socket.on('close', () => this.#leave(socket, 'the connection is closed'))
    this.#next()
  }

  #leave(socket: Socket, why: string): void {
    if (this.#client !== socket) return
    this.#client = undefined
    socket.destroy()
    this.#log(`event client disconnected: ${why}`)
  }

  /** One line after the other, each when the system has taken the one before. */
  #next(): void {
    const socket = this.#client
    if (!socket || this.#sending) return
    const line = this.#queue.take()
    if (line === undefined) return
    this.#sending = true
    socket.write(line, (error) => {
      this.#sending = false
      if (error) {
        this.#queue.putBack(line)
        this.#leave(socket, error.message)
      }
      this.#next()
    })
  }
}
