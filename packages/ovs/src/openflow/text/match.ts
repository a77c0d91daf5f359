import { onesOf } from '../oxm/bits.js'
import type { Match } from '../oxm/field.js'
import { oxmFields, type FieldName } from '../oxm/fields.js'
import { textFieldOfHeader } from './field-table.js'
import { fieldOfBits, namedField, parseBits } from './field-value.js'
import { emptyFlowKey, getField, implyEthernet, needsEthernet, setField, type FlowKey } from './flow-key.js'
import { ETH_TYPE, IP_PROTO, matchOfFlowKey } from './flow-key-match.js'
import { parseInteger } from './integer.js'
import { splitKeyValues, type KeyValue } from './key-value.js'
import { atPlace, PartError, syntaxError } from './syntax.js'

export { printMatch } from './print-match.js'

/** How {@link parseMatch} reads a text. */
export interface ParseMatchOptions {
  /**
   * What becomes of a field that no packet of the match's type has, such as `tcp_dst=80` without `tcp`: an error
   * (`refuse`, the default), or nothing (`drop`), which is what ovs-ofctl does, so that the match then matches more
   * than it says.
   */
  readonly inapplicable?: 'refuse' | 'drop'
}

/** The words that stand for an Ethernet type, and perhaps an IP protocol (ovs-ofctl(8), “Flow Syntax”). */
const protocols: ReadonlyMap<string, readonly [dlType: bigint, proto?: bigint]> = new Map([
  ['ip', [ETH_TYPE.IP]],
  ['ipv4', [ETH_TYPE.IP]],
  ['ip4', [ETH_TYPE.IP]],
  ['arp', [ETH_TYPE.ARP]],
  ['icmp', [ETH_TYPE.IP, IP_PROTO.ICMP]],
  ['igmp', [ETH_TYPE.IP, IP_PROTO.IGMP]],
  ['tcp', [ETH_TYPE.IP, IP_PROTO.TCP]],
  ['udp', [ETH_TYPE.IP, IP_PROTO.UDP]],
  ['sctp', [ETH_TYPE.IP, IP_PROTO.SCTP]],
  ['ipv6', [ETH_TYPE.IPV6]],
  ['ip6', [ETH_TYPE.IPV6]],
  ['icmp6', [ETH_TYPE.IPV6, IP_PROTO.ICMPV6]],
  ['tcp6', [ETH_TYPE.IPV6, IP_PROTO.TCP]],
  ['udp6', [ETH_TYPE.IPV6, IP_PROTO.UDP]],
  ['sctp6', [ETH_TYPE.IPV6, IP_PROTO.SCTP]],
  ['rarp', [ETH_TYPE.RARP]],
  ['mpls', [ETH_TYPE.MPLS]],
  ['mplsm', [ETH_TYPE.MPLS_MCAST]],
])

/**
 * The match that a text in the syntax of ovs-ofctl means: `in_port=1,tcp,nw_dst=10.0.0.0/8,tp_dst=80`. All names and
 * aliases of ovs-fields(7) are known, also the protocol words (`tcp6`), single bits (`reg0[0..7]=5`) and the fields
 * that only OpenFlow has (`pbb_isid`); items are separated by commas or white space. The result has the fields and the
 * order that Open vSwitch uses towards an OpenFlow 1.3 peer; later items override earlier ones.
 *
 * @throws OvsError `invalid`, showing the place in the text, when an item is not known or its value is not right, and,
 *   unless `inapplicable` is `drop`, when a field does not exist in the packets that the rest of the match describes.
 */
export function parseMatch(text: string, options: ParseMatchOptions = {}): Match {
  const key = emptyFlowKey()
  const items = splitKeyValues(text)
  for (const item of items) {
    if (!setMatchItem(key, text, item)) {
      throw syntaxError(`there is no match field ${JSON.stringify(item.key)}`, text, item.keyAt)
    }
  }
  return matchOfItems(key, text, items, options)
}

/**
 * Puts an item of a flow's text into a key, when it belongs to the match.
 *
 * @returns whether it does.
 * @throws OvsError `invalid`, showing the place, when its value is not right.
 */
export function setMatchItem(key: FlowKey, text: string, item: KeyValue): boolean {
  const protocol = protocols.get(item.key)
  if (protocol !== undefined) {
    const [dlType, proto] = protocol
    key.parts.set('dl_type', { value: dlType, mask: 0xffffn })
    if (proto !== undefined) key.parts.set('nw_proto', { value: proto, mask: 0xffn })
    implyEthernet(key)
    return true
  }
  if (item.key === 'eth') {
    key.parts.set('packet_type', { value: 0n, mask: onesOf(32) })
    return true
  }
  if (item.key.includes('[')) {
    setSubfield(key, text, item)
    return true
  }
  const field = namedField(item.key)
  if (field === undefined) return false
  const header = field.headers[0]
  if (header !== undefined && textFieldOfHeader(header) === undefined) {
    const { value, mask } = atPlace(text, item.valueAt, () => parseBits(field, item.value))
    key.others.push(fieldOfBits(header, value, mask))
    return true
  }
  if (item.value === '') {
    // The name alone: the field is there, with any value; of a tunnel option that says something.
    if (field.format === 'mac' || field.format.startsWith('ip') || field.format === 'port') {
      throw syntaxError(`${item.key} needs a value`, text, item.valueAt)
    }
    setField(key, field, { value: 0n, mask: 0n })
  } else {
    setField(key, field, atPlace(text, item.valueAt, () => parseBits(field, item.value)))
  }
  if (header === undefined || needsEthernet(header)) implyEthernet(key)
  return true
}

/** The match of a key that {@link setMatchItem} has filled from the items of a text. @throws OvsError `invalid`. */
export function matchOfItems(
  key: FlowKey,
  text: string,
  items: readonly KeyValue[],
  { inapplicable: wanted = 'refuse' }: ParseMatchOptions = {},
): Match {
  const { match, inapplicable } = matchOfFlowKey(key)
  const part = inapplicable[0]
  if (part === undefined || wanted === 'drop') return match
  const culprit = items.find((item) => touches(item, part)) ?? items[0]
  throw syntaxError(
    `${culprit?.key ?? part} does not exist in the packets of this match: ${remedyOf(part)}`,
    text,
    culprit?.keyAt ?? 0,
  )
}

/** Whether an item of the text sets a part of the key. */
function touches(item: KeyValue, part: string): boolean {
  const field = namedField(item.key.split('[')[0] ?? '')
  if (field === undefined) return false
  const probe = emptyFlowKey()
  setField(probe, field, { value: 0n, mask: onesOf(8 * field.bytes) })
  return probe.parts.has(part)
}

function remedyOf(part: string): string {
  if (part.startsWith('nw_') || part === 'tos') return 'it needs ip, ipv6 or arp beside it'
  if (part.startsWith('ipv6')) return 'it needs ipv6 beside it'
  if (part.startsWith('tp_')) return 'it needs tcp, udp, sctp, icmp, or one of them with a 6, beside it'
  if (part.startsWith('arp_')) return 'it needs arp beside it, or for nd_sll and nd_tll icmp6 and its type'
  if (part.startsWith('nd_')) return 'it needs icmp6,icmpv6_type=135 or icmp6,icmpv6_type=136 beside it'
  if (part.startsWith('mpls_')) return 'it needs mpls or mplsm beside it'
  if (part === 'tcp_flags') return 'it needs tcp or tcp6 beside it'
  return 'it needs another field beside it'
}

/** `reg0[0..7]=5`: some bits of a field. */
function setSubfield(key: FlowKey, text: string, item: KeyValue): void {
  const parts = /^([^[\]]+)\[(?:(\d+)(?:\.\.(\d+))?)?\]$/.exec(item.key)
  const name = parts?.[1] ?? ''
  const field = namedField(name) ?? namedField(headerNames.get(name) ?? '')
  if (parts === null || field === undefined) {
    throw syntaxError('some bits of a field must be written as reg0[0..7] or reg0[3]', text, item.keyAt)
  }
  const first = Number(parts[2] ?? 0)
  const last = Number(parts[3] ?? parts[2] ?? field.bits - 1)
  if (first > last || last >= field.bits) {
    const range = `from 0 to ${field.bits - 1}, the first not above the last`
    throw syntaxError(`the bits of ${name} must be ${range}`, text, item.keyAt + name.length)
  }
  const bits = last - first + 1
  const value = atPlace(text, item.valueAt, () => {
    const parsed = parseInteger(item.value, field.bytes, name)
    if (parsed > onesOf(bits)) throw new PartError(`${item.value} does not fit into ${bits} bits`)
    return parsed
  })
  const old = getField(key, field)
  const within = onesOf(bits) << BigInt(first)
  setField(key, field, { value: (old.value & ~within) | (value << BigInt(first)), mask: old.mask | within })
  if (needsEthernet(field.headers[0] ?? 'eth_type')) implyEthernet(key)
}

const headerNames = new Map(
  (Object.keys(oxmFields) as FieldName[]).map((name) => [oxmFields[name].header, name as string]),
)
