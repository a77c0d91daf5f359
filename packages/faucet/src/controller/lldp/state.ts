/** What a port heard of the dataplane at the other end, from its beacons. */
export interface HeardBeacon {
  /** The number of the dataplane that sent it. */
  readonly dpId: bigint
  /** Its system name; `undefined` when it said none. */
  readonly dpName: string | undefined
  /** The number of its port. */
  readonly port: number
  /** The state of its stack port (Faucet's numbers); `undefined` from a port that is not in a stack. */
  readonly stackState: number | undefined
  /** Seconds; when the last one was heard. */
  readonly at: number
  /** The source address of the frame. */
  readonly mac: string
  /** So many were missed that nobody counts on it any more; kept for stack ports, which tell silence from never. */
  readonly lost: boolean
}

/** LLDP on one dataplane. It changes with every beacon: no flow follows from it. */
export interface LldpState {
  /** By port. */
  readonly heard: ReadonlyMap<number, HeardBeacon>
  /** Seconds, by port; when the last beacon left. */
  readonly sent: ReadonlyMap<number, number>
  /** The source address of the last LLDP frame that was not of the configured peer, by port. */
  readonly strangers: ReadonlyMap<number, string>
}

/** Before anything happened. */
export const noLldp: LldpState = { heard: new Map(), sent: new Map(), strangers: new Map() }
