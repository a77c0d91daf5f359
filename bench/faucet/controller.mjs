// A controller as a user starts it, ours or the real one: both take the same environment, arguments and signals.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { python } from '../../scripts/python.mjs'
import { processMemory } from '../memory.mjs'
import { descendants } from '../processes.mjs'

const venv = dirname(python)
const programs = {
  ours: [process.execPath, fileURLToPath(new URL('../../packages/faucet/dist/cli/streambed-faucet.js', import.meta.url))],
  faucet: [python, join(venv, 'faucet')],
}
/** Ticks of a processor's clock in a second, as /proc counts. */
const hertz = 100

export class BenchController {
  #folder
  #child
  #output = ''

  /** Resolves when it listens. @param which `ours` or `faucet` */
  static async start(which, config) {
    const made = new BenchController()
    made.#folder = await mkdtemp(join(tmpdir(), 'faucet-bench-'))
    await made.write(config)
    made.port = await freePort()
    const [command, ...args] = programs[which]
    const profile = which === 'ours' && process.env.STREAMBED_BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.STREAMBED_BENCH_PROFILE}`] : []
    const all = [command, ...profile, ...args, '--ryu-ofp-listen-host=127.0.0.1', `--ryu-ofp-tcp-listen-port=${made.port}`]
    const file = (name) => join(made.#folder, name)
    made.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...all], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${venv}:${process.env.PATH}`,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONWARNINGS: 'ignore',
        FAUCET_CONFIG: file('faucet.yaml'),
        FAUCET_LOG: file('faucet.log'),
        FAUCET_EXCEPTION_LOG: file('exception.log'),
        FAUCET_PROMETHEUS_ADDR: '127.0.0.1',
        FAUCET_PROMETHEUS_PORT: String(await freePort()),
      },
    })
    for (const stream of [made.#child.stdout, made.#child.stderr]) stream.on('data', (text) => (made.#output = (made.#output + text).slice(-4000)))
    await made.#listens()
    return made
  }

  async write(config) {
    await writeFile(join(this.#folder, 'faucet.yaml'), config)
  }

  reload() {
    this.#child.kill('SIGHUP')
  }

  /** Milliseconds of processor time until now. */
  cpu() {
    return this.#pids().reduce((sum, pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number)
      return sum + ((user + system) * 1000) / hertz
    }, 0)
  }

  /** KiB of memory. */
  memory() {
    return processMemory(this.#pids())
  }

  /** Ends it in good order. */
  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM')
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000)
      await once(this.#child, 'exit')
      clearTimeout(timer)
    }
    await rm(this.#folder, { recursive: true })
  }

  /** What it said, when it does not do what it should. */
  async said() {
    const log = await readFile(join(this.#folder, 'faucet.log'), 'utf8').catch(() => '')
    return `${log.slice(-2000)}\n${this.#output}`
  }

  #pids() {
    return [this.#child.pid, ...descendants(this.#child.pid)]
  }

  async #listens() {
    for (let tries = 0; tries < 2000; tries++) {
      if (this.#child.exitCode !== null) break
      const probe = connect(this.port, '127.0.0.1')
      const isThere = await once(probe, 'connect').then(() => true, () => false)
      probe.destroy()
      if (isThere) return
      await sleep(10)
    }
    throw new Error(`the controller does not listen: ${await this.said()}`)
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
