import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { mergeIncludes, type ConfigFile, type ReadConfigFile } from './include.js'
import type { ConfigIssue } from './issue.js'
import type { FaucetConfig } from './model.js'
import { fromData, toData, type ConfigMap } from './value.js'

/** A configuration that was read: what it says, and what of it cannot even be read. */
export interface ParsedFaucetConfig {
  /** As it is written, includes merged. Not validated: an option may have any type. */
  readonly config: FaucetConfig
  /** Every file that was looked at, the main file first. */
  readonly files: readonly ConfigFile[]
  /** What is wrong with the texts, the includes and the top level. `validateFaucetConfig` has the rest. */
  readonly issues: readonly ConfigIssue[]
  /** The same as `config`, with the place and exact kind of each value. */
  readonly tree: ConfigMap
}

/** Options of {@link loadFaucetConfig}. */
export interface LoadOptions {
  /** Reads a file by its resolved name; `undefined` when there is none. Default: from the file system. */
  readonly readFile?: ReadConfigFile
}

/**
 * Reads a configuration file and what it includes (`include`, `include-optional`: relative to the including file, no
 * loops). A file that is missing or no YAML is an issue of the result; nothing is thrown.
 */
export function loadFaucetConfig(path: string, options: LoadOptions = {}): ParsedFaucetConfig {
  return assemble(path, options.readFile ?? readText)
}

/**
 * Parses a configuration from text, or from several texts by file name, the first being the main file. Does not touch
 * the file system. What is wrong is in `issues`; nothing is thrown.
 */
export function parseFaucetConfig(source: string | Readonly<Record<string, string>>): ParsedFaucetConfig {
  const files = typeof source === 'string' ? { 'faucet.yaml': source } : source
  const texts = new Map(Object.entries(files).map(([name, text]) => [posix.normalize(name), text]))
  const [main] = Object.keys(files)
  return assemble(main ?? 'faucet.yaml', (name) => texts.get(name))
}

/** A configuration built by a program in the form that the validation takes. */
export function parsedFromData(config: FaucetConfig): ParsedFaucetConfig {
  const tree = fromData(config)
  const map: ConfigMap = tree.kind === 'map' ? tree : { kind: 'map', entries: [], place: tree.place }
  const { entries, issues } = mergeIncludes({ type: 'data', root: map })
  return { config, files: [], issues, tree: entries }
}

function assemble(main: string, read: ReadConfigFile): ParsedFaucetConfig {
  const { entries, issues, files } = mergeIncludes({ type: 'file', name: posix.normalize(main), read })
  let config: FaucetConfig | undefined
  return {
    // Most configurations that a controller gets are never looked at in this form.
    get config() {
      return (config ??= toData(entries) as FaucetConfig)
    },
    files,
    issues,
    tree: entries,
  }
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const missing = ['ENOENT', 'EISDIR', 'ENOTDIR']
    if (error instanceof Error && 'code' in error && missing.includes(String(error.code))) return undefined
    throw error
  }
}
