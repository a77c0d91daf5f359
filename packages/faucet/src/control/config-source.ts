import { createHash } from 'node:crypto'
import type { FaucetConfig, ParsedFaucetConfig, ResolvedFaucetConfig } from '../config/index.js'
import { parsedFromData, parseFaucetConfig } from '../config/parse.js'
import { resolveFaucetConfig } from '../config/resolve.js'
import type { ConfigHashInfo } from '../metrics/source.js'
import type { ConfigSource } from './faucet-control.js'

/** A configuration that is valid. */
export interface LoadedConfig {
  readonly config: FaucetConfig
  readonly resolved: ResolvedFaucetConfig
  /** Its files; empty texts when it is in none. */
  readonly hash: ConfigHashInfo
}

/** Reads and checks a configuration. @throws FaucetError `config` with every issue */
export function loadedConfig(source: ConfigSource): LoadedConfig {
  const parsed = parsedOf(source)
  return { config: parsed.config, resolved: resolveFaucetConfig(parsed), hash: hashInfo(parsed) }
}

/** A configuration in the form that the validation takes. */
export function parsedOf(source: ConfigSource): ParsedFaucetConfig {
  if (typeof source === 'string') return parseFaucetConfig(source)
  return 'tree' in source && 'issues' in source ? (source as ParsedFaucetConfig) : parsedFromData(source)
}

/** SHA-256 of a text, in hexadecimal digits, as Faucet tells it. */
export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The files of a configuration, alphabetically, with their hashes. */
function hashInfo({ files }: ParsedFaucetConfig): ConfigHashInfo {
  const present = files.flatMap(({ name, text }) => (text === undefined ? [] : [[name, hashOf(text)] as const])).sort()
  return { config_files: present.map(([name]) => name).join(), hashes: present.map(([, hash]) => hash).join(), error: '' }
}
