import { actionOptions, aclOptions, ctOptions, natOptions, outputOptions, ruleOptions } from './acl-options.js'
import type { Checker } from './checker.js'
import type { AclDraft, RuleDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options } from './option.js'
import { display, entryOf, pathKey, truthy, type ConfigEntry, type ConfigMap, type ConfigValue } from './value.js'

/** Checks the types of an ACL, used or not. What depends on the dataplane is in `resolve-acl.ts`. */
export function checkAcl(checker: Checker, entry: ConfigEntry): AclDraft {
  const before = checker.issues.length
  const path: ConfigPath = ['acls', pathKey(entry.key)]
  const body: ConfigMap =
    entry.value.kind === 'list' ? { kind: 'map', entries: [], place: entry.value.place } : asMap(entry.value)
  if (entry.value.kind !== 'list' && entry.value.kind !== 'map') {
    checker.fail(path, entry.value, `the ACL is ${display(entry.value)}`, 'a list of rules')
  }
  const options = new Options(checker, body, path, aclOptions)
  const list = entry.value.kind === 'list' ? entry.value : entryOf(body, 'rules')?.value
  const items = list?.kind === 'list' ? list.items : []
  if (items.length === 0) checker.fail(path, entry.value, 'the ACL has no rules', 'a list with a rule')
  const base = entry.value.kind === 'list' ? path : [...path, 'rules']
  const rules = items.map((item, index) => checkRule(checker, item, [...base, index]))
  return { key: entry.key, name: display(entry.key), path, options, rules, good: checker.issues.length === before }
}

function asMap(value: ConfigValue): ConfigMap {
  return value.kind === 'map' ? value : { kind: 'map', entries: [], place: value.place }
}

function checkRule(checker: Checker, item: ConfigValue, outer: ConfigPath): RuleDraft {
  const wrapped = item.kind === 'map' ? entryOf(item, 'rule')?.value : undefined
  let body: ConfigValue = wrapped ?? item
  if (wrapped?.kind === 'null' && item.kind === 'map') {
    body = { ...item, entries: item.entries.filter((entry) => entry.value.kind !== 'null') }
  }
  const path = wrapped && wrapped.kind !== 'null' ? [...outer, 'rule'] : outer
  const options = new Options(checker, body, path, ruleOptions)
  options.limits(checker, 'cookie')
  const map = asMap(body)
  const cookie = entryOf(map, 'cookie')?.value
  if (cookie?.kind === 'null') checker.fail([...path, 'cookie'], cookie, 'cookie is null', '0 to 65536')
  const value = entryOf(map, 'actions')?.value
  if (!value) return { options, actions: undefined, outputs: [], ordered: false }
  if (!truthy(value)) checker.fail([...path, 'actions'], value, 'no actions', 'an action, or no actions: to drop')
  const actions = new Options(checker, value, [...path, 'actions'], actionOptions)
  const output = entryOf(asMap(value), 'output')?.value
  const ordered = output?.kind === 'list'
  const parts = ordered ? output.items : output ? [output] : []
  const outputs = parts.map((part, index) => {
    const at = [...path, 'actions', 'output', ...(ordered ? [index] : [])]
    const step = new Options(checker, part, at, outputOptions)
    if (ordered && step.map.entries.length > 1) {
      checker.fail(at, part, 'more than one action in a step of an ordered output', 'one action in each step')
    }
    return step
  })
  checkCt(checker, asMap(value), [...path, 'actions', 'ct'])
  return { options, actions, outputs, ordered }
}

function checkCt(checker: Checker, actions: ConfigMap, path: ConfigPath): void {
  const value = entryOf(actions, 'ct')?.value
  if (!value) return
  const ct = new Options(checker, value, path, ctOptions)
  if (ct.bool('clear')) {
    if (ct.map.entries.length > 1) checker.fail(path, value, 'clear together with other options', 'clear alone')
  } else {
    for (const name of ['table', 'zone'] as const) {
      if (!ct.has(name)) checker.fail([...path, name], value, `${name} is missing`, 'table and zone, or clear: true')
    }
  }
  const nat = entryOf(ct.map, 'nat')?.value
  if (nat) new Options(checker, nat, [...path, 'nat'], natOptions)
}
