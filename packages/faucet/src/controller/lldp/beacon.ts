import type { ResolvedPort, ResolvedPortBeacon } from '../../config/index.js'
import { formatMac } from '../../config/address.js'
import type { DpState, NetworkState } from '../core/state.js'
import { encodeLldp, lldpSubtype, type LldpOrgTlv } from '../packet/lldp.js'
import { stackPortState } from '../stack/state.js'
import { ouiOf, tlvSubtype } from './faucet-tlv.js'

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()
const longestText = 255
const longestInfo = 507

/** The beacon of a port: who sends it, and, from a stack port, what is known of its link (Faucet's `_send_lldp_beacon_on_port`). */
export function beaconOf(network: NetworkState, { dp }: DpState, port: ResolvedPort, beacon: ResolvedPortBeacon): Uint8Array {
  const mac = formatMac(dp.faucet_dp_mac)
  const oui = ouiOf(mac)
  const text = (subtype: number, value: bigint | number): LldpOrgTlv => ({ oui, subtype, info: utf8.encode(String(value)) })
  return encodeLldp(mac, {
    chassisId: { subtype: lldpSubtype.chassisMac, id: Uint8Array.from(mac.split(':'), (byte) => parseInt(byte, 16)) },
    portId: { subtype: lldpSubtype.portName, id: utf8.encode(String(port.number)) },
    ttl: Math.min((dp.lldp_beacon?.send_interval ?? 5) * 3, 0xffff),
    systemName: fitting(beacon.system_name || (dp.lldp_beacon?.system_name ?? dp.name)),
    portDescription: beacon.port_descr === undefined ? undefined : fitting(beacon.port_descr),
    org: [
      ...beacon.org_tlvs.map((tlv) => ({ oui: firstOctets(tlv.oui), subtype: tlv.subtype & 0xff, info: bytesOf(tlv.info) })),
      text(tlvSubtype.dpId, dp.dp_id),
      ...(port.stack ? [text(tlvSubtype.stackState, stackPortState(network, dp.name, port.number))] : []),
    ],
  })
}

/** The beginning of a text that is not longer than an element may be. */
function fitting(text: string): string {
  const bytes = utf8.encode(text)
  return bytes.length <= longestText ? text : fromUtf8.decode(bytes.subarray(0, longestText)).replace(/\ufffd+$/, '')
}

/** The first three octets of an identifier that was written with more. */
function firstOctets(oui: number): number {
  return parseInt(oui.toString(16).padStart(6, '0').slice(0, 6), 16)
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)).subarray(0, longestInfo)
}
