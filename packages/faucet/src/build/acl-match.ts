import { isIPv4, isIPv6 } from 'node:net'
import type { MatchValue } from '../config/model.js'
import { FaucetError } from '../errors.js'
import { describeValue, isMapping } from '../edit/value.js'

/** A port number, or several as `value/mask`: `'0x1000/0xf000'`. */
export type TransportPort = number | `${string}/${string}`

/** Source and destination port of TCP, UDP or SCTP; `true` stands for any. */
export type PortMatch = true | { readonly src?: TransportPort; readonly dst?: TransportPort }

/** Type and code of ICMP; `true` stands for any. */
export type IcmpMatch = true | { readonly type?: number; readonly code?: number }

/** Operation (1 request, 2 reply) and addresses of ARP; `true` stands for any. */
export type ArpMatch = true | { readonly op?: number; readonly sender?: string; readonly target?: string }

/**
 * Which packets a rule is for; what is not said may be anything. IP packets of both versions are meant unless an
 * address, `ip`, `icmp` (IPv4) or `icmpv6` says which.
 */
export interface AclMatch {
  readonly tcp?: PortMatch
  readonly udp?: PortMatch
  readonly sctp?: PortMatch
  readonly icmp?: IcmpMatch
  readonly icmpv6?: IcmpMatch
  readonly arp?: ArpMatch
  /** Source IP address or network: `10.0.0.0/8`, `fd00::1`. */
  readonly from?: string
  /** Destination IP address or network. */
  readonly to?: string
  /** The IP version; `true` for both. */
  readonly ip?: 4 | 6 | true
  /** Any protocol of IP, by number. */
  readonly ipProto?: number
  /** DSCP, 0 to 63. */
  readonly dscp?: number
  /** Source MAC address, with an optional mask after `/`. */
  readonly fromMac?: string
  /** Destination MAC address, with an optional mask after `/`. */
  readonly toMac?: string
  readonly ethType?: number
  /** VID of the packet's tag; in an ACL of ports that is the tag with which it comes in. */
  readonly vlan?: number
  /** OpenFlow match fields of Faucet that have no name here, as they are: `{ ct_state: '0x21/0x21' }`. */
  readonly fields?: Readonly<Record<string, MatchValue>>
}

/** Match fields of Faucet and their values. */
export type MatchFields = Readonly<Record<string, MatchValue>>

const ETH_TYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const

/** The protocols that a match may name: key of {@link AclMatch}, protocol number, IP version where it has but one. */
const PROTOCOLS = [
  { name: 'icmp', number: 1, version: 4 },
  { name: 'tcp', number: 6, version: undefined },
  { name: 'udp', number: 17, version: undefined },
  { name: 'icmpv6', number: 58, version: 6 },
  { name: 'sctp', number: 132, version: undefined },
] as const

const KEYS: readonly string[] = [
  ...PROTOCOLS.map(({ name }) => name),
  ...['arp', 'from', 'to', 'ip', 'ipProto', 'dscp', 'fromMac', 'toMac', 'ethType', 'vlan', 'fields'],
]

/**
 * The match fields of Faucet for a description, with every prerequisite that OpenFlow wants (`eth_type`, `ip_proto`).
 * One set of fields, or two where packets of both IP versions are meant: a flow matches but one of them.
 *
 * Throws `FaucetError` `invalid` for a value that cannot be one, an unknown key, and what no packet can be at once.
 */
export function matchFields(match: AclMatch = {}): readonly MatchFields[] {
  if (!isMapping(match as unknown)) {
    const got = describeValue(match)
    throw new FaucetError('invalid', `match is ${got}; it must be an object such as { tcp: { dst: 80 } }`)
  }
  const unknown = Object.keys(match).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw new FaucetError('invalid', `match has '${unknown}'; it may have ${KEYS.join(', ')}`)
  const ethernet = {
    ...optional('eth_src', match.fromMac, (value) => mac('fromMac', value)),
    ...optional('eth_dst', match.toMac, (value) => mac('toMac', value)),
    ...optional('vlan_vid', match.vlan, (value) => whole('vlan', value, 1, 4095)),
  }
  const versions = versionsOf(match)
  if (match.arp !== undefined) {
    return [{ ...ethernet, eth_type: ETH_TYPE.arp, ...arpFields(match.arp), ...match.fields }]
  }
  if (versions.length > 0) {
    return versions.map((version) => ({ ...ethernet, ...ipFields(match, version), ...match.fields }))
  }
  const ethType = optional('eth_type', match.ethType, (value) => whole('ethType', value, 0, 0xffff))
  return [{ ...ethernet, ...ethType, ...match.fields }]
}

/** The IP versions that a match is for, none where it is not about IP. */
function versionsOf(match: AclMatch): readonly (4 | 6)[] {
  const said = new Map<string, 4 | 6>()
  for (const key of ['from', 'to'] as const) {
    if (match[key] !== undefined) said.set(`${key} ${match[key]}`, versionOf(key, match[key]))
  }
  const protocols = PROTOCOLS.filter(({ name }) => match[name] !== undefined)
  for (const { name, version } of protocols) if (version !== undefined) said.set(name, version)
  if (match.ip === 4 || match.ip === 6) said.set(`ip ${match.ip}`, match.ip)
  else if (match.ip !== undefined && match.ip !== true) {
    throw new FaucetError('invalid', `ip is ${describeValue(match.ip)}; it must be 4, 6, or true for both`)
  }
  if (new Set(said.values()).size > 1) {
    const keys = [...said.keys()].join(' and ')
    throw new FaucetError('invalid', `match has ${keys}: one is IPv4, another IPv6; choose one version`)
  }
  const hasIpOption = [match.ip, match.ipProto, match.dscp].some((value) => value !== undefined)
  const isIp = said.size > 0 || protocols.length > 0 || hasIpOption
  const kinds = [
    ...protocols.map(({ name }) => name),
    ...(match.ipProto === undefined ? [] : ['ipProto']),
    ...(match.arp === undefined ? [] : ['arp']),
    ...(match.ethType === undefined ? [] : ['ethType']),
  ]
  if (kinds.length > 1) {
    const all = kinds.join(' and ')
    throw new FaucetError('invalid', `match has ${all}; a packet is one of them, so write a rule for each`)
  }
  const other = match.arp !== undefined ? 'arp' : 'ethType'
  if (isIp && (match.arp !== undefined || match.ethType !== undefined)) {
    const hint =
      other === 'arp' ? 'the addresses of ARP are arp.sender and arp.target' : 'leave out ethType, it is set for IP'
    throw new FaucetError('invalid', `match has ${other} and something of IP; ${hint}`)
  }
  const [version] = said.values()
  return version !== undefined ? [version] : isIp ? [4, 6] : []
}

function ipFields(match: AclMatch, version: 4 | 6): MatchFields {
  const protocol = PROTOCOLS.find(({ name }) => match[name] !== undefined)
  const number = protocol?.number ?? match.ipProto
  const family = `ipv${version}` as const
  return {
    eth_type: ETH_TYPE[family],
    ...optional('ip_proto', number, (value) => whole('ipProto', value, 0, 255)),
    ...optional('ip_dscp', match.dscp, (value) => whole('dscp', value, 0, 63)),
    ...optional(`${family}_src`, match.from, (value) => value),
    ...optional(`${family}_dst`, match.to, (value) => value),
    ...(protocol === undefined ? {} : protocolFields(match, protocol.name)),
  }
}

function protocolFields(match: AclMatch, name: (typeof PROTOCOLS)[number]['name']): MatchFields {
  if (name === 'icmp' || name === 'icmpv6') {
    const prefix = name === 'icmp' ? 'icmpv4' : 'icmpv6'
    const { type, code } = parts(name, match[name] ?? true, ['type', 'code'])
    return {
      ...optional(`${prefix}_type`, type, (value) => whole(`${name}.type`, value, 0, 255)),
      ...optional(`${prefix}_code`, code, (value) => whole(`${name}.code`, value, 0, 255)),
    }
  }
  const { src, dst } = parts(name, match[name] ?? true, ['src', 'dst'])
  return {
    ...optional(`${name}_src`, src, (value) => transportPort(`${name}.src`, value)),
    ...optional(`${name}_dst`, dst, (value) => transportPort(`${name}.dst`, value)),
  }
}

function arpFields(match: ArpMatch): MatchFields {
  const { op, sender, target } = parts('arp', match, ['op', 'sender', 'target'])
  const ipv4 = (key: string, value: string) => {
    if (versionOf(key, value) === 4) return value
    throw new FaucetError('invalid', `${key} is '${value}'; ARP has IPv4 addresses, for IPv6 match icmpv6`)
  }
  return {
    ...optional('arp_op', op, (value) => whole('arp.op', value, 0, 0xffff)),
    ...optional('arp_spa', sender, (value) => ipv4('arp.sender', value)),
    ...optional('arp_tpa', target, (value) => ipv4('arp.target', value)),
  }
}

/** The parts of a match of one protocol, `{}` for `true`. */
function parts<Part extends object>(
  name: string,
  value: true | Part,
  keys: readonly (keyof Part & string)[],
): Partial<Part> {
  if (value === true) return {}
  const unknown = isMapping(value) ? Object.keys(value).find((key) => !(keys as readonly string[]).includes(key)) : ''
  if (unknown === undefined) return value
  const got = unknown === '' ? `is ${describeValue(value)}` : `has '${unknown}'`
  throw new FaucetError('invalid', `${name} ${got}; it must be true, or an object with ${keys.join(', ')}`)
}

function optional<Value>(field: string, value: Value | undefined, check: (value: Value) => MatchValue): MatchFields {
  return value === undefined ? {} : { [field]: check(value) }
}

function whole(key: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value
  const got = describeValue(value)
  throw new FaucetError('invalid', `${key} is ${got}; it must be a whole number from ${low} to ${high}`)
}

function transportPort(key: string, value: TransportPort): MatchValue {
  const numbers = String(value).split('/').map((part) => (/^(?:\d+|0x[0-9a-f]+)$/i.test(part) ? Number(part) : NaN))
  const isRight = numbers.every((number) => Number.isInteger(number) && number >= 0 && number <= 0xffff)
  const { length } = numbers
  if (isRight && length === (typeof value === 'number' ? 1 : 2)) return value
  throw new FaucetError(
    'invalid',
    `${key} is ${describeValue(value)}; it must be a port from 0 to 65535, or several as text 'value/mask' ` +
      "such as '0x1000/0xf000'",
  )
}

function mac(key: string, value: string): string {
  const parts = typeof value === 'string' ? value.split('/') : []
  const isRight = parts.every((part) => /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(part))
  if (isRight && (parts.length === 1 || parts.length === 2)) return value
  throw new FaucetError(
    'invalid',
    `${key} is ${describeValue(value)}; it must be a MAC address such as '0e:00:00:00:00:02', a mask after '/' if any`,
  )
}

/** The version of an IP address or network; checks it. */
function versionOf(key: string, value: string): 4 | 6 {
  const [address = '', prefix, ...more] = typeof value === 'string' ? value.split('/') : []
  const version = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : undefined
  const isLength = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
  const isMask = version === 4 && prefix !== undefined && isIPv4(prefix)
  if (version !== undefined && more.length === 0 && (isLength || isMask)) return version
  throw new FaucetError(
    'invalid',
    `${key} is ${describeValue(value)}; it must be an IP address or network such as '10.0.0.0/8' or 'fd00::1'`,
  )
}
