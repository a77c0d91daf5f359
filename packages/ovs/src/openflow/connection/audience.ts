import type { OvsError } from '../../errors.js'
import type { Message } from '../message.js'
import type { Backlog } from './backlog.js'
import type { ConnectionProblem, MessageHandler } from './connection-options.js'
import { Subscription } from './subscription.js'

/**
 * Who hears of what comes to a connection without being asked for: handlers and subscriptions for messages, handlers for what goes wrong. What they have not
 * dealt with yet is backlog.
 */
export class Audience {
  readonly #backlog: Backlog
  readonly #onFailure: (error: unknown) => void
  readonly #handlers = new Set<MessageHandler>()
  readonly #problemHandlers = new Set<(problem: ConnectionProblem) => void>()
  readonly #subscriptions = new Set<Subscription<unknown>>()
  #unheard = 0
  #problems = 0
  /** Set when the connection is over. */
  #end: { readonly error: OvsError | undefined } | undefined

  /** @param onFailure gets what a handler rejects with */
  constructor(backlog: Backlog, onFailure: (error: unknown) => void) {
    this.#backlog = backlog
    this.#onFailure = onFailure
  }

  /** How many messages nobody was there for. */
  get unheard(): number {
    return this.#unheard
  }

  /** How many problems there were. */
  get problems(): number {
    return this.#problems
  }

  /** As `OpenFlowConnection.onMessage`. */
  onMessage(handler: MessageHandler): () => void {
    const added: MessageHandler = (message, bytes) => handler(message, bytes)
    this.#handlers.add(added)
    return () => void this.#handlers.delete(added)
  }

  /** As `OpenFlowConnection.onProblem`. */
  onProblem(handler: (problem: ConnectionProblem) => void): () => void {
    const added = (problem: ConnectionProblem) => handler(problem)
    this.#problemHandlers.add(added)
    return () => void this.#problemHandlers.delete(added)
  }

  /** As `OpenFlowConnection.subscribe`. */
  subscribe<T>(select: (message: Message) => readonly T[] | undefined, onReturn?: () => void): Subscription<T> {
    const subscription = this.subscription<T>({
      onReturn: () => {
        remove()
        onReturn?.()
      },
    })
    // Then it is finished already, and never calls onReturn.
    if (this.#end) return subscription
    const remove = this.onMessage((message, bytes) => {
      const values = select(message)
      if (values === undefined) return false
      const share = Math.ceil(bytes / values.length)
      for (const value of values) {
        if (subscription.push(value, share)) this.#backlog.add(share)
      }
      return undefined
    })
    return subscription
  }

  /** A subscription that ends with the connection; what it holds is backlog until its consumer takes it. */
  subscription<T>(owner: { onWaiting?: (waiting: boolean) => void; onReturn: () => void }): Subscription<T> {
    const subscription = new Subscription<T>({
      ...owner,
      onTaken: (bytes) => this.#backlog.add(-bytes),
      onFinish: () => void this.#subscriptions.delete(subscription as Subscription<unknown>),
    })
    this.#subscriptions.add(subscription as Subscription<unknown>)
    if (this.#end) subscription.finish(this.#end.error)
    return subscription
  }

  /** A message of so many bytes has come. Throws what a handler throws. */
  deliver(message: Message, bytes: number): void {
    const results = [...this.#handlers].map((handler) => handler(message, bytes))
    if (results.every((result) => result === false)) this.#unheard++
    const waiting = results.filter((result) => result instanceof Promise)
    if (waiting.length === 0) return
    this.#backlog.add(bytes)
    Promise.all(waiting).then(() => this.#backlog.add(-bytes), this.#onFailure)
  }

  /** Something went wrong without a promise that would tell. */
  problem(error: OvsError, bytes: Uint8Array): void {
    this.#problems++
    for (const handler of [...this.#problemHandlers]) handler({ error, bytes })
  }

  /** The connection is over: loops over messages end, with the error if there is one. */
  finish(error: OvsError | undefined): void {
    this.#end = { error }
    for (const subscription of [...this.#subscriptions]) subscription.finish(error)
    this.#subscriptions.clear()
    this.#handlers.clear()
  }
}
