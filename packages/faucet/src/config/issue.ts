/** One step into a configuration: a mapping's key or a list's index. */
export type ConfigPath = readonly (string | number)[]

/** One thing that Faucet would refuse, and where it stands. */
export interface ConfigIssue {
  /** File name as it was given or as an include resolves it; `undefined` for a configuration that has no text. */
  readonly file: string | undefined
  /** Line from 1; `undefined` without text. */
  readonly line: number | undefined
  /** Column from 1, in UTF-16 units; `undefined` without text. */
  readonly column: number | undefined
  /** Keys and list indexes from the top of the configuration, such as `['dps', 'sw1', 'interfaces', 1, 'mirror']`. */
  readonly path: ConfigPath
  /** What is wrong, with the field and its value. */
  readonly message: string
  /** What would be right. */
  readonly expected: string
}

/** An issue as one line, such as `faucet.yaml:7:9: dps.sw1.timeout: 3 is too small (expected 15 to 65535)`. */
export function formatConfigIssue(issue: ConfigIssue): string {
  const place =
    issue.file === undefined ? '' : `${issue.file}:${String(issue.line ?? 1)}:${String(issue.column ?? 1)}: `
  const path = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
  return `${place}${path}${issue.message} (expected ${issue.expected})`
}
