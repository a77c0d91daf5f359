import type { Sandbox, SandboxOptions } from '@streambed/linux'
import { addBridge, addPorts, OvsError, removePorts, updatePort, type BridgeSpec, type DaemonControl, type OvsdbClient, type PortSpec, type PortVlans, type Vswitch } from '@streambed/ovs'
import type { SwitchSite } from './topology/model.js'

/** Where a testbed's switch runs: what that needs of the sandbox, and how it is reached. */
export interface SwitchHome {
  readonly site: SwitchSite
  /** What the sandbox must have for it. */
  readonly sandbox: SandboxOptions
  /** Connects to it, as soon as it is up. */
  open(sandbox: Sandbox): Promise<Switch>
}

/** VID 4095 is in no frame: the bridge's own port, which nobody uses, gets no copies of broadcasts. */
const NO_VLAN = 4095

/** The testbed's bridge, through the database of its Open vSwitch. */
export class Switch {
  #control: Promise<DaemonControl> | undefined

  constructor(
    private readonly client: OvsdbClient,
    private readonly vswitch: Vswitch,
    private readonly bridge: BridgeSpec,
    /** Connects to the daemon's control socket, when that is needed for the first time. */
    private readonly openControl: () => Promise<DaemonControl>,
    /** Undoes what outlives the connection. */
    private readonly dispose: () => Promise<void> = () => Promise.resolve(),
  ) {}

  /** `netdev` or `system`. */
  get datapathType(): string {
    return this.bridge.datapath_type ?? 'system'
  }

  /** The first ports, all in one transaction, with the bridge itself where that is not there yet. */
  async addFirst(ports: readonly PortSpec[], bridgeIsThere: boolean): Promise<void> {
    const bridge = bridgeIsThere ? [] : addBridge(this.bridge)
    await this.#commitPorts([...bridge, ...updatePort(this.bridge.name, { vlan_mode: 'access', tag: NO_VLAN }), ...addPorts(this.bridge.name, ports)], ports)
  }

  /** Adds ports, all in one transaction, and waits until the switch forwards between them. */
  async add(ports: readonly PortSpec[]): Promise<void> {
    await this.#commitPorts(addPorts(this.bridge.name, ports), ports)
    // A broadcast that the datapath has cached does not know the new port yet.
    await this.#revalidated()
  }

  async #revalidated(): Promise<void> {
    this.#control ??= this.openControl()
    await (await this.#control).revalidated()
  }

  async #commitPorts(operations: Parameters<Vswitch['commit']>[0], ports: readonly PortSpec[]): Promise<void> {
    const { ofports } = await this.vswitch.commit(operations, { interfaces: ports.map(({ name }) => name) })
    const wrong = ports.find(({ name, ofport_request }) => ofport_request !== undefined && ofports.get(name) !== ofport_request)
    if (wrong !== undefined) throw new OvsError('interface', `port ${wrong.name} should be OpenFlow port ${wrong.ofport_request} and is ${ofports.get(wrong.name)}`)
  }

  /** Removes those of the ports that are there. */
  async removeIfThere(names: readonly string[]): Promise<void> {
    const there = names.filter((name) => this.#has(name))
    if (there.length > 0) await this.vswitch.commit(removePorts(this.bridge.name, this.vswitch.portUuids(there)))
  }

  #has(name: string): boolean {
    try {
      return this.vswitch.portUuids([name]).length > 0
    } catch {
      return false
    }
  }

  /** Changes the VLANs of ports, all in one transaction. */
  async setVlans(ports: ReadonlyMap<string, PortVlans>): Promise<void> {
    await this.vswitch.commit([...ports].flatMap(([name, vlans]) => updatePort(name, vlans)))
    // Until then the datapath may still forward by what it has cached.
    await this.#revalidated()
  }

  /** Removes what outlives the sandbox, and rejects everything that still waits for the switch. */
  async close(reason: Error): Promise<void> {
    await this.dispose().catch(() => undefined)
    this.client.abort(reason)
    await (await this.#control?.catch(() => undefined))?.close()
  }
}
