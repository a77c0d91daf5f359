// npm start: from a fresh machine to a running testbed.
import { existsSync } from 'node:fs'
import { Advice, main, root, run } from './run.mjs'
import { setup } from './setup.mjs'
import { build } from './turbo.mjs'

const example = `${root}/examples/dist/quick-start.js`

await main(async () => {
  setup('start')
  if ((await build()) !== 0) throw new Advice('The build failed; its errors are above.')
  if (!existsSync(example)) throw new Advice('There is no examples/quick-start.ts yet, so there is nothing to start.')
  return run(process.execPath, [example, ...process.argv.slice(2)], { stdio: 'inherit' })
})
