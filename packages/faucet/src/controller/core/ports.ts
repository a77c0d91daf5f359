import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import type { DpState } from './state.js'

/** Whether a port takes part: it is in the configuration, enabled there, and up (Faucet's `running()`). */
export function isRunning(state: DpState, number: number): boolean {
  const port = state.dp.ports.get(number)
  return port !== undefined && port.enabled && state.ports.get(number)?.up === true
}

/** The configured ports that take part, ascending. */
export function runningPorts(state: DpState): readonly ResolvedPort[] {
  return [...state.dp.ports.values()].filter((port) => isRunning(state, port.number))
}

/** The VLANs of a port: its tagged ones in the order of the configuration, then its native one. */
export function vlansOfPort(state: DpState, port: ResolvedPort): readonly ResolvedVlan[] {
  const vids = port.native_vlan === undefined ? port.tagged_vlans : [...port.tagged_vlans, port.native_vlan]
  return vids.flatMap((vid) => state.dp.vlans.get(vid) ?? [])
}

/** Whether packets of a VLAN leave a port with a tag. A stack port carries every VLAN so. */
export function isTagged(port: ResolvedPort, vid: number): boolean {
  return port.native_vlan !== vid
}
