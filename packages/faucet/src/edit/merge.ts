import type { FaucetConfig } from '../config/model.js'
import { FaucetError } from '../errors.js'
import { describeValue, entriesOf, equalValues, isMapping, mappingOf, ownValue } from './value.js'
import type { ConfigMapping, ConfigValue } from './value.js'

/**
 * A configuration with another merged into it, as FaucetConfRPC's `SetConfigFile` does with `merge`: mappings key by
 * key, a list by the new list, a scalar or null by whatever is new. `config` may be `undefined` (there is no file yet).
 * Throws `FaucetError` `invalid` where a mapping or list would meet a value of another kind.
 */
export function mergeConfig(config: FaucetConfig | null | undefined, change: FaucetConfig): FaucetConfig {
  const merged = mergeValues(config as ConfigMapping | null | undefined, change as ConfigMapping, [])
  return mappingOf(merged, 'the merged configuration') as FaucetConfig
}

/** What {@link deleteConfigKey} may be told to follow: mapping keys, and as the last one also an item of a list. */
export type ConfigKeyPath = readonly (string | number)[]

/**
 * A configuration without one of its keys, as FaucetConfRPC's `DelConfigFromFile` and `del_config_yaml_keys` do: all
 * but the last element of `path` are keys of nested mappings; the last is a key of the mapping that they lead to, or an
 * item (by its value) of the list. Throws `FaucetError` `not-found` when there is no such key or item, `invalid` for an
 * empty path.
 */
export function deleteConfigKey(config: FaucetConfig, path: ConfigKeyPath): FaucetConfig {
  if (path.length === 0) {
    const example = '["acls", "web"]'
    throw new FaucetError('invalid', `config_yaml_keys is an empty list; name at least one key, such as ${example}`)
  }
  return deleteAt(config as ConfigMapping, path, path) as FaucetConfig
}

function mergeValues(old: ConfigValue | undefined, change: ConfigValue, path: readonly string[]): ConfigValue {
  if (old === undefined || old === null || typeof old !== 'object' || equalValues(old, change)) return change
  if (Array.isArray(old) && Array.isArray(change)) return change
  if (isMapping(old) && isMapping(change)) {
    const keys = entriesOf(change).map(([key, value]): [string, ConfigValue] => [
      key,
      mergeValues(ownValue(old, key), value, [...path, key]),
    ])
    return { ...old, ...Object.fromEntries(keys) }
  }
  const place = path.length === 0 ? '' : ` at ${path.join('.')}`
  throw new FaucetError(
    'invalid',
    `cannot merge ${describeValue(old)} and ${describeValue(change)}${place}; both must be mappings, or both lists`,
  )
}

function deleteAt(value: ConfigValue | undefined, rest: ConfigKeyPath, path: ConfigKeyPath): ConfigValue {
  const [key, ...deeper] = rest as [string | number, ...(string | number)[]]
  const missing = () =>
    new FaucetError('not-found', `Unable to find key in the config: ${describeValue(key)} of ${describeValue(path)}`)
  if (Array.isArray(value) && deeper.length === 0) {
    const at = value.findIndex((item: ConfigValue) => equalValues(item, key))
    if (at < 0) throw missing()
    return [...value.slice(0, at), ...value.slice(at + 1)] as readonly ConfigValue[]
  }
  if (!isMapping(value) || ownValue(value, String(key)) === undefined) throw missing()
  const child = ownValue(value, String(key))
  if (deeper.length > 0) return { ...value, [key]: deleteAt(child, deeper, path) }
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== String(key)))
}
