import { OvsError } from '../../errors.js'
import { PastRequests } from './past-requests.js'

/** Something that was sent and may still be answered, by a reply or by an error. */
export interface Pending<Sent, Reply> {
  readonly message: Sent
  /** The type of the reply; absent for messages that only errors answer. */
  readonly replyType: string | undefined
  /** Takes a reply, or a part of it. Returns whether it was the last. */
  readonly onReply?: (reply: Reply, bytes: number) => boolean
  /** The request failed: the switch refused it, or the connection is over. */
  readonly onError: (error: OvsError) => void
}

/** The xids of one connection: which are on their way, and which were lately. */
export class RequestTable<Sent, Reply> {
  readonly #pending = new Map<number, Pending<Sent, Reply>>()
  readonly #past: PastRequests<{ readonly message: Sent; readonly replyType: string | undefined }>
  #next: number

  /**
   * @param memory how many requests that are over to remember
   * @param first the first xid to give out
   */
  constructor(memory: number, first = 1) {
    this.#past = new PastRequests(memory)
    this.#next = first
  }

  /** An xid that is not in use, never 0: Open vSwitch uses 0 for what it sends of its own accord. */
  allocate(): number {
    do {
      this.#next = this.#next >= 0xffffffff ? 1 : this.#next + 1
    } while (this.#pending.has(this.#next))
    return this.#next
  }

  /** @throws OvsError `invalid` when a request with this xid, chosen by the caller, is pending already. */
  check(xid: number): void {
    if (this.#pending.has(xid))
      throw new OvsError('invalid', `a request with xid ${xid} has no answer yet: choose another, or leave xid out`)
  }

  add(xid: number, pending: Pending<Sent, Reply>): void {
    this.#pending.set(xid, pending)
  }

  get(xid: number): Pending<Sent, Reply> | undefined {
    return this.#pending.get(xid)
  }

  /** A request is over: it is remembered, but nothing answers it any more. Does nothing when it is over already. */
  settle(xid: number, pending: Pending<Sent, Reply>): void {
    if (this.#pending.get(xid) !== pending) return
    this.#pending.delete(xid)
    this.remember(xid, pending.message, pending.replyType)
  }

  /** Remembers a message that nobody waits for an answer to. */
  remember(xid: number, message: Sent, replyType?: string): void {
    this.#past.add(xid, { message, replyType })
  }

  /** What went out with an xid lately and is over. */
  past(xid: number): { readonly message: Sent; readonly replyType: string | undefined } | undefined {
    return this.#past.get(xid)
  }

  /** Fails everything that is pending. */
  fail(errorFor: (message: Sent) => OvsError): void {
    const all = [...this.#pending.values()]
    this.#pending.clear()
    for (const pending of all) pending.onError(errorFor(pending.message))
  }
}
