import type { LldpPdu } from '../packet/lldp.js'

/** Subtypes of Faucet's own elements; their octets are decimal digits. */
export const tlvSubtype = { dpId: 1, stackState: 2 } as const

/** What a beacon says of the dataplane that sent it. */
export interface FaucetBeacon {
  readonly dpId: bigint
  readonly dpName: string | undefined
  readonly port: number
  readonly stackState: number | undefined
}

/** The identifier that dataplanes use for their elements: the first half of their MAC address. */
export function ouiOf(mac: string): number {
  return parseInt(mac.replaceAll(':', '').slice(0, 6), 16)
}

/**
 * What Faucet's elements say (its `parse_faucet_lldp`); `undefined` when the beacon is not from a dataplane, or does not
 * say from which one and which port.
 * @param mac MAC address of the dataplane that has heard it: all have the same first half
 */
export function faucetBeacon(pdu: LldpPdu, mac: string): FaucetBeacon | undefined {
  const own = pdu.org.filter(({ oui }) => oui === ouiOf(mac))
  const number = (subtype: number) => integerIn(own.find((tlv) => tlv.subtype === subtype)?.info)
  const dpId = number(tlvSubtype.dpId)
  const port = integerIn(pdu.portId.id)
  if (!dpId || !port) return undefined
  const stackState = number(tlvSubtype.stackState)
  return { dpId, dpName: pdu.systemName, port: Number(port), stackState: stackState === undefined ? undefined : Number(stackState) }
}

function integerIn(info: Uint8Array | undefined): bigint | undefined {
  const text = info && new TextDecoder().decode(info).trim()
  return text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
}
