import type { DpState } from '../core/state.js'
import { hostKey, type LearnedHost } from './state.js'
import { hostChanges, hostsWithFlows, hostWithFlows } from './table.js'

/** A host before and after, `undefined` where it was not there. */
export type HostChange = readonly [key: string, before: LearnedHost | undefined, after: LearnedHost | undefined]

/**
 * The hosts whose flows may differ between two states of a dataplane: those of which other things are known, those at
 * ports that came or went; with another configuration all of them.
 */
export function* affectedHosts(was: DpState, is: DpState): Generator<HostChange, void, undefined> {
  const ports = was.dp === is.dp ? changedPorts(was, is) : undefined
  if (ports?.size === 0) {
    yield* hostChanges(was.learning, is.learning)
    return
  }
  const keys = new Set<string>()
  for (const [key] of hostChanges(was.learning, is.learning)) keys.add(key)
  for (const { learning } of [was, is]) {
    for (const host of hostsWithFlows(learning)) if (!ports || isAt(host, ports)) keys.add(hostKey(host.vid, host.mac))
  }
  for (const key of keys) yield [key, hostWithFlows(was.learning, key), hostWithFlows(is.learning, key)]
}

/** Whether flows of a host depend on some of the ports. */
function isAt({ port, lag, withheld, blocked }: LearnedHost, ports: ReadonlySet<number>): boolean {
  if (ports.has(port) || blocked.some((number) => ports.has(number))) return true
  if (lag?.members.some((member) => ports.has(member.port)) || (lag && ports.has(lag.out))) return true
  return withheld?.before !== undefined && isAt(withheld.before, ports)
}

function changedPorts(was: DpState, is: DpState): ReadonlySet<number> {
  const changed = new Set<number>()
  if (was.ports !== is.ports) for (const number of differing(was.ports, is.ports)) changed.add(number)
  if (was.lacp.ports !== is.lacp.ports) for (const number of differing(was.lacp.ports, is.lacp.ports)) changed.add(number)
  return changed
}

function differing<T>(one: ReadonlyMap<number, T>, other: ReadonlyMap<number, T>): readonly number[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((number) => one.get(number) !== other.get(number))
}
