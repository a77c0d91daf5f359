import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dockerSocket } from './docker.js'
import { Daemon } from './program.js'

const program = fileURLToPath(new URL('../../dist/cli/streambed-docker-driver.js', import.meta.url))

/** Where {@link Driver} tells its status. */
export const statusUrl = 'http://127.0.0.1:9401'

/** The daemon of this package, as it is installed: from `dist`, as a process of its own. */
export class Driver {
  #daemon: Daemon | undefined

  private constructor(readonly name: string, private readonly args: readonly string[]) {}

  /** Starts it under a name, with flags. */
  static async start(name: string, ...args: string[]): Promise<Driver> {
    const driver = new Driver(name, args)
    await driver.up()
    return driver
  }

  /** What it wrote since it was started last. */
  get log(): string {
    return this.#daemon?.output ?? ''
  }

  get running(): boolean {
    return this.#daemon?.running === true
  }

  get socket(): string {
    return `/run/docker/plugins/${this.name}.sock`
  }

  async up(): Promise<void> {
    this.#daemon = new Daemon(process.execPath, [program, '--name', this.name, '--docker', `unix://${dockerSocket}`, ...this.args])
    // It says so when it serves Docker and has made everything as it should be.
    await this.#daemon.until(() => this.log.includes('ready') && existsSync(this.socket), 'the driver is ready')
  }

  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#daemon?.stop(signal)
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.down(signal)
    await this.up()
  }

  get exitCode(): number | null | undefined {
    return this.#daemon?.exitCode
  }

  /** What `GET path` of its status server answers. */
  async get(path: string): Promise<string> {
    const answer = await fetch(`${statusUrl}${path}`)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${text}`)
    return text
  }

  /** `GET /networks`: what it knows, by network id. */
  async networks(): Promise<Record<string, NetworkStatus>> {
    return JSON.parse(await this.get('/networks')) as Record<string, NetworkStatus>
  }

  /** What it knows of a container, on whichever network. */
  async container(name: string): Promise<ContainerStatus | undefined> {
    const containers = Object.values(await this.networks()).flatMap(({ DynamicNetworkStates }) => Object.values(DynamicNetworkStates.Containers))
    return containers.find((one) => one.Name.replace(/^\//, '') === name)
  }
}

/** What the tests look at in `GET /networks`. */
export interface NetworkStatus {
  readonly NetworkName: string
  readonly BridgeName: string
  readonly DynamicNetworkStates: {
    readonly Containers: Readonly<Record<string, ContainerStatus>>
    readonly ExternalPorts: Readonly<Record<string, { readonly OFPort: number }>>
  }
}

/** What the tests look at of a container. */
export interface ContainerStatus {
  readonly Name: string
  readonly OFPort: number
  readonly HostIP: string
  readonly MacAddress: string
  readonly IfName: string
}
