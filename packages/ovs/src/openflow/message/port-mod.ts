import type { Codec, Input, MessageBase } from '../header.js'
import { decodeMac, encodeMac } from '../mac.js'

/** Changes the settings of a port (`OFPT_PORT_MOD`, OpenFlow 1.3.5 §7.3.4.3). */
export interface PortMod extends MessageBase {
  readonly type: 'port_mod'
  readonly portNo: number
  /** MAC address of the port: the switch refuses the message when it is another one. */
  readonly hwAddr: string
  /** Bits of {@link OFPPC}. */
  readonly config: number
  /** Which bits of {@link config} are to change. */
  readonly mask: number
  /** Features to advertise, bits of {@link OFPPF}; 0 leaves them as they are. */
  readonly advertise: number
}

/** A {@link PortMod} to encode. Defaults: `config`, `mask` and `advertise` 0. */
export type PortModInput = Input<PortMod, 'config' | 'mask' | 'advertise'>

/** How the body of a {@link PortMod} is written and read. */
export const portModCodec: Codec<PortMod, PortModInput> = {
  encode(w, message) {
    w.u32(message.portNo, 'portNo')
    w.zeros(4)
    encodeMac(w, message.hwAddr, 'hwAddr')
    w.zeros(2)
    w.u32(message.config ?? 0, 'config')
    w.u32(message.mask ?? 0, 'mask')
    w.u32(message.advertise ?? 0, 'advertise')
    w.zeros(4)
  },
  decode(r, { version, xid }) {
    const portNo = r.u32()
    r.skip(4)
    const hwAddr = decodeMac(r)
    r.skip(2)
    const config = r.u32()
    const mask = r.u32()
    const advertise = r.u32()
    r.skip(4)
    return { type: 'port_mod', version, xid, portNo, hwAddr, config, mask, advertise }
  },
}
