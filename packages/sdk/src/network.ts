import type { TestbedCore } from './core.js'
import { withAcl, withNetworkAcls, type AclNames } from './topology/live.js'
import type { TopologyAcl } from './topology/spec.js'
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

  /** Names of the ACLs for what its hosts send, and for what they receive. */
  get acls(): { readonly in: readonly string[]; readonly out: readonly string[] } {
    return { in: this.#model.acls, out: this.#model.aclsOut }
  }

  /** Addresses of its gateway; empty without one. */
  get gateways(): readonly string[] {
    return this.#model.gateways.map(({ address }) => address)
  }

  /** The network of Docker that it is, with `wire: 'driver'`; undefined otherwise. */
  docker(): Promise<{ readonly id: string; readonly name: string } | undefined> {
    return this.#core.guard(() => this.#core.containers.networkOf(this.#model.name))
  }

  /**
   * Changes the ACLs of the network while packets flow; only flows that differ are touched. Resolves when the switches have confirmed it and no
   * packet is forwarded by the old ones.
   * @param names of ACLs that there are, in the order in which they are tried; null for none
   * @param rules makes (or replaces) the ACL of that one name first
   * @param options.direction `in`, the default: what hosts send; `out`: what they receive
   * @throws TestbedError `invalid`: nothing has changed
   */
  setAcl(names: AclNames, rules?: TopologyAcl, options: { readonly direction?: 'in' | 'out' } = {}): Promise<void> {
    return this.#core.change(async () => {
      void this.#model
      const base = rules === undefined ? this.#core.model : withAcl(this.#core.model, oneName(names), rules)
      await this.#core.remodel(withNetworkAcls(base, this.name, options.direction ?? 'in', names))
    })
  }

  /** Names of the hosts on it, those with a trunk of it included. */
  get hosts(): readonly string[] {
    return [...this.#core.model.hosts.values()].filter(({ interfaces }) => interfaces.some(({ network, trunk }) => network === this.name || trunk?.includes(this.name) === true)).map(({ name }) => name)
  }
}

/** The name that rules are given for. @throws TestbedError `invalid` for several, or none */
export function oneName(names: AclNames): string {
  if (typeof names === 'string') return names
  throw new TestbedError('invalid', `rules are for one ACL: give its name (got ${JSON.stringify(names)})`)
}
