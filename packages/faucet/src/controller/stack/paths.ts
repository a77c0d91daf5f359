import type { DpContext } from '../core/state.js'
import { stackNode, stackRoot, type StackNode } from './state.js'

/**
 * The port on the shortest path from this dataplane to another, over links that carry packets: of several shortest paths
 * the one whose names come first, of several links the one with the lowest port (Faucet's `shortest_path_port`).
 * `undefined` when there is no path, and to itself.
 */
export function towards({ network, state }: DpContext, dpName: string): number | undefined {
  const node = stackNode(network, state.dp.name)
  const next = node?.paths.get(dpName)?.[1]
  return next === undefined ? undefined : node?.neighbours.get(next)
}

/**
 * The port towards another dataplane along the tree by which packets are flooded: up to the root, or down from it
 * (Faucet's `relative_port_towards`). `undefined` when there is none, and to itself.
 */
export function alongTree(context: DpContext, dpName: string): number | undefined {
  const { network, state } = context
  const node = stackNode(network, state.dp.name)
  const root = stackRoot(network)
  if (!node || root === undefined || !node.paths.has(root)) return towards(context, dpName)
  if (state.dp.name === dpName) return undefined
  const path = stackNode(network, dpName)?.paths.get(root) ?? []
  const here = path.indexOf(state.dp.name)
  if (here < 0) return node.chosen
  const next = path[here - 1]
  return node.away.find((port) => state.dp.ports.get(port)?.stack?.dp === next && !node.pruned.includes(port))
}

/** Whether this dataplane is on the path from one dataplane to another, ends included. */
export function isOnPath({ network, state }: DpContext, from: string, to: string): boolean {
  return stackNode(network, from)?.paths.get(to)?.includes(state.dp.name) ?? false
}

/** Whether a stack port takes part in no flood: its link carries nothing, or is beside the one that does (Faucet's `is_pruned_port`). */
export function isPruned(node: StackNode, port: number): boolean {
  if (node.nearer.includes(port)) return port !== node.chosen
  return !node.away.includes(port) || node.pruned.includes(port)
}
