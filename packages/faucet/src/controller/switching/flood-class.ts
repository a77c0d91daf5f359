import type { MatchFields } from '@streambed/ovs/openflow'
import { priority } from '../core/priority.js'

/** Packets that are flooded in the same way. */
export interface FloodClass {
  /** For one host that nobody knows: only in VLANs with `unicast_flood`, and not to ports without it. */
  readonly unicast: boolean
  /** What hosts cannot do without (ARP, neighbour discovery): it also reaches ports with `restricted_bcast_arpnd`. */
  readonly essential: boolean
  /** The match, without VLAN and port. */
  readonly fields: MatchFields
  /** Of the flow for packets from any port; one for a single port has one more. */
  readonly priority: number
}

/** Ethertype, address, bits of its mask. */
type Row = readonly [ethType: number | undefined, ethDst: string, bits: number]

const mask = (bits: number) => (((1n << BigInt(bits)) - 1n) << BigInt(48 - bits)).toString(16).replace(/..(?!$)/g, '$&:')

const general: readonly Row[] = [
  [undefined, '01:80:c2:00:00:00', 24],
  [undefined, '01:00:5e:00:00:00', 24],
  [undefined, '33:33:00:00:00:00', 16],
  [undefined, 'ff:ff:ff:ff:ff:ff', 48],
]

const essential: readonly Row[] = [
  [0x0806, 'ff:ff:ff:ff:ff:ff', 48],
  [0x86dd, '33:33:ff:00:00:00', 24],
  [0x86dd, '33:33:00:00:00:02', 48],
  [0x86dd, '33:33:00:00:00:01', 48],
]

/** Destinations that no bridge passes on (Cisco's protocols, the reserved addresses of IEEE 802.1Q 8.6.3). */
const reserved: readonly Row[] = [
  [undefined, '01:00:0c:cc:cc:cc', 48],
  [undefined, '01:00:0c:cc:cc:cd', 48],
  [undefined, '01:80:c2:00:00:00', 44],
]

function classOf([ethType, ethDst, bits]: Row): FloodClass {
  return {
    unicast: false,
    essential: ethType !== undefined,
    fields: { eth_type: ethType, eth_dst: bits === 48 ? ethDst : [ethDst, mask(bits)] },
    priority: priority.match + bits + (ethType ?? 0),
  }
}

const unicastClass: FloodClass = { unicast: true, essential: false, fields: {}, priority: priority.match }
const generalClasses: readonly FloodClass[] = [unicastClass, ...general.map(classOf)]
const allClasses: readonly FloodClass[] = [...generalClasses, ...essential.map(classOf)]

/** Everything that is flooded. @param restricted whether the dataplane has a port with `restricted_bcast_arpnd` */
export function floodClasses(restricted: boolean): readonly FloodClass[] {
  return restricted ? allClasses : generalClasses
}

/** What is never flooded. */
export const reservedClasses: readonly FloodClass[] = reserved.map(classOf)
