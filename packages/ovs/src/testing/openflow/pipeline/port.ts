import { OFPPC, OFPPS, type Port } from '../../../openflow/port.js'

/** Counters of a port. */
export interface PortCounters {
  rxPackets: number
  rxBytes: number
  rxDropped: number
  txPackets: number
  txBytes: number
  txDropped: number
}

/** A port of the switch double. */
export interface SwitchPort {
  readonly portNo: number
  readonly name: string
  readonly hwAddr: string
  /** Bits of `OFPPC`. */
  config: number
  /** Whether there is a link at the port. */
  up: boolean
  readonly counters: PortCounters
  /** When the port was added, in milliseconds of the switch's clock. */
  readonly created: number
}

/** Flags that OVS 3.1 knows of OpenFlow 1.0, and that no message of 1.3 can set. */
export const NO_FLOOD = 1 << 4

/** Whether the port carries packets. */
export function isUp(port: SwitchPort): boolean {
  return port.up && (port.config & OFPPC.PORT_DOWN) === 0
}

/** The port as the protocol describes it. */
export function describePort(port: SwitchPort): Port {
  const { portNo, name, hwAddr, config } = port
  const state = isUp(port) ? OFPPS.LIVE : OFPPS.LINK_DOWN
  return { portNo, name, hwAddr, config, state, curr: 0, advertised: 0, supported: 0, peer: 0, currSpeed: 0, maxSpeed: 0 }
}
