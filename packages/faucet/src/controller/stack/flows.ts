import { taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { isRunning } from '../core/ports.js'
import { priority } from '../core/priority.js'
import type { DpContext } from '../core/state.js'
import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import { externalPcp } from '../switching/actions.js'
import type { FloodClass } from '../switching/flood-class.js'
import { floodClassesOf, portFloodActions, portFloodFlow } from '../switching/flood-actions.js'
import { floodedVlans } from './flood.js'
import { stackPorts } from './links.js'
import { isPruned } from './paths.js'
import { stackNode } from './state.js'

/** Above those of addresses that the router takes, so that packets of a redundant link are not looked at. */
const selectPriority = priority.high + 0x100

/** What stacked dataplanes have beside the rest: packets that come in at their stack ports. */
export const stackFlows: FlowPart = function* (context, make) {
  const { state } = context
  for (const port of stackPorts(state.dp)) {
    if (isRunning(state, port.number)) yield* admitted(make, port)
    for (const vlan of floodedVlans(state)) {
      for (const floods of floodClassesOf(state)) {
        if (floods.unicast && !vlan.unicast_flood) continue
        yield* filters(context, make, vlan, floods, port)
        yield* floodsFrom(context, make, vlan, floods, port)
      }
    }
  }
}

/** Packets of every VLAN, which have their tag from another dataplane; nothing without a tag. */
function* admitted(make: FlowMaker, { number }: ResolvedPort): Generator<Flow, void, undefined> {
  yield make.flow('vlan', priority.low + 1, { in_port: number, vlan_vid: 0 })
  yield make.flow('vlan', priority.low, { in_port: number }, [make.goto('eth_src')])
}

/** Keeps floods that come over a redundant link, and learning from floods that the root reflects, out of the pipeline. */
function* filters(
  context: DpContext,
  make: FlowMaker,
  vlan: ResolvedVlan,
  { unicast, fields: { eth_dst } }: FloodClass,
  { number }: ResolvedPort,
): Generator<Flow, void, undefined> {
  const { network, state } = context
  const node = stackNode(network, state.dp.name)
  // A packet for one host may be the answer of a neighbour: it comes over the shortest path.
  if (!node || unicast) return
  const fields = { in_port: number, vlan_vid: taggedVid(vlan.vid), eth_dst }
  const { root, reflection } = network.stack.topology
  if (isPruned(node, number)) yield make.flow('eth_src', selectPriority, fields)
  else if (reflection && root !== state.dp.name && (node.edge || node.nearer.includes(number))) {
    yield make.flow('eth_src', selectPriority, fields, [make.goto('flood')])
  }
}

/** What is flooded that came in at a stack port: a mark says whether external ports are still to get it. */
function* floodsFrom(context: DpContext, make: FlowMaker, vlan: ResolvedVlan, floods: FloodClass, port: ResolvedPort): Generator<Flow, void, undefined> {
  const node = stackNode(context.network, context.state.dp.name)
  const pruned = !floods.unicast && node !== undefined && isPruned(node, port.number)
  const actions = (withoutExternal: boolean) => (pruned ? [] : portFloodActions(context, vlan, floods, port, withoutExternal))
  if (!context.state.dp.has_externals) {
    yield portFloodFlow(make, vlan, floods, port.number, actions(false))
    return
  }
  yield portFloodFlow(make, vlan, floods, port.number, actions(true), externalPcp.done)
  yield portFloodFlow(make, vlan, floods, port.number, actions(false), externalPcp.wanted)
}
