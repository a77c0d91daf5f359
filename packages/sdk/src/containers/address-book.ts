import { TestbedError } from '../errors.js'
import { isContainer, type HostModel, type NetworkModel } from '../topology/model.js'
import { contains, formatAddress, parseHostAddress, type Subnet } from '../topology/subnet.js'

/** Which addresses of a testbed's networks Docker has given to endpoints, beside those that the topology gives. */
export class AddressBook {
  readonly #used = new Set<string>()

  /** @param hosts the hosts that there are */
  constructor(private readonly hosts: () => Iterable<HostModel>) {}

  /** What Docker is told to be the gateway: that of the network, or else the first address, which it keeps from nobody. */
  gateway(network: NetworkModel, subnet: Subnet): string {
    const own = network.gateways.find(({ address }) => isIn(subnet, address))
    return own?.address ?? formatAddress(subnet.family, subnet.first)
  }

  /** An address that is asked for. @throws TestbedError `invalid` when somebody has it */
  take(network: NetworkModel, address: string): string {
    const canonical = canonicalOf(address)
    const owner = this.#owner(network, canonical)
    // That of a container is asked for by Docker for this very container.
    if (owner !== undefined && owner.byTopology) throw new TestbedError('invalid', `${address} on network "${network.name}" is ${owner.name} already: choose another address, or none`)
    if (this.#used.has(key(network.name, canonical))) throw new TestbedError('invalid', `${address} on network "${network.name}" is used by a container already`)
    this.#used.add(key(network.name, canonical))
    return canonical
  }

  /** The lowest free address from the second on. @throws TestbedError `invalid` when there is none */
  next(network: NetworkModel, subnet: Subnet): string {
    const planned = this.#planned(network)
    for (let value = subnet.first + 1n; value <= subnet.last; value++) {
      const address = formatAddress(subnet.family, value)
      if (planned.has(address) || this.#used.has(key(network.name, address))) continue
      this.#used.add(key(network.name, address))
      return address
    }
    throw new TestbedError('invalid', `network "${network.name}" has no free address in ${subnet.cidr}`)
  }

  /** An address that nobody has any more. */
  release(network: string, address: string): void {
    this.#used.delete(key(network, canonicalOf(address)))
  }

  #owner(network: NetworkModel, address: string): { readonly name: string; readonly byTopology: boolean } | undefined {
    return this.#planned(network).get(address)
  }

  #planned({ name, gateways }: NetworkModel): Map<string, { readonly name: string; readonly byTopology: boolean }> {
    const planned = new Map(gateways.map(({ address }) => [address, { name: 'the gateway', byTopology: true }]))
    for (const host of this.hosts()) {
      for (const item of host.interfaces) {
        for (const { network, address } of item.addresses) if (network === name) planned.set(address, { name: `host "${host.name}"`, byTopology: !isContainer(host) })
      }
    }
    return planned
  }
}

function key(network: string, address: string): string {
  return `${network} ${address}`
}

function canonicalOf(address: string): string {
  const parsed = parseHostAddress(address)
  return parsed === undefined ? address : formatAddress(parsed.family, parsed.value)
}

function isIn(subnet: Subnet, address: string): boolean {
  const parsed = parseHostAddress(address)
  return parsed !== undefined && contains(subnet, parsed.family, parsed.value)
}
