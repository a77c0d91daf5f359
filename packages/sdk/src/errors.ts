import { inspect } from 'node:util'

/** What kind of failure a {@link TestbedError} is. */
export type TestbedErrorCode =
  /** The topology, or an argument, is not usable. Nothing was touched; `issues` says what is wrong where. */
  | 'invalid'
  /** A program, device or kernel feature is missing or forbidden; the message says what to install or set. */
  | 'missing'
  /** Starting or changing the testbed failed; what had been done was undone. */
  | 'failed'
  /** The testbed is closed, or one of its parts died; the message says which. */
  | 'closed'
  /** Hosts do not reach each other as expected. */
  | 'reachability'
  /** The call took longer than it may. */
  | 'timeout'
  /** The caller's AbortSignal fired. */
  | 'aborted'
  /** A reader of `testbed.events()` was too slow: it has missed some. */
  | 'overflow'

/** One thing that is wrong with a topology. */
export interface TopologyIssue {
  /** Where it stands: `hosts.web.networks.dmz.ip`. */
  readonly path: string
  /** What stands there. */
  readonly value: unknown
  /** What is wrong, and what would be right. */
  readonly message: string
}

/** The one error class of this package. */
export class TestbedError extends Error {
  override readonly name = 'TestbedError'
  readonly code: TestbedErrorCode
  /** All that is wrong with a topology, not only the first thing. */
  readonly issues: readonly TopologyIssue[]

  constructor(code: TestbedErrorCode, message: string, options: { readonly cause?: unknown; readonly issues?: readonly TopologyIssue[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.issues = options.issues ?? []
  }
}

/** The error for a topology with issues: all of them are in its message. */
export function invalidTopology(issues: readonly TopologyIssue[], what = 'the topology'): TestbedError {
  const lines = issues.map(({ path, value, message }) => `${path === '' ? what : path}: ${message} (got ${show(value)})`)
  const head = issues.length === 1 ? `${what} is not valid: ` : `${what} has ${issues.length} mistakes:\n  `
  return new TestbedError('invalid', head + lines.join('\n  '), { issues })
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 10 })
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
