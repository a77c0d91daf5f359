import { beforeEach } from 'vitest'
import { DockerNetworkDriver, type DockerNetworkDriverOptions, type DriverEvent, type Network } from '../../dist/index.js'
import { dockerSocket } from './docker.js'
import { until } from './program.js'
import type { World } from './world.js'

/** The driver inside of this process, which a test may start, close, and start again. */
export class Embedded {
  /** What the drivers of this test wrote. */
  readonly log: string[] = []
  /** What they told. */
  readonly events: DriverEvent[] = []
  #driver: DockerNetworkDriver | undefined

  constructor(private readonly world: World, private readonly defaults: DockerNetworkDriverOptions = {}) {
    beforeEach(() => {
      for (const list of [this.log, this.events]) list.length = 0
    })
  }

  /** The one that was started last. */
  get driver(): DockerNetworkDriver {
    if (this.#driver === undefined) throw new Error('no driver was started')
    return this.#driver
  }

  /** Starts one, which is closed at the end of the test at the latest. */
  async start(options: DockerNetworkDriverOptions = {}): Promise<DockerNetworkDriver> {
    const driver = await DockerNetworkDriver.start({
      docker: dockerSocket,
      onLog: ({ level, text }) => this.log.push(`${level}: ${text}`),
      onEvent: (event) => this.events.push(event),
      ...this.defaults,
      ...options,
    })
    this.world.afterTest(() => driver.close())
    return (this.#driver = driver)
  }

  /** What the driver knows of a network. */
  network(name: string): Network | undefined {
    return this.driver.networks().find((one) => one.name === name)
  }

  /** Makes a network; options as of {@link World.network}. */
  async create(name: string, ...options: string[]): Promise<Network> {
    await this.world.network('dovesnap', name, ...options)
    await until(() => this.network(name) !== undefined, `the driver knows that its network is called ${name}`)
    return this.network(name) as Network
  }
}
