/**
 * What `testbed.inspect()` returns: plain data, safe for `JSON.stringify`, the same for everybody who shows a testbed.
 */

/** A port of the switch. */
export interface PortInspection {
  /** Name of the OVS port and of the device at the switch's end. */
  readonly name: string
  readonly ofport: number
  readonly host: string
  /** Name of the interface inside the host. */
  readonly interface: string
  /** VLAN VID of an access port (what is set now: a partition changes it), or null for a trunk. */
  readonly vlan: number | null
  /** VLAN VIDs of a trunk. */
  readonly trunks: readonly number[]
}

/** A switch. */
export interface SwitchInspection {
  readonly name: string
  readonly datapathType: string
  readonly ports: readonly PortInspection[]
}

/** A network. */
export interface NetworkInspection {
  readonly name: string
  readonly vlan: number
  readonly subnets: readonly string[]
  readonly mtu: number | null
  /** Names of the hosts on it, trunks included. */
  readonly hosts: readonly string[]
}

/** An interface of a host. */
export interface InterfaceInspection {
  readonly name: string
  /** null for a trunk. */
  readonly network: string | null
  /** Networks of a trunk; empty otherwise. */
  readonly trunk: readonly string[]
  readonly mac: string
  /** `10.1.0.9/24`. */
  readonly addresses: readonly string[]
  /** false after `linkDown`. */
  readonly up: boolean
  readonly ofport: number
}

/** The container that a host is. */
export interface ContainerInspection {
  /** Docker's id. */
  readonly id: string
  readonly name: string
  readonly image: string
  /** false for one that existed before, and stays. */
  readonly owned: boolean
}

/** A host. */
export interface HostInspection {
  readonly name: string
  readonly state: 'running' | 'frozen' | 'stopped'
  readonly forwarding: boolean
  /** Only of a host that is a container. */
  readonly container?: ContainerInspection
  readonly interfaces: readonly InterfaceInspection[]
}

/** A whole testbed. */
export interface TestbedInspection {
  readonly name: string
  readonly state: 'running' | 'failed' | 'closed'
  readonly privilege: 'root' | 'user-namespace'
  readonly switches: readonly SwitchInspection[]
  readonly networks: readonly NetworkInspection[]
  readonly hosts: readonly HostInspection[]
  /** The groups of hosts that a partition keeps apart; empty when there is none. */
  readonly partition: readonly (readonly string[])[]
}
