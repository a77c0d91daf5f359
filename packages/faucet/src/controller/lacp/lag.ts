import type { ResolvedDp, ResolvedPort, ResolvedVlan } from '../../config/index.js'
import type { DpState } from '../core/state.js'
import { actorState, portRole } from './state.js'

/** A flood asks for every port, most dataplanes have no aggregate. */
const known = new WeakMap<ResolvedDp, readonly ResolvedPort[]>()
const none: ReadonlySet<number> = new Set()

/** The ports of a dataplane that belong to an aggregate (option `lacp`), ascending. */
export function lagPorts({ dp }: Pick<DpState, 'dp'>): readonly ResolvedPort[] {
  const ports = known.get(dp) ?? [...dp.ports.values()].filter((port) => port.lacp > 0)
  known.set(dp, ports)
  return ports
}

/**
 * Whether link aggregation lets packets pass: a port of an aggregate whose partner is in sync and that is selected, or
 * a port that is in none. Whether the port is up at all is another question (`isRunning`).
 */
export function isForwarding(state: DpState, port: number): boolean {
  const configured = state.dp.ports.get(port)
  if (configured === undefined || configured.lacp === 0) return true
  const { actor, role } = state.lacp.ports.get(port) ?? {}
  return actor === actorState.up && role === portRole.selected
}

/**
 * Ports of aggregates that a flood in a VLAN leaves out: all but one of each aggregate that forwards, all of those that
 * do not forward, and the whole aggregate that the packet came from (Faucet's `excluded_lag_ports`).
 * @param inPort where the packet came in; `undefined` for what no port of this dataplane sent
 */
export function excludedLagPorts(state: DpState, vlan: ResolvedVlan, inPort: number | undefined): ReadonlySet<number> {
  if (lagPorts(state).length === 0) return none
  const excluded = new Set<number>()
  const from = inPort === undefined ? 0 : (state.dp.ports.get(inPort)?.lacp ?? 0)
  const served = new Set<number>([from])
  for (const number of [...vlan.tagged, ...vlan.untagged]) {
    const lag = state.dp.ports.get(number)?.lacp ?? 0
    if (lag === 0) continue
    if (served.has(lag) || !isForwarding(state, number)) excluded.add(number)
    else served.add(lag)
  }
  return excluded
}
