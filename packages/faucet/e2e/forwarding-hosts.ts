import type { ResolvedDp, ResolvedFaucetConfig, ResolvedPort } from '@streambed/faucet'
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './forwarding-addresses.js'

/** A host at a port, in one VLAN. Everything about it follows from where it is. */
export interface Host {
  readonly dp: string
  readonly port: number
  readonly vid: number
  readonly tagged: boolean
  readonly mac: string
  /** In the subnet of the VLAN's first VIP, when it has one. */
  readonly ipv4: string
  readonly ipv6: string
}

/** Whether hosts may be at a port. */
export function isEdge(port: ResolvedPort): boolean {
  return port.native_vlan !== undefined || port.tagged_vlans.length > 0
}

/** A host for each VLAN of each port; two where packets may go back to where they come from. */
export function hostsOf(config: ResolvedFaucetConfig): readonly Host[] {
  return config.dps.flatMap((dp, dpIndex) =>
    [...dp.ports.values()].filter(isEdge).flatMap((port) => {
      const vids = [...(port.native_vlan === undefined ? [] : [port.native_vlan]), ...port.tagged_vlans]
      const copies = port.hairpin || port.hairpin_unicast || port.max_hosts < 3 ? [0, 1] : [0]
      return vids.flatMap((vid, index) =>
        copies.map((copy): Host => {
          const number = dpIndex * 50 + (port.number % 25) + copy * 25
          return {
            dp: dp.name,
            port: port.number,
            vid,
            tagged: vid !== port.native_vlan || index > 0,
            mac: `02:00:00:00:${hex(index)}:${hex(number)}`,
            ipv4: formatIpv4(subnet(dp, vid, 4) + BigInt(number)),
            ipv6: formatIpv6(subnet(dp, vid, 6) + BigInt(number)),
          }
        }),
      )
    }),
  )
}

/** The VIPs of a VLAN of one version. */
export function vipsOf(dp: ResolvedDp, vid: number, version: 4 | 6): readonly string[] {
  const vips = dp.vlans.get(vid)?.faucet_vips ?? []
  return vips.filter((vip) => vip.version === version).map(({ address }) => address)
}

function subnet(dp: ResolvedDp, vid: number, version: 4 | 6): bigint {
  const vip = dp.vlans.get(vid)?.faucet_vips.find((one) => one.version === version)
  if (version === 4) {
    if (!vip) return parseIpv4('10.0.0.0')
    const host = (1n << BigInt(32 - vip.prefix_length)) - 1n
    return parseIpv4(vip.address) & ~host
  }
  if (!vip) return parseIpv6('fc00:99::')
  const host = (1n << BigInt(128 - vip.prefix_length)) - 1n
  return parseIpv6(vip.address) & ~host
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0')
}
