import { OpenFlowKeeper, type Datapath, type FlowInput } from '@streambed/ovs/openflow'
import { DockerDriverError } from '../errors.js'

/** How long Open vSwitch may take to listen on a new bridge's socket, and to confirm flows. */
const READY_MS = 10_000

/**
 * Keeps the flows of a bridge that has no controller as they are to be, over its management socket: also when `ovs-vswitchd` was
 * started again, which forgets them.
 */
export class BridgeFlows implements AsyncDisposable {
  readonly #keeper: OpenFlowKeeper
  readonly #bridge: string
  readonly #onError: (error: Error) => void
  readonly #loop: Promise<void>
  #wanted: readonly FlowInput[] | undefined
  #datapath: Datapath | undefined
  #work: Promise<number> = Promise.resolve(0)
  #waiting: (() => void)[] = []
  #closed = false

  /** @param socket path of the bridge's management socket; it need not be there yet */
  constructor(bridge: string, socket: string, onError: (error: Error) => void) {
    this.#bridge = bridge
    this.#onError = onError
    this.#keeper = new OpenFlowKeeper(`unix:${socket}`, { minBackoff: 50, maxBackoff: 1000 })
    this.#loop = this.#follow()
  }

  /**
   * Makes the flows of the bridge these, and resolves with how many were different when the switch has confirmed it. Flows that are
   * as they are to be keep their counters.
   * @throws DockerDriverError `switch` when Open vSwitch does not answer in time; the flows follow when it does
   */
  async set(flows: readonly FlowInput[]): Promise<number> {
    this.#wanted = flows
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new DockerDriverError('switch', `bridge ${this.#bridge} took no flows within ${READY_MS / 1000} s: is ovs-vswitchd running?`)), READY_MS)
    })
    try {
      return await Promise.race([late, this.#connected().then(() => this.#sync())])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends the connection. The flows stay. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#keeper.close()
    await this.#loop
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #follow(): Promise<void> {
    for await (const datapath of this.#keeper) {
      this.#datapath = datapath
      for (const resolve of this.#waiting.splice(0)) resolve()
      if (this.#wanted !== undefined) await this.#sync().catch((error: Error) => this.#closed || this.#onError(error))
      await datapath.connection.closed
      this.#datapath = undefined
    }
  }

  #connected(): Promise<void> {
    return this.#datapath ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** One comparison after the other: each with what is wanted then. */
  #sync(): Promise<number> {
    const work = async (): Promise<number> => {
      const datapath = this.#datapath
      if (datapath === undefined || this.#wanted === undefined) return 0
      const { unchanged: _, ...changed } = await datapath.sync(this.#wanted, { timeout: READY_MS })
      return Object.values(changed).reduce((sum, count) => sum + count, 0)
    }
    return (this.#work = this.#work.then(work, work))
  }
}
