// The Python environment of the tests and benchmarks: the real Faucet, os-ken, and the OVSDB client of Open vSwitch.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Advice, root } from './run.mjs'

const folder = `${root}/.venv`
const wanted = `${root}/scripts/python-requirements.txt`
/** Written when all is installed: what was. */
const done = `${folder}/installed.txt`

/** The interpreter that has the packages. */
export const python = `${folder}/bin/python3`

/** Installs what scripts/python-requirements.txt lists, unless it is there. Throws an `Advice` where it cannot. */
export function pythonPackages() {
  const list = readFileSync(wanted, 'utf8')
  if (existsSync(done) && readFileSync(done, 'utf8') === list) return
  console.error('Python packages: installing scripts/python-requirements.txt into .venv.')
  rmSync(folder, { recursive: true, force: true })
  const must = (command, args) => {
    const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    if (status === 0) return
    throw new Advice(
      `\`${[command, ...args].join(' ')}\` failed; its message is above: ` +
        'go online or repair the package index settings, then run this again.',
    )
  }
  must('/usr/bin/python3', ['-m', 'venv', folder])
  must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', wanted])
  writeFileSync(done, list)
}
