import { loadFaucetConfig, formatConfigIssue, resolveFaucetConfig, validateFaucetConfig } from '../config/index.js'
import type { ReadConfigFile } from '../config/index.js'

/** What a command prints, and its exit status. */
export interface CommandResult {
  readonly status: 0 | 1
  readonly output: string
  readonly errors: string
}

/**
 * `streambed-faucet check FILE…`: the resolved configurations as JSON, one after the other, or every error with its
 * place. Status 1 when any file is refused.
 */
export function check(files: readonly string[], readFile?: ReadConfigFile): CommandResult {
  const output: string[] = []
  const errors: string[] = []
  for (const file of files) {
    const parsed = loadFaucetConfig(file, readFile ? { readFile } : {})
    const issues = validateFaucetConfig(parsed)
    if (issues.length === 0) output.push(toJson(resolveFaucetConfig(parsed)))
    errors.push(...issues.map(formatConfigIssue))
  }
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
  return { status: errors.length > 0 ? 1 : 0, output: text(output), errors: text(errors) }
}

// Maps as objects. Integers beyond 2^53 as text, so that no reader rounds them.
function toJson(value: unknown): string {
  const replace = (_key: string, item: unknown): unknown => {
    if (item instanceof Map) return Object.fromEntries(item)
    if (typeof item !== 'bigint') return item
    return item <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(item) : String(item)
  }
  return JSON.stringify(value, replace, 2)
}
