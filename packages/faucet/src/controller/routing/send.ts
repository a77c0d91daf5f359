import type { ResolvedVlan } from '../../config/index.js'
import type { SendPacket } from '../core/effect.js'
import { isRunning, isTagged } from '../core/ports.js'
import type { DpContext, DpState } from '../core/state.js'
import { excludedLagPorts } from '../lacp/lag.js'
import { stackNode } from '../stack/state.js'
import type { FrameFor } from './frames.js'

/** Sends a frame of a VLAN out of one port. */
export function sendOnPort({ dp }: DpState, vlan: ResolvedVlan, port: number, frame: FrameFor): readonly SendPacket[] {
  const configured = dp.ports.get(port)
  if (!configured) return []
  const tagged = configured.stack !== undefined || isTagged(configured, vlan.vid)
  return [{ type: 'packet_out', dpId: dp.dp_id, ports: [port], data: frame(tagged ? tagOf(vlan) : undefined) }]
}

/** Sends a frame to everybody in a VLAN who is connected to this dataplane: to its ports that are up, one of each LAG. */
export function sendOnVlan(state: DpState, vlan: ResolvedVlan, frame: FrameFor): readonly SendPacket[] {
  const excluded = excludedLagPorts(state, vlan, undefined)
  const isOpen = (port: number) => isRunning(state, port) && !excluded.has(port)
  return [
    ...toPorts(state, vlan.tagged.filter(isOpen), () => frame(tagOf(vlan))),
    ...toPorts(state, vlan.untagged.filter(isOpen), () => frame(undefined)),
  ]
}

/** Sends a frame of a VLAN into the stack: to the root, which floods it, or from the root to everybody. */
export function sendOnStack({ network, state }: DpContext, vlan: ResolvedVlan, frame: FrameFor): readonly SendPacket[] {
  const node = stackNode(network, state.dp.name)
  if (!node) return []
  const isRoot = network.stack.topology.root === state.dp.name
  const up = node.chosen === undefined ? [] : [node.chosen]
  const ports = isRoot ? node.away.filter((port) => !node.inactive.includes(port) && !node.pruned.includes(port)) : up
  return toPorts(state, ports.filter((port) => isRunning(state, port)), () => frame(tagOf(vlan)))
}

/** One message for all ports, or, for switches that want it so (`multi_out: false`), one for each. */
function toPorts({ dp }: DpState, ports: readonly number[], frame: () => Uint8Array): readonly SendPacket[] {
  if (ports.length === 0) return []
  const data = frame()
  const groups = dp.multi_out ? [ports] : ports.map((port) => [port])
  return groups.map((group) => ({ type: 'packet_out', dpId: dp.dp_id, ports: group, data }))
}

function tagOf({ vid }: ResolvedVlan) {
  return { vid, pcp: 0, dei: false }
}
