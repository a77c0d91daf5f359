import { checkAcl } from './check-acl.js'
import { checkDp } from './check-dp.js'
import { checkFatal } from './check-fatal.js'
import { checkMeter } from './check-meter.js'
import { checkRouter, resolveRouters } from './check-router.js'
import { resolveStack, type StackTopology } from './check-stack.js'
import { checkVlan } from './check-vlan.js'
import { Checker } from './checker.js'
import { findPort, type AclDraft, type AclUse, type DpDraft, type Network, type RouterDraft, type VlanDraft } from './draft.js'
import type { ConfigIssue, ConfigPath } from './issue.js'
import { applyAcl, hasTunnel } from './resolve-acl.js'
import { vlansOf } from './resolve-tunnel.js'
import type { ResolvedRouter } from './resolved-model.js'
import { display, entryOf, intOf, keyId, truthy, type ConfigEntry, type ConfigMap, type ConfigValue } from './value.js'

/** A configuration whose references have been followed. */
export interface CheckedConfig {
  readonly issues: readonly ConfigIssue[]
  readonly network: Network
  readonly stack: StackTopology | undefined
  readonly routers: ReadonlyMap<DpDraft, ReadonlyMap<string, ResolvedRouter>>
}

/** Checks the merged sections of a configuration: each part by itself, then the references on each dataplane. */
export function checkConfig(tree: ConfigMap): CheckedConfig {
  const checker = new Checker()
  const section = (name: string): readonly ConfigEntry[] => {
    const value = entryOf(tree, name)?.value
    return value?.kind === 'map' ? value.entries : []
  }
  const network: Network = {
    vlans: checkVlans(checker, section('vlans')),
    acls: new Map(section('acls').map((entry) => [keyId(entry.key), checkAcl(checker, entry)])),
    routers: section('routers').map((entry) => checkRouter(checker, entry)),
    meters: new Map(section('meters').map((entry) => [keyId(entry.key), checkMeter(checker, entry)])),
    dps: [],
  }
  for (const entry of section('dps')) {
    const dp = checkDp(checker, entry, network)
    if (dp) network.dps.push(dp)
  }
  const stack = resolveStack(checker, network.dps)
  const routers = new Map(network.dps.map((dp) => [dp, checkReferences(checker, network, dp)]))
  checkTogether(checker, network, [...routers.values()])
  return { issues: checker.issues, network, stack, routers }
}

function checkVlans(checker: Checker, entries: readonly ConfigEntry[]): Map<string, VlanDraft> {
  const vlans = new Map<string, VlanDraft>()
  const vids = new Set<number>()
  for (const entry of entries) {
    const vlan = checkVlan(checker, entry)
    if (!vlan) continue
    if (vids.has(vlan.vid)) {
      checker.fail(vlan.path, vlan.place, `VID ${String(vlan.vid)} is there twice`, 'a VID of its own')
    }
    vids.add(vlan.vid)
    vlans.set(keyId(entry.key), vlan)
  }
  return vlans
}

function checkReferences(checker: Checker, network: Network, dp: DpDraft): ReadonlyMap<string, ResolvedRouter> {
  const ports = [...dp.ports.values()]
  const special = ports.some((port) => port.outputOnly || port.isStack || port.options.truthy('coprocessor'))
  if (network.vlans.size === 0 && !special) {
    checker.fail([...dp.path, 'interfaces'], dp.place, 'no port is in a VLAN', 'native_vlan or tagged_vlans')
  }
  checkMirrors(checker, dp)
  checkAcls(checker, network, dp)
  checkDot1x(checker, dp)
  checkFatal(checker, network, dp)
  return resolveRouters(checker, network, dp, vlansOf({ network, dp }))
}

function checkMirrors(checker: Checker, dp: DpDraft): void {
  for (const port of dp.ports.values()) {
    const value = port.options.get('mirror')
    if (!value || (value.kind === 'str' && value.value === '')) continue
    const refs = value.kind === 'list' ? value.items : [value]
    const path: ConfigPath = [...port.path, 'mirror']
    for (const [index, ref] of refs.entries()) {
      const source = truthy(value) ? findPort(dp, ref) : undefined
      const at = value.kind === 'list' ? [...path, index] : path
      if (!source) checker.fail(at, ref, `there is no port ${display(ref)} in ${dp.name}`, 'a port, by name or number')
      else source.mirrorTo.push(port.number)
    }
    if (refs.length > 0 && !port.options.truthy('coprocessor')) port.outputOnly = true
  }
}

function checkAcls(checker: Checker, network: Network, dp: DpDraft): void {
  const apply = (refs: readonly ConfigValue[], path: ConfigPath, use: AclUse['type']): void => {
    const acls = refs.map((ref, index) => applyAcl(checker, network, dp, ref, [...path, index], use))
    if (use === 'dp') return
    const [first] = acls
    const exact = (acl: AclDraft | undefined): boolean => acl?.options.bool('exact_match') ?? false
    for (const [index, acl] of acls.entries()) {
      const ref = refs[index]
      if (!acl || !first || !ref || exact(acl) === exact(first)) continue
      checker.fail(
        [...path, index],
        ref,
        `exact_match of ${acl.name} and ${first.name} differ`,
        'the same in ACLs used together',
      )
    }
  }
  for (const vlan of network.vlans.values()) {
    apply(vlan.aclsIn, [...vlan.path, 'acls_in'], 'vlan')
    apply(vlan.aclsOut, [...vlan.path, 'acls_out'], 'vlan')
  }
  const dpAcls = dp.options.list('dp_acls')
  const dot1x = dp.options.get('dot1x')
  for (const port of dp.ports.values()) {
    apply(port.aclsIn, [...port.path, 'acls_in'], 'port')
    if (port.aclsIn.length > 0 && dpAcls.length > 0) {
      checker.fail([...port.path, 'acls_in'], port.place, 'ACLs of a port beside dp_acls', 'one of both')
    }
    if (port.aclsIn.length > 0 && port.options.bool('dot1x')) {
      checker.fail([...port.path, 'acls_in'], port.place, 'ACLs on a port with dot1x', 'one of both')
    }
    const assigned = port.options.bool('dot1x_dyn_acl')
      ? [...network.acls.values()].filter((acl) => acl.options.bool('dot1x_assigned')).map((acl) => acl.key)
      : []
    const named = port.options.bool('dot1x_acl') && dot1x?.kind === 'map'
      ? (['auth_acl', 'noauth_acl'] as const).flatMap((name) => entryOf(dot1x, name)?.value ?? [])
      : []
    const known = named.filter((ref) => network.acls.has(keyId(ref)))
    for (const ref of [...assigned, ...known]) applyAcl(checker, network, dp, ref, [...port.path, 'dot1x'], 'port')
  }
  apply(dpAcls, [...dp.path, 'dp_acls'], 'dp')
  for (const acl of network.acls.values()) {
    if (hasTunnel(acl)) applyAcl(checker, network, dp, acl.key, acl.path, 'tunnel')
  }
}

function checkDot1x(checker: Checker, dp: DpDraft): void {
  const dot1x = dp.options.get('dot1x')
  if (dot1x?.kind !== 'map' || !truthy(dot1x)) return
  const path = [...dp.path, 'dot1x']
  if (dp.options.list('dp_acls').length > 0) {
    checker.fail(path, dot1x, 'dot1x beside dp_acls', 'one of both')
    return
  }
  const entry = entryOf(dot1x, 'nfv_sw_port')
  if (!entry) {
    if (dp.ports.size > 0) checker.fail([...path, 'nfv_sw_port'], dot1x, 'nfv_sw_port is missing', 'a port number')
    return
  }
  const port = dp.ports.get(Number(intOf(entry.value) ?? -1n))
  if (port && !port.outputOnly) {
    checker.fail(
      [...path, 'nfv_sw_port'],
      entry.value,
      `port ${port.name} is not output_only`,
      'output_only: true there',
    )
  }
}

function checkTogether(checker: Checker, network: Network, routers: readonly ReadonlyMap<string, unknown>[]): void {
  const ids = new Map<string, DpDraft>()
  for (const dp of network.dps) {
    const value = dp.options.get('dp_id')
    const id = String(intOf(value) ?? '')
    const other = ids.get(id)
    if (value && other) {
      checker.fail([...dp.path, 'dp_id'], value, `dp_id ${id} is that of ${other.name} too`, 'a dp_id of its own')
    }
    ids.set(id, dp)
  }
  if (network.dps.length === 0) return
  const unused = (router: RouterDraft): boolean => !routers.some((one) => one.has(router.name))
  for (const router of network.routers.filter(unused)) {
    checker.fail(router.path, router.place, `no dataplane has a VLAN of router ${router.name}`, 'a VLAN that exists')
  }
}

