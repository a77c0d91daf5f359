import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { decodeMac, encodeMac } from './mac.js'

/** Settings of a port (`ofp_port_config`, OpenFlow 1.3.5 §7.2.1). */
export const OFPPC = {
  /** Switched off by the administrator. */
  PORT_DOWN: 1 << 0,
  /** Drops every packet that it receives. */
  NO_RECV: 1 << 2,
  /** Drops every packet that is to leave through it. */
  NO_FWD: 1 << 5,
  /** Sends no packet-in. */
  NO_PACKET_IN: 1 << 6,
} as const

/** State of a port (`ofp_port_state`, OpenFlow 1.3.5 §7.2.1). */
export const OFPPS = {
  /** No link. */
  LINK_DOWN: 1 << 0,
  /** Blocked, by a spanning tree for example. */
  BLOCKED: 1 << 1,
  /** Good for fast failover groups. */
  LIVE: 1 << 2,
} as const

/** What a port can do (`ofp_port_features`, OpenFlow 1.3.5 §7.2.1). `HD` is half duplex, `FD` is full duplex. */
export const OFPPF = {
  '10MB_HD': 1 << 0,
  '10MB_FD': 1 << 1,
  '100MB_HD': 1 << 2,
  '100MB_FD': 1 << 3,
  '1GB_HD': 1 << 4,
  '1GB_FD': 1 << 5,
  '10GB_FD': 1 << 6,
  '40GB_FD': 1 << 7,
  '100GB_FD': 1 << 8,
  '1TB_FD': 1 << 9,
  /** A rate that is not in this list. */
  'OTHER': 1 << 10,
  'COPPER': 1 << 11,
  'FIBER': 1 << 12,
  'AUTONEG': 1 << 13,
  'PAUSE': 1 << 14,
  'PAUSE_ASYM': 1 << 15,
} as const

/** A port of a switch (`ofp_port`, OpenFlow 1.3.5 §7.2.1). */
export interface Port {
  readonly portNo: number
  /** MAC address. */
  readonly hwAddr: string
  /** Name of the interface, up to 16 bytes. */
  readonly name: string
  /** Bits of {@link OFPPC}. */
  readonly config: number
  /** Bits of {@link OFPPS}. */
  readonly state: number
  /** Current features, bits of {@link OFPPF}. */
  readonly curr: number
  /** Advertised features, bits of {@link OFPPF}. */
  readonly advertised: number
  /** Supported features, bits of {@link OFPPF}. */
  readonly supported: number
  /** Features that the link's other end advertises, bits of {@link OFPPF}. */
  readonly peer: number
  /** Current bit rate in kbit/s. */
  readonly currSpeed: number
  /** Maximum bit rate in kbit/s. */
  readonly maxSpeed: number
}

/** Writes a port, 64 bytes. @throws OvsError `invalid`, naming the property. */
export function encodePort(w: ByteWriter, port: Port): void {
  w.u32(port.portNo, 'portNo')
  w.zeros(4)
  encodeMac(w, port.hwAddr, 'hwAddr')
  w.zeros(2)
  w.text(port.name, 16, 'name')
  w.u32(port.config, 'config')
  w.u32(port.state, 'state')
  w.u32(port.curr, 'curr')
  w.u32(port.advertised, 'advertised')
  w.u32(port.supported, 'supported')
  w.u32(port.peer, 'peer')
  w.u32(port.currSpeed, 'currSpeed')
  w.u32(port.maxSpeed, 'maxSpeed')
}

/** Reads a port. @throws OvsError `malformed` when it is cut off. */
export function decodePort(r: ByteReader): Port {
  const portNo = r.u32()
  r.skip(4)
  const hwAddr = decodeMac(r)
  r.skip(2)
  return {
    portNo,
    hwAddr,
    name: r.text(16),
    config: r.u32(),
    state: r.u32(),
    curr: r.u32(),
    advertised: r.u32(),
    supported: r.u32(),
    peer: r.u32(),
    currSpeed: r.u32(),
    maxSpeed: r.u32(),
  }
}
