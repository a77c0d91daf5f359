import { formatConfigIssue, parseFaucetConfig, validateFaucetConfig } from '@streambed/faucet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rounds } from './campaign.js'
import { baseNamed, baseNames } from './config-bases.js'
import { fatalCases } from './config-fatal.js'
import { frameCases } from './config-frames.js'
import { type Case, configurations, texts } from './config-generator.js'
import { faucetExamples } from './faucet-examples.js'
import { FaucetOracle, type Files, type OptionTables, type Verdict } from './faucet-oracle.js'
import { knownDifferences } from './known-differences.js'
import { Random } from './random.js'

/** So many configurations, so many milliseconds: the real parser judges about a hundred in a second. */
const count = rounds(300, 10_000)
const limit = 60_000 + count * 100

let oracle: FaucetOracle
let tables: OptionTables

beforeAll(async () => {
  oracle = new FaucetOracle()
  tables = await oracle.tables()
})

afterAll(() => oracle.close())

describe('the verdict on a configuration', () => {
  it('is acceptance for every base, and the real controller survives it', { timeout: limit }, async () => {
    const random = new Random(1)
    for (const name of baseNames) {
      const files = texts(baseNamed(name, random))
      expect({ name, ...(await oracle.judge(files, true)) }).toEqual({ name, verdict: 'accepted' })
      expect({ name, issues: issuesOf(files) }).toEqual({ name, issues: [] })
    }
  })

  it.each(fatalCases)('is refusal where the parser accepts it and the controller ends: $name: $survived', { timeout: limit }, async ({ files, survived }) => {
    expect((await oracle.judge(files)).verdict).toBe('accepted')
    expect((await oracle.judge(files, true)).verdict).toBe(survived ? 'accepted' : 'killed')
    expect(issuesOf(files).length === 0).toBe(survived)
  })

  it.each(frameCases)('is refusal where it goes into no frame: $name: $fits', { timeout: limit }, async ({ files, fits }) => {
    expect((await oracle.judge(files, true)).verdict).toBe(fits ? 'accepted' : 'killed')
    expect(issuesOf(files).length === 0).toBe(fits)
  })

  it('is the real Faucet’s for the examples of its documentation, and for those in its tests', { timeout: limit }, async () => {
    const all = faucetExamples()
    const documented = all.filter(({ name }) => !name.includes('.py'))
    const tested = all.filter(({ name }) => name.includes('.py'))
    const every = Math.max(1, Math.floor(tested.length / rounds(60, tested.length)))
    const verdicts = { accepted: 0, rejected: 0, crashed: 0, killed: 0 }
    const differences: string[] = []
    for (const { name, files } of [...documented, ...tested.filter((_, index) => index % every === 0)]) {
      const real = await oracle.judge(files, true)
      verdicts[real.verdict]++
      const issues = issuesOf(files)
      if ((real.verdict === 'accepted') === (issues.length === 0)) continue
      if (!knownDifferences.some((known) => known.is(real, issues))) differences.push(told({ files, story: [name], options: [] }, real, issues))
    }
    expect(differences.slice(0, 5).join('\n\n')).toBe('')
    expect(documented.length).toBeGreaterThan(50)
    expect(verdicts.accepted).toBeGreaterThan(30)
    expect(verdicts.rejected).toBeGreaterThan(30)
  })

  it(`is the real Faucet’s for ${count} configurations`, { timeout: limit }, async () => {
    const cases = configurations(tables, 20260801)
    const verdicts = { accepted: 0, rejected: 0, crashed: 0, killed: 0 }
    const hit = new Set<string>()
    const differences: string[] = []
    for (let done = 0; done < count; done += 100) {
      const some = Array.from({ length: Math.min(100, count - done) }, () => cases.next().value as Case)
      // Every fifth of them also has to be survived by the controller.
      const judged = await Promise.all(some.map(({ files }, index) => oracle.judge(files, index % 5 === 0)))
      for (const [index, one] of some.entries()) {
        const real = judged[index] as Verdict
        verdicts[real.verdict]++
        for (const option of one.options) hit.add(option)
        const issues = issuesOf(one.files)
        if ((real.verdict === 'accepted') === (issues.length === 0)) continue
        if (knownDifferences.some((known) => known.is(real, issues))) continue
        // Ours may be stricter only where the real controller dies of what the real parser accepted.
        if (issues.length > 0 && (await oracle.judge(one.files, true)).verdict === 'killed') continue
        differences.push(told(one, real, issues))
      }
    }
    expect(differences.slice(0, 5).join('\n\n')).toBe('')
    expect(optionsOf(tables).filter((option) => !hit.has(option))).toEqual([])
    // Worth something only if both answers are common.
    expect(verdicts.accepted).toBeGreaterThan(count / 5)
    expect(verdicts.rejected).toBeGreaterThan(count / 5)
  })
})

function issuesOf(files: Files): string[] {
  return validateFaucetConfig(parseFaucetConfig(files)).map(formatConfigIssue)
}

function optionsOf(tables: OptionTables): string[] {
  return Object.entries(tables).flatMap(([section,
    options]) => Object.keys(options).map((option) => `${section}.${option}`))
}

function told({ files, story }: Case, real: Verdict, issues: readonly string[]): string {
  const ours = issues.length === 0 ? 'accepted' : issues.slice(0, 3).join('\n      ')
  const text = Object.entries(files).map(([name, content]) => `# ${name}\n${content}`)
  return [`real: ${real.verdict} ${real.error ?? ''}`, `ours: ${ours}`, `done: ${story.join('; ')}`, ...text].join('\n')
}
