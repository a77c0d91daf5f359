import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'
import type { Effect } from '../core/effect.js'
import { isRunning } from '../core/ports.js'
import type { DpState } from '../core/state.js'
import { expired } from './expire.js'
import { hostCount, hostKey, type Ban, type LearnedHost, type LearningState } from './state.js'
import { withoutHost } from './table.js'

/** Whether a port and a VLAN take one more host. */
export interface Room {
  /** Where there is none. */
  readonly full: readonly Pick<Ban, 'type' | 'number'>[]
  /** The hosts that are left, and the events of those that are not; as before where there is no room. */
  readonly learning: LearningState
  readonly effects: readonly Effect[]
}

/**
 * Makes room for a host that is not known on a port and in a VLAN that may have only so many (`max_hosts`). Hosts that
 * have not been heard since their link went down have no flows, and go first, the longest silent before the others: they
 * are remembered only to be told from new ones. Faucet counts them until their time is over.
 */
export function makeRoom(state: DpState, port: ResolvedPort, vlan: ResolvedVlan): Room {
  const places = [
    // Behind a stack port is all of the network.
    { type: 'port', number: port.number, most: port.stack ? 0 : port.max_hosts, here: (host: LearnedHost) => host.port === port.number },
    { type: 'vlan', number: vlan.vid, most: vlan.max_hosts, here: (host: LearnedHost) => host.vid === vlan.vid },
  ] as const
  const full: Pick<Ban, 'type' | 'number'>[] = []
  const effects: Effect[] = []
  let { learning } = state
  for (const { type, number, most, here } of places) {
    const count = hostCount(learning, type === 'port' ? { port: number } : { vid: number })
    if (most <= 0 || count < most) continue
    const away = [...learning.hosts.values()].filter((host) => here(host) && isAway(state, host))
    const leaving = away.sort((one, other) => one.seen - other.seen).slice(0, count - most + 1)
    if (leaving.length <= count - most) full.push({ type, number })
    for (const host of leaving) {
      learning = withoutHost(learning, hostKey(host.vid, host.mac), false)
      effects.push(expired(state, host))
    }
  }
  return full.length > 0 ? { full, learning: state.learning, effects: [] } : { full, learning, effects }
}

/** Whether every link where a host was heard has been down since. */
function isAway(state: DpState, host: LearnedHost): boolean {
  if (host.known || host.withheld || state.dp.ports.get(host.port)?.permanent_learn) return false
  const places = [host, ...(host.lag?.members ?? [])]
  return !places.some(({ port, seen }) => isRunning(state, port) && (state.ports.get(port)?.since ?? 0) <= seen)
}
