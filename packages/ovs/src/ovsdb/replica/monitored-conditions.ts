import { OvsError } from '../../errors.js'
import type { JsonValue } from '../../jsonrpc/json.js'

/** The conditions of every table that has any, in wire form. */
export type WireConditions = ReadonlyMap<string, JsonValue>

interface Waiter {
  readonly version: number
  readonly resolve: () => void
  readonly reject: (error: OvsError) => void
}

/**
 * Which conditions are wanted, which are on their way and which the server has confirmed. A change that was on its way
 * when the connection ended may have been carried out or not: then the rows that are there cannot be built upon, and
 * the next monitor must ask for everything.
 */
export class MonitoredConditions {
  #wanted: WireConditions = new Map()
  #wantedVersion = 0
  #confirmed: WireConditions = new Map()
  #confirmedVersion = 0
  #sent: { readonly version: number; readonly conditions: WireConditions } | undefined
  #waiters: Waiter[] = []

  /** The conditions that a table has from its beginning. */
  begin(table: string, where: JsonValue): void {
    this.#wanted = new Map([...this.#wanted, [table, where]])
    this.#confirmed = new Map([...this.#confirmed, [table, where]])
  }

  /** What a new monitor asks for. */
  get wanted(): WireConditions {
    return this.#wanted
  }

  get anyWanted(): boolean {
    return this.#wanted.size > 0
  }

  /** Whether the rows that are there are those of {@link wanted}, for certain. */
  get settled(): boolean {
    return this.#sent === undefined && this.#confirmedVersion === this.#wantedVersion
  }

  /** Wants other conditions for some tables. Resolves when the server has confirmed them. */
  want(changes: WireConditions): Promise<void> {
    this.#wanted = new Map([...this.#wanted, ...changes])
    const version = ++this.#wantedVersion
    return new Promise((resolve, reject) => this.#waiters.push({ version, resolve, reject }))
  }

  /** What to send to a monitor that has the confirmed conditions; `undefined` when it is on its way or nothing is to do. */
  send(): WireConditions | undefined {
    if (this.#sent || this.#confirmedVersion === this.#wantedVersion) return undefined
    this.#sent = { version: this.#wantedVersion, conditions: this.#wanted }
    return new Map(
      [...this.#wanted].filter(([table, where]) => JSON.stringify(where) !== JSON.stringify(this.#confirmed.get(table))),
    )
  }

  /** The server has confirmed what {@link send} gave. */
  confirmSent(): void {
    if (this.#sent) this.#confirm(this.#sent.version, this.#sent.conditions)
  }

  /** The server has refused what {@link send} gave: those who wanted it are told, and the confirmed ones hold. */
  refuseSent(error: OvsError): void {
    if (!this.#sent) return
    const { version } = this.#sent
    this.#sent = undefined
    if (version === this.#wantedVersion) this.#wanted = this.#confirmed
    this.#confirmedVersion = version
    for (const waiter of this.#take(version)) waiter.reject(error)
  }

  /** A new monitor has all rows of {@link wanted}, as it was when `version` was taken. */
  confirmAll({ version, conditions }: { readonly version: number; readonly conditions: WireConditions }): void {
    this.#confirm(version, conditions)
  }

  /** What a new monitor is about to ask for, to be given to {@link confirmAll}. */
  snapshot(): { readonly version: number; readonly conditions: WireConditions } {
    return { version: this.#wantedVersion, conditions: this.#wanted }
  }

  /** Rejects everybody who waits. */
  fail(error: OvsError): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }

  #confirm(version: number, conditions: WireConditions): void {
    this.#sent = undefined
    this.#confirmed = conditions
    this.#confirmedVersion = version
    for (const { resolve } of this.#take(version)) resolve()
  }

  #take(version: number): Waiter[] {
    const done = this.#waiters.filter((waiter) => waiter.version <= version)
    this.#waiters = this.#waiters.filter((waiter) => waiter.version > version)
    return done
  }
}
