import type { ResolvedDp } from '@streambed/faucet'
import { macBytes, parseIpv4, parseIpv6, solicitedNode } from './forwarding-addresses.js'
import { type Host, vipsOf } from './forwarding-hosts.js'

const broadcast = 'ff:ff:ff:ff:ff:ff'
const nobody = '02:00:00:00:ff:ff'

/**
 * The frames of a host that is to be learned: it brings up its link when that is to be one of several, asks for the
 * address of its gateway, and sends something else in case that an ACL drops such questions.
 */
export function framesOf(dp: ResolvedDp, host: Host): readonly Uint8Array[] {
  const [vip4] = vipsOf(dp, host.vid, 4)
  const vips6 = vipsOf(dp, host.vid, 6)
  const lag = dp.ports.get(host.port)?.lacp ?? 0
  return [
    ...(lag > 0 ? [frame({ ...host, tagged: false }, '01:80:c2:00:00:02', 0x8809, lacpdu(host, lag))] : []),
    frame(host, broadcast, 0x806, arpRequest(host, vip4 ?? '10.0.0.254')),
    ...vips6.slice(0, 1).map((vip) => frame(host, solicitedNode(vip).mac, 0x86dd, neighborSolicitation(host, vip))),
    frame(host, nobody, 0x800, udp(host)),
  ]
}

function frame({ mac, tagged, vid }: Host, to: string, type: number, payload: readonly number[]): Uint8Array {
  const tag = tagged ? [0x81, 0x00, vid >> 8, vid & 255] : []
  const bytes = [...macBytes(to), ...macBytes(mac), ...tag, type >> 8, type & 255, ...payload]
  return Uint8Array.from([...bytes, ...Array<number>(Math.max(0, 60 - bytes.length)).fill(0)])
}

function arpRequest({ mac, ipv4 }: Host, target: string): number[] {
  return [0, 1, 8, 0, 6, 4, 0, 1, ...macBytes(mac), ...number(parseIpv4(ipv4), 4), 0, 0, 0, 0, 0, 0, ...number(parseIpv4(target), 4)]
}

/** What somebody says who is ready to use a link as one of several (IEEE 802.1AX, 6.4.2). */
function lacpdu({ mac, port }: Host, lag: number): number[] {
  const state = 0x3d
  const actor = [1, 20, 0xff, 0xff, ...macBytes('02:00:00:00:aa:00'), 0, lag, 0, 0xff, 0, port, state, 0, 0, 0]
  const partner = [2, 20, 0xff, 0xff, ...macBytes(mac), 0, lag, 0, 0xff, 0, port, state, 0, 0, 0]
  const collector = [3, 16, 0, 0, ...Array<number>(12).fill(0)]
  return [1, 1, ...actor, ...partner, ...collector, 0, 0, ...Array<number>(50).fill(0)]
}

function neighborSolicitation({ mac, ipv6 }: Host, target: string): number[] {
  const source = number(parseIpv6(ipv6), 16)
  const to = number(parseIpv6(solicitedNode(target).ip), 16)
  const body = [135, 0, 0, 0, 0, 0, 0, 0, ...number(parseIpv6(target), 16), 1, 1, ...macBytes(mac)]
  const sum = checksum([...source, ...to, 0, 0, 0, body.length, 0, 0, 0, 58, ...body])
  body.splice(2, 2, sum >> 8, sum & 255)
  return [0x60, 0, 0, 0, 0, body.length, 58, 255, ...source, ...to, ...body]
}

function udp({ ipv4 }: Host): number[] {
  const addresses = [...number(parseIpv4(ipv4), 4), 10, 99, 99, 99]
  const header = [0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, ...addresses]
  const sum = checksum(header)
  header.splice(10, 2, sum >> 8, sum & 255)
  return [...header, 0x9c, 0x40, 0x9c, 0x41, 0, 12, 0, 0, 1, 2, 3, 4]
}

function checksum(bytes: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function number(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n))
}
