import { checkFrames } from './check-frames.js'
import type { Checker } from './checker.js'
import type { DpDraft, Network } from './draft.js'
import { entryOf, intOf, keyId, truthy, type ConfigValue } from './value.js'

/**
 * Refuses what Faucet's parser accepts and what then ends its controller as soon as a switch connects: numbers that no
 * flow or meter can have, `dot1x` without its port, `exact_match` beside flows with other fields, and what fits into none
 * of the frames that it sends.
 */
export function checkFatal(checker: Checker, network: Network, dp: DpDraft): void {
  checkFlowNumbers(checker, dp)
  checkNfvPort(checker, dp)
  checkCoprocessors(checker, dp)
  checkFrames(checker, dp)
  const dpAcls = dp.options.list('dp_acls')
  const ports = [...dp.ports.values()].filter((port) => !port.outputOnly && port.options.bool('enabled'))
  if (dpAcls.length > 0) checkExactMatch(checker, dp, dpAcls, [], [])
  else {
    const open = ports.some((port) => port.aclsIn.length === 0 && !port.options.bool('dot1x'))
    checkExactMatch(checker, dp, ports.flatMap((port) => port.aclsIn), ['in_port'], open ? [['in_port']] : [])
  }
  const vlans = [...network.vlans.values()]
  checkExactMatch(checker, dp, vlans.flatMap((vlan) => vlan.aclsIn), ['vlan_vid'], [])
  const elsewhere = new Set([...dpAcls, ...[...dp.ports.values()].flatMap((port) => port.aclsIn)].map(nameOf))
  checkShared(checker, dp, vlans.flatMap((vlan) => vlan.aclsIn), elsewhere)
  checkShared(checker, dp, vlans.flatMap((vlan) => vlan.aclsOut), elsewhere)
}

/**
 * An ACL keeps the fields of the first table that it is put in. Where all ACLs of VLANs are those of ports or of the
 * dataplane too, their table is made without `vlan_vid`, and Faucet ends when it makes a flow with it.
 */
function checkShared(checker: Checker, dp: DpDraft, refs: readonly ConfigValue[], elsewhere: ReadonlySet<string>): void {
  const [first] = refs
  if (!first || !refs.every((ref) => elsewhere.has(nameOf(ref)))) return
  const rules = refs.flatMap((ref) => dp.acls.get(nameOf(ref))?.rules ?? [])
  if (rules.some((rule) => 'vlan_vid' in rule.match)) return
  const message = `the ACL ${nameOf(first)} of a VLAN is also one of a port, or of the dataplane ${dp.name}`
  checker.fail(['acls', nameOf(first)], first, message, 'an ACL of its own for VLANs, with the same rules')
}

const lastPriority = 65535n
const lastRate = 2n ** 32n - 1n
const lastCookie = 2n ** 64n - 1n

function checkFlowNumbers(checker: Checker, dp: DpDraft): void {
  const number = (name: 'lowest_priority' | 'low_priority' | 'high_priority' | 'highest_priority'): bigint | undefined =>
    intOf(dp.options.get(name))
  const offset = intOf(dp.options.get('priority_offset')) ?? 0n
  const low = number('low_priority') ?? offset + 9000n
  const high = number('high_priority') ?? low + 1n
  const priorities = {
    lowest_priority: number('lowest_priority') ?? offset,
    low_priority: low,
    high_priority: high,
    highest_priority: number('highest_priority') ?? high + 98n,
  }
  for (const name of ['lowest_priority', 'low_priority', 'high_priority', 'highest_priority'] as const) {
    const value = priorities[name]
    // Priority 0 belongs to the flow without a match.
    const least = name === 'lowest_priority' ? 0n : 1n
    if (value >= least && value <= lastPriority) continue
    const at = dp.options.get(name) ?? dp.options.get('priority_offset') ?? dp.place
    checker.fail([...dp.path, name], at, `${name} is ${String(value)}: no flow can have it`, `${String(least)} to 65535`)
  }
  for (const name of ['packetin_pps', 'slowpath_pps'] as const) {
    const rate = intOf(dp.options.get(name))
    if (rate === undefined || (rate >= 0n && rate <= lastRate)) continue
    const at = dp.options.get(name) ?? dp.place
    checker.fail([...dp.path, name], at, `${name} is ${String(rate)}: no meter can have it`, '0 to 2^32 - 1')
  }
  const cookie = dp.options.get('cookie')
  const value = intOf(cookie)
  if (cookie && value !== undefined && (value < 0n || value > lastCookie)) {
    checker.fail([...dp.path, 'cookie'], cookie, `cookie is ${String(value)}: no flow can have it`, '0 to 2^64 - 1')
  }
}

function checkNfvPort(checker: Checker, dp: DpDraft): void {
  const dot1x = dp.options.get('dot1x')
  if (dot1x?.kind !== 'map' || !truthy(dot1x)) return
  if (![...dp.ports.values()].some((port) => port.options.bool('dot1x'))) return
  const value = entryOf(dot1x, 'nfv_sw_port')?.value
  const number = intOf(value)
  if (!value || (number !== undefined && dp.ports.has(Number(number)))) return
  checker.fail([...dp.path, 'dot1x', 'nfv_sw_port'], value, 'nfv_sw_port is no port of the dataplane', 'a port number')
}

/** A packet for port N comes from the coprocessor with the VID base + N. */
function checkCoprocessors(checker: Checker, dp: DpDraft): void {
  const last = BigInt(Math.max(0, ...dp.ports.keys()))
  for (const port of dp.ports.values()) {
    const options = port.options.get('coprocessor')
    const value = options?.kind === 'map' ? entryOf(options, 'vlan_vid_base')?.value : undefined
    const base = intOf(value)
    if (!value || base === undefined || (base >= 0n && base + last <= 4095n)) continue
    const message = `vlan_vid_base ${String(base)} and port ${String(last)} make a VID: no flow can have it`
    checker.fail([...port.path, 'coprocessor', 'vlan_vid_base'], value, message, '4095 at most with the last port')
  }
}

/** In a table with `exact_match` every flow has to match the same fields; `others` are flows that Faucet adds. */
function checkExactMatch(
  checker: Checker,
  dp: DpDraft,
  refs: readonly ConfigValue[],
  own: readonly string[],
  others: readonly (readonly string[])[],
): void {
  const acls = refs.map((ref) => dp.acls.get(nameOf(ref))).filter((acl) => acl !== undefined)
  if (!acls.at(-1)?.exact_match) return
  const flows = acls.flatMap((acl) => acl.rules.map((rule) => new Set([...own, ...Object.keys(rule.match)])))
  const fields = new Set(flows.flatMap((flow) => [...flow]))
  const all = [...flows, ...others.map((flow) => new Set(flow))].filter((flow) => flow.size > 0)
  if (all.every((flow) => flow.size === fields.size)) return
  const ref = refs.at(-1) ?? dp.place
  const message = 'an ACL with exact_match shares its table with flows that match other fields'
  checker.fail(['acls', nameOf(ref), 'exact_match'], ref, message, 'the same fields in every rule, and an ACL on every port')
}

function nameOf(ref: ConfigValue): string {
  return keyId(ref).replace(/^\w:/, '')
}
