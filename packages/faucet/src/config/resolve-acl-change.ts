import { isDeepStrictEqual } from 'node:util'
import { checkAcl } from './check-acl.js'
import { checkFatal } from './check-fatal.js'
import { Checker } from './checker.js'
import type { CheckedConfig } from './check.js'
import type { AclDraft, DpDraft, Network } from './draft.js'
import { freeze } from './freeze.js'
import type { ParsedFaucetConfig } from './parse.js'
import type { Resolution } from './resolution.js'
import { applyAcl, hasTunnel } from './resolve-acl.js'
import type { ResolvedAcl, ResolvedDp } from './resolved-model.js'
import { entryOf, keyId, type ConfigEntry, type ConfigMap } from './value.js'
import { sameEntries, saysTheSame } from './yaml-blocks.js'

/**
 * A configuration that differs from another in the rules of some ACLs alone: what has been resolved of the rest holds.
 * `undefined` when it takes more than that: something else differs, an ACL comes or goes, its options differ, it
 * concerns other parts (mirrors, meters, tunnels), or anything is wrong, which is to be said with everything else.
 */
export function afterAclChange(before: Resolution, parsed: ParsedFaucetConfig): Resolution | undefined {
  if (parsed.issues.length > 0) return undefined
  const entries = differingAcls(before.tree, parsed.tree)
  const changed = entries && draftsOf(before.checked.network, entries)
  if (!changed) return undefined
  const checker = new Checker()
  const checked = withAcls(checker, before.checked, changed)
  if (checker.issues.length > 0) return undefined
  const dps = before.config.dps.map((dp, index) => withResolved(dp, checked.network.dps[index], changed))
  const isSame = dps.every((dp, index) => dp === before.config.dps[index])
  return { tree: parsed.tree, checked, config: isSame ? before.config : freeze({ dps }) }
}

const sections = ['dps', 'meters', 'routers', 'vlans'] as const

/** The ACLs whose text differs, when nothing else does. */
function differingAcls(was: ConfigMap, is: ConfigMap): readonly ConfigEntry[] | undefined {
  const [old, now] = [section(was, 'acls'), section(is, 'acls')]
  if (old.length !== now.length || sections.some((name) => !sameEntries(section(was, name), section(is, name)))) return undefined
  const differing: ConfigEntry[] = []
  for (const [index, entry] of now.entries()) {
    const there = old[index]
    if (!there || !saysTheSame(entry.key, there.key)) return undefined
    if (!saysTheSame(entry.value, there.value)) differing.push(entry)
  }
  return differing
}

function section(tree: ConfigMap, name: string): readonly ConfigEntry[] {
  const value = entryOf(tree, name)?.value
  return value?.kind === 'map' ? value.entries : []
}

/** The ACLs, when they stay what they were for everything else. */
function draftsOf(network: Network, entries: readonly ConfigEntry[]): ReadonlyMap<string, AclDraft> | undefined {
  const checker = new Checker()
  const drafts = new Map<string, AclDraft>()
  const names = new Set<string>()
  for (const entry of entries) {
    const key = keyId(entry.key)
    const was = network.acls.get(key)
    const is = checkAcl(checker, entry)
    if (!was || !isApart(was) || !isApart(is) || !hasOptionsOf(was, is)) return undefined
    drafts.set(key, is)
    names.add(is.name)
  }
  const named = [...network.acls.values()].filter(({ name }) => names.has(name))
  return checker.issues.length === 0 && named.length === drafts.size ? drafts : undefined
}

/** Whether an ACL concerns nothing but packets: no ports that it mirrors to, no meters that it needs, no tunnels. */
function isApart(acl: AclDraft): boolean {
  return !hasTunnel(acl) && acl.rules.every(({ actions }) => !actions?.has('meter') && !actions?.has('mirror'))
}

function hasOptionsOf(was: AclDraft, { options }: AclDraft): boolean {
  return (['exact_match', 'dot1x_assigned'] as const).every((name) => options.bool(name) === was.options.bool(name))
}

/** The drafts with other ACLs, which are applied as they were before. */
function withAcls(checker: Checker, { network: before, stack, routers }: CheckedConfig, changed: ReadonlyMap<string, AclDraft>): CheckedConfig {
  const acls = new Map(before.acls)
  for (const [key, acl] of changed) acls.set(key, acl)
  const dps = before.dps.map((dp): DpDraft => ({ ...dp, acls: new Map(dp.acls), aclUses: new Map(dp.aclUses) }))
  const network: Network = { ...before, acls, dps }
  for (const dp of dps) {
    for (const [key, acl] of changed) {
      const uses = dp.aclUses.get(key)
      if (!uses) continue
      dp.acls.delete(acl.name)
      dp.aclUses.delete(key)
      for (const use of uses) applyAcl(checker, network, dp, acl.key, acl.path, use)
    }
    if (checker.issues.length === 0) checkFatal(checker, network, dp)
  }
  return { issues: [], network, stack, routers }
}

function withResolved(dp: ResolvedDp, draft: DpDraft | undefined, changed: ReadonlyMap<string, AclDraft>): ResolvedDp {
  const other = new Map<string, ResolvedAcl>()
  for (const { name } of changed.values()) {
    const acl = draft?.acls.get(name)
    if (acl && !isDeepStrictEqual(acl, dp.acls.get(name))) other.set(name, acl)
  }
  if (other.size === 0) return dp
  return { ...dp, acls: new Map([...dp.acls].map(([name, acl]) => [name, other.get(name) ?? acl])) }
}
