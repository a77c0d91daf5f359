// npm run bench: measures Streambed beside its peers. bench/README.md says what and how.
//
//   npm run bench                              everything
//   npm run bench -- start close.mininet.200   only these, or all whose names begin so
//   npm run bench -- --runs 3 --json out.json  fewer runs, and the figures in a file
//   npm run bench -- --no-build                what is in `dist` now
//   npm run bench -- --no-warm-up              every run counts: for what takes minutes
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Advice, main } from './run.mjs'
import { setup } from './setup.mjs'
import { build } from './turbo.mjs'

await main(async () => {
  const { names, runs, json, build: wanted, warmUp } = options(process.argv.slice(2))
  if (process.getuid() !== 0) throw new Advice('The peers need root: run this as root (sudo npm run bench).')
  setup('bench')
  if (wanted && (await build()) !== 0) throw new Advice('The build failed; its errors are above.')
  // Not before the build: it imports the built packages.
  const { bench } = await import('../bench/bench.mjs')
  const { figures, text, failed } = await bench({ names, runs, warmUp, report: progress })
  progress('')
  console.log(text)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`)
  return failed ? 1 : 0
})

function options(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { runs: { type: 'string', default: '5' }, json: { type: 'string' }, 'no-build': { type: 'boolean' }, 'no-warm-up': { type: 'boolean' } },
    })
    const runs = Number(values.runs)
    if (!Number.isInteger(runs) || runs < 1) throw new Advice(`--runs takes a whole number of at least 1, not '${values.runs}'.`)
    const json = values.json === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', values.json)
    return { names: positionals, runs, json, build: values['no-build'] !== true, warmUp: values['no-warm-up'] !== true }
  } catch (error) {
    throw error instanceof Advice ? error : new Advice(error.message)
  }
}

/** One line that changes, on a terminal; otherwise a line for each step. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  else if (text !== '') console.error(text)
}
