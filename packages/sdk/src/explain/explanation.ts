/** Why a packet got through, or did not: what the switches would do with it now. */
export interface Explanation {
  /** Names of the hosts. */
  readonly from: string
  readonly to: string
  /** The packet in words: `TCP 10.1.0.2 → 10.2.0.3 port 80`. */
  readonly packet: string
  /** Whether it leaves the switch on the target's port. Through a router that is a host: whether it reaches that router. */
  readonly delivered: boolean
  /** Table by table. */
  readonly steps: readonly ExplanationStep[]
  /** The ACL rule that decided; undefined when none did. */
  readonly decidedBy: DecidingRule | undefined
  /** In one sentence. */
  readonly summary: string
  /** What the switch's own trace said (`ofproto/trace`). */
  readonly trace: string
  /** Everything as text for people. */
  toString(): string
}

/** What happened in a table. */
export interface ExplanationStep {
  readonly switch: string
  /** Faucet's name of the table, or its number. */
  readonly table: string
  readonly text: string
  readonly rule?: DecidingRule
}

/** A rule of an ACL. */
export interface DecidingRule {
  readonly acl: string
  /** From 1: its position among the rules of the ACL. */
  readonly rule: number
  /** Where it is applied: `port web-eth0`, `network dmz`. */
  readonly place: string
  /** What it does. */
  readonly action: 'allows' | 'drops' | 'forwards'
  /** File and line of the call of the builder that made it, such as `test/lab.test.ts:12`, or of the rule in the `faucet.yaml` that it was read from; undefined for rules written as plain objects. */
  readonly source: string | undefined
  readonly description: string | undefined
}

/** The text of an explanation. */
export function explanationText({ packet, from, to, steps, summary }: Omit<Explanation, 'toString'>): string {
  const width = Math.max(0, ...steps.map((step) => `${step.switch} ${step.table}`.length))
  return [`${from} → ${to}: ${packet}`, ...steps.map((step) => `  ${`${step.switch} ${step.table}`.padEnd(width)}  ${step.text}`), summary].join('\n')
}
