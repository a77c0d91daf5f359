import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { privateWorlds } from './scripts/private-world-pool.mjs'

/** What needs a Docker of its own, and runs in worlds of their own: scripts/private-world-pool.mjs. */
const docker = ['packages/docker-driver/e2e/**/*.test.ts', 'packages/sdk/e2e/container*.test.ts']

// The real thing, from `dist`, as a user of the packages gets it. One file at a time: the tests share the machine's two cores
// with the switches that they start. Nothing is tried twice.
const real = { pool: 'forks', fileParallelism: false, maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000, retry: 0 }

export default defineConfig({
  test: {
    coverage: { include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts'] },
    projects: [
      {
        // Pure code, straight from the sources: no build, no root, no Open vSwitch.
        resolve: { alias: sourceAliases() },
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
          // Pure code leaves nothing to the next file: one minute, not four.
          isolate: false,
          // Properties are tried hundreds of times, which takes long on a machine that does something else as well.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...real,
          name: 'e2e',
          include: ['packages/*/e2e/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...docker, ...(process.env.STREAMBED_LEFT_OUT ?? '').split(',').filter(Boolean)],
        },
      },
      // Two at a time: most of what they do is to wait for one another's daemons. After the others, if they are asked for together.
      { test: { ...real, name: 'docker', include: docker, pool: privateWorlds, fileParallelism: true, maxWorkers: 2, sequence: { groupOrder: 1 } } },
    ],
  },
})

/** `@streambed/x/y` to the source that `exports` of that package is built from. */
function sourceAliases() {
  const packages = new URL('packages/', import.meta.url)
  return readdirSync(packages)
    .map((folder) => new URL(`${folder}/`, packages))
    .filter((folder) => existsSync(new URL('package.json', folder)))
    .flatMap((folder) => {
      const { name, exports } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))
      return Object.entries(exports)
        .map(([subpath, target]) => [subpath, target.import?.default ?? target.default])
        .filter(([, file]) => file)
        .map(([subpath, file]) => ({
          find: new RegExp(`^${name}${subpath.slice(1)}$`),
          replacement: fileURLToPath(new URL(file.replace('./dist/', 'src/').replace(/\.js$/, '.ts'), folder)),
        }))
    })
}
