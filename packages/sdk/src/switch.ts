import type { Duplex } from 'node:stream'
import type { Sandbox, SandboxOptions } from '@streambed/linux'
import { addBridge, addPorts, OvsError, removePorts, updatePort, type BridgeSpec, type DaemonControl, type OvsdbClient, type PortSpec, type PortVlans, type Vswitch } from '@streambed/ovs'
import type { SwitchModel, SwitchSite } from './topology/model.js'

/** What a testbed wants of its Open vSwitch. */
export interface SwitchPlan {
  /** Name of the testbed. */
  readonly name: string
  readonly switches: readonly SwitchModel[]
  /** A controller says what the bridges do; otherwise they learn by themselves. */
  readonly controlled: boolean
}

/** Where a testbed's switches run: what that needs of the sandbox, and how they are reached. */
export interface SwitchHome {
  /** What the sandbox must have for it. */
  readonly sandbox: SandboxOptions
  /** The bridges are there before anybody asks. */
  readonly ready: boolean
  /** Connects to it, as soon as it is up. */
  open(sandbox: Sandbox): Promise<Switch>
}

/** What needs to be known of the place before the testbed is planned. */
export interface SwitchLocation {
  readonly site: SwitchSite
  home(plan: SwitchPlan): SwitchHome
}

/** A port of one of the bridges. */
export interface SwitchPort extends PortSpec {
  readonly bridge: string
}

/** VID 4095 is in no frame: the bridge's own port, which nobody uses, gets no copies of broadcasts. */
const NO_VLAN = 4095

/** How the pieces of an Open vSwitch are reached. */
export interface SwitchAccess {
  readonly client: OvsdbClient
  readonly vswitch: Vswitch
  readonly bridges: readonly BridgeSpec[]
  /** Connects to the daemon's control socket, when that is needed for the first time. */
  readonly openControl: () => Promise<DaemonControl>
  /** Connects to the OpenFlow socket of a bridge. */
  readonly openFlow: (bridge: string) => Promise<Duplex>
  /** Undoes what outlives the connection. */
  readonly dispose?: () => Promise<void>
}

/** The testbed's bridges, through the database of their Open vSwitch. */
export class Switch {
  #control: Promise<DaemonControl> | undefined

  constructor(private readonly access: SwitchAccess) {}

  /** `netdev` or `system`. */
  get datapathType(): string {
    return this.access.bridges[0]?.datapath_type ?? 'system'
  }

  /** Connects to the OpenFlow socket of a bridge, which is there when the bridge is. */
  openFlow(bridge: string): Promise<Duplex> {
    return this.access.openFlow(bridge)
  }

  /** The first ports, all in one transaction, with the bridges themselves where they are not there yet. */
  async addFirst(ports: readonly SwitchPort[], bridgesAreThere: boolean): Promise<void> {
    const { bridges } = this.access
    await this.#commitPorts([
      ...(bridgesAreThere ? [] : bridges.flatMap(addBridge)),
      ...bridges.flatMap(({ name, fail_mode }) => (fail_mode === 'secure' ? [] : updatePort(name, { vlan_mode: 'access', tag: NO_VLAN }))),
      ...byBridge(ports),
    ], ports)
  }

  /** Adds ports, all in one transaction. A broadcast that the datapath has cached does not know them until {@link revalidated}. */
  async add(ports: readonly SwitchPort[]): Promise<void> {
    await this.#commitPorts(byBridge(ports), ports)
  }

  /** Waits until no packet is forwarded by what the datapath cached before: changes of flows and VLANs hold for every packet from now on. */
  async revalidated(): Promise<void> {
    this.#control ??= this.access.openControl()
    const control = await this.#control
    // A change of flows has been confirmed, and may have been looked through already: the next time would be half a second later.
    await (this.access.bridges[0]?.fail_mode === 'secure' ? control.purged() : control.revalidated())
  }

  /** A command for the daemon, as of `ovs-appctl`. */
  async appctl(command: string, args: readonly string[]): Promise<string> {
    this.#control ??= this.access.openControl()
    return await (await this.#control).run(command, args)
  }

  async #commitPorts(operations: Parameters<Vswitch['commit']>[0], ports: readonly SwitchPort[]): Promise<void> {
    const { ofports } = await this.access.vswitch.commit(operations, { interfaces: ports.map(({ name }) => name) })
    const wrong = ports.find(({ name, ofport_request }) => ofport_request !== undefined && ofports.get(name) !== ofport_request)
    if (wrong !== undefined) throw new OvsError('interface', `port ${wrong.name} should be OpenFlow port ${wrong.ofport_request} and is ${ofports.get(wrong.name)}`)
  }

  /** Removes those of the ports of a bridge that are there. */
  async removeIfThere(bridge: string, names: readonly string[]): Promise<void> {
    const there = names.filter((name) => this.#has(name))
    if (there.length > 0) await this.access.vswitch.commit(removePorts(bridge, this.access.vswitch.portUuids(there)))
  }

  #has(name: string): boolean {
    try {
      return this.access.vswitch.portUuids([name]).length > 0
    } catch {
      return false
    }
  }

  /** Changes the VLANs of ports, all in one transaction. */
  async setVlans(ports: ReadonlyMap<string, PortVlans>): Promise<void> {
    await this.access.vswitch.commit([...ports].flatMap(([name, vlans]) => updatePort(name, vlans)))
    // Until then the datapath may still forward by what it has cached.
    await this.revalidated()
  }

  /** Removes what outlives the sandbox, and rejects everything that still waits for the switch. */
  async close(reason: Error): Promise<void> {
    await this.access.dispose?.().catch(() => undefined)
    this.access.client.abort(reason)
    await (await this.#control?.catch(() => undefined))?.close()
  }
}

function byBridge(ports: readonly SwitchPort[]): ReturnType<typeof addPorts> {
  const bridges = [...new Set(ports.map(({ bridge }) => bridge))]
  return bridges.flatMap((name) => addPorts(name, ports.filter(({ bridge }) => bridge === name)))
}

/** The bridges of a plan. */
export function bridgesOf({ switches, controlled }: SwitchPlan, common: Pick<BridgeSpec, 'datapath_type' | 'external_ids'>): BridgeSpec[] {
  return switches.map(({ bridge, dpid }) => ({
    name: bridge,
    ...common,
    fail_mode: controlled ? 'secure' : 'standalone',
    datapath_id: dpid.toString(16).padStart(16, '0'),
  }))
}
