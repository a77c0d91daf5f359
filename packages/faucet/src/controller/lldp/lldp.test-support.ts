import type { Effect } from '../core/effect.js'
import type { NetworkEvent } from '../core/event.js'
import { decodeLldp, encodeLldp, type LldpOrgTlv } from '../packet/lldp.js'

const bytes = (text: string) => new TextEncoder().encode(text)

/** What a beacon says. */
export interface Said {
  readonly dpId?: string
  readonly name?: string
  readonly from?: string
  readonly state?: string
}

/** A beacon of a dataplane arrives. */
export function beaconArrives(inPort: number, { dpId = '2', name = 'sw2', from = '20', state }: Said = {}, ethSrc = '0e:00:00:00:00:01', to = 1n): NetworkEvent {
  const tlv = (subtype: number, text: string): LldpOrgTlv => ({ oui: 0x0e0000, subtype, info: bytes(text) })
  const data = encodeLldp(ethSrc, {
    chassisId: { subtype: 4, id: Uint8Array.of(2, 0, 0, 0, 0, 1) },
    portId: { subtype: 5, id: bytes(from) },
    ttl: 15,
    systemName: name,
    org: [tlv(1, dpId), ...(state === undefined ? [] : [tlv(2, state)])],
  })
  return { type: 'packet_in', dpId: to, inPort, reason: 'action', cookie: 1524372928n, data, totalLen: data.length }
}

/** Beacons that are sent: `port: system name, port description, octets of Faucet's elements`. */
export function sentBeacons(effects: readonly Effect[], dpId = 1n): readonly string[] {
  return effects.flatMap((effect) => {
    const pdu = effect.type === 'packet_out' && effect.dpId === dpId ? decodeLldp(effect.data) : undefined
    if (effect.type !== 'packet_out' || !pdu) return []
    const tlvs = pdu.org.map(({ oui, subtype, info }) => `${oui.toString(16)}/${String(subtype)}=${new TextDecoder().decode(info)}`)
    return [[`${effect.ports.join()}: ${String(pdu.systemName)}`, String(pdu.portDescription), ...tlvs].join(', ')]
  })
}

/** Messages of a level. */
export function logged(effects: readonly Effect[], level: string): readonly string[] {
  return effects.flatMap((effect) => (effect.type === 'log' && effect.level === level ? [effect.text] : []))
}

/** Names of counters that count. */
export function counted(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.type === 'count' ? [effect.metric] : []))
}
