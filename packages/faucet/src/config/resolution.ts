import type { CheckedConfig } from './check.js'
import type { ResolvedFaucetConfig } from './resolved-model.js'
import type { ConfigMap } from './value.js'

/** A resolved configuration with what it came from: the next one may differ in little. */
export interface Resolution {
  readonly config: ResolvedFaucetConfig
  readonly tree: ConfigMap
  readonly checked: CheckedConfig
}
