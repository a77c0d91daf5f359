import type { FaucetConfig } from '../config/model.js'
import { entriesOf, equalValues, isMapping, ownValue, withoutValueAt, withValueAt } from '../edit/value.js'
import type { ConfigMapping, ConfigPath, ConfigValue } from '../edit/value.js'

/**
 * What a change is about. `section` is a top-level key as a whole, such as `dps` where there was none (its members
 * follow as changes of their own), or one that is not a section of named things, such as `version`.
 */
export type ChangedThing = 'dp' | 'port' | 'vlan' | 'acl' | 'router' | 'meter' | 'section'

/** One difference between two configurations. */
export interface ConfigChange {
  /** `added` and `removed` are about a whole thing; `changed` is about one option of it, `path` says which. */
  readonly type: 'added' | 'removed' | 'changed'
  readonly thing: ChangedThing
  /** The dataplane of a `dp` or `port`. */
  readonly dp: string | undefined
  /** The thing's key in the configuration; of a port its key in `interfaces`. */
  readonly name: string
  /** Where the value lies, from the root. */
  readonly path: ConfigPath
  /** `undefined` where there was none. */
  readonly before: ConfigValue | undefined
  /** `undefined` where there is none any more. */
  readonly after: ConfigValue | undefined
}

/** The sections of named things, and what such a thing is called. */
const SECTIONS: Readonly<Record<string, ChangedThing>> = {
  meters: 'meter',
  acls: 'acl',
  vlans: 'vlan',
  routers: 'router',
  dps: 'dp',
}

/**
 * What is different in a newer configuration: things (dataplanes, ports, VLANs, ACLs, routers, meters) that came and
 * went, and options of the remaining ones. Empty when they are equal; the order of keys makes no difference, an option
 * that is given its default does. A dataplane that came or went counts as one change, its ports within. The options of
 * `interface_ranges` are an option of the dataplane.
 */
export function diffConfig(before: FaucetConfig, after: FaucetConfig): readonly ConfigChange[] {
  return compareKeys(before as ConfigMapping, after as ConfigMapping).flatMap(([section, old, now]) => {
    const thing = SECTIONS[section]
    const at = { thing: 'section', dp: undefined, name: section, path: [section] } as const
    if (!Object.hasOwn(SECTIONS, section) || thing === undefined || !bothMappingsOrAbsent(old, now)) {
      return [change(at, old, now)]
    }
    const members = compareKeys(old ?? {}, now ?? {}).flatMap(([name, oldThing, newThing]) =>
      diffThing(thing, section, name, oldThing, newThing),
    )
    if (old === undefined) return [change(at, undefined, {}), ...members]
    return now === undefined ? [...members, change(at, {}, undefined)] : members
  })
}

/**
 * Carries out changes on the configuration that they were made from, in their order: the result equals the newer one of
 * {@link diffConfig}. On another configuration, it sets and removes the same paths.
 */
export function applyChanges(config: FaucetConfig, changes: readonly ConfigChange[]): FaucetConfig {
  return changes.reduce<ConfigMapping>(
    (result, { path, after }) =>
      after === undefined ? withoutValueAt(result, path) : (withValueAt(result, path, after) as ConfigMapping),
    config as ConfigMapping,
  ) as FaucetConfig
}

type Place = Pick<ConfigChange, 'thing' | 'dp' | 'name' | 'path'>

function diffThing(
  thing: ChangedThing,
  section: string,
  name: string,
  old: ConfigValue | undefined,
  now: ConfigValue | undefined,
): readonly ConfigChange[] {
  const at = { thing, dp: thing === 'dp' ? name : undefined, name, path: [section, name] }
  if (!isMapping(old) || !isMapping(now)) return [change(at, old, now)]
  return compareKeys(old, now).flatMap(([option, oldValue, newValue]) => {
    const place = { ...at, path: [...at.path, option] }
    if (thing !== 'dp' || option !== 'interfaces') return [optionChange(place, oldValue, newValue)]
    return diffPorts(place, oldValue, newValue)
  })
}

function diffPorts(at: Place, old: ConfigValue | undefined, now: ConfigValue | undefined): readonly ConfigChange[] {
  if (!bothMappingsOrAbsent(old, now)) return [optionChange(at, old, now)]
  const members = compareKeys(old ?? {}, now ?? {}).flatMap(([key, oldPort, newPort]) => {
    const port: Place = { thing: 'port', dp: at.dp, name: key, path: [...at.path, key] }
    if (!isMapping(oldPort) || !isMapping(newPort)) return [change(port, oldPort, newPort)]
    return compareKeys(oldPort, newPort).map(([option, oldValue, newValue]) =>
      optionChange({ ...port, path: [...port.path, option] }, oldValue, newValue),
    )
  })
  if (old === undefined) return [optionChange(at, undefined, {}), ...members]
  return now === undefined ? [...members, optionChange(at, {}, undefined)] : members
}

function change(at: Place, before: ConfigValue | undefined, after: ConfigValue | undefined): ConfigChange {
  const type = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return { type, ...at, before, after }
}

function optionChange(at: Place, before: ConfigValue | undefined, after: ConfigValue | undefined): ConfigChange {
  return { type: 'changed', ...at, before, after }
}

function bothMappingsOrAbsent(
  old: ConfigValue | undefined,
  now: ConfigValue | undefined,
): old is ConfigMapping | undefined {
  return (old === undefined || isMapping(old)) && (now === undefined || isMapping(now))
}

/** The keys whose values differ, with both values: the older mapping's first, then those that are new. */
function compareKeys(
  old: ConfigMapping,
  now: ConfigValue | undefined,
): readonly (readonly [string, ConfigValue | undefined, ConfigValue | undefined])[] {
  const newer = isMapping(now) ? now : {}
  const keys = new Set([...entriesOf(old), ...entriesOf(newer)].map(([key]) => key))
  return [...keys]
    .map((key) => [key, ownValue(old, key), ownValue(newer, key)] as const)
    .filter(([, before, after]) => !equalValues(before, after))
}
