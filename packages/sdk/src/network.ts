import type { TestbedCore } from './core.js'
import { TestbedError } from './errors.js'
import type { NetworkModel } from './topology/model.js'

/** A network of a running testbed. */
export class Network {
  readonly #core: TestbedCore

  /** @internal */
  constructor(
    core: TestbedCore,
    readonly name: string,
  ) {
    this.#core = core
  }

  get #model(): NetworkModel {
    const model = this.#core.model.networks.get(this.name)
    if (model === undefined) throw new TestbedError('invalid', `network "${this.name}" was removed`)
    return model
  }

  /** Its VLAN VID. */
  get vlan(): number {
    return this.#model.vlan
  }

  /** Its subnets in CIDR form. */
  get subnets(): readonly string[] {
    return this.#model.subnets.map(({ cidr }) => cidr)
  }

  /** Names of the hosts on it, those with a trunk of it included. */
  get hosts(): readonly string[] {
    return [...this.#core.model.hosts.values()].filter(({ interfaces }) => interfaces.some(({ network, trunk }) => network === this.name || trunk?.includes(this.name) === true)).map(({ name }) => name)
  }
}
