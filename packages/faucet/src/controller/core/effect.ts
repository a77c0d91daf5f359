import type { BundleMessage } from '@streambed/ovs/openflow'
import type { FaucetEvent } from './faucet-event.js'

/** Something to be done, from `step`. */
export type Effect =
  | ChangeFlows
  /**
   * The flows of a switch are to be compared with those that are wanted (`wantedOf`) and mended in one bundle, since
   * what is there is not known well enough to say what differs. Until then changes need not be sent.
   */
  | { readonly type: 'compare'; readonly dpId: bigint }
  /** Inside of `step` only: the flows of a host end by themselves, and are not to be deleted although not wanted any more. */
  | { readonly type: 'lapsed'; readonly dpId: bigint; readonly host: string }
  | SendPacket
  | { readonly type: 'event'; readonly dpId: bigint; readonly dpName: string; readonly event: FaucetEvent }
  | Count
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warning' | 'error'; readonly dpName: string; readonly text: string }
  /** The switch is no longer in the configuration. */
  | { readonly type: 'disconnect'; readonly dpId: bigint; readonly why: string }

/** Changes of flows, groups and meters, in this order. */
export interface ChangeFlows {
  readonly type: 'change'
  readonly dpId: bigint
  readonly messages: readonly BundleMessage[]
  /** Whether they must take place at once. */
  readonly atomic: boolean
}

/** A packet to send from a port of a switch. */
export interface SendPacket {
  readonly type: 'packet_out'
  readonly dpId: bigint
  /** The ports; `inPort` is left out of a flood by the switch. */
  readonly ports: readonly number[]
  /** The whole frame, as it leaves (with its tag, when the port is a tagged one). */
  readonly data: Uint8Array
}

/** Adds to a counter of the metrics (Faucet's name, without `_total`). */
export interface Count {
  readonly type: 'count'
  readonly metric: string
  /** Beside `dp_id` and `dp_name`. */
  readonly labels?: Readonly<Record<string, string | number>>
  readonly dpName: string
  /** Defaults to 1. */
  readonly by?: number
}

/** A state and what is to be done about it. */
export interface Step<State> {
  readonly state: State
  readonly effects: readonly Effect[]
}

/** One step after the other: each takes the state that the one before has left. */
export function inTurn<State>(state: State, steps: Iterable<(state: State) => Step<State>>): Step<State> {
  const effects: Effect[] = []
  for (const step of steps) {
    const next = step(state)
    state = next.state
    effects.push(...next.effects)
  }
  return { state, effects }
}
