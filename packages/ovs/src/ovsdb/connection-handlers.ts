import type { OvsError } from '../errors.js'
import type { ConnectionHandler, SessionConnection } from './session-types.js'

/** A handler of a session, and who waits for its first run. */
export interface Registration {
  readonly run: ConnectionHandler
  /** Resolves after the first run; rejects when that fails, or never comes. */
  readonly started: Promise<void>
}

interface Entry extends Registration {
  hasRun: boolean
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** What a session runs on each of its connections before it is ready, in the order in which it was added. */
export class ConnectionHandlers {
  readonly #entries: Entry[] = []

  add(run: ConnectionHandler): Registration {
    let resolve = (): void => undefined
    let reject = (_error: unknown): void => undefined
    const started = new Promise<void>((yes, no) => {
      resolve = yes
      reject = no
    })
    const entry: Entry = { run, started, hasRun: false, resolve, reject }
    this.#entries.push(entry)
    return entry
  }

  remove(registration: Registration): void {
    const at = this.#entries.findIndex((entry) => entry === registration)
    if (at >= 0) this.#entries.splice(at, 1)
  }

  /** Runs all, also those that are added meanwhile, until the connection is over. Rejects with what a handler throws that has run before. */
  async runAll(connection: SessionConnection): Promise<void> {
    for (let at = 0; at < this.#entries.length && !connection.signal.aborted; at++) {
      await this.run(this.#entries[at] as Entry, connection)
    }
  }

  /** Runs one of them. One that fails at its first run is removed, and only whoever added it hears of it. */
  async run(registration: Registration, connection: SessionConnection): Promise<void> {
    const entry = this.#entries.find((candidate) => candidate === registration)
    if (entry === undefined) return
    try {
      await entry.run(connection)
      entry.hasRun = true
      entry.resolve()
    } catch (error) {
      // The next connection runs it again.
      if (connection.signal.aborted) return
      if (entry.hasRun) throw error
      this.remove(entry)
      entry.reject(error)
    }
  }

  /** No connection will come: whoever waits for a first run is told. */
  fail(error: OvsError): void {
    for (const { reject } of this.#entries.splice(0)) reject(error)
  }
}
