import type { TopologyIssue } from '../errors.js'
import type { LinkModel, SwitchModel, SwitchSite } from './model.js'
import { formatPath } from './schema.js'
import type { SwitchSpec } from './spec.js'

/** A name of a bridge is a name of a device (`IFNAMSIZ`). */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,14}$/
/** Open vSwitch: `other_config:datapath-id` is 64 bits; the upper 16 are the implementer's (OpenFlow 1.3.5, 7.3.1). */
const LAST_DPID = 2 ** 48

/** Decides everything about the switches. Without any there is one, `s1`. */
export function addSwitches(specs: Readonly<Record<string, SwitchSpec>> | undefined, site: SwitchSite, issues: TopologyIssue[]): Map<string, SwitchModel> {
  const switches = new Map<string, SwitchModel>()
  if (specs === undefined) return switches.set(site.bridge, { name: site.bridge, bridge: site.bridge, dpid: site.firstDpid })
  const entries = Object.entries(specs)
  if (entries.length === 0) issues.push({ path: 'switches', value: specs, message: 'a testbed has at least one switch; leave "switches" out for one' })
  const given = new Map<number, string>()
  for (const [name, { dpid }] of entries) {
    if (!NAME.test(name)) issues.push({ path: formatPath(['switches', name]), value: name, message: 'a switch name has 1 to 15 letters, digits, "_" and "-", and begins with a letter' })
    if (dpid === undefined) continue
    const path = formatPath(['switches', name, 'dpid'])
    if (!Number.isInteger(dpid) || dpid < 1 || dpid > LAST_DPID) issues.push({ path, value: dpid, message: 'a dpid is a whole number from 1 to 2^48' })
    const other = given.get(dpid)
    if (other !== undefined) issues.push({ path, value: dpid, message: `switch "${other}" has this dpid already` })
    given.set(dpid, name)
  }
  let next = site.firstDpid
  for (const [name, { dpid }] of entries) {
    while (dpid === undefined && given.has(Number(next))) next++
    const chosen = dpid === undefined || !Number.isInteger(dpid) ? next++ : BigInt(dpid)
    switches.set(name, { name, bridge: site.own ? name : `${site.bridge}-${switches.size + 1}`, dpid: chosen })
  }
  return switches
}

/** Decides everything about the cables between switches; they have the first port numbers. */
export function addLinks(pairs: readonly (readonly [string, string])[], switches: ReadonlyMap<string, SwitchModel>, site: SwitchSite, firstOfport: number, issues: TopologyIssue[]): LinkModel[] {
  const links: LinkModel[] = []
  let ofport = firstOfport
  for (const [index, pair] of pairs.entries()) {
    const [one, other] = pair
    for (const [at, name] of pair.entries()) {
      if (!switches.has(name)) issues.push({ path: formatPath(['links', index, at]), value: name, message: `there is no switch "${name}"; the switches are ${[...switches.keys()].join(', ')}` })
    }
    if (one === other) issues.push({ path: formatPath(['links', index]), value: pair, message: 'a cable joins two different switches' })
    const end = (name: string) => ({ switch: name, port: `${site.own ? '' : site.bridge}l${index + 1}-${ofport}`, ofport: ofport++ })
    links.push({ ends: [end(one), end(other)] })
  }
  const apart = unreachable([...switches.keys()], pairs)
  if (apart.length > 0 && issues.length === 0) issues.push({ path: 'links', value: pairs, message: `no chain of cables leads to ${apart.join(', ')}: every network extends over all switches` })
  return links
}

function unreachable(names: readonly string[], pairs: readonly (readonly [string, string])[]): string[] {
  const reached = new Set(names.slice(0, 1))
  for (let grown = true; grown; ) {
    grown = false
    for (const [one, other] of pairs) {
      if (reached.has(one) === reached.has(other)) continue
      reached.add(one).add(other)
      grown = true
    }
  }
  return names.filter((name) => !reached.has(name))
}
