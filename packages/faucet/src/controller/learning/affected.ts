import type { ResolvedDp } from '../../config/index.js'
import type { DpState } from '../core/state.js'
import { hostKey, type LearnedHost } from './state.js'
import { hostChanges, hostsWithFlows, hostWithFlows } from './table.js'

/** A host before and after, `undefined` where it was not there. */
export type HostChange = readonly [key: string, before: LearnedHost | undefined, after: LearnedHost | undefined]

/**
 * The hosts whose flows may differ between two states of a dataplane: those of which other things are known, those at
 * ports and in VLANs that came, went or are configured otherwise; with other options of the dataplane all of them.
 */
export function* affectedHosts(was: DpState, is: DpState): Generator<HostChange, void, undefined> {
  const everywhere = was.dp !== is.dp && optionsDiffer(was.dp, is.dp)
  const ports = changedPorts(was, is)
  const vids = new Set(was.dp.vlans === is.dp.vlans ? [] : differing(was.dp.vlans, is.dp.vlans))
  if (!everywhere && ports.size === 0 && vids.size === 0) {
    yield* hostChanges(was.learning, is.learning)
    return
  }
  const keys = new Set<string>()
  for (const [key] of hostChanges(was.learning, is.learning)) keys.add(key)
  for (const { learning } of [was, is]) {
    for (const host of hostsWithFlows(learning)) {
      if (everywhere || vids.has(host.vid) || isAt(host, ports)) keys.add(hostKey(host.vid, host.mac))
    }
  }
  for (const key of keys) yield [key, hostWithFlows(was.learning, key), hostWithFlows(is.learning, key)]
}

/** What of a dataplane says nothing of the flows of its hosts; ports and VLANs are looked at one by one. */
const apart: ReadonlySet<string> = new Set(['acls', 'meters', 'used_meters', 'dp_acls', 'tunnel_acls', 'description', 'ports', 'vlans'])

/** Whether options differ that the flows of hosts may follow from. Equal ones must be `===`; otherwise they count as different. */
function optionsDiffer(was: ResolvedDp, is: ResolvedDp): boolean {
  const old: Readonly<Record<string, unknown>> = { ...was }
  const now = Object.entries(is)
  return now.length !== Object.keys(old).length || now.some(([key, value]) => !apart.has(key) && old[key] !== value)
}

/** Whether flows of a host depend on some of the ports. */
function isAt({ port, lag, withheld, blocked }: LearnedHost, ports: ReadonlySet<number>): boolean {
  if (ports.has(port) || blocked.some((number) => ports.has(number))) return true
  if (lag?.members.some((member) => ports.has(member.port)) || (lag && ports.has(lag.out))) return true
  return withheld?.before !== undefined && isAt(withheld.before, ports)
}

function changedPorts(was: DpState, is: DpState): ReadonlySet<number> {
  const changed = new Set<number>(was.dp.ports === is.dp.ports ? [] : differing(was.dp.ports, is.dp.ports))
  if (was.ports !== is.ports) for (const number of differing(was.ports, is.ports)) changed.add(number)
  if (was.lacp.ports !== is.lacp.ports) for (const number of differing(was.lacp.ports, is.lacp.ports)) changed.add(number)
  return changed
}

function differing<T>(one: ReadonlyMap<number, T>, other: ReadonlyMap<number, T>): readonly number[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((number) => one.get(number) !== other.get(number))
}
