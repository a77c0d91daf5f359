import type { ResolvedDp } from '../../config/index.js'

/**
 * The names of the ACLs that differ between two configurations of a dataplane, when nothing else does; `undefined`
 * otherwise. What is the same must be `===`; otherwise it counts as different.
 */
export function differingAcls(was: ResolvedDp, is: ResolvedDp): readonly string[] | undefined {
  if (was === is) return []
  for (const key of Object.keys(is) as (keyof ResolvedDp)[]) if (key !== 'acls' && was[key] !== is[key]) return undefined
  const names: string[] = []
  for (const [name, acl] of is.acls) if (was.acls.get(name) !== acl) names.push(name)
  for (const name of was.acls.keys()) if (!is.acls.has(name)) names.push(name)
  return names
}
