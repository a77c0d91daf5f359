/**
 * The highest OpenFlow port number that Open vSwitch gives to a port: those from 0xff00 on are reserved in OpenFlow 1.0, whose numbers it has inside
 * (`ofport_request` in ovs-vswitchd.conf.db(5)). The bridge's own port has `OFPP.LOCAL`.
 */
export const HIGHEST_OFPORT = 0xfeff

/** The lowest OpenFlow port number that is not taken; undefined when all are. */
export function lowestFreeOfport(taken: ReadonlySet<number>): number | undefined {
  for (let ofport = 1; ofport <= HIGHEST_OFPORT; ofport++) if (!taken.has(ofport)) return ofport
  return undefined
}
