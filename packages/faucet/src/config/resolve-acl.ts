import { isAddress } from './check-vlan.js'
import type { Checker } from './checker.js'
import { ctOptions, natOptions, type outputOptions } from './acl-options.js'
import { fieldName, matchProblem, setFieldProblem } from './acl-match.js'
import { findPort, type AclDraft, type AclUse, type DpDraft, type Network, type RuleDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options, quote } from './option.js'
import type { AclCt, AclPushVlan, MatchValue } from './model.js'
import type { ResolvedAcl, ResolvedAclActions, ResolvedAclRule, ResolvedOutput } from './resolved-model.js'
import { resolveTunnel } from './resolve-tunnel.js'
import { display, entryOf, intOf, keyId, toData, truthy, type ConfigValue } from './value.js'

/** What the checks of an ACL work with. */
export interface AclScope {
  readonly checker: Checker
  readonly network: Network
  readonly dp: DpDraft
  readonly acl: AclDraft
  readonly use: AclUse['type']
}

type Step = Options<typeof outputOptions>

/** Follows a reference to an ACL on a dataplane; the ACL if it exists and its types are right. */
export function applyAcl(
  checker: Checker,
  network: Network,
  dp: DpDraft,
  ref: ConfigValue,
  path: ConfigPath,
  use: AclUse['type'],
): AclDraft | undefined {
  const acl = network.acls.get(keyId(ref))
  if (!acl) {
    checker.fail(path, ref, `there is no ACL ${quote(ref)}`, 'the name of an ACL')
    return undefined
  }
  if (!acl.good) return acl
  const uses = dp.aclUses.get(keyId(acl.key)) ?? new Set()
  // Of many ports with one ACL the first tells everything.
  if (uses.has(use) && use !== 'vlan') return acl
  dp.aclUses.set(keyId(acl.key), uses.add(use))
  const scope: AclScope = { checker, network, dp, acl, use }
  for (const rule of acl.rules) checkMatches(scope, rule)
  if (!dp.acls.has(acl.name)) dp.acls.set(acl.name, resolveAcl(scope))
  else if (use === 'vlan') for (const rule of acl.rules) refuseTunnel(scope, rule)
  return acl
}

/** Whether an ACL sends anything through a tunnel. */
export function hasTunnel(acl: AclDraft): boolean {
  return acl.rules.some((rule) => rule.outputs.some((step) => step.has('tunnel')))
}

function refuseTunnel(scope: AclScope, rule: RuleDraft): void {
  for (const step of rule.outputs) {
    const tunnel = step.get('tunnel')
    if (tunnel) scope.checker.fail([...step.path, 'tunnel'], tunnel, 'a tunnel in an ACL of a VLAN', 'an ACL of a port')
  }
}

function checkMatches({ checker, use }: AclScope, rule: RuleDraft): void {
  for (const { key, value } of rule.options.map.entries) {
    const name = display(key)
    if (name === 'actions' || name === 'cookie' || name === 'description') continue
    if ((name === 'in_port' && use === 'port') || (name === 'vlan_vid' && use === 'vlan')) continue
    const expected = matchProblem(name, value)
    if (expected !== undefined) {
      checker.fail([...rule.options.path, name], value, `${name} is ${quote(value)}`, expected)
    }
  }
}

function resolveAcl(scope: AclScope): ResolvedAcl {
  const { acl } = scope
  return {
    name: acl.name,
    exact_match: acl.options.bool('exact_match'),
    dot1x_assigned: acl.options.bool('dot1x_assigned'),
    rules: acl.rules.map((rule, index) => resolveRule(scope, rule, index)),
    used: true,
  }
}

function resolveRule(scope: AclScope, rule: RuleDraft, index: number): ResolvedAclRule {
  const match: Record<string, MatchValue> = {}
  for (const { key, value } of rule.options.map.entries) {
    const name = display(key)
    if (name === 'actions' || name === 'cookie' || name === 'description') continue
    match[fieldName(name)] = value.kind === 'bool' ? Number(value.value) : (toData(value) as MatchValue)
  }
  return {
    index,
    match,
    cookie: rule.options.optionalInt('cookie'),
    description: rule.options.text('description'),
    actions: resolveActions(scope, rule),
  }
}

function resolveActions(scope: AclScope, rule: RuleDraft): ResolvedAclActions {
  const { checker, network, dp } = scope
  const { actions } = rule
  const none = { allow: undefined, force_port_vlan: false, meter: undefined, mirror: undefined }
  if (!actions) return { ...none, output: [], ordered: false, ct: undefined }
  const at = actions.path
  const meter = entryOf(actions.map, 'meter')?.value
  const meterKey = meter && keyId(meter)
  if (meter && meterKey !== undefined) {
    if (!network.meters.has(meterKey)) checker.fail([...at, 'meter'], meter, `there is no meter ${quote(meter)}`, 'the name of a meter')
    else dp.usedMeters.add(display(meter))
  }
  const mirror = entryOf(actions.map, 'mirror')?.value
  const mirrorPort = mirror && portOf(scope, mirror, [...at, 'mirror'])
  if (mirrorPort) mirrorPort.outputOnly = true
  const allow = actions.has('allow') ? intOf(actions.get('allow')) === 1n : undefined
  const goesOn = allow ?? mirror !== undefined
  const output = rule.outputs.flatMap((step) => outputSteps(scope, step, rule.ordered))
  const ends = !goesOn && actions.has('output') && (rule.ordered || output.some((step) => step.type === 'port'))
  const ct = ends ? undefined : entryOf(actions.map, 'ct')?.value
  if (ct) checkCtValues(checker, ct, [...at, 'ct'])
  const recirculates = ct?.kind === 'map' && !truthy(entryOf(ct, 'clear')?.value)
  checkSteps(scope, rule, goesOn || recirculates)
  return {
    allow,
    force_port_vlan: intOf(actions.get('force_port_vlan')) === 1n,
    meter: meter && display(meter),
    mirror: mirrorPort?.number,
    output,
    ordered: rule.ordered,
    ct: actions.get('ct') && (toData(actions.get('ct') as ConfigValue) as AclCt),
  }
}

function portOf(scope: AclScope, ref: ConfigValue, path: ConfigPath): ReturnType<typeof findPort> {
  const port = findPort(scope.dp, ref)
  if (!port) {
    const message = `there is no port ${quote(ref)} in ${scope.dp.name}`
    scope.checker.fail(path, ref, message, 'a port of every dataplane that uses the ACL, by name or number')
  }
  return port
}

/** The steps of one mapping of an output, in the order in which Faucet carries them out. */
export function outputSteps(scope: AclScope, step: Step, ordered: boolean): ResolvedOutput[] {
  const { checker } = scope
  const at = (name: string): ConfigPath => [...step.path, name]
  const steps: ResolvedOutput[] = []
  for (const name of ['pop_vlans', 'vlan_vid', 'swap_vid', 'vlan_vids', 'set_fields', 'port', 'ports', 'failover'] as const) {
    const value = entryOf(step.map, name)?.value
    if (value?.kind === 'null') checker.fail(at(name), value, `${name} is null`, `a value, or no ${name}`)
  }
  const pop = step.optionalInt('pop_vlans')
  if (pop !== undefined && pop > 8000) {
    checker.fail(at('pop_vlans'), step.map, `pop_vlans is ${String(pop)}`, 'no more tags than fit into a message, 8000')
  } else if (pop !== undefined) steps.push({ type: 'pop_vlans', count: pop })
  if (!ordered && step.get('vlan_vid') && step.has('vlan_vids')) {
    checker.fail(at('vlan_vids'), step.map, 'both vlan_vid and vlan_vids', 'one of both')
  }
  if (!ordered && step.has('port') && step.has('ports')) {
    checker.fail(at('ports'), step.map, 'both port and ports', 'one of both')
  }
  const vid = step.optionalInt('vlan_vid')
  const swap = step.optionalInt('swap_vid')
  if (vid !== undefined) steps.push({ type: 'push_vlan', tag: vid })
  else if (swap !== undefined) steps.push({ type: 'swap_vid', vid: swap })
  else {
    for (const [index, item] of step.list('vlan_vids').entries()) {
      const tag = pushTag(item)
      if (tag !== undefined) steps.push({ type: 'push_vlan', tag })
      else checker.fail([...at('vlan_vids'), index], item, `the tag is ${quote(item)}`, 'a VID, or vid and eth_type')
    }
  }
  for (const item of step.list('set_fields')) {
    const [entry] = item.kind === 'map' ? item.entries : []
    if (entry) steps.push({ type: 'set_field', field: display(entry.key), value: toData(entry.value) as MatchValue })
  }
  const single = step.get('port')
  for (const [ref, path] of [
    ...(single ? [[single, at('port')] as const] : []),
    ...step.list('ports').map((one, index) => [one, [...at('ports'), index]] as const),
  ]) {
    const port = portOf(scope, ref, path)
    if (port) steps.push({ type: 'port', port: port.number })
  }
  const failover = step.get('failover')
  if (failover) steps.push(...failoverStep(scope, failover, at('failover')))
  const tunnel = entryOf(step.map, 'tunnel')?.value
  if (tunnel) {
    const resolved = resolveTunnel(scope, tunnel, at('tunnel'))
    if (resolved) steps.push({ type: 'tunnel', tunnel: resolved })
  }
  return steps
}

/** The tag of an element of `vlan_vids`; `undefined` when it is none. */
export function pushTag(item: ConfigValue): AclPushVlan | undefined {
  const vid = intOf(item)
  if (vid !== undefined) return Number(vid)
  if (item.kind !== 'map') return undefined
  const inner = intOf(entryOf(item, 'vid')?.value)
  const type = entryOf(item, 'eth_type')?.value
  const eth_type = intOf(type)
  if (inner === undefined) return undefined
  if (!type || type.kind === 'null') return { vid: Number(inner) }
  return eth_type !== undefined && eth_type >= 0n && eth_type <= 0xffffn
    ? { vid: Number(inner), eth_type: Number(eth_type) }
    : undefined
}

// This list has no type in Faucet: it goes through whatever has elements.
function portList(value: ConfigValue | undefined): readonly ConfigValue[] | undefined {
  if (value?.kind === 'list') return value.items
  if (value?.kind === 'map') return value.entries.map((entry) => entry.key)
  if (value?.kind !== 'str') return undefined
  return [...value.value].map((letter) => ({ kind: 'str', value: letter, place: value.place }))
}

function failoverStep(scope: AclScope, value: ConfigValue, path: ConfigPath): ResolvedOutput[] {
  if (value.kind !== 'map') return []
  const group = intOf(entryOf(value, 'group_id')?.value)
  const ports = entryOf(value, 'ports')?.value
  if (group === undefined || group < 0n || group > 0xffffffffn) {
    scope.checker.fail([...path, 'group_id'], value, 'no valid group_id', 'a number of 32 bits')
  }
  const items = portList(ports)
  if (!items) scope.checker.fail([...path, 'ports'], ports ?? value, 'no list of ports', 'a list of ports')
  const numbers = (items ?? []).map((ref, index) => portOf(scope, ref, [...path, 'ports', index])?.number)
  const found = numbers.filter((number) => number !== undefined)
  return [{ type: 'failover', failover: { group_id: Number(group ?? 0n), ports: found } }]
}

// A set_fields that nothing follows is left out by Faucet unless the packet goes on; then its value does not matter.
function checkSteps(scope: AclScope, rule: RuleDraft, goesOn: boolean): void {
  const sends = rule.outputs.map((step) => ['port', 'ports', 'failover'].some((name) => step.has(name as 'port')))
  const last = sends.lastIndexOf(true)
  for (const [index, step] of rule.outputs.entries()) checkSetFields(scope.checker, step, goesOn || index <= last)
}

/** Checks `set_fields`; `sent` when the values reach the switch. */
export function checkSetFields(checker: Checker, step: Step, sent: boolean): void {
  for (const [index, item] of step.list('set_fields').entries()) {
    const path = [...step.path, 'set_fields', index]
    const [entry, ...more] = item.kind === 'map' ? item.entries : []
    if (!entry || more.length > 0 || entry.key.kind !== 'str') {
      checker.fail(path, item, 'no mapping of one field', 'a field and its value')
      continue
    }
    const name = entry.key.value
    const expected = matchProblem(name, entry.value) ?? (sent ? setFieldProblem(name, entry.value) : undefined)
    if (expected !== undefined) checker.fail([...path, name], entry.value, `${name} is ${quote(entry.value)}`, expected)
  }
}

function checkCtValues(checker: Checker, value: ConfigValue, path: ConfigPath): void {
  const ct = new Options(checker, value, path, ctOptions)
  if (ct.bool('clear')) return
  for (const name of ['flags', 'alg', 'table', 'zone'] as const) {
    ct.limits(checker, name)
    if (ct.has(name) && !ct.get(name)) checker.fail([...path, name], value, `${name} is null`, 'a whole number')
  }
  ct.limits(checker, 'zone_src')
  for (const name of ['mark', 'label'] as const) {
    if (ct.has(name) && !ct.get(name)) checker.fail([...path, name], value, `${name} is null`, 'a whole number')
  }
  const inner = ct.get('nat')
  if (!inner) return
  const nat = new Options(checker, inner, [...path, 'nat'], natOptions)
  nat.limits(checker, 'flags')
  if (nat.has('flags') && !nat.get('flags')) {
    checker.fail([...path, 'nat', 'flags'], inner, 'flags is null', 'a whole number')
  }
  for (const [name, version] of [['range_ipv4_min', 4], ['range_ipv4_max', 4], ['range_ipv6_min', 6], ['range_ipv6_max', 6]] as const) {
    const text = nat.text(name)
    const bad = text !== '' && (text === undefined || text.includes('%') || !isAddress({ kind: 'str', value: text, place: inner.place }) || text.includes('%') || text.includes(':') !== (version === 6))
    if (nat.has(name) && bad) {
      checker.fail(
        [...path, 'nat', name],
        nat.get(name) ?? inner,
        `${name} is ${String(text)}`,
        `an IPv${String(version)} address`,
      )
    }
  }
}

