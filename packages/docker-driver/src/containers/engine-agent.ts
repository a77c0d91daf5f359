import { Agent } from 'node:http'
import { inspect } from 'node:util'

/** Makes the connections of an engine's calls. None is kept: one that Docker closed in a restart would fail the next call. */
export class EngineAgent extends Agent {
  constructor() {
    super({ keepAlive: false })
  }

  /**
   * docker-modem prints the options of each call with everything that hangs on them, for a log that nobody asked for. That took 10 ms a call with the
   * connections of an agent, more than all that the network driver does itself when a container starts.
   */
  [inspect.custom](): string {
    return 'EngineAgent'
  }
}
