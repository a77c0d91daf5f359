import { OFPVID_PRESENT } from '../constants.js'
import type { Match } from './field.js'
import { oxmFields, type FieldName, type Prerequisite } from './fields.js'

/** What the fields that others depend on say. */
interface View {
  readonly has: (name: FieldName) => boolean
  /** The Ethernet type, also by way of a packet type; `undefined` when it is not matched exactly. */
  readonly ethType: number | undefined
  readonly ipProto: number | undefined
  readonly icmpv6Type: number | undefined
  readonly vlanPresent: boolean
  readonly tracked: boolean
}

/** A condition, and how to name what fulfils it. */
interface Condition {
  readonly holds: (view: View) => boolean
  readonly needs: string
}

const isIp = ({ ethType }: View) => ethType === 0x0800 || ethType === 0x86dd
const ipWith = (proto: number, needs: string): Condition => ({
  holds: (view) => isIp(view) && view.ipProto === proto,
  needs: `eth_type 0x0800 or 0x86dd and ${needs}`,
})
const ethTypes = (needs: string, ...types: number[]): Condition => ({
  holds: ({ ethType }) => ethType !== undefined && types.includes(ethType),
  needs,
})
const isIcmpv6 = (view: View) => view.ethType === 0x86dd && view.ipProto === 58
const nd = (needs: string, ...types: number[]): Condition => ({
  holds: (view) => isIcmpv6(view) && view.icmpv6Type !== undefined && types.includes(view.icmpv6Type),
  needs: `eth_type 0x86dd, ip_proto 58 and icmpv6_type ${needs}`,
})

/** OpenFlow 1.3.5 §7.2.3.6 and table 12; ovs-fields(7), “Prerequisites”. */
const conditions: Readonly<Record<Prerequisite, Condition>> = {
  none: { holds: () => true, needs: '' },
  in_port: { holds: (view) => view.has('in_port'), needs: 'in_port' },
  vlan: { holds: (view) => view.vlanPresent, needs: `vlan_vid with the bit 0x${OFPVID_PRESENT.toString(16)} (a tag)` },
  arp: ethTypes('eth_type 0x0806', 0x0806, 0x8035),
  ipv4: ethTypes('eth_type 0x0800', 0x0800),
  ipv6: ethTypes('eth_type 0x86dd', 0x86dd),
  ip: { holds: isIp, needs: 'eth_type 0x0800 or 0x86dd' },
  mpls: ethTypes('eth_type 0x8847 or 0x8848', 0x8847, 0x8848),
  pbb: ethTypes('eth_type 0x88e7', 0x88e7),
  nsh: ethTypes('eth_type 0x894f', 0x894f),
  tcp: ipWith(6, 'ip_proto 6'),
  udp: ipWith(17, 'ip_proto 17'),
  sctp: ipWith(132, 'ip_proto 132'),
  icmpv4: {
    holds: (view) => view.ethType === 0x0800 && view.ipProto === 1,
    needs: 'eth_type 0x0800 and ip_proto 1',
  },
  icmpv6: { holds: isIcmpv6, needs: 'eth_type 0x86dd and ip_proto 58' },
  nd: nd('135 or 136', 135, 136),
  nd_solicit: nd('135', 135),
  nd_advert: nd('136', 136),
  ct: { holds: (view) => view.tracked, needs: 'ct_state with a flag that only valid tracked packets have (+est)' },
}

/**
 * What a field needs that is not among the fields before it, as a sentence for an error; `undefined` when nothing is
 * missing.
 */
export function missingPrerequisite(name: FieldName, before: Match): string | undefined {
  const { requires } = oxmFields[name]
  if (requires === 'none') return undefined
  const { holds, needs } = conditions[requires]
  return holds(viewOf(before)) ? undefined : `${name} needs ${needs} before it in the match`
}

/** Fields with a lower rank never need fields with a higher one: the order of a match. */
export function prerequisiteRank(name: FieldName): number {
  if (name === 'packet_type') return -1
  return ranks[oxmFields[name].requires] ?? 1
}

const ranks: Readonly<Partial<Record<Prerequisite, number>>> = {
  none: 0,
  tcp: 2,
  udp: 2,
  sctp: 2,
  icmpv4: 2,
  icmpv6: 2,
  nd: 3,
  nd_solicit: 3,
  nd_advert: 3,
}

// Bits of ct_state (ovs-fields(7)).
const CT_TRACKED = 0x20
const CT_INVALID = 0x10
const CT_IMPLY_VALID = 0xcf

function viewOf(match: Match): View {
  const exact = new Map<FieldName, number>()
  const names = new Set<FieldName>()
  let vlanPresent = false
  let tracked = false
  for (const field of match) {
    if (field.field === 'unknown') continue
    names.add(field.field)
    if (typeof field.value !== 'number') continue
    const mask = typeof field.mask === 'number' ? field.mask : -1
    if (field.mask === undefined) exact.set(field.field, field.value)
    if (field.field === 'vlan_vid' || field.field === 'nxm_of_vlan_tci') {
      vlanPresent = (field.value & mask & OFPVID_PRESENT) !== 0
    }
    if (field.field === 'ct_state') {
      const set = field.value & mask
      tracked = (set & CT_IMPLY_VALID) !== 0 || ((set & CT_TRACKED) !== 0 && (mask & ~field.value & CT_INVALID) !== 0)
    }
  }
  const packetType = exact.get('packet_type')
  return {
    has: (name) => names.has(name),
    ethType:
      packetType !== undefined && packetType >>> 16 === 1
        ? packetType & 0xffff
        : (exact.get('eth_type') ?? exact.get('nxm_of_eth_type')),
    ipProto: exact.get('ip_proto') ?? exact.get('nxm_of_ip_proto'),
    icmpv6Type: exact.get('icmpv6_type') ?? exact.get('nxm_nx_icmpv6_type'),
    vlanPresent,
    tracked,
  }
}
