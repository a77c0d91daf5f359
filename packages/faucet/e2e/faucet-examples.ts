import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Files } from './faucet-oracle.js'

/** A configuration from the sources of the real Faucet, whole or a part of one. */
export interface Example {
  /** Where it stands. */
  readonly name: string
  readonly files: Files
}

/** The examples of Faucet's documentation, its YAML files, and the texts of its tests: see faucet-examples.py. */
export function faucetExamples(): Example[] {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const sources = path('../../../.venv/sources')
  const folder = readdirSync(sources, { withFileTypes: true }).find((entry) => entry.isDirectory() && entry.name.startsWith('faucet-'))
  if (!folder) throw new Error(`${sources} has no sources of Faucet: the set-up of npm test puts them there`)
  const python = path('../../../.venv/bin/python3')
  const lines = execFileSync(python, [path('faucet-examples.py'), `${sources}/${folder.name}`], { encoding: 'utf8', maxBuffer: 1 << 28 })
  return lines.trim().split('\n').map((line) => JSON.parse(line) as Example)
}
