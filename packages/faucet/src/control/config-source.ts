import { createHash } from 'node:crypto'
import type { ParsedFaucetConfig, ResolvedFaucetConfig } from '../config/index.js'
import { parsedFromData, parseFaucetConfig } from '../config/parse.js'
import type { Resolution } from '../config/resolution.js'
import { resolution } from '../config/resolve.js'
import type { ConfigHashInfo } from '../metrics/source.js'
import type { ConfigSource } from './faucet-control.js'
import { sharing } from './restarts.js'

/** A configuration that is valid. */
export interface LoadedConfig {
  readonly parsed: ParsedFaucetConfig
  readonly resolved: ResolvedFaucetConfig
  /** What {@link resolved} came from. */
  readonly resolution: Resolution
  /** Its files; empty texts when it is in none. */
  readonly hash: ConfigHashInfo
}

/**
 * Reads and checks a configuration.
 * @param before the one that was loaded last: what is equal is `===`
 * @throws FaucetError `config` with every issue
 */
export function loadedConfig(source: ConfigSource, before?: LoadedConfig): LoadedConfig {
  const parsed = parsedOf(source)
  const now = resolution(parsed, before?.resolution)
  const config = before ? sharing(before.resolved, now.config) : now.config
  return { parsed, resolved: config, resolution: { ...now, config }, hash: hashInfo(parsed) }
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
