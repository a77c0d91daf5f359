import type { Network } from '../model/network.js'
import type { DriverContext } from './context.js'
import { networkAlias } from './link-alias.js'
import { gatewaysOf } from './network-plan.js'
import { addedPortNumbers, foreignPorts, sameForeignPorts, samePorts } from './read-networks.js'
import { adopt, numberAddedPorts, renewAddedPort } from './reconcile.js'
import type { BridgeState } from './switch-database.js'

/** What a {@link BridgeWatch} is made with. */
export interface BridgeWatchParts {
  readonly context: DriverContext
  /** Runs work about a network when what was asked for before, under the same name, is over. */
  readonly run: (network: string, name: string, work: () => Promise<void>) => Promise<void>
  /** Whether no call about a network runs. */
  readonly isQuiet: (network: string) => boolean
  /** Something is gone that was there: everything is to be compared. */
  readonly onLoss: () => void
}

/** Sees what others do to our bridges, without asking anybody: Open vSwitch's database tells it. */
export class BridgeWatch implements Disposable {
  readonly #parts: BridgeWatchParts
  readonly #indexes = new Map<string, number>()
  /** Networks without an interface of their options. */
  readonly #incomplete = new Set<string>()
  readonly #end: () => void

  constructor(parts: BridgeWatchParts) {
    this.#parts = parts
    const { database } = parts.context
    for (const { name, ports } of database.bridges()) for (const port of ports) this.#isAnew(port.name === name ? name : `${name} ${port.name}`, port.ifindex)
    this.#end = database.onChange((resynchronised) => this.#changed(resynchronised))
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#end()
  }

  #changed(resynchronised: boolean): void {
    const { context, isQuiet, onLoss } = this.#parts
    const { database, ledger, machine } = context
    let lost = resynchronised || [...machine.names].some((name) => database.bridge(name) === undefined)
    for (const network of ledger.networks.values()) {
      const bridge = database.bridge(network.bridge)
      if (bridge !== undefined) this.#look(network, bridge)
      if (bridge === undefined || this.#hasLostPort(network, bridge)) lost ||= isQuiet(network.id)
    }
    if (lost) onLoss()
  }

  /** Whether an interface of the options is not a port any more since the last look: it may be that it cannot be had back. */
  #hasLostPort({ id, options }: Network, bridge: BridgeState): boolean {
    const hasAll = [...options.addPorts, ...options.addCoproPorts].every(({ name }) => bridge.ports.some((port) => port.name === name))
    const isNews = !hasAll && !this.#incomplete.has(id)
    if (hasAll) this.#incomplete.delete(id)
    else if (this.#parts.isQuiet(id)) this.#incomplete.add(id)
    return isNews
  }

  #look(network: Network, bridge: BridgeState): void {
    const { context, run } = this.#parts
    const { links, log, name } = context
    const failed = (what: string) => (error: unknown) => log('error', `${what} of ${network.name}: ${(error as Error).message}`)
    const local = bridge.ports.find((port) => port.name === bridge.name)
    if (this.#isAnew(bridge.name, local?.ifindex)) {
      // Open vSwitch has made the device anew: it has no address, and is down.
      void links.bringUp(network.bridge, gatewaysOf(network), networkAlias(name, network.id)).catch(failed('the bridge'))
    }
    if (!sameForeignPorts(foreignPorts(bridge, network), network.foreignPorts)) void run(network.id, 'foreign', () => this.#adopt(network.id)).catch(failed('a foreign port'))
    for (const port of network.options.userspace ? network.ports.keys() : []) {
      // A card was pulled out and put in again: Open vSwitch goes on reading from the one that is gone.
      const isAnew = this.#isAnew(`${bridge.name} ${port}`, bridge.ports.find(({ name }) => name === port)?.ifindex)
      if (isAnew) void run(network.id, `renewed ${port}`, () => renewAddedPort(context, network.id, port)).catch(failed(`the port ${port}`))
    }
    if (!samePorts(addedPortNumbers(bridge, network), network.ports)) void run(network.id, 'added', () => this.#number(network.id)).catch(failed('an added port'))
  }

  async #adopt(id: string): Promise<void> {
    const [network, bridge] = this.#now(id)
    if (network === undefined || bridge === undefined) return
    const foreign = foreignPorts(bridge, network)
    if (!sameForeignPorts(foreign, network.foreignPorts)) await adopt(this.#parts.context, id, foreign)
  }

  async #number(id: string): Promise<void> {
    const [network, bridge] = this.#now(id)
    if (network === undefined || bridge === undefined) return
    const numbers = addedPortNumbers(bridge, network)
    const appeared = [...numbers.keys()].filter((name) => numbers.get(name) !== network.ports.get(name))
    await numberAddedPorts(this.#parts.context, id, numbers)
    for (const name of appeared) await this.#parts.context.links.bringUp(name, [])
  }

  #now(id: string): [Network | undefined, BridgeState | undefined] {
    const { ledger, database } = this.#parts.context
    const network = ledger.networks.get(id)
    return [network, network && database.bridge(network.bridge)]
  }

  /** Whether a device is another one than before; 0 is none. */
  #isAnew(device: string, index: number | undefined): boolean {
    const before = this.#indexes.get(device)
    if (index === undefined || index === 0 || index === before) return false
    this.#indexes.set(device, index)
    return before !== undefined
  }
}
