import { createHash } from 'node:crypto'

/** OpenFlow port numbers that OVS gives away: above are reserved ones (ovs-vswitchd.conf.db(5), `ofport_request`). */
const LAST_OFPORT = 0xfeff

/** The lowest OpenFlow port number that is not taken; undefined when all are. */
export function lowestFree(taken: ReadonlySet<number>): number | undefined {
  for (let port = 1; port <= LAST_OFPORT; port++) if (!taken.has(port)) return port
  return undefined
}

/** A locally administered unicast MAC address for an endpoint, or a network's gateway: always the same one for the same id. */
export function macOf(id: string): string {
  const bytes = Buffer.from(hash(id), 'hex').subarray(0, 6)
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
