import type { LacpPdu } from '../packet/lacp.js'

/**
 * What a port hears from its partner. Faucet's numbers, which its events and metrics show.
 * `none`: the port is down. `init`: it is up, and nobody speaks. `up`: the partner is in sync. `nosync`: it speaks, but
 * is not in sync.
 */
export const actorState = { notConfigured: -1, none: 0, init: 1, up: 3, nosync: 5 } as const

/** One of {@link actorState}. */
export type ActorState = (typeof actorState)[keyof typeof actorState]

/** Whether the aggregate may use a port. Faucet's numbers. */
export const portRole = { notConfigured: -1, unselected: 1, selected: 2, standby: 3 } as const

/** One of {@link portRole}. */
export type PortRole = (typeof portRole)[keyof typeof portRole]

/** Where a port of an aggregate is: that, and nothing that a packet changes while all is well, is what flows follow from. */
export interface LagPort {
  readonly actor: ActorState
  readonly role: PortRole
}

/** What a partner said, and when. */
export interface LagPartner {
  /** `undefined` while only the flows of the switch say that there is one. */
  readonly pdu: LacpPdu | undefined
  /** Seconds; when anything was heard last. */
  readonly heardAt: number
  /** Seconds; when it was answered last. */
  readonly answeredAt: number | undefined
}

/** Link aggregation on one dataplane. */
export interface LacpState {
  /** By number; a port of an aggregate that was never up is not there. The same object while flows stay the same. */
  readonly ports: ReadonlyMap<number, LagPort>
  /** By number; only of those that have been heard, and not been lost since. */
  readonly partners: ReadonlyMap<number, LagPartner>
  /** Seconds; when the active ports spoke last by themselves. */
  readonly advertisedAt: number | undefined
}

/** Before anything happened. */
export const noLacp: LacpState = { ports: new Map(), partners: new Map(), advertisedAt: undefined }
