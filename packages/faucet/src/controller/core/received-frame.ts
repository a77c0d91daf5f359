import { printPort } from '@streambed/ovs/openflow'
import type { ReceivedFrame } from './frame.js'
import type { PacketArrived } from './event.js'
import type { DpState, NetworkState } from './state.js'

/** The longest beginning of a frame that the controller looks at (Open vSwitch may send more than was asked for). */
const longest = 194

/**
 * The frame of a packet-in, or why it does not count: sent for no reason that the controller gave, by a flow that is not
 * its own, from a port or a VLAN that is not configured, or with a source that no host has.
 */
export function receivedFrame(_network: NetworkState, state: DpState, event: PacketArrived): ReceivedFrame | string {
  const { dp } = state
  const { cookie, inPort, reason } = event
  if (dp.strict_packet_in_cookie && cookie !== dp.cookie) return `packet-in with the cookie 0x${cookie.toString(16)}, which is not ours`
  if (reason !== 'action' && reason !== 'invalid_ttl') return `packet-in that nobody asked for (${String(reason)})`
  const port = inPort === undefined ? undefined : dp.ports.get(inPort)
  if (!port) return `packet-in from port ${inPort === undefined ? 'unknown' : printPort(inPort)}, which is not configured`
  const data = event.data.subarray(0, longest)
  if (data.length < 14) return `packet-in of ${String(data.length)} bytes from port ${printPort(port.number)}`
  const tagged = u16(data, 12) === 0x8100 && data.length >= 18
  const ethType = u16(data, tagged ? 16 : 12)
  const ethSrc = mac(data, 6)
  const written = mac(data, 0)
  if ((data[6] ?? 0) & 1 || ethSrc === '00:00:00:00:00:00') return `packet-in from port ${printPort(port.number)} with the source ${ethSrc}`
  const tag = tagged ? u16(data, 14) & 0xfff : undefined
  // With a global VLAN the last two octets of the destination say which VLAN is meant.
  const isGlobal = tag !== undefined && dp.global_vlan > 0 && tag === dp.global_vlan
  const vid = isGlobal ? u16(data, 4) : tag
  const vlan = vid === undefined ? undefined : dp.vlans.get(vid)
  if (vid !== undefined && !vlan) return `packet-in of VLAN ${String(vid)}, which is not configured`
  if (dp.stack && vlan && !port.stack && port.native_vlan !== vlan.vid && !port.tagged_vlans.includes(vlan.vid)) {
    return `packet-in from port ${printPort(port.number)}, which is not in VLAN ${String(vlan.vid)}`
  }
  const ethDst = isGlobal && vlan ? vlan.faucet_mac : written
  return { port, vlan, ethSrc, ethDst, ethType, reason, data, totalLen: event.totalLen }
}

function u16(data: Uint8Array, offset: number): number {
  return ((data[offset] ?? 0) << 8) | (data[offset + 1] ?? 0)
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function mac(data: Uint8Array, offset: number): string {
  let text = ''
  for (let index = 0; index < 6; index++) text += (index ? ':' : '') + (hex[data[offset + index] ?? 0] ?? '')
  return text
}
