import type { FaucetConfig } from '@streambed/faucet'
import type { Switch } from '../switch.js'

/** Where a host is, for a controller that can be told. */
export interface KnownHost {
  readonly dpId: bigint
  readonly port: number
  readonly vid: number
  readonly mac: string
  readonly addresses: readonly string[]
}

/** What the controller is to do. */
export interface ControlPlan {
  readonly config: FaucetConfig
  readonly hosts: readonly KnownHost[]
  /** Cables between switches that the testbed itself has made: they need not be discovered. */
  readonly links: readonly { readonly ends: readonly [LinkPort, LinkPort] }[]
}

/** A port of a dataplane. */
export interface ControlPort {
  readonly dpId: bigint
  readonly port: number
}

/** A port of a cable between switches. */
export interface LinkPort extends ControlPort {
  readonly name: string
}

/** What says what a testbed's switches do. */
export interface TestbedControl {
  /** Takes the bridges over, with every port that they have; resolves when their flows are confirmed. */
  takeOver(ovs: Switch, bridges: readonly string[]): Promise<void>
  /** Changes to another plan; resolves when it is confirmed. @throws when it is refused: the plan before holds on */
  apply(plan: ControlPlan): Promise<void>
  /** Resolves when the controller has seen these ports up, and the flows for it are confirmed. */
  portsUp(ports: readonly ControlPort[]): Promise<void>
  /** Ends it; the switches forward no more. */
  close(): Promise<void>
}
