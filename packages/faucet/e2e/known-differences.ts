import type { Verdict } from './faucet-oracle.js'

/** A difference between our verdict and the real Faucet's that is meant. */
export interface KnownDifference {
  readonly name: string
  /** Why ours is right. */
  readonly reason: string
  /** Whether the difference is this one: the real verdict, and our first issues as lines. */
  is(real: Verdict, issues: readonly string[]): boolean
}

/** Every difference that the campaign may find. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    name: 'collections with tags',
    reason: '!!set, !!omap and !!pairs are read by Faucet’s YAML parser; no option takes what they make.',
    is: (real,
      issues) => real.verdict === 'accepted' && issues.some((issue) => /unknown tag .*(?:set|omap|pairs)/.test(issue)),
  },
  {
    name: 'a comment right after a bracket',
    reason: '`{}# text`: YAML 1.2 asks for a space before the #; Faucet’s parser (libyaml) does not.',
    is: (real,
      issues) => real.verdict === 'accepted' && issues.some((issue) => issue.includes('Comments must be separated')),
  },
  {
    name: 'exit instructions that are none',
    reason:
      'Faucet ignores a key of exit_instructions that it does not know, and goes through a text letter by letter.',
    is: (real, issues) => real.verdict === 'accepted' && issues.every((issue) => issue.includes('exit_instructions')),
  },
  {
    name: 'priorities and cookies that no flow can have',
    reason:
      'Priorities outside of 0 to 65535 end Faucet as soon as a flow uses them, which depends on what else is set.',
    is: (real, issues) =>
      real.verdict === 'accepted' && issues.every((issue) => /no (?:flow|meter) can have it/.test(issue)),
  },
  {
    name: 'a log that cannot be opened',
    reason: 'An ofchannel_log in a folder that is missing here may be fine where the controller runs.',
    is: (real, issues) => real.verdict === 'killed' && issues.length === 0 && /\[Errno \d+\]/.test(real.error ?? ''),
  },
  {
    name: 'sections as lists of pairs',
    reason: '`vlans: [[office, {vid: 100}]]` passes because Python makes a dictionary of pairs; nobody means it.',
    is: (real,
      issues) => real.verdict === 'accepted' && issues.some((issue) => /(?:acls|dps|meters|routers|vlans) is a list/.test(issue)),
  },
  {
    name: 'exact_match beside 802.1X',
    reason: 'Faucet’s own 802.1X rules break an exact match; 802.1X is refused by the controller, not by the parser.',
    is: (real, issues) =>
      real.verdict === 'killed' && issues.length === 0 && /exact match table port_acl .*udp_src/.test(real.error ?? ''),
  },
]
