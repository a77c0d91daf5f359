import { formatAddress, isLinkLocal, parseAddress } from '../../config/address.js'
import type { ResolvedVlan, ResolvedVip } from '../../config/index.js'

/** Versions of IP. */
export type IpVersion = 4 | 6

/** How long an address is, in bits. */
export const width: Readonly<Record<IpVersion, number>> = { 4: 32, 6: 128 }

/** An IP address, to reckon with and to tell. */
export interface Ip {
  readonly version: IpVersion
  readonly bits: bigint
  /** Canonical. */
  readonly text: string
}

/** An address of the controller on a VLAN, with the network that is connected there. */
export interface Vip extends Ip {
  readonly prefixLength: number
  /** Without host bits, and with the prefix length, as in a route. */
  readonly network: string
  /** The address of the network itself, which is no host. */
  readonly first: bigint
  /** The last address, which Faucet takes for no host either, in IPv6 too. */
  readonly last: Ip
  readonly isLinkLocal: boolean
}

/** The address in a text that is one. */
export function ipOf(text: string): Ip {
  if (!text.includes(':')) return { version: 4, bits: BigInt(text.split('.').reduce((bits, part) => bits * 256 + Number(part), 0)), text }
  const { version, bits } = parseAddress(text) ?? { version: 6, bits: 0n }
  return { version, bits, text: formatAddress(version, bits) }
}

/** Whether an address is link-local. */
export function isLinkLocalIp(ip: Ip): boolean {
  return isLinkLocal({ ...ip, prefixLength: width[ip.version] })
}

/** The address of a host as the destination of a route. */
export function hostRoute(ip: Ip): string {
  return `${ip.text}/${String(width[ip.version])}`
}

const known = new WeakMap<ResolvedVlan, readonly Vip[]>()

/** The addresses of the controller on a VLAN, those of one version of IP, in the order of the configuration. */
export function vipsOf(vlan: ResolvedVlan, version?: IpVersion): readonly Vip[] {
  const vips = known.get(vlan) ?? vlan.faucet_vips.map(vipOf)
  known.set(vlan, vips)
  return version === undefined ? vips : vips.filter((vip) => vip.version === version)
}

/**
 * The VIP in whose network an address is one of a host: the one with the longest prefix. `undefined` when the VLAN does
 * not have that network, or for the first and the last address of it.
 */
export function vipAround(vlan: ResolvedVlan, ip: Ip): Vip | undefined {
  let best: Vip | undefined
  for (const vip of vipsOf(vlan)) {
    if (vip.version !== ip.version || ip.bits <= vip.first || ip.bits >= vip.last.bits) continue
    if (!best || vip.prefixLength > best.prefixLength) best = vip
  }
  return best
}

/** Whether an address is one of the controller on a VLAN. */
export function isVip(vlan: ResolvedVlan, ip: Ip): boolean {
  return vipsOf(vlan).some((vip) => vip.version === ip.version && vip.bits === ip.bits)
}

function vipOf({ address, prefix_length: prefixLength }: ResolvedVip): Vip {
  const ip = ipOf(address)
  const hosts = (1n << BigInt(width[ip.version] - prefixLength)) - 1n
  const first = ip.bits & ~hosts
  const last = ip.bits | hosts
  return {
    ...ip,
    prefixLength,
    network: `${formatAddress(ip.version, first)}/${String(prefixLength)}`,
    first,
    last: { version: ip.version, bits: last, text: formatAddress(ip.version, last) },
    isLinkLocal: isLinkLocalIp(ip),
  }
}
