import { readdirSync } from 'node:fs'
import { defineConfig } from 'tsup'
import { nonEmpty } from '../tsup.base.js'

// Every example is a program of its own.
const examples = readdirSync(import.meta.dirname).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.config.ts'),
)

export default defineConfig(
  nonEmpty({
    entry: Object.fromEntries(examples.map((file) => [file.slice(0, -'.ts'.length), file])),
    format: ['esm'],
    target: 'node20',
    sourcemap: true,
    clean: true,
    // `node:test` has no other name.
    removeNodeProtocol: false,
  }),
)
