import type { Network } from '../model/network.js'

/** The driver's networks by Docker's id. */
export type Networks = ReadonlyMap<string, Network>

/** A change of the networks; it may be run more than once. */
export type Change = (networks: Networks) => Networks

interface Waiting {
  readonly change: Change
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The networks as they are, and the one way to change them: a change counts when the controller has confirmed what follows from it.
 * Changes that come while the controller is busy are given to it together; if it refuses them, one by one, so that only the one at
 * fault fails.
 */
export class Ledger {
  #networks: Networks
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  readonly #write: (networks: readonly Network[]) => Promise<void>
  readonly #changed: (networks: Networks) => void

  constructor(networks: Networks, write: (networks: readonly Network[]) => Promise<void>, changed: (networks: Networks) => void = () => undefined) {
    this.#networks = networks
    this.#write = write
    this.#changed = changed
  }

  /** The networks of now: never changed, ask again for what is new. */
  get networks(): Networks {
    return this.#networks
  }

  /** Resolves when the controller has confirmed the change; rejects when it refuses, and then nothing has changed. */
  change(change: Change): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject })
      this.#writing ??= this.#work()
    })
  }

  /** Notes what the controller need not know, at once. */
  note(change: Change): void {
    this.#networks = change(this.#networks)
    this.#changed(this.#networks)
  }

  /** Resolves when no change is on its way. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  async #work(): Promise<void> {
    // Whatever comes in this turn of the event loop goes together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      if (batch.length > 1 && (await this.#try(batch, false))) continue
      for (const one of batch) await this.#try([one], true)
    }
    this.#writing = undefined
  }

  /** Whether it went through; a refusal is only told when it is clear whose it is. */
  async #try(batch: readonly Waiting[], tell: boolean): Promise<boolean> {
    const apply = (networks: Networks): Networks => batch.reduce((before, { change }) => change(before), networks)
    try {
      const next = apply(this.#networks)
      await this.#write([...next.values()])
      // What was noted meanwhile stays.
      this.note(apply)
    } catch (error) {
      if (tell) for (const { reject } of batch) reject(error)
      return false
    }
    for (const { resolve } of batch) resolve()
    return true
  }
}

/** A change of one network, if it is there. */
export function ofNetwork(id: string, change: (network: Network) => Network): Change {
  return (networks) => {
    const network = networks.get(id)
    return network === undefined ? networks : new Map(networks).set(id, change(network))
  }
}

/** A change that adds a network, or replaces it. */
export function withNetwork(network: Network): Change {
  return (networks) => new Map(networks).set(network.id, network)
}

/** A change that takes a network away. */
export function withoutNetwork(id: string): Change {
  return (networks) => new Map([...networks].filter(([other]) => other !== id))
}
