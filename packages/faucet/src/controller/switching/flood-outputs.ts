import { OFPP, type ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import type { DpContext, DpState } from '../core/state.js'
import { excludedLagPorts } from '../lacp/lag.js'
import { markExternal, output, outputInPort, popVlan } from './actions.js'

/** Which flood is meant. */
export interface Flood {
  /** For a host that nobody knows: not to ports without `unicast_flood`. */
  readonly unicast: boolean
  /** Where the packet came in; `undefined` in a flow for packets from any port. */
  readonly inPort: ResolvedPort | undefined
  /** Not to ports with `loop_protect_external`. Defaults to false: to one of them. */
  readonly withoutExternal?: boolean
  /** Not to ports with `restricted_bcast_arpnd`. */
  readonly withoutRestricted: boolean
}

/**
 * The actions of a flood in a VLAN, in the order to carry them out. The same port may occur twice (a mirror of tagged
 * and of untagged ports). Faucet's `_build_flood_rule_actions`.
 */
export type FloodOutputs = (context: DpContext, vlan: ResolvedVlan, flood: Flood) => readonly ActionInput[]

/** How a dataplane floods that is in no stack. */
export const standaloneFloodOutputs: FloodOutputs = (context, vlan, flood) => {
  const { state } = context
  const mark = hasExternalPorts(state, vlan) && floodPorts(state, vlan.tagged, flood.unicast).length > 0
  return [...(mark ? [markExternal(true)] : []), ...localFloodOutputs(context, vlan, flood)]
}

/** The outputs to the VLAN's own ports on this dataplane: the tagged ones, then those without a tag. */
export const localFloodOutputs: FloodOutputs = ({ state }, vlan, { unicast, inPort, withoutExternal, withoutRestricted }) => {
  const excluded = new Set(excludedLagPorts(state, vlan, inPort?.number))
  const external = [...vlan.tagged, ...vlan.untagged]
    .filter((number) => state.dp.ports.get(number)?.loop_protect_external && state.ports.get(number)?.up)
    .sort((a, b) => a - b)
  // The network behind them is one network: packets go there once, and never back.
  for (const number of withoutExternal || inPort?.loop_protect_external ? external : external.slice(1)) excluded.add(number)
  if (withoutRestricted) for (const number of restrictedPorts(state, vlan)) excluded.add(number)
  const tagged = portOutputs(floodPorts(state, vlan.tagged, unicast), inPort, excluded)
  const untagged = portOutputs(floodPorts(state, vlan.untagged, unicast), inPort, excluded)
  return untagged.length > 0 ? [...tagged, popVlan, ...untagged] : tagged
}

/**
 * Outputs to ports, ascending, each once, with copies for their mirrors (but for what came from a port with the same
 * mirrors, and was mirrored there). The port where the packet came in is left out, or gets it back with `hairpin`.
 * Faucet's `flood_tagged_port_outputs`.
 */
export function portOutputs(ports: readonly ResolvedPort[], inPort: ResolvedPort | undefined, excluded: ReadonlySet<number>): readonly ActionInput[] {
  const outputs = new Set<number>()
  const mirrored = new Set(inPort?.mirror)
  for (const { number, hairpin, mirror } of ports) {
    if (number === inPort?.number) {
      if (hairpin) outputs.add(OFPP.IN_PORT)
      continue
    }
    if (excluded.has(number)) continue
    outputs.add(number)
    if (mirror.length === 0) continue
    if (!inPort || mirrored.size !== new Set(mirror).size || mirror.some((to) => !mirrored.has(to))) {
      for (const to of mirror) outputs.add(to)
    }
  }
  return [...outputs].sort((a, b) => a - b).map((port) => (port === OFPP.IN_PORT ? outputInPort : output(port)))
}

/** The ports among `numbers` that a flood may go to at all. */
export function floodPorts(state: DpState, numbers: readonly number[], unicast: boolean): readonly ResolvedPort[] {
  return numbers.flatMap((number) => {
    const port = state.dp.ports.get(number)
    return port && !(unicast && !port.unicast_flood) ? [port] : []
  })
}

/** The ports of a VLAN that get no broadcasts but ARP and neighbour discovery. */
export function restrictedPorts(state: DpState, vlan: ResolvedVlan): readonly number[] {
  return [...vlan.tagged, ...vlan.untagged].filter((number) => state.dp.ports.get(number)?.restricted_bcast_arpnd)
}

/** Whether a VLAN has ports with `loop_protect_external`, up or not. */
export function hasExternalPorts(state: DpState, vlan: ResolvedVlan): boolean {
  return [...vlan.tagged, ...vlan.untagged].some((number) => state.dp.ports.get(number)?.loop_protect_external)
}
