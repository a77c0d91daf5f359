// The Python environment of the tests and benchmarks: the real Faucet, os-ken, and the OVSDB client of Open vSwitch.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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
  if (!existsSync(done) || readFileSync(done, 'utf8') !== list) {
    console.error('Python packages: installing scripts/python-requirements.txt into .venv.')
    rmSync(folder, { recursive: true, force: true })
    must('/usr/bin/python3', ['-m', 'venv', folder])
    must(python, ['-m', 'pip', 'install', ...quiet, '--requirement', wanted])
    writeFileSync(done, list)
  }
  faucetSources(/^faucet==.*$/m.exec(list)[0])
}

const quiet = ['--quiet', '--disable-pip-version-check']

/** The source distribution of the real Faucet: a test judges the examples in its documentation, which the package lacks. */
function faucetSources(requirement) {
  const sources = `${folder}/sources`
  const name = requirement.replace('==', '-')
  if (existsSync(`${sources}/${name}`)) return
  const half = `${folder}/sources.part`
  rmSync(sources, { recursive: true, force: true })
  rmSync(half, { recursive: true, force: true })
  must(python, ['-m', 'pip', 'download', ...quiet, '--no-deps', '--no-binary', 'faucet', '--dest', half, requirement])
  must(python, ['-m', 'tarfile', '--extract', `${half}/${name}.tar.gz`, half])
  renameSync(half, sources)
}

function must(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0) return
  throw new Advice(
    `\`${[command, ...args].join(' ')}\` failed; its message is above: ` +
      'go online or repair the package index settings, then run this again.',
  )
}
