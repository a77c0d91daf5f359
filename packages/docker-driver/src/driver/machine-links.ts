import {
  BASE_NAMESPACE, dumpAddresses, dumpLinks, encodeDeleteLink, encodeNewAddress, encodeNewLink, encodeSetLink, LinuxError, NetlinkWriter, Sandbox,
  type LinkInfo, type NamespaceJob,
} from '@streambed/linux'
import { DockerDriverError } from '../errors.js'
import type { ObservedLink } from './plan-reconcile.js'

/** A veth pair of an endpoint. */
export interface EndpointPair {
  /** The bridge's end. */
  readonly host: string
  /** The end that Docker moves into the container. */
  readonly container: string
  /** Of the bridge's end: {@link endpointAlias}. */
  readonly alias: string
  readonly mac: string
  /** Bytes, of both ends. */
  readonly mtu: number
  /** A userspace datapath reads the frames: their checksums must be there. */
  readonly plainChecksums: boolean
}

/** A veth pair between two bridges. */
export interface BridgeLink {
  readonly ends: readonly [one: string, other: string]
  /** Bytes, of both ends. */
  readonly mtu: number
  /** A userspace datapath reads the frames: their checksums must be there. */
  readonly plainChecksums: boolean
}

/**
 * Links and addresses in the network namespace that this process is in, by rtnetlink: no program is started for any of it.
 * The agent that speaks rtnetlink is started again when it dies.
 */
export class MachineLinks implements AsyncDisposable {
  #sandbox: Sandbox | undefined
  #closed = false

  /** Makes a veth pair, both ends up but for the container's, and ready to be moved. @throws DockerDriverError `kernel` */
  async makePair(pair: EndpointPair): Promise<void> {
    const { host, container, alias, mac, mtu } = pair
    const writer = new NetlinkWriter()
    encodeNewLink(writer, `create the veth pair ${host}, ${container}`, { name: host, mtu, kind: { type: 'veth', peer: { name: container, mtu, mac } } })
    encodeSetLink(writer, `mark ${host} as ours`, { name: host, alias })
    // The switch's end speaks no IPv6 itself: nothing of the machine is to be heard on the network.
    encodeSetLink(writer, `silence ${host}`, { name: host, linkLocal: false })
    encodeSetLink(writer, `bring ${host} up`, { name: host, up: true })
    await this.#apply(writer, pair.plainChecksums ? { plainChecksums: [host, container] } : {}, [host])
  }

  /** Makes a veth pair between two bridges, both ends up. @throws DockerDriverError `kernel` */
  async makeLink({ ends: [one, other], mtu, plainChecksums }: BridgeLink): Promise<void> {
    const writer = new NetlinkWriter()
    encodeNewLink(writer, `create the veth pair ${one}, ${other}`, { name: one, mtu, kind: { type: 'veth', peer: { name: other, mtu } } })
    for (const name of [one, other]) {
      encodeSetLink(writer, `silence ${name}`, { name, linkLocal: false })
      encodeSetLink(writer, `bring ${name} up`, { name, up: true })
    }
    await this.#apply(writer, plainChecksums ? { plainChecksums: [one, other] } : {}, [one, other])
  }

  /** Gives an interface another MAC address. */
  async setMac(name: string, mac: string): Promise<void> {
    const writer = new NetlinkWriter()
    encodeSetLink(writer, `give ${name} the MAC address ${mac}`, { name, mac })
    await this.#apply(writer)
  }

  /** Brings an interface up, and gives it these addresses (with prefix length) beside those that it has, and an alias. */
  async bringUp(name: string, addresses: readonly string[], alias?: string): Promise<void> {
    const links = addresses.length === 0 ? [] : await this.list()
    const index = links.find((link) => link.name === name)?.index
    if (addresses.length > 0 && index === undefined) throw new DockerDriverError('kernel', `there is no interface ${name} to put ${addresses.join(', ')} on`)
    const writer = new NetlinkWriter()
    encodeSetLink(writer, `bring ${name} up`, { name, up: true })
    if (alias !== undefined) encodeSetLink(writer, `mark ${name} as ours`, { name, alias })
    for (const text of addresses) {
      const [address = '', length = ''] = text.split('/')
      encodeNewAddress(writer, `put address ${text} on ${name}`, { index: index ?? 0, address, prefixLength: Number(length) })
    }
    await this.#apply(writer)
  }

  /** Takes flags off an interface; that it is gone is no failure. */
  async clearFlags(name: string, flags: { readonly up?: false; readonly promiscuous?: false }): Promise<void> {
    const writer = new NetlinkWriter()
    encodeSetLink(writer, `make ${name} as it was before`, { name, ...flags })
    await this.#apply(writer, { lenient: true })
  }

  /** Deletes an interface, and with it the other end of its pair. That it is gone already is no failure. */
  async remove(name: string): Promise<void> {
    const writer = new NetlinkWriter()
    encodeDeleteLink(writer, `delete ${name}`, { name })
    await this.#apply(writer, { lenient: true })
  }

  /** Every link of the machine. */
  async list(): Promise<readonly LinkInfo[]> {
    return this.#told(() => dumpLinks(this.#agent(), BASE_NAMESPACE))
  }

  /** Every link of the machine, with its addresses. */
  async observe(): Promise<readonly ObservedLink[]> {
    const [links, addresses] = await this.#told(() => Promise.all([dumpLinks(this.#agent(), BASE_NAMESPACE), dumpAddresses(this.#agent(), BASE_NAMESPACE)]))
    const byIndex = new Map<number, string[]>()
    for (const { index, address, prefixLength } of addresses) byIndex.set(index, [...(byIndex.get(index) ?? []), `${address}/${prefixLength}`])
    return links.map(({ index, name, up, mac, alias, promiscuous }) => ({ name, index, up, mac, alias, promiscuous, addresses: byIndex.get(index) ?? [] }))
  }

  /** Starts the agent, so that the first call finds it awake. */
  warmUp(): void {
    this.#agent()
  }

  /** Ends the agent. What it has made stays. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#sandbox?.close()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #agent(): Sandbox {
    if (this.#closed) throw new DockerDriverError('closed', 'the driver was closed')
    if (this.#sandbox?.failure !== undefined) this.#sandbox = undefined
    this.#sandbox ??= new Sandbox({ network: 'outer', privilege: 'root' })
    return this.#sandbox
  }

  /**
   * @param ports ends that a bridge has. The kernel sees what a userspace bridge reads from them too, and would answer who asks for an
   *   address of the machine, such as the gateway, with the MAC address of the port itself, before the bridge does with the right one.
   */
  async #apply(writer: NetlinkWriter, more: Partial<NamespaceJob> = {}, ports: readonly string[] = []): Promise<void> {
    writer.finish()
    const { bytes, references, labels } = writer
    const jobs: NamespaceJob[] = [{ namespace: BASE_NAMESPACE, messages: bytes.slice(), references, labels, ...more }]
    if (ports.length > 0) jobs.push({ namespace: BASE_NAMESPACE, sysctls: ports.map((name) => [`net/ipv4/conf/${name}/arp_ignore`, '8']) })
    await this.#told(() => this.#agent().apply(jobs))
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof DockerDriverError || !(cause instanceof LinuxError)) throw cause
      const code = cause.code === 'missing' || cause.code === 'forbidden' ? cause.code : 'kernel'
      throw new DockerDriverError(code, cause.message, { cause })
    }
  }
}
