import type { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import type { Subscription } from '../connection/subscription.js'
import type { Enum } from '../enumeration.js'
import type { PortReason, PortStatus } from '../message/port-status.js'
import type { Port } from '../port.js'

/** A port came, went or changed. */
export interface PortChange {
  /** What the switch says has happened. */
  readonly reason: Enum<PortReason>
  readonly port: Port
  /** The port as it was known before; `undefined` when it was not. */
  readonly old: Port | undefined
}

/**
 * The ports of a switch by number, kept up to date by its port-status messages (OpenFlow 1.3.5 §7.4.3) for as long as the
 * connection lasts.
 */
export class Ports implements Iterable<Port> {
  readonly #connection: OpenFlowConnection
  readonly #ports = new Map<number, Port>()
  readonly #handlers = new Set<(change: PortChange) => void>()

  private constructor(connection: OpenFlowConnection) {
    this.#connection = connection
  }

  /** Asks for the ports and follows them from then on. @throws OvsError `peer`, `closed`, `timeout`, `aborted` */
  static async open(connection: OpenFlowConnection, options: CallOptions = {}): Promise<Ports> {
    const ports = new Ports(connection)
    let early: PortStatus[] | undefined = []
    const remove = connection.onMessage((message) => {
      if (message.type !== 'port_status') return false
      if (early) early.push(message)
      else ports.#apply(message)
      return undefined
    })
    try {
      const parts = await connection.collect({ type: 'port_desc_request' }, options)
      for (const port of parts.flatMap((part) => part.ports)) ports.#ports.set(port.portNo, port)
    } catch (error) {
      remove()
      throw error as OvsError
    }
    // Some came before the answer and some after it. Told again in order, they end at the same state.
    for (const status of early) ports.#apply(status)
    early = undefined
    return ports
  }

  /** How many ports there are, `LOCAL` included. */
  get size(): number {
    return this.#ports.size
  }

  /** The port with a number. */
  get(portNo: number): Port | undefined {
    return this.#ports.get(portNo)
  }

  /** The port with a name. */
  named(name: string): Port | undefined {
    for (const port of this.#ports.values()) if (port.name === name) return port
    return undefined
  }

  /** All ports. */
  [Symbol.iterator](): IterableIterator<Port> {
    return this.#ports.values()
  }

  /** Calls a function for every change from now on, after it is in here. @returns the function that removes it */
  onChange(handler: (change: PortChange) => void): () => void {
    const added = (change: PortChange) => handler(change)
    this.#handlers.add(added)
    return () => void this.#handlers.delete(added)
  }

  /** Every change from now on, for one consumer; when it comes to a change, later ones may be in here already. */
  changes(): Subscription<PortChange> {
    const known = new Map(this.#ports)
    return this.#connection.messages((message) => {
      if (message.type !== 'port_status') return undefined
      const { reason, desc: port } = message
      const old = known.get(port.portNo)
      if (reason === 'delete') known.delete(port.portNo)
      else known.set(port.portNo, port)
      return { reason, port, old }
    })
  }

  #apply({ reason, desc: port }: PortStatus): void {
    const old = this.#ports.get(port.portNo)
    if (reason === 'delete') this.#ports.delete(port.portNo)
    else this.#ports.set(port.portNo, port)
    for (const handler of [...this.#handlers]) handler({ reason, port, old })
  }
}
