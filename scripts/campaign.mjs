// npm run campaign: the long rounds that `npm test` runs shortened: 100 starts, 50 kills as root and 50 as an ordinary user, …
//
//   npm run campaign                 every test, all of its rounds
//   npm run campaign -- residue      the tests of one file
import { main, root, run } from './run.mjs'

await main(() =>
  run(process.execPath, [`${root}/scripts/test.mjs`, '--project', 'e2e', '--project', 'docker', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, STREAMBED_CAMPAIGN: '1' },
  }),
)
