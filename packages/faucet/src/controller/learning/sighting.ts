import type { ResolvedPort } from '../../config/index.js'
import type { DpState } from '../core/state.js'
import { hostKey, type HostLag, type LearnedHost } from './state.js'

/** What it means that a host was seen at a port. */
export type Sighting =
  /** Nothing new. */
  | { readonly type: 'nothing' }
  /** It is there. */
  | { readonly type: 'learn'; readonly host: LearnedHost }
  /** It belongs elsewhere for ever: it is blocked there. */
  | { readonly type: 'block'; readonly host: LearnedHost }
  /** A loop, it seems: the port is banned. `began`: not because it was before. */
  | { readonly type: 'loop'; readonly host: LearnedHost; readonly began: boolean }

/** Seconds in which a host is not learned again within an aggregate, or from the reflection of its own packet. */
const shortGuard = 2

/**
 * What it means that a host was seen (Faucet's `learn_host_on_vlan_ports`).
 * @param known what was known of it
 */
export function sighting(state: DpState, known: LearnedHost | undefined, port: ResolvedPort, vid: number, mac: string, now: number): Sighting {
  const { dp, learning } = state
  const guard = dp.cache_update_guard_time
  const before = known && dp.ports.get(known.port)
  if (known && before?.permanent_learn) {
    if (known.port === port.number || known.blocked.includes(port.number)) return { type: 'nothing' }
    return { type: 'block', host: { ...known, blocked: [...known.blocked, port.number] } }
  }
  // A port that did not believe it was right: the host is where it was.
  const last = known?.withheld?.before?.port === port.number ? known.withheld.before : known
  const here = last?.port === port.number
  const sameLag = last !== undefined && port.lacp > 0 && port.lacp === dp.ports.get(last.port)?.lacp
  // In a deep stack the root sends floods back: a host of our own comes in again from there.
  const reflected = dp.stack?.root_flood_reflection === true && port.stack !== undefined && before !== undefined && !before.stack
  const valid = last !== undefined && (state.ports.get(port.number)?.since ?? 0) <= last.seen
  if (known && last === known && (here || sameLag || reflected) && valid) {
    if (now - known.seen < (sameLag || reflected ? shortGuard : guard)) return { type: 'nothing' }
  }
  const host: LearnedHost = {
    vid,
    mac,
    port: port.number,
    seen: now,
    known: here && last.known,
    lapsed: false,
    lag: sameLag ? lagOf(last, port.number, valid, now - dp.timeout) : undefined,
    withheld: undefined,
    blocked: [],
  }
  if (port.loop_protect) {
    const closed = learning.loops.get(port.number)
    const again = closed !== undefined && now - closed < guard
    const rapid = last !== undefined && !here && now - last.seen < guard
    if (again || rapid) {
      const flows = last?.withheld ? last.withheld.before : (last ?? learning.lapsed.get(hostKey(vid, mac)))
      return { type: 'loop', began: !again, host: { ...host, withheld: { before: flows } } }
    }
  }
  return { type: 'learn', host }
}

/** Where a host of an aggregate is heard, and where it is sent to: that does not change with every packet. */
function lagOf({ port: before, seen, lag }: LearnedHost, port: number, valid: boolean, oldest: number): HostLag | undefined {
  const members = (lag?.members ?? []).filter((member) => member.port !== port && member.seen > oldest)
  if (before !== port) members.push({ port: before, seen })
  return members.length > 0 ? { out: valid ? (lag?.out ?? before) : port, members } : undefined
}
