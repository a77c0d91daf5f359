// Runs a task of every package, in the order of their dependencies: node scripts/turbo.mjs build
import { isMain, main, root, run } from './run.mjs'

/** Runs `turbo run` with the given arguments and answers its exit code. */
export function turbo(...args) {
  return run(`${root}/node_modules/.bin/turbo`, ['run', ...args], {
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
  })
}

/** Builds what has changed. Prints only errors. */
export function build() {
  return turbo('build', '--output-logs=errors-only')
}

if (isMain(import.meta)) await main(() => turbo(...process.argv.slice(2)))
