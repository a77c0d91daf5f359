import { createHash } from 'node:crypto'

/** A locally administered unicast MAC address for an endpoint, or a network's gateway: always the same one for the same id. */
export function macOf(id: string): string {
  const bytes = Buffer.from(hash(id), 'hex').subarray(0, 6)
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
