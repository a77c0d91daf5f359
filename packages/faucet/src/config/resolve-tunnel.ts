import { outputOptions } from './acl-options.js'
import { checkSetFields, pushTag, type AclScope } from './resolve-acl.js'
import { vlanDraft } from './check-vlan.js'
import { findPort, type DpDraft, type VlanDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options, quote } from './option.js'
import type { MatchValue } from './model.js'
import type { ResolvedOutput, ResolvedTunnel } from './resolved-model.js'
import { display, entryOf, get, intOf, toData, truthy, type ConfigMap, type ConfigValue } from './value.js'

/** The VLAN of each destination of each ACL of a dataplane: a tunnel that does not say another one has it too. */
const destinations = new WeakMap<DpDraft, Map<string, VlanDraft>>()

/** Follows the references of a tunnel; its VLAN is created on the dataplane if need be. */
export function resolveTunnel(scope: AclScope, value: ConfigValue, path: ConfigPath): ResolvedTunnel | undefined {
  const { checker, network, dp, acl, use } = scope
  if (value.kind !== 'map') {
    checker.fail(path, value, 'the tunnel is no mapping', 'a mapping with dp')
    return undefined
  }
  const flag = (name: string): boolean => truthy(get(value, name))
  if (use === 'vlan') checker.fail(path, value, 'a tunnel in an ACL of a VLAN', 'an ACL of a port')
  if (flag('reverse') && flag('bi_directional')) {
    checker.fail([...path, 'reverse'], value, 'both reverse and bi_directional', 'one of both')
  }
  const target = get(value, 'dp')
  const far = network.dps.find((one) => target?.kind === 'str' && one.name === target.value)
  if (!far) {
    const said = target ? `there is no dataplane ${quote(target)}` : 'dp is missing'
    checker.fail([...path, 'dp'], target ?? value, said, 'the name of a dataplane')
    return undefined
  }
  const ref = get(value, 'port')
  const port = truthy(ref) ? findPort(far, ref) : undefined
  if (truthy(ref) && ref && !port) {
    checker.fail([...path, 'port'], ref, `there is no port ${quote(ref)} in ${far.name}`, 'a port of the dataplane')
  } else if (port?.options.has('stack') && !port.options.get('stack')) {
    // Faucet looks for stack ports here and finds only those with an explicit null.
    checker.fail([...path, 'port'], ref ?? value, 'the port says stack: null', 'a port without stack')
  }
  const exit = entryOf(value, 'exit_instructions')?.value
  const destination = `${scope.acl.name} ${far.name} ${String(port?.number)}`
  const made = destinations.get(dp) ?? new Map<string, VlanDraft>()
  destinations.set(dp, made)
  const vlan = tunnelVlan(scope, value, path, made.get(destination))
  if (!vlan) return undefined
  made.set(destination, vlan)
  dp.tunnelAcls.add(acl.name)
  const type = get(value, 'type')
  return {
    dp: far.name,
    port: port?.number,
    tunnel_id: vlan.vid,
    type: type ? display(type) : 'vlan',
    exit_instructions: exit ? exitSteps(scope, exit, [...path, 'exit_instructions']) : [],
    maintain_encapsulation: flag('maintain_encapsulation'),
    bi_directional: flag('bi_directional'),
    reverse: flag('reverse'),
  }
}

/** All VLANs of a dataplane: those of the network and those of its tunnels. */
export function vlansOf(scope: { readonly network: AclScope['network']; readonly dp: DpDraft }): VlanDraft[] {
  return [...scope.network.vlans.values(), ...scope.dp.tunnelVlans]
}

function tunnelVlan(
  scope: AclScope,
  tunnel: ConfigMap,
  path: ConfigPath,
  before: VlanDraft | undefined,
): VlanDraft | undefined {
  const { checker, dp } = scope
  const ref = get(tunnel, 'tunnel_id')
  const vlans = vlansOf(scope)
  if (ref && truthy(ref)) {
    const vid = intOf(ref)
    const found =
      ref.kind === 'str'
        ? scope.network.vlans.size > 0 && vlans.find((vlan) => vlan.name === ref.value && !dp.tunnelVlans.includes(vlan))
        : vlans.find((vlan) => vid !== undefined && BigInt(vlan.vid) === vid)
    if (found) {
      if (found.reserved || dp.tunnelVlans.includes(found)) return found
      const message = `VLAN ${found.name} carries a tunnel but is not reserved`
      checker.fail([...path, 'tunnel_id'], ref, message, 'reserved_internal_vlan: true in the VLAN')
      return undefined
    }
    if (vid === undefined) {
      checker.fail([...path, 'tunnel_id'], ref, `there is no VLAN ${quote(ref)}`, 'the name of a VLAN, or a VID')
      return undefined
    }
    return create(scope, vid, ref, [...path, 'tunnel_id'])
  }
  const far = `${display(get(tunnel, 'dp') ?? tunnel)} ${display(get(tunnel, 'port') ?? tunnel)}`
  const ordinary = vlans.filter((vlan) => !vlan.reserved && !dp.tunnelVlans.includes(vlan))
  const keys = new Set([...scope.network.acls.values()].map((acl) => acl.key.kind === 'str'))
  if (ordinary.length === 0 || keys.size > 1) {
    const why = keys.size > 1 ? 'ACL keys that are text and numbers' : 'no VLAN to count from'
    checker.fail(path, tunnel, `no VLAN can be chosen for the tunnel to ${far}: ${why}`, 'a tunnel_id')
    return undefined
  }
  // One VLAN for one destination of one ACL.
  if (before) return before
  const sorted = [...scope.network.acls.values()].sort((one, other) => compareKeys(one.key, other.key))
  const upTo = sorted.slice(0, sorted.indexOf(scope.acl) + 1)
  const tunnels = upTo.flatMap((acl) => acl.rules.flatMap((rule) => rule.outputs.filter((step) => step.has('tunnel'))))
  let vid = Math.max(...ordinary.map((vlan) => vlan.vid)) + tunnels.length
  while (vlans.some((vlan) => vlan.vid === vid)) vid++
  return create(scope, BigInt(vid), tunnel, [scope.acl.name, ...far.split(' ')])
}

function compareKeys(one: ConfigValue, other: ConfigValue): number {
  const [a, b] = [intOf(one), intOf(other)]
  if (a !== undefined && b !== undefined) return a < b ? -1 : 1
  return display(one) < display(other) ? -1 : 1
}

function create(scope: AclScope, vid: bigint, at: ConfigValue, path: ConfigPath): VlanDraft | undefined {
  const key: ConfigValue = { kind: 'int', value: vid, place: at.place }
  const vlan = vlanDraft(scope.checker, key, { kind: 'null', place: at.place }, path)
  if (vlan) scope.dp.tunnelVlans.push({ ...vlan, reserved: true })
  return vlan
}

// What the far end does after taking the tunnel's tag off; ports are numbers there, and unknown actions are ignored.
function exitSteps(scope: AclScope, value: ConfigValue, path: ConfigPath): ResolvedOutput[] {
  const { checker } = scope
  const ordered = value.kind === 'list'
  if (!ordered && value.kind !== 'map') {
    if (value.kind !== 'str') {
      checker.fail(path, value, `exit_instructions is ${display(value)}`, 'a list of actions')
    }
    return []
  }
  const items = ordered ? value.items : [value]
  const parts = items.map((item, index) => {
    const known = item.kind === 'map' ? { ...item, entries: item.entries.filter((entry) => isAction(entry.key)) } : item
    return new Options(checker, known, ordered ? [...path, index] : path, outputOptions)
  })
  const last = parts.map((step) => step.has('port') || step.has('ports') || step.has('failover')).lastIndexOf(true)
  return parts.flatMap((step, index) => exitStep(checker, step, index <= last))
}

function isAction(key: ConfigValue): boolean {
  return key.kind === 'str' && key.value !== 'tunnel' && Object.hasOwn(outputOptions, key.value)
}

function exitStep(checker: AclScope['checker'], step: Options<typeof outputOptions>, sent: boolean): ResolvedOutput[] {
  const steps: ResolvedOutput[] = []
  for (const { key, value } of step.map.entries) {
    if (value.kind !== 'null') continue
    checker.fail([...step.path, display(key)], value, `${display(key)} is null`, `a value, or no ${display(key)}`)
  }
  checkSetFields(checker, step, sent)
  const pop = step.optionalInt('pop_vlans')
  if (pop !== undefined) steps.push({ type: 'pop_vlans', count: pop })
  const vid = step.optionalInt('vlan_vid')
  if (vid !== undefined) steps.push({ type: 'push_vlan', tag: vid })
  const swap = step.optionalInt('swap_vid')
  if (swap !== undefined && vid === undefined) steps.push({ type: 'swap_vid', vid: swap })
  for (const [index, item] of step.list('vlan_vids').entries()) {
    const tag = pushTag(item)
    if (tag !== undefined) steps.push({ type: 'push_vlan', tag })
    else checker.fail([...step.path, 'vlan_vids', index], item, `the tag is ${quote(item)}`, 'a VID, or vid and eth_type')
  }
  for (const field of step.list('set_fields')) {
    const [entry] = field.kind === 'map' ? field.entries : []
    if (entry) steps.push({ type: 'set_field', field: display(entry.key), value: toData(entry.value) as MatchValue })
  }
  const single = step.get('port')
  for (const ref of [...(single ? [single] : []), ...step.list('ports')]) {
    const port = portNumber(ref)
    if (port !== undefined) steps.push({ type: 'port', port })
    else checker.fail([...step.path, 'port'], ref, `the port is ${quote(ref)}`, 'a port number: names do not work here')
  }
  const failover = step.get('failover')
  if (failover?.kind === 'map') {
    const group = portNumber(entryOf(failover, 'group_id')?.value)
    const list = entryOf(failover, 'ports')?.value
    const ports = (list?.kind === 'list' ? list.items : []).map(portNumber)
    const found = ports.filter((port) => port !== undefined)
    if (group !== undefined && list?.kind === 'list' && found.length === ports.length) {
      steps.push({ type: 'failover', failover: { group_id: group, ports: found } })
    } else checker.fail([...step.path, 'failover'], failover, 'the failover is not complete', 'group_id and port numbers')
  }
  return steps
}

// A number of 32 bits.
function portNumber(value: ConfigValue | undefined): number | undefined {
  const number = intOf(value)
  return number === undefined || number < 0n || number > 0xffffffffn ? undefined : Number(number)
}
