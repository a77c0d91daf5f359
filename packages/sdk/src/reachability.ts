import type { ProbeResult, Probe } from '@streambed/linux'
import type { TestbedCore } from './core.js'
import { TestbedError } from './errors.js'
import { hasNamesakes } from './plan/plan.js'
import { addressesOf, namesakeNetwork } from './topology/model.js'

/** What is tried. */
export interface ReachabilityOptions {
  /** Only these hosts; default all. */
  readonly hosts?: readonly string[]
  /** Only IPv4 or IPv6; default both. */
  readonly family?: 4 | 6
  /** Milliseconds after which an unanswered echo request counts as lost; default 1000. */
  readonly timeout?: number
}

/** One address of a host, tried from another host. */
export interface ReachabilityAttempt {
  readonly address: string
  readonly family: 4 | 6
  readonly ok: boolean
  /** Milliseconds. */
  readonly rttMs: number | undefined
  /** Why not: `timeout`, `ENETUNREACH`, `stopped`, … */
  readonly reason: string | undefined
}

/** One ordered pair of hosts. */
export interface ReachabilityPair {
  readonly from: string
  readonly to: string
  /** At least one address of `to` answers. */
  readonly ok: boolean
  readonly attempts: readonly ReachabilityAttempt[]
}

/** Which pairs are expected to reach each other: for each host, those that it reaches. Pairs that are not named are expected not to. */
export type ExpectedReachability = Readonly<Record<string, readonly string[]>>

/** Who reaches whom, by real echo requests. */
export class Reachability {
  readonly #pairs: ReadonlyMap<string, ReachabilityPair>

  constructor(
    readonly hosts: readonly string[],
    readonly pairs: readonly ReachabilityPair[],
    readonly durationMs: number,
  ) {
    this.#pairs = new Map(pairs.map((pair) => [`${pair.from} ${pair.to}`, pair]))
  }

  /** Whether `from` reaches `to` at any address. @throws TestbedError `invalid` for a pair that was not tried */
  reaches(from: string, to: string): boolean {
    return this.pair(from, to).ok
  }

  /** One pair. @throws TestbedError `invalid` for one that was not tried */
  pair(from: string, to: string): ReachabilityPair {
    const pair = this.#pairs.get(`${from} ${to}`)
    if (pair === undefined) throw new TestbedError('invalid', `the pair ${from} -> ${to} was not tried; the hosts are ${this.hosts.join(', ')}`)
    return pair
  }

  /** How many of all pairs reach each other. */
  get count(): { readonly ok: number; readonly all: number } {
    return { ok: this.pairs.filter(({ ok }) => ok).length, all: this.pairs.length }
  }

  /** What differs from the expectation, a sentence each; empty when nothing does. */
  differences(expected: ExpectedReachability): string[] {
    for (const name of [...Object.keys(expected), ...Object.values(expected).flat()]) {
      if (!this.hosts.includes(name)) throw new TestbedError('invalid', `"${name}" is no host of this matrix; the hosts are ${this.hosts.join(', ')}`)
    }
    return this.pairs.flatMap((pair) => {
      const wanted = Object.hasOwn(expected, pair.from) && expected[pair.from]?.includes(pair.to) === true
      if (pair.ok === wanted) return []
      return [`${pair.from} -> ${pair.to}: ${wanted ? 'should be reachable' : 'should not be reachable'}, ${describe(pair)}`]
    })
  }

  /** Everybody reaches everybody? @throws TestbedError `reachability` that names the pairs that do not */
  assertAll(): this {
    return this.assert(Object.fromEntries(this.hosts.map((from) => [from, this.hosts.filter((to) => to !== from)])))
  }

  /** Exactly the expected pairs reach each other? @throws TestbedError `reachability` that names the pairs that differ */
  assert(expected: ExpectedReachability): this {
    const differences = this.differences(expected)
    if (differences.length > 0) {
      throw new TestbedError('reachability', `${differences.length} of ${this.pairs.length} pairs differ from what is expected:\n  ${differences.join('\n  ')}\n${this.toString()}`)
    }
    return this
  }

  /** A table: rows ask, columns answer. `4` or `6`: only over that family. */
  toString(): string {
    const width = Math.max(4, ...this.hosts.map((name) => name.length))
    const cells = (head: string, rest: readonly string[]): string => [head.padEnd(width), ...rest.map((text, i) => text.padStart(Math.ceil((Math.max(2, this.hosts[i]?.length ?? 0) + text.length) / 2)).padEnd(Math.max(2, this.hosts[i]?.length ?? 0)))].join('  ').trimEnd()
    const rows = this.hosts.map((from) => cells(from, this.hosts.map((to) => (from === to ? '·' : mark(this.#pairs.get(`${from} ${to}`))))))
    const { ok, all } = this.count
    return [cells('from', this.hosts), ...rows, `${ok} of ${all} pairs reach each other`].join('\n')
  }

  toJSON(): unknown {
    return { hosts: this.hosts, pairs: this.pairs, durationMs: this.durationMs }
  }
}

function mark(pair: ReachabilityPair | undefined): string {
  if (pair === undefined) return ' '
  const families = new Set(pair.attempts.map(({ family }) => family))
  const good = new Set(pair.attempts.filter(({ ok }) => ok).map(({ family }) => family))
  if (good.size === 0) return '–'
  return good.size === families.size ? '✓' : String([...good][0])
}

function describe({ ok, to, attempts }: ReachabilityPair): string {
  if (attempts.length === 0) return `${to} has no address that could be tried`
  const shown = attempts.filter((attempt) => attempt.ok === ok)
  return shown.map(({ address, reason, rttMs }) => (reason === undefined ? `${address} answered in ${rttMs?.toFixed(2)} ms` : `${address}: ${reason}`)).join(', ')
}

/** Probes every ordered pair at once. */
export async function measureReachability(core: TestbedCore, options: ReachabilityOptions = {}): Promise<Reachability> {
  const started = performance.now()
  const names = [...new Set(options.hosts ?? core.model.hosts.keys())].map((name) => core.host(name).name)
  const twins = hasNamesakes(core.model)
  const probes: Probe[] = []
  const pairs: { from: string; to: string; targets: { address: string; family: 4 | 6; reason: string | undefined; probe: number | undefined }[] }[] = []
  for (const from of names) {
    const asleep = core.hostStates.get(from) === 'stopped'
    for (const to of names) {
      if (from === to) continue
      const addresses = addressesOf(core.model, to, from).filter(({ family }) => options.family === undefined || family === options.family)
      pairs.push({
        from,
        to,
        targets: addresses.map((item) => {
          const { address, family } = item
          const namesake = twins ? namesakeNetwork(core.model, from, item) : undefined
          const reason = asleep ? `${from} is stopped` : namesake === undefined ? undefined : `somebody else on network "${namesake}" has this address`
          return { address, family, reason, probe: reason === undefined ? probes.push({ namespace: core.host(from).namespace, address }) - 1 : undefined }
        }),
      })
    }
  }
  const results: ProbeResult[] = probes.length === 0 ? [] : await core.sandbox.call('probe', { probes, timeoutMs: options.timeout ?? 1000 })
  const finished = pairs.map(({ from, to, targets }): ReachabilityPair => {
    const attempts = targets.map(({ address, family, reason, probe }): ReachabilityAttempt => {
      const result = probe === undefined ? undefined : results[probe]
      if (result === undefined) return { address, family, ok: false, rttMs: undefined, reason }
      return result.ok ? { address, family, ok: true, rttMs: result.rttMs, reason: undefined } : { address, family, ok: false, rttMs: undefined, reason: result.reason }
    })
    return { from, to, ok: attempts.some(({ ok }) => ok), attempts }
  })
  return new Reachability(names, finished, performance.now() - started)
}
