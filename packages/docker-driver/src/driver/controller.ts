import { dirname } from 'node:path'
import { EmbeddedFaucet, FaucetError, FaucetProcess, formatConfigIssue, loadFaucetConfig, parseFaucetConfig, type FaucetConfig, type FaucetControl, type LogRecord } from '@streambed/faucet'
import { DockerDriverError } from '../errors.js'
import { dpNames, networkConfig, withoutNetworks, type ConfigContext } from '../config/index.js'
import type { Network } from '../model/network.js'
import { admitSwitch, switchUser } from './switch-user.js'

/** Who controls the bridges. */
export type ControlOption =
  /** A controller in this process: nothing else is needed. */
  | 'embedded'
  /** The real Faucet, told by its file. `reload` is its process id, for SIGHUP, or a function. */
  | { readonly faucet: string; readonly reload: number | (() => void | Promise<void>); readonly prometheus?: string | undefined }
  /** Any other one; it stays the caller's. */
  | { readonly control: FaucetControl }

/** How the controller is started. */
export interface ControllerOptions {
  readonly control: ControlOption
  /** The configuration that the networks are added to: the path or text of a `faucet.yaml`, or the parsed one. */
  readonly config: string | FaucetConfig
  /** Targets on which the embedded controller listens beside its own socket, such as `ptcp:6653`. */
  readonly listen: readonly string[]
  /** Path of the socket on which the bridges find the embedded controller. */
  readonly socket: string
  /** How this machine is joined to other switches. */
  readonly context: ConfigContext
  /** What an earlier process may have put there of it, with other flags. Default: nothing. */
  readonly former?: ConfigContext | undefined
  readonly networks: readonly Network[]
  readonly onLog: (record: LogRecord) => void
}

/** The switch that the configuration has as long as there is no network; nobody is to hear of it. */
const IDLE = 'streambed-idle'

/** How long a switch may take to connect and to confirm its flows. */
const READY_MS = 10_000

/** The controller, and the configuration that it is given: what is not the driver's, and the networks. */
export class DriverController implements AsyncDisposable {
  readonly #options: ControllerOptions
  /** What the configuration has of ours. */
  #written: readonly Network[] = []

  private constructor(
    readonly control: FaucetControl,
    readonly base: FaucetConfig,
    options: ControllerOptions,
  ) {
    this.#options = options
  }

  /** @throws DockerDriverError `switch`, with what is wrong with the configuration */
  static async start(options: ControllerOptions): Promise<DriverController> {
    const { control, config, networks } = options
    try {
      if (control === 'embedded') {
        const base = parsed(config)
        const made = new DriverController(
          await EmbeddedFaucet.start({ config: inhabited(networkConfig(networks, base, options.context)), listen: [`punix:${options.socket}`, ...options.listen], onLog: (record) => void (record.text.includes(IDLE) || options.onLog(record)) }),
          base,
          options,
        )
        made.#written = networks
        try {
          await admitSwitch(options.socket, await switchUser(dirname(options.socket)))
        } catch (error) {
          await made.close()
          throw error
        }
        return made
      }
      const faucet = 'control' in control ? control.control : await FaucetProcess.attach({ configFile: control.faucet, reload: control.reload, ...(control.prometheus !== undefined && { prometheus: control.prometheus }) })
      const made = new DriverController(faucet, withoutIdle(withoutNetworks(withoutNetworks(faucet.config(), networks, options.former), networks, options.context)), options)
      made.#written = networks
      await made.write(networks)
      return made
    } catch (cause) {
      if (cause instanceof DockerDriverError) throw cause
      throw new DockerDriverError(cause instanceof FaucetError && cause.code === 'config' ? 'invalid' : 'switch', `the controller did not start: ${(cause as Error).message}`, { cause })
    }
  }

  /** Whether bridges are to have this process as a controller: its target. */
  get target(): string | undefined {
    return this.#options.control === 'embedded' ? `unix:${this.#options.socket}` : undefined
  }

  /** What is configured beside the networks: others may have changed it since the start. */
  present(): FaucetConfig {
    return this.#withoutOurs(this.control.config())
  }

  /** Gives the controller these networks, and resolves when every switch has confirmed it. @throws DockerDriverError `switch`, in words */
  async write(networks: readonly Network[]): Promise<void> {
    try {
      await this.control.edit((config) => inhabited(networkConfig(networks, this.#withoutOurs(config), this.#options.context)), { timeout: READY_MS })
      this.#written = networks
    } catch (cause) {
      if (cause instanceof DockerDriverError) throw cause
      throw new DockerDriverError('switch', `the controller refused: ${(cause as Error).message}`, { cause })
    }
  }

  /** Resolves when a network's bridge is connected to the embedded controller and has its flows. */
  async ready(network: Network, signal?: AbortSignal): Promise<void> {
    if (this.#options.control !== 'embedded') return
    const name = dpNames(this.#written, this.base).get(network.id) ?? network.name
    try {
      await this.control.ready({ dps: [name], timeout: READY_MS, ...(signal && { signal }) })
    } catch (cause) {
      signal?.throwIfAborted()
      throw new DockerDriverError('switch', `bridge ${network.bridge} did not connect to its controller: ${(cause as Error).message}`, { cause })
    }
  }

  /** Takes everything of ours out of a configuration that outlives this process. */
  async withdraw(): Promise<void> {
    if (this.#options.control === 'embedded') return
    await this.control.edit((config) => inhabited(this.#withoutOurs(config)), { timeout: READY_MS })
    this.#written = []
  }

  /** Ends the controller, unless it is the caller's. The bridges go on as they are. Idempotent. */
  async close(): Promise<void> {
    const { control } = this.#options
    if (control === 'embedded' || 'faucet' in control) await this.control.close()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #withoutOurs(config: FaucetConfig): FaucetConfig {
    const rest = withoutIdle(withoutNetworks(config, this.#written, this.#options.context))
    // What the operator wrote for a network's own dataplane went with it.
    const own = Object.entries(this.base.dps ?? {}).filter(([name]) => !Object.hasOwn(rest.dps ?? {}, name) && this.#written.some((network) => network.name === name))
    return own.length === 0 ? rest : { ...rest, dps: { ...rest.dps, ...Object.fromEntries(own) } }
  }
}

/** The base configuration. What is wrong inside of it shows when the controller takes it. */
function parsed(config: string | FaucetConfig): FaucetConfig {
  if (typeof config !== 'string') return config
  if (config.trim() === '') return {}
  const { config: read, issues } = /^[./][^\n]*$|^[^\n:]+\.ya?ml$/.test(config) ? loadFaucetConfig(config) : parseFaucetConfig(config)
  const [issue] = issues.filter(({ message }) => !/no dataplanes|configuration is empty/.test(message))
  if (issue) throw new DockerDriverError('invalid', `the base configuration: ${formatConfigIssue(issue)}`)
  return read
}

/** A controller without a dataplane is no valid one: while there is no network, it has one that never connects. */
function inhabited(config: FaucetConfig): FaucetConfig {
  if (Object.keys(config.dps ?? {}).length > 0) return config
  return { ...config, dps: { [IDLE]: { dp_id: 0xffff_ffff_ffffn, description: 'stands in while there are no networks', hardware: 'Open vSwitch', interfaces: { 1: { output_only: true } } } } }
}

function withoutIdle(config: FaucetConfig): FaucetConfig {
  const { dps, ...rest } = config
  return dps === undefined ? config : { ...rest, dps: Object.fromEntries(Object.entries(dps).filter(([name]) => name !== IDLE)) }
}
