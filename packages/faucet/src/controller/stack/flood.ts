import type { ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import type { DpContext, DpState } from '../core/state.js'
import { markExternal, outputInPort } from '../switching/actions.js'
import { hasExternalPorts, localFloodOutputs, portOutputs, type Flood, type FloodOutputs } from '../switching/flood-outputs.js'
import { stackNode, type StackNode } from './state.js'

/**
 * How a dataplane of a stack floods: to its own ports and along the tree of the stack. Where all dataplanes are
 * neighbours of the root, each floods at once; in larger stacks packets go up to the root, which reflects them. Faucet's
 * `ValveSwitchStackManagerNoReflection` and `…Reflection`.
 */
export const stackFloodOutputs: FloodOutputs = (context, vlan, flood) => {
  const { network, state } = context
  const { topology } = network.stack
  const node = stackNode(network, state.dp.name)
  const withoutExternal = flood.withoutExternal || (flood.inPort !== undefined && leavesExternalToRoot(context))
  const local = localFloodOutputs(context, vlan, { ...flood, withoutExternal })
  if (!node) return local
  const parts: Parts = {
    ...partsOf(state, node, flood),
    local,
    // Without ports of this kind in the stack nobody looks at the mark.
    wanted: state.dp.has_externals ? [markExternal(true)] : [],
    done: state.dp.has_externals ? [markExternal(false)] : [],
    here: hasExternalPorts(state, vlan),
  }
  if (!topology.reflection) return atOnce(parts, flood.inPort)
  return topology.root === state.dp.name ? atRoot(parts, node, flood.inPort) : belowRoot(parts, node, flood.inPort)
}

/**
 * Whether packets for ports with `loop_protect_external` are left to the root: a candidate that is not the root does so,
 * with packets of its own ports and those of the stack.
 */
export function leavesExternalToRoot({ network, state: { dp } }: DpContext): boolean {
  return dp.has_externals && dp.stack !== undefined && dp.stack.roots.includes(dp.name) && network.stack.topology.root !== dp.name
}

/** What a flood is put together from. */
interface Parts {
  readonly towards: readonly ActionInput[]
  readonly away: readonly ActionInput[]
  readonly local: readonly ActionInput[]
  /** Marks: still to be flooded to external ports, or not any more. */
  readonly wanted: readonly ActionInput[]
  readonly done: readonly ActionInput[]
  /** Whether the VLAN has external ports here. */
  readonly here: boolean
}

function partsOf(state: DpState, node: StackNode, { inPort }: Flood): Pick<Parts, 'towards' | 'away'> {
  const ports = (numbers: readonly number[]) => numbers.flatMap((number) => state.dp.ports.get(number) ?? [])
  const excluded = new Set(node.inactive)
  // Not back to where it came from, over another link.
  const from = inPort?.stack?.dp
  if (from !== undefined) for (const port of state.dp.ports.values()) if (port.stack?.dp === from) excluded.add(port.number)
  return { towards: portOutputs(ports(node.towards), inPort, new Set()), away: portOutputs(ports(node.away), inPort, excluded) }
}

function atOnce({ towards, away, local, wanted, done, here }: Parts, inPort: ResolvedPort | undefined): readonly ActionInput[] {
  const mark = !inPort || inPort.stack ? [] : here ? done : wanted
  return [...mark, ...towards, ...away, ...local]
}

function atRoot({ away, local, wanted, done, here }: Parts, node: StackNode, inPort: ResolvedPort | undefined): readonly ActionInput[] {
  const reflected = inPort && node.away.includes(inPort.number) ? [outputInPort] : []
  return [...(here ? done : wanted), ...away, ...reflected, ...local]
}

function belowRoot({ towards, away, local, wanted, done, here }: Parts, node: StackNode, inPort: ResolvedPort | undefined): readonly ActionInput[] {
  if (!inPort) return [...(here ? done : wanted), ...towards]
  if (node.away.includes(inPort.number)) return towards
  if (node.nearer.includes(inPort.number)) return here ? [...done, ...away, ...local] : [...away, ...done, ...local]
  return [...(inPort.loop_protect_external ? done : wanted), ...towards]
}

/** The VLANs that are flooded. */
export function floodedVlans(state: DpState): readonly ResolvedVlan[] {
  return [...state.dp.vlans.values()].filter((vlan) => !vlan.reserved_internal_vlan)
}
