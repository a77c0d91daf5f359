// npm test: sets the machine up, then runs the unit tests, and the end-to-end tests as root and as an ordinary user.
//
//   npm test                                 everything
//   npm test -- --all                        with lint and typecheck, as CI does it
//   npm test -- --only e2e-user              one of unit, e2e-root, e2e-user, docker
//   npm test -- --project e2e -t 'a name'    the rest goes to vitest
//
// The last line is always `N passed, N failed, N skipped`.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { asUser } from './as-user.mjs'
import { Advice, run } from './run.mjs'
import { setup } from './setup.mjs'
import { build, turbo } from './turbo.mjs'

const isRoot = process.getuid() === 0
const strict = process.env.CI === 'true' || process.env.STREAMBED_STRICT === '1'

/**
 * End-to-end tests that are run once, as root where there is root: what they compare is what two controllers do to a switch, and that is the same
 * whoever runs them. `packages/sdk/e2e/control.test.ts` runs the same controllers under both identities.
 */
const runOnce = ['config-verdict', 'forwarding', 'hitless', 'recovery', 'command', 'packets'].map((name) => `packages/faucet/e2e/${name}*.test.ts`)

/** Who runs the tests, where it is us; `asUser` makes the other. */
const here = {
  folder: tmpdir(),
  // Detached: an interrupt has to reach vitest's workers, which outlive it otherwise.
  node: (args, env) => run(process.execPath, args, { detached: true, env: { ...process.env, ...env } }),
}

const total = { passed: 0, failed: [], skipped: [] }

try {
  await program(options(process.argv.slice(2)))
} catch (error) {
  total.failed.push('npm test itself')
  console.error(error instanceof Advice ? error.message : error)
}
process.exitCode = report() ? 0 : 1

/** Our own options, taken out of what goes to vitest. */
function options(args) {
  const own = { all: { type: 'boolean' }, only: { type: 'string' }, project: { type: 'string', multiple: true } }
  const { values, tokens } = parseArgs({ args, options: own, strict: false, tokens: true })
  const taken = new Set()
  for (const token of tokens) {
    if (!(token.name in own)) continue
    taken.add(token.index)
    if (token.value !== undefined && !token.inlineValue) taken.add(token.index + 1)
  }
  const runs = ['unit', 'e2e-root', 'e2e-user', 'docker'].filter(
    (name) => name === (values.only ?? name) && (values.project ?? ['']).some((project) => name.startsWith(project)),
  )
  if (runs.length === 0) {
    throw new Advice('There is no such run: --only takes unit, e2e-root, e2e-user or docker, --project takes unit, e2e or docker.')
  }
  return { runs, all: values.all === true, rest: args.filter((_, index) => !taken.has(index)) }
}

async function program({ runs, all, rest }) {
  setup('test')
  const built = (await step('build', build)) === 0
  if (all) {
    await step('lint', () => run('npm', ['run', '--silent', 'lint']))
    await step('typecheck', () => turbo('typecheck', '--output-logs=errors-only'))
  }
  if (runs.includes('unit')) await unit(rest)
  // What is in `dist` is not what is in `src`: the results would be of something else.
  if (built && runs.includes('e2e-root')) await endToEndAsRoot(rest)
  if (built && runs.includes('e2e-user')) await endToEndAsUser(rest)
  if (built && runs.includes('docker')) await withDocker(rest)
}

async function step(name, work) {
  title(name)
  const code = await work()
  if (code !== 0) total.failed.push(name)
  return code
}

async function unit(rest) {
  title('unit tests')
  await vitest('unit', rest, here)
}

async function endToEndAsRoot(rest) {
  title('end-to-end tests, as root')
  if (isRoot) return vitest('e2e', rest, here)
  const reason = 'this is not root; `sudo npm test` runs them'
  total.skipped.push({ name: 'the end-to-end tests as root', reason })
  console.log(`Skipped: ${reason}.`)
}

async function endToEndAsUser(rest) {
  title('end-to-end tests, as an ordinary user')
  if (!isRoot) return vitest('e2e', rest, here)
  // By the environment: what the configuration of a project excludes takes the place of --exclude.
  await asUser((user) => vitest('e2e', rest, user, ' (as an ordinary user)', { STREAMBED_LEFT_OUT: runOnce.join(',') }))
}

async function withDocker(rest) {
  title('end-to-end tests with Docker')
  // Each file in a world of its own: private-world-pool.mjs.
  if (isRoot) return vitest('docker', rest, here)
  const reason = 'this is not root; `sudo npm test` runs them'
  total.skipped.push({ name: 'the end-to-end tests with Docker', reason })
  console.log(`Skipped: ${reason}.`)
}

/** Runs one project of vitest and adds its results up. `as` is who runs it: see `asUser`. */
async function vitest(project, rest, as, note = '', env = {}) {
  const file = join(as.folder, `summary-${process.pid}-${project}.json`)
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=./scripts/test-reporter.mjs',
    // Arguments may choose files of the other project only.
    '--passWithNoTests',
    ...rest,
  ]
  try {
    const code = await as.node(args, { ...env, STREAMBED_TEST_SUMMARY: file })
    const summary = read(file)
    if (summary) {
      total.passed += summary.passed
      total.failed.push(...summary.failed.map((name) => name + note))
      total.skipped.push(...summary.skipped.map(({ name, reason }) => ({ name: name + note, reason })))
    }
    // Vitest found a fault that is not one of the tests'.
    if (!summary || (code !== 0 && summary.failed.length === 0)) {
      total.failed.push(`vitest (${project})${note} ended with ${code}`)
    }
  } finally {
    rmSync(file, { force: true })
  }
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function title(text) {
  console.log(`\n== ${text}`)
}

/** Prints the sum, and says whether all is well. */
function report() {
  const { passed, failed, skipped } = total
  const none = passed + failed.length === 0
  // A kernel feature that the machine lacks is nothing that a test run can mend; all else has to be there in CI.
  const refused = strict ? skipped.filter(({ reason }) => !reason.startsWith('kernel:')) : []
  console.log('')
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`)
  for (const name of failed) console.log(`failed: ${name}`)
  if (refused.length > 0) console.log(`${refused.length} of them may not be skipped here (CI or STREAMBED_STRICT).`)
  if (none) console.log('No test ran.')
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
  return failed.length === 0 && refused.length === 0 && !none
}
