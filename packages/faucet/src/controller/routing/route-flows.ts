import type { ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedVlan } from '../../config/index.js'
import { apply, taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { priority } from '../core/priority.js'
import type { DpContext, DpState } from '../core/state.js'
import { etherType } from '../packet/ethernet.js'
import type { FibEntry } from './fib.js'
import { matchedVids } from './router.js'

/** Routes and next hops, as far as they are known. */
export const routeFlows: FlowPart = function* (context, make) {
  for (const [destination, entries] of context.state.routing.fib.entries()) yield* routesTo(context, make, destination, entries)
}

/**
 * The flows of one destination, in each VLAN that routes to it. No other destination has any of them. Where it is behind
 * several VLANs, a host that is known comes before one that is not, then the VLAN with the lowest number.
 * @param destination with prefix length
 */
export function* routesTo(
  { state }: DpContext,
  make: FlowMaker,
  destination: string,
  entries: readonly FibEntry[],
): Generator<Flow, void, undefined> {
  const [, prefixLength] = destination.split('/')
  const isV4 = !destination.includes(':')
  const table = isV4 ? 'ipv4_fib' : 'ipv6_fib'
  if (!make.has(table)) return
  const taken = new Set<number>()
  for (const entry of [...entries.filter(({ mac }) => mac !== undefined), ...entries.filter(({ mac }) => mac === undefined)]) {
    const vlan = state.dp.vlans.get(entry.vid)
    if (!vlan) continue
    const instructions = entry.mac === undefined ? [] : [...apply(toNextHop(state, vlan, entry.mac)), make.goto(state.layout.output)]
    const options = entry.mac === undefined ? { hardTimeout: entry.timeout, since: entry.since } : {}
    for (const vid of matchedVids(state.dp, entry.vid)) {
      if (taken.has(vid)) continue
      taken.add(vid)
      const fields = isV4
        ? { eth_type: etherType.ipv4, vlan_vid: taggedVid(vid), ipv4_dst: destination }
        : { eth_type: etherType.ipv6, vlan_vid: taggedVid(vid), ipv6_dst: destination }
      yield make.flow(table, priority.longestPrefix + Number(prefixLength), fields, instructions, options)
    }
  }
}

/** Hardware whose switches can't decrement the TTL. */
const withoutTtl: ReadonlySet<string> = new Set(['Allied-Telesis', 'Aruba'])

function toNextHop({ dp }: DpState, vlan: ResolvedVlan, mac: string): readonly ActionInput[] {
  return [
    ...(withoutTtl.has(dp.hardware) ? [] : [{ type: 'dec_nw_ttl' } as const]),
    ...(dp.routers.size > 0 ? [{ type: 'set_field', field: { field: 'vlan_vid', value: taggedVid(vlan.vid) } } as const] : []),
    { type: 'set_field', field: { field: 'eth_src', value: vlan.faucet_mac } },
    { type: 'set_field', field: { field: 'eth_dst', value: mac } },
  ]
}
