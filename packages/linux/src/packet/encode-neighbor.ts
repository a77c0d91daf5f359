import type { IpEndpoints } from './checksum.js'
import { encodeIcmpv6 } from './icmpv6.js'
import { type NeighborAdvertisement, neighborDiscoveryType, type NeighborSolicitation } from './neighbor-discovery.js'
import type { NdOption } from './nd-option.js'

/**
 * The ICMPv6 message that asks for the MAC address of `target`. `mac` is the sender's; leave it out when the source is `::`,
 * as for duplicate address detection. Send it to `solicitedNodeAddress(target)`.
 *
 * @throws RangeError when an address is not valid.
 */
export function encodeNeighborSolicitation(
  fields: { readonly target: string; readonly mac?: string },
  endpoints: IpEndpoints,
): Uint8Array {
  const options: NdOption[] = fields.mac === undefined ? [] : [{ type: 'sourceLinkLayerAddress', mac: fields.mac }]
  const nd: NeighborSolicitation = { type: 'neighborSolicitation', target: fields.target, options }
  return encodeIcmpv6({ type: neighborDiscoveryType(nd), nd }, endpoints, new Uint8Array())
}

/**
 * The ICMPv6 message that says that `target` is at `mac`. The flags default to those of an answer to a solicitation:
 * solicited and override, no router.
 *
 * @throws RangeError when an address is not valid.
 */
export function encodeNeighborAdvertisement(
  fields: {
    readonly target: string
    readonly mac?: string
    readonly router?: boolean
    readonly solicited?: boolean
    readonly override?: boolean
  },
  endpoints: IpEndpoints,
): Uint8Array {
  const { target, mac, router = false, solicited = true, override = true } = fields
  const options: NdOption[] = mac === undefined ? [] : [{ type: 'targetLinkLayerAddress', mac }]
  const nd: NeighborAdvertisement = { type: 'neighborAdvertisement', target, router, solicited, override, options }
  return encodeIcmpv6({ type: neighborDiscoveryType(nd), nd }, endpoints, new Uint8Array())
}
