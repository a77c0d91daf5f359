import type { FaucetConfig } from '@streambed/faucet'
import type { DockerContainer, DockerEngine } from '../docker/docker-engine.js'
import type { Endpoint, Network, PortMapping } from '../model/network.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import type { DriverController } from './controller.js'
import type { MachineBridges } from '../machine/index.js'
import type { Ledger } from './ledger.js'
import type { MacPrefixes } from './mac-prefixes.js'
import type { MachineLinks } from './machine-links.js'
import type { Serial } from './serial.js'
import type { SwitchDatabase } from './switch-database.js'

/** A record of the driver's log. */
export interface DriverLog {
  readonly level: 'debug' | 'info' | 'warning' | 'error'
  readonly text: string
}

/** What happens to networks and containers. */
export type DriverEvent =
  | { readonly type: 'network'; readonly operation: 'create' | 'delete' | 'rename'; readonly network: Network }
  | { readonly type: 'container'; readonly operation: 'join' | 'leave' | 'address' | 'rename'; readonly network: Network; readonly endpoint: Endpoint }
  | { readonly type: 'port'; readonly operation: 'add' | 'remove'; readonly network: Network; readonly name: string; readonly ofport: number }

/** The rules of the machine's firewall that follow from the networks. */
export interface Nat {
  /** Makes the rules those of these networks; `endpoints`: since the last call only containers have come or gone. */
  apply(networks: readonly Network[], scope?: 'all' | 'endpoints'): Promise<void>
  /** Ends it. The rules stay, for the containers that stay. */
  close(): Promise<void>
}

/** An endpoint whose port is being added, or has been, before its container joins. */
export interface PendingPort {
  readonly network: string
  readonly requested: number
  /** Resolves with the number that it got. */
  readonly ofport: Promise<number>
}

/** What the operations work on. */
export interface DriverContext {
  /** The driver's name, as Docker knows it. */
  readonly name: string
  readonly database: SwitchDatabase
  readonly links: MachineLinks
  /** Bridges beside those of the networks: mirror bridge, or stacking and loopback bridge. */
  readonly machine: MachineBridges
  readonly docker: DockerEngine
  readonly controller: DriverController
  readonly ledger: Ledger
  readonly nat: Nat
  /** The addresses of containers that get theirs by DHCP. */
  readonly leases: { end(endpointId: string): Promise<void> }
  readonly defaultControllers: readonly string[]
  /** Whether Docker answers now. It does not while it restores its networks, and then waits for us. */
  dockerAnswers(): boolean
  /** Docker's id of its engine; undefined when Docker does not say. It is asked once. */
  engineId(): Promise<string | undefined>
  /** Whether a container may have a label about its MAC address. */
  readonly prefixes: MacPrefixes
  /** Networks that are being made: others are not to take what they have. By id. */
  readonly reserved: Map<string, Network>
  /** Containers that are being admitted, as they will be: by endpoint id. */
  readonly admitting: Map<string, Endpoint>
  /** By endpoint id. */
  readonly pending: Map<string, PendingPort>
  /** Containers of which one was about to be started when an endpoint was made, so that Join need not ask again: by endpoint id. */
  readonly waiting: Map<string, readonly DockerContainer[]>
  /** What an endpoint's Join said whose container was not known then: by endpoint id. */
  readonly unresolved: Map<string, { readonly sandboxKey: string; readonly portMappings: readonly PortMapping[] }>
  /** Ports of the machine are chosen and checked one after the other, each until the ledger has them. */
  readonly publishing: Serial
  /** Containers of which it was logged that a flat network publishes no ports: by id. */
  readonly unpublished: Set<string>
  /** What Docker asked for, by network id: a bridge that is lost is made again from it. */
  readonly requests: Map<string, CreateNetworkRequest>
  /** When (performance.now) networks and endpoints were made by a call: Docker does not list them at once. */
  readonly fresh: Map<string, number>
  checkNetwork(network: Network, others: readonly Network[], base: FaucetConfig): void
  log(level: DriverLog['level'], text: string): void
  event(event: DriverEvent): void
}
