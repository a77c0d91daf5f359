import { OFPFF, type Match } from '@streambed/ovs/openflow'
import type { ResolvedPort } from '../../config/index.js'
import { taggedVid, type Flow, type FlowMaker, type FlowOptions } from '../core/flow.js'
import { isRunning } from '../core/ports.js'
import { priority } from '../core/priority.js'
import type { DpContext, DpState } from '../core/state.js'
import { isForwarding } from '../lacp/lag.js'
import type { LearnedHost } from '../learning/state.js'
import { endsWhenIdle, hostTimeouts } from '../learning/timeouts.js'
import { externalPcp } from './actions.js'
import { externalRequest, sendTo } from './port-output.js'

/** The flows of a host that the controller knows, or that has lapsed. */
export function* hostFlows(context: DpContext, make: FlowMaker, host: LearnedHost): Generator<Flow, void, undefined> {
  const { state } = context
  for (const port of host.blocked) {
    if (isRunning(state, port)) yield make.flow('eth_src', priority.filter, { in_port: port, eth_src: host.mac })
  }
  if (host.withheld) {
    if (host.withheld.before) yield* hostFlows(context, make, host.withheld.before)
    return
  }
  if (!state.dp.vlans.has(host.vid)) return
  const places = [host, ...(host.lag?.members ?? [])].filter((place) => isThere(state, host, place))
  if (!host.lapsed) for (const place of places) yield sourceFlow(state, make, host, place)
  const out = places.find(({ port }) => port === host.lag?.out) ?? places[0]
  const port = out && state.dp.ports.get(out.port)
  if (port) yield* destinationFlows(state, make, host, port)
}

/** Whether a host is where it was seen: the port passes packets, and has done so ever since. */
function isThere(state: DpState, host: LearnedHost, { port, seen }: { readonly port: number; readonly seen: number }): boolean {
  if (!isRunning(state, port) || !isForwarding(state, port)) return false
  return host.known || state.dp.ports.get(port)?.permanent_learn === true || (state.ports.get(port)?.since ?? 0) <= seen
}

/** Packets from the host: they need not be learned from any more. */
function sourceFlow({ dp, layout }: DpState, make: FlowMaker, { vid, mac, known }: LearnedHost, { port, seen }: { port: number; seen: number }): Flow {
  const configured = dp.ports.get(port)
  const timeouts = configured && hostTimeouts(dp, configured, mac, known).source
  // Not by `match()`: what is learned is so often, and its values are right.
  const fields: Match = [{ field: 'in_port', value: port }, { field: 'eth_src', value: mac.toLowerCase() }, { field: 'vlan_vid', value: taggedVid(vid) }]
  return make.matched('eth_src', priority.match - 1, fields, [make.goto(layout.output)], { ...timeouts, flags: flagsOf(dp), since: seen })
}

/** Packets to the host. */
function* destinationFlows(state: DpState, make: FlowMaker, host: LearnedHost, port: ResolvedPort): Generator<Flow, void, undefined> {
  const { dp } = state
  const { vid, mac } = host
  const options: FlowOptions = { ...hostTimeouts(dp, port, mac, host.known).destination, flags: flagsOf(dp), since: host.seen }
  const fields: Match = [{ field: 'eth_dst', value: mac.toLowerCase() }, { field: 'vlan_vid', value: taggedVid(vid) }]
  const instructions = sendTo(make, port, vid, { external: externalRequest(state, port) })
  // What came from outside by another external port is not sent out there again.
  const marks = port.loop_protect_external ? [externalPcp.wanted] : [externalPcp.wanted, externalPcp.done]
  if (!dp.has_externals) yield make.matched('eth_dst', priority.match, fields, instructions, options)
  else for (const value of marks) yield make.matched('eth_dst', priority.match, [...fields, { field: 'vlan_pcp', value }], instructions, options)
  if (port.hairpin || port.hairpin_unicast) {
    const back = sendTo(make, port, vid, { hairpin: true })
    yield make.matched('eth_dst_hairpin', priority.match, [{ field: 'in_port', value: port.number }, ...fields], back, options)
  }
}

function flagsOf(dp: DpState['dp']): number {
  return endsWhenIdle(dp) ? OFPFF.SEND_FLOW_REM : 0
}
