import { bitsOfValue } from '../oxm/bits.js'
import type { Match } from '../oxm/field.js'

/** How deep texts of actions may be nested. */
export const MAX_TEXT_DEPTH = 64

/**
 * What is known of the packets while actions are read: the older actions of ovs-ofctl stand for different actions of
 * OpenFlow 1.3 depending on it.
 */
export interface ActionContext {
  /** How many VLAN tags the packet is known to have. */
  vlans: number
  /** The IP protocol, when it is known. */
  ipProto: number | undefined
  depth: number
}

/** What a flow's match says of its packets. */
export function actionContext(match: Match): ActionContext {
  let vlans = 0
  let ethType: unknown
  let ipProto: number | undefined
  for (const field of match) {
    if (field.field === 'vlan_vid' || field.field === 'nxm_of_vlan_tci') {
      const present = bitsOfValue(field.field, field.value) & (field.mask === undefined ? 0x1000n : BigInt(field.mask))
      vlans = (present & 0x1000n) === 0n ? 0 : 1
    } else if (field.field === 'eth_type' || field.field === 'nxm_of_eth_type') ethType = field.value
    else if (field.field === 'ip_proto' || field.field === 'nxm_of_ip_proto') ipProto = field.value
  }
  return { vlans, ipProto: ethType === 0x0800 || ethType === 0x86dd ? ipProto : undefined, depth: 0 }
}
