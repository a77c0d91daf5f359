import type { Match } from '../src/openflow/oxm/index.js'
import { printMatch } from '../src/openflow/text/match.js'
import type { RandomBits } from './random-match.js'

/**
 * Whether ovs-ofctl 3.1 reads a text as it should. It takes an IPv6 mask that begins with a digit for a prefix length,
 * and makes the mask of five fields of tunnels from their value.
 */
export function isReadAsMeant(text: string): boolean {
  return !/\/[0-9][0-9a-f]*:/.test(text) && !/tun_erspan_(?:ver|dir|hwid)|gtpu_/.test(text)
}

type Rewrite = readonly [from: RegExp, to: readonly string[]]

/** Other ways to say the same, of which ovs-ofctl knows many. */
const rewrites: readonly Rewrite[] = [
  [/\bdl_src=/, ['eth_src=']],
  [/\bdl_dst=/, ['eth_dst=']],
  [/\bdl_type=/, ['eth_type=']],
  [/\bnw_src=/, ['ip_src=', 'nw_src:']],
  [/\bnw_dst=/, ['ip_dst=']],
  [/\barp_spa=/, ['nw_src=']],
  [/\barp_op=/, ['nw_proto=']],
  [/\bnw_ecn=/, ['ip_ecn=']],
  [/\bnw_frag=/, ['ip_frag=']],
  [/\bnw_proto=/, ['ip_proto=']],
  [/\btun_id=/, ['tunnel_id=']],
  [/\bin_port=/, ['in_port_oxm=']],
  [/\bdl_vlan_pcp=/, ['vlan_pcp=']],
  [/\bnsh_spi=/, ['nsp=']],
  [/\bnsh_si=/, ['nsi=']],
  [/^tcp,|,tcp,/, [',ip,nw_proto=6,', ',dl_type=0x0800,ip_proto=0x6,', ',ipv4,nw_proto=6,']],
  [/^udp6,|,udp6,/, [',ip6,nw_proto=17,', ',eth_type=0x86dd,ip_proto=17,']],
  [/^ip,|,ip,/, [',ip4,', ',dl_type=2048,', ',eth ip,']],
  [/^arp,|,arp,/, [',dl_type=0x806,']],
]

/** A text for a match as somebody might write it: other names, other separators, other forms of numbers. */
export function randomMatchText(random: RandomBits, match: Match): string {
  let text = printMatch(match)
  for (const [from, to] of rewrites) if (random.chance(40)) text = text.replace(from, random.pick(to))
  text = text
    .split(/,(?![^(]*\))/)
    .map((item) => rewriteItem(random, item))
    .join(random.pick([',', ', ', ' ', ',,']))
  return text.replace(/^[, ]+/, '')
}

function rewriteItem(random: RandomBits, item: string): string {
  const [, name = '', value = ''] = /^([^=:]+)[=:](.*)$/.exec(item) ?? []
  if (name === 'dl_vlan' && random.chance(40)) return `vlan_vid=${0x1000 | Number(value)}`
  if (name === 'nw_tos' && random.chance(40)) return `ip_dscp=${Number(value) >> 2}`
  if (/^tp_(?:src|dst)$/.test(name) && random.chance(40)) {
    return item.replace('tp_', random.pick(['tcp_', 'udp_', 'sctp_']))
  }
  if (/^icmp_/.test(name) && random.chance(40)) return item.replace('icmp_', 'icmpv6_')
  if (/^reg\d+$/.test(name) && !value.includes('/') && random.chance(40)) return `${name}[]=${value}`
  if (/^reg(?:7|15)$/.test(name) && /^0x[0-9a-f]+\/0xff$/.test(value)) return `${name}[0..7]=${value.split('/')[0]}`
  if (/^(?:metadata|pkt_mark|ct_mark|conj_id|mpls_label)$/.test(name) && random.chance(40) && !value.includes('/')) {
    return `${name}=${random.chance(50) ? BigInt(value) : `0x${BigInt(value).toString(16).toUpperCase()}`}`
  }
  return item
}
