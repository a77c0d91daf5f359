/** The levels of a log line, gravest first (ovs-appctl(8), "vlog/set"). */
export const logLevels = ['EMER', 'ERR', 'WARN', 'INFO', 'DBG'] as const

/** A level of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** A line of a log file of Open vSwitch. */
export interface LogLine {
  /** As written, in UTC: `2026-11-21T08:33:38.287Z`. */
  readonly time: string
  /** Counts the lines of one process, from 1. */
  readonly sequence: number
  /** What wrote it, such as `bridge`, or `ovs_rcu(urcu1)` in a thread with a name of its own. */
  readonly module: string
  readonly level: LogLevel
  readonly text: string
}

const pattern = new RegExp(`^(\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z)\\|(\\d+)\\|([^|]+)\\|(${logLevels.join('|')})\\|(.*)$`)

/** Reads one line. `undefined` for a line of another form, such as what a library printed. */
export function parseLogLine(line: string): LogLine | undefined {
  const [, time, sequence, module, level, text] = pattern.exec(line) ?? []
  if (time === undefined || module === undefined || text === undefined) return undefined
  return { time, sequence: Number(sequence), module, level: level as LogLevel, text }
}

/** Reads a log file's text. A line of another form continues the one before it. */
export function parseLog(log: string): LogLine[] {
  const lines: LogLine[] = []
  for (const line of log.split('\n')) {
    const parsed = parseLogLine(line)
    const last = lines.at(-1)
    if (parsed) lines.push(parsed)
    else if (last && line.trim() !== '') lines[lines.length - 1] = { ...last, text: `${last.text}\n${line}` }
  }
  return lines
}

/**
 * The last errors of a log, and when there are none the last warnings, for an error message: one `module: text` a line,
 * oldest first, each text once. Empty when there is nothing to quote.
 * @param count how many at most. Defaults to 5.
 */
export function lastComplaints(log: string, count = 5): string[] {
  const lines = parseLog(log)
  const errors = lines.filter(({ level }) => level === 'ERR' || level === 'EMER')
  const chosen = errors.length > 0 ? errors : lines.filter(({ level }) => level === 'WARN')
  return [...new Set(chosen.map(({ module, text }) => `${module}: ${text}`))].slice(-count)
}
