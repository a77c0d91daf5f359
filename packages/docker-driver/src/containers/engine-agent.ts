import { Agent } from 'node:http'
import { inspect } from 'node:util'

/** Makes the connections of an engine's calls. None is kept: one that Docker closed in a restart would fail the next call. */
export class EngineAgent extends Agent {
  constructor() {
    super({ keepAlive: false })
  }

  /**
   * docker-modem prints the options of each call with everything that hangs on them, for a log that nobody asked for. With the connections of an
   * agent that took 19 ms of processor time for each container that the network driver saw come and go.
   */
  [inspect.custom](): string {
    return 'EngineAgent'
  }
}
