import type { HostModel } from './model.js'
import { formatAddress, type Subnet } from './subnet.js'

/** The addresses that are used, by network, and the MAC addresses, each with the host that has it. */
export class TakenAddresses {
  readonly #owners = new Map<string, string>()
  readonly #anywhere = new Set<string>()
  readonly #cursor = new Map<string, bigint>()
  readonly #macs = new Map<string, string>()

  constructor(hosts: Iterable<HostModel>) {
    for (const { name, interfaces } of hosts) {
      for (const { mac, addresses } of interfaces) {
        this.takeMac(mac, name)
        for (const { network, address } of addresses) this.take(network, address, name)
      }
    }
  }

  /** Which host has the address. */
  owner(network: string, address: string): string | undefined {
    return this.#owners.get(`${network} ${address}`)
  }

  /** Notes the owner of an address, unless it has one. */
  take(network: string, address: string, host: string): void {
    if (this.owner(network, address) === undefined) this.#owners.set(`${network} ${address}`, host)
    this.#anywhere.add(address)
  }

  /**
   * The lowest free address, taken; one that is free on networks with an overlapping subnet too, as long as there is one: who
   * answers should be clear from the address. The first one of a subnet is left for a gateway, and used when nothing else is left.
   */
  takeNext(network: string, subnet: Subnet, host: string): string | undefined {
    const address = this.#search(network, subnet, (text) => !this.#anywhere.has(text)) ?? this.#search(network, subnet, (text) => this.owner(network, text) === undefined)
    if (address !== undefined) this.take(network, address, host)
    return address
  }

  #search(network: string, subnet: Subnet, isFree: (address: string) => boolean): string | undefined {
    const key = `${network} ${subnet.cidr}`
    for (let value = this.#cursor.get(key) ?? subnet.first + 1n; value <= subnet.last; value++) {
      const address = formatAddress(subnet.family, value)
      // An overlapping network may use up a huge subnet's beginning, but never more than it has hosts.
      this.#cursor.set(key, value + 1n)
      if (isFree(address)) return address
    }
    this.#cursor.delete(key)
    const first = formatAddress(subnet.family, subnet.first)
    return isFree(first) ? first : undefined
  }

  /** Which host has the MAC. */
  macOwner(mac: string): string | undefined {
    return this.#macs.get(mac)
  }

  /** Notes the owner of a MAC, unless it has one. */
  takeMac(mac: string, host: string): void {
    if (!this.#macs.has(mac)) this.#macs.set(mac, host)
  }

  /** A MAC of the switch port's number, `02:73:62:…` (locally administered, with "sb" in it), taken. */
  takeAutomaticMac(ofport: number, host: string): string {
    for (let number = ofport; ; number += 0x10000) {
      const tail = [number >> 16, number >> 8, number].map((byte) => (byte & 0xff).toString(16).padStart(2, '0')).join(':')
      const mac = `02:73:62:${tail}`
      if (this.#macs.has(mac)) continue
      this.takeMac(mac, host)
      return mac
    }
  }
}
