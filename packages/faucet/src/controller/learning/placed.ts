import type { DpState } from '../core/state.js'
import type { LearnedHost } from './state.js'

/** Whether a host can be where it is said to be: the port is configured, and carries the VLAN. A stack port carries all. */
export function isPossible({ dp }: DpState, { vid, port: number }: Pick<LearnedHost, 'vid' | 'port'>): boolean {
  const port = dp.ports.get(number)
  const vlan = dp.vlans.get(vid)
  if (!port || !vlan || vlan.reserved_internal_vlan) return false
  return port.stack !== undefined || port.native_vlan === vid || port.tagged_vlans.includes(vid)
}

/** A host at a port, of which nothing else is known. */
export function hostAt({ vid, mac, port, seen }: Pick<LearnedHost, 'vid' | 'mac' | 'port' | 'seen'>): LearnedHost {
  return { vid, mac, port, seen, known: false, lapsed: false, lag: undefined, withheld: undefined, blocked: [] }
}
