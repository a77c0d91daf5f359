import type { OvsError } from '../../errors.js'
import { Datapath } from '../datapath/datapath.js'
import type { OpenFlowConnection } from './openflow-connection.js'
import { Subscription } from './subscription.js'

/** Switches that have arrived, until somebody takes them. */
export class Arrivals {
  /** The switches, for one consumer. */
  readonly datapaths: Subscription<Datapath>
  readonly #waiting = new Set<Datapath>()

  /** @param onReturn called when the consumer wants no more */
  constructor(onReturn: () => void) {
    this.datapaths = new Subscription<Datapath>({
      onTaken: () => {},
      onReturn: () => {
        this.finish(undefined)
        onReturn()
      },
    })
  }

  /** Completes the handshake with a switch, and hands it out. Returns it, or throws and ends the connection. */
  async add(connection: OpenFlowConnection, service: boolean): Promise<Datapath> {
    try {
      await connection.ready
      const datapath = await Datapath.open(connection, { service })
      this.#waiting.add(datapath)
      void connection.closed.then(() => this.#waiting.delete(datapath))
      this.datapaths.push(datapath, 0)
      return datapath
    } catch (error) {
      connection.abort(error)
      throw error
    }
  }

  /** The next switch. */
  async next(): Promise<IteratorResult<Datapath, undefined>> {
    const result = await this.datapaths.next()
    if (!result.done) this.#waiting.delete(result.value)
    return result
  }

  /** No more come. Those that nobody took are closed. */
  finish(error: OvsError | undefined): void {
    for (const datapath of this.#waiting) datapath.connection.abort(error)
    this.#waiting.clear()
    this.datapaths.finish(error)
  }
}
