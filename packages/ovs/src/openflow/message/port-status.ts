import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { type Port, decodePort, encodePort } from '../port.js'

/** What happened to a port (`ofp_port_reason`, OpenFlow 1.3.5 §7.4.3). */
export type PortReason = 'add' | 'delete' | 'modify'

/** Names and numbers of {@link PortReason}. */
export const portReason = new Enumeration<PortReason>('the reason of a port-status', { add: 0, delete: 1, modify: 2 })

/** A port came, went or changed (`OFPT_PORT_STATUS`, OpenFlow 1.3.5 §7.4.3). */
export interface PortStatus extends MessageBase {
  readonly type: 'port_status'
  readonly reason: Enum<PortReason>
  readonly desc: Port
}

/** A {@link PortStatus} to encode. */
export type PortStatusInput = Input<PortStatus>

/** How the body of a {@link PortStatus} is written and read. */
export const portStatusCodec: Codec<PortStatus, PortStatusInput> = {
  encode(w, { reason, desc }) {
    w.u8(portReason.encode(reason), 'reason')
    w.zeros(7)
    encodePort(w, desc)
  },
  decode(r, { version, xid }) {
    const reason = portReason.decode(r.u8())
    r.skip(7)
    return { type: 'port_status', version, xid, reason, desc: decodePort(r) }
  },
}
