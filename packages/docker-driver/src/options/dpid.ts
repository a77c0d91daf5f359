import { DockerDriverError } from '../errors.js'
import { wrong } from './wrong.js'

const LAST = (1n << 64n) - 1n

/**
 * A datapath id as `ovs.bridge.dpid` has it: `0x` and hexadecimal digits, 1 to 2^64 - 1. Without `0x` it is refused: dovesnap
 * dropped the first two characters whatever they were, so `ff01` meant 1 there, and `10` could mean ten or sixteen.
 * Throws `DockerDriverError` `invalid`.
 */
export function parseDpid(text: string): bigint {
  const right = 'write 0x and hexadecimal digits, from 0x1 to 0xffffffffffffffff'
  if (!/^0[xX][0-9a-fA-F]+$/.test(text)) throw wrong(text, 'no datapath id', right)
  const digits = text.slice(2).replace(/^0+/, '')
  if (digits === '' || digits.length > 16) throw wrong(text, 'no possible datapath id', right)
  return BigInt(`0x${digits}`)
}

/** A datapath id as Open vSwitch wants it in `other_config:datapath-id`: 16 hexadecimal digits. */
export function formatDpid(dpid: bigint): string {
  return dpid.toString(16).padStart(16, '0')
}

/**
 * What Open vSwitch makes of `other_config:datapath-id`: 16 hexadecimal digits, or 0x and 1 to 16 of them, and not zero. undefined for anything else:
 * it takes an id of its own then (ovs-vswitchd.conf.db(5)).
 */
export function readDpid(text: string | undefined): bigint | undefined {
  const digits = /^(?:0x)?([0-9a-f]{16})$|^0x([0-9a-f]{1,15})$/i.exec(text ?? '')
  const dpid = digits && BigInt(`0x${digits[1] ?? digits[2]}`)
  return dpid ? dpid : undefined
}

/**
 * A free datapath id for a network that was given none. It is 48 bits of the network's id, so that daemons on several machines that
 * share one controller do not choose the same; the next bits of it when these are taken.
 * Throws `DockerDriverError` `conflict` in the case that cannot happen, when all of them are.
 */
export function chooseDpid(networkId: string, taken: ReadonlySet<bigint>): bigint {
  const digits = networkId.toLowerCase().replace(/[^0-9a-f]/g, '')
  for (let at = 0; at + 12 <= digits.length; at++) {
    const dpid = BigInt(`0x${digits.slice(at, at + 12)}`)
    if (dpid > 0n && !taken.has(dpid)) return dpid
  }
  for (let dpid = 1n; dpid <= LAST; dpid++) if (!taken.has(dpid)) return dpid
  throw new DockerDriverError('conflict', 'every datapath id is taken')
}
