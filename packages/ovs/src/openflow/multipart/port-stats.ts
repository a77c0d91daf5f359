import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { OFPP } from '../constants.js'
import type { Codec } from '../header.js'
import type { Multipart, MultipartInput } from './multipart.js'

/** Asks for the counters of a port (`OFPMP_PORT_STATS`, OpenFlow 1.3.5 §7.3.5.6). */
export interface PortStatsRequest extends Multipart {
  readonly type: 'port_stats_request'
  /** The port, or `OFPP.ANY` for all. */
  readonly portNo: number
}

/** Counters of a port; all ones where the switch does not count (`ofp_port_stats`, OpenFlow 1.3.5 §7.3.5.6). */
export interface PortStats {
  readonly portNo: number
  readonly rxPackets: bigint
  readonly txPackets: bigint
  readonly rxBytes: bigint
  readonly txBytes: bigint
  readonly rxDropped: bigint
  readonly txDropped: bigint
  readonly rxErrors: bigint
  readonly txErrors: bigint
  /** Frame alignment errors. */
  readonly rxFrameErr: bigint
  /** Overruns. */
  readonly rxOverErr: bigint
  readonly rxCrcErr: bigint
  readonly collisions: bigint
  /** How long the port has lived: whole seconds, and the nanoseconds beyond. */
  readonly durationSec: number
  readonly durationNsec: number
}

/** Counters of ports (`OFPMP_PORT_STATS`, OpenFlow 1.3.5 §7.3.5.6). */
export interface PortStatsReply extends Multipart {
  readonly type: 'port_stats_reply'
  readonly stats: readonly PortStats[]
}

/** A {@link PortStatsRequest} to encode. Default: `portNo` `OFPP.ANY`. */
export type PortStatsRequestInput = MultipartInput<PortStatsRequest, 'portNo'>
/** A {@link PortStatsReply} to encode. */
export type PortStatsReplyInput = MultipartInput<PortStatsReply>

/** How the body of a {@link PortStatsRequest} is written and read. */
export const portStatsRequestCodec: Codec<PortStatsRequest, PortStatsRequestInput> = {
  encode(w, { portNo = OFPP.ANY }) {
    w.u32(portNo, 'portNo')
    w.zeros(4)
  },
  decode(r, { version, xid, flags }) {
    const portNo = r.u32()
    r.skip(4)
    return { type: 'port_stats_request', version, xid, flags, portNo }
  },
}

/** How the body of a {@link PortStatsReply} is written and read. */
export const portStatsReplyCodec: Codec<PortStatsReply, PortStatsReplyInput> = {
  encode(w, { stats }) {
    for (const port of stats) encodePortStats(w, port)
  },
  decode(r, { version, xid, flags }) {
    const stats: PortStats[] = []
    while (r.remaining > 0) stats.push(decodePortStats(r))
    return { type: 'port_stats_reply', version, xid, flags, stats }
  },
}

function encodePortStats(w: ByteWriter, port: PortStats): void {
  w.u32(port.portNo, 'portNo')
  w.zeros(4)
  w.u64(port.rxPackets, 'rxPackets')
  w.u64(port.txPackets, 'txPackets')
  w.u64(port.rxBytes, 'rxBytes')
  w.u64(port.txBytes, 'txBytes')
  w.u64(port.rxDropped, 'rxDropped')
  w.u64(port.txDropped, 'txDropped')
  w.u64(port.rxErrors, 'rxErrors')
  w.u64(port.txErrors, 'txErrors')
  w.u64(port.rxFrameErr, 'rxFrameErr')
  w.u64(port.rxOverErr, 'rxOverErr')
  w.u64(port.rxCrcErr, 'rxCrcErr')
  w.u64(port.collisions, 'collisions')
  w.u32(port.durationSec, 'durationSec')
  w.u32(port.durationNsec, 'durationNsec')
}

function decodePortStats(r: ByteReader): PortStats {
  const portNo = r.u32()
  r.skip(4)
  return {
    portNo,
    rxPackets: r.u64(),
    txPackets: r.u64(),
    rxBytes: r.u64(),
    txBytes: r.u64(),
    rxDropped: r.u64(),
    txDropped: r.u64(),
    rxErrors: r.u64(),
    txErrors: r.u64(),
    rxFrameErr: r.u64(),
    rxOverErr: r.u64(),
    rxCrcErr: r.u64(),
    collisions: r.u64(),
    durationSec: r.u32(),
    durationNsec: r.u32(),
  }
}
