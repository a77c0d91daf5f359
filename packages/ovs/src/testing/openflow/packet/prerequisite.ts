import type { Prerequisite } from '../../../openflow/oxm/fields.js'
import { isMpls } from './extract.js'
import { ETHERTYPE, FRAG, type Key, PROTOCOL, VLAN_PRESENT, WORD } from './key.js'

/** Whether a packet, or the values of a match, have what a field requires (ovs-fields(7)). */
export function fulfils(requires: Prerequisite, key: Key): boolean {
  const type = key[WORD.ETH_TYPE] as number
  switch (requires) {
    case 'none':
    case 'in_port':
      return true
    case 'vlan':
      return ((key[WORD.VLAN_TCI] as number) & VLAN_PRESENT) !== 0
    case 'arp':
      return type === ETHERTYPE.ARP || type === ETHERTYPE.RARP
    case 'ipv4':
      return type === ETHERTYPE.IPV4
    case 'ipv6':
      return type === ETHERTYPE.IPV6
    case 'ip':
      return type === ETHERTYPE.IPV4 || type === ETHERTYPE.IPV6
    case 'mpls':
      return isMpls(type)
    case 'tcp':
      return hasPorts(key, PROTOCOL.TCP)
    case 'udp':
      return hasPorts(key, PROTOCOL.UDP)
    case 'sctp':
      return hasPorts(key, PROTOCOL.SCTP)
    case 'icmpv4':
      return type === ETHERTYPE.IPV4 && key[WORD.IP_PROTO] === PROTOCOL.ICMP
    case 'icmpv6':
      return type === ETHERTYPE.IPV6 && key[WORD.IP_PROTO] === PROTOCOL.ICMPV6
    case 'nd':
      return fulfils('nd_solicit', key) || fulfils('nd_advert', key)
    case 'nd_solicit':
      return neighbourDiscovery(135, key)
    case 'nd_advert':
      return neighbourDiscovery(136, key)
    case 'ct':
      return key[WORD.CT_STATE] !== 0
    case 'pbb':
    case 'nsh':
      return false
  }
}

/** OVS asks whether it is a later fragment, which has no ports, of these protocols only. */
function hasPorts(key: Key, protocol: number): boolean {
  return fulfils('ip', key) && key[WORD.IP_PROTO] === protocol && ((key[WORD.IP_FRAG] as number) & FRAG.LATER) === 0
}

function neighbourDiscovery(kind: number, key: Key): boolean {
  return fulfils('icmpv6', key) && key[WORD.TP_SRC] === kind && key[WORD.TP_DST] === 0
}
