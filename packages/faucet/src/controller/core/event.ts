import type { CurrentFlow, Enum, Match, PacketInReason, FlowRemovedReason, PortReason } from '@streambed/ovs/openflow'
import type { ResolvedFaucetConfig } from '../../config/index.js'

/** Something that happened, for `step`. Dataplanes are known by their numbers. */
export type NetworkEvent =
  | SwitchConnected
  | { readonly type: 'disconnected'; readonly dpId: bigint }
  | PortChanged
  | PacketArrived
  | FlowGone
  /** Time went by; at least once a second. */
  | { readonly type: 'tick' }
  | { readonly type: 'config'; readonly config: ResolvedFaucetConfig }
  | HostsKnown
  | LinksKnown

/** A switch is there. */
export interface SwitchConnected {
  readonly type: 'connected'
  readonly dpId: bigint
  readonly ports: readonly { readonly portNo: number; readonly state: number }[]
  /** The flows that it has: what an earlier controller, or this one, has learned is taken over from them. */
  readonly flows: readonly (CurrentFlow & { readonly durationSec?: number })[]
}

/** A port came, went or changed (`OFPT_PORT_STATUS`). */
export interface PortChanged {
  readonly type: 'port_status'
  readonly dpId: bigint
  readonly portNo: number
  readonly reason: Enum<PortReason>
  /** Bits of `OFPPS`. */
  readonly state: number
}

/** A switch sent a packet. */
export interface PacketArrived {
  readonly type: 'packet_in'
  readonly dpId: bigint
  readonly inPort: number | undefined
  readonly reason: Enum<PacketInReason>
  readonly cookie: bigint
  /** The beginning of the frame. */
  readonly data: Uint8Array
  readonly totalLen: number
}

/** A flow is over (`OFPT_FLOW_REMOVED`). */
export interface FlowGone {
  readonly type: 'flow_removed'
  readonly dpId: bigint
  readonly tableId: number
  readonly priority: number
  readonly match: Match
  readonly reason: Enum<FlowRemovedReason>
}

/** Hosts that somebody knows without having seen a packet of them: they count as learned, until they move. */
export interface HostsKnown {
  readonly type: 'hosts'
  readonly hosts: readonly KnownHost[]
}

/** Links of a stack that somebody has made and knows: they carry packets at once. What beacons say later counts for more. */
export interface LinksKnown {
  readonly type: 'links'
  readonly links: readonly (readonly [KnownLinkEnd, KnownLinkEnd])[]
}

/** One end of a link. */
export interface KnownLinkEnd {
  readonly dpId: bigint
  readonly port: number
}

/** Where a host is. */
export interface KnownHost {
  readonly dpId: bigint
  readonly port: number
  readonly vid: number
  /** Lower case, with colons. */
  readonly mac: string
  /** Its IP addresses: a router of the VLAN knows the next hop before the first packet. Defaults to none. */
  readonly addresses?: readonly string[]
}
