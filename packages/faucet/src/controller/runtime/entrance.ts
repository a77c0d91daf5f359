import { OpenFlowKeeper, OpenFlowListener, type Datapath, type OpenFlowConnectionOptions } from '@streambed/ovs/openflow'
import type { PassiveTarget, TlsOptions } from '@streambed/ovs'

/** Where switches come from. */
export interface EntranceOptions {
  /** Where to wait for switches: `ptcp:[PORT][:HOST]`, `pssl:…`, `punix:FILE`. */
  readonly listen: readonly string[]
  /** Switches that wait for a controller themselves: `tcp:HOST[:PORT]`, `ssl:…`, `unix:FILE` (a bridge's `.mgmt`). */
  readonly connect: readonly string[]
  /** Keys and certificates for `pssl:` and `ssl:`. */
  readonly tls?: TlsOptions | undefined
  /** Of each connection. */
  readonly connection?: OpenFlowConnectionOptions | undefined
  /** Gets each switch, its handshake done. */
  readonly onSwitch: (datapath: Datapath) => void
  /** Gets what goes wrong with one switch before it is one. */
  readonly onProblem: (text: string) => void
}

/** The sockets of a controller. */
export class Entrance {
  readonly #listeners: OpenFlowListener[] = []
  readonly #keepers: OpenFlowKeeper[] = []

  private constructor() {}

  /** Opens all of them, or none. @throws OvsError `connect`, `invalid` */
  static async open({ listen, connect, tls, connection, onSwitch, onProblem }: EntranceOptions): Promise<Entrance> {
    const entrance = new Entrance()
    const options = { ...connection, ...(tls ? { tls } : {}) }
    try {
      for (const target of listen) {
        const onClientError = (error: Error) => onProblem(`${target}: ${error.message}`)
        entrance.#listeners.push(await OpenFlowListener.listen(target, { ...options, onClientError }))
      }
      for (const target of connect) entrance.#keepers.push(new OpenFlowKeeper(target, options))
    } catch (error) {
      await entrance.close()
      throw error
    }
    const take = async (datapaths: AsyncIterable<Datapath>) => {
      for await (const datapath of datapaths) onSwitch(datapath)
    }
    for (const source of [...entrance.#listeners, ...entrance.#keepers]) {
      take(source).catch((error: Error) => onProblem(error.message))
    }
    return entrance
  }

  /** What is listened on, with the ports that the system chose, in the order of the options. */
  get targets(): readonly PassiveTarget[] {
    return this.#listeners.map(({ target }) => target)
  }

  /** Lets nobody in any more. Switches that are connected stay. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#listeners, ...this.#keepers].map((source) => source.close()))
  }
}
