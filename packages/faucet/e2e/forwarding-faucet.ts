import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const first = 'vlans: {v1: {vid: 1}}\ndps: {none: {dp_id: 0xffffff, interfaces: {1: {native_vlan: v1}}}}\n'

/** The real Faucet, a process that takes one configuration after the other: see forwarding_courier.py. */
export class RealFaucet {
  readonly target: string
  readonly #folder: string
  readonly #process: ChildProcess
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = []
  #stderr = ''
  #ended: string | undefined

  private constructor(folder: string, port: number, asInstalled: boolean) {
    this.target = `tcp:127.0.0.1:${port}`
    this.#folder = folder
    const listening = ['--ofp-listen-host', '127.0.0.1', '--ofp-tcp-listen-port', `${port}`]
    this.#process = spawn(
      join(here, '../../../.venv/bin/osken-manager'),
      [...listening, 'faucet.faucet', 'forwarding_courier'],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...process.env,
          PYTHONPATH: here,
          PYTHONDONTWRITEBYTECODE: '1',
          PYTHONWARNINGS: 'ignore',
          ...(asInstalled ? { FAUCET_AS_INSTALLED: '1' } : {}),
          FAUCET_CONFIG: join(folder, 'faucet.yaml'),
          FAUCET_LOG: join(folder, 'faucet.log'),
          FAUCET_EXCEPTION_LOG: join(folder, 'exception.log'),
          FAUCET_PROMETHEUS_ADDR: '127.0.0.1',
          FAUCET_PROMETHEUS_PORT: '0',
        },
      },
    )
    // That it cannot be written to any more is told by its end.
    this.#process.stdin?.on('error', () => undefined)
    this.#process.stderr?.on('data', (text) => (this.#stderr += String(text)))
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Answer)
    })
    const ended = async (why: string) => {
      this.#ended = why
      const told = await readFile(join(folder, 'exception.log'), 'utf8').catch(() => '')
      const error = new Error(`the real Faucet ended: ${why}\n${told.slice(-2000) || this.#stderr.slice(-2000)}`)
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    }
    this.#process.on('error', (error) => void ended(error.message))
    this.#process.on('exit', (code, signal) => void ended(`exit ${code ?? signal}`))
  }

  /**
   * Starts it with a configuration of which nothing is ever seen.
   * @param asInstalled with the mistake that the courier corrects
   */
  static async start({ asInstalled = false } = {}): Promise<RealFaucet> {
    const folder = await mkdtemp(join(tmpdir(), 'real-faucet-'))
    await writeFile(join(folder, 'faucet.yaml'), first)
    const faucet = new RealFaucet(folder, await freePort(), asInstalled)
    // It has read that one when it answers.
    await faucet.settle([], 0)
    return faucet
  }

  /** Gives it another configuration, as SIGHUP does. */
  async load(yaml: string): Promise<void> {
    await writeFile(join(this.#folder, 'faucet.yaml'), yaml)
    const { ok, error } = await this.#ask({ load: true })
    if (!ok) throw new Error(`the real Faucet refuses the configuration: ${error}`)
  }

  /**
   * Waits until the dataplanes are connected, the ends of stack links are up, and all is done that was to be done.
   * @param links how many ends of stack links are to be up
   * @returns how many are: fewer, when they do not come up in some seconds
   * @throws when a dataplane does not connect, is no longer configured, or it does not answer at all
   */
  async settle(dpIds: readonly number[], links: number): Promise<number> {
    const { ok, error, up = 0 } = await this.#ask({ settle: dpIds, links })
    if (!ok) throw new Error(`the real Faucet does not come to rest: ${error}`)
    return up
  }

  /** Whether it can be asked: it runs, and has answered everything that it was asked. */
  get isIdle(): boolean {
    return this.#ended === undefined && this.#waiting.length === 0
  }

  /** What it logged. */
  log(): Promise<string> {
    return readFile(join(this.#folder, 'faucet.log'), 'utf8')
  }

  /** Ends it. */
  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL')
      await once(this.#process, 'exit')
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  #ask(command: object): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(new Error(`the real Faucet ended: ${this.#ended}`))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the real Faucet does not answer ${JSON.stringify(command)}`)), 30_000)
      const done = <T>(act: (value: T) => void) => (value: T) => {
        clearTimeout(timer)
        act(value)
      }
      this.#waiting.push({ resolve: done(resolve), reject: done(reject) })
      this.#process.stdin?.write(JSON.stringify(command) + '\n')
    })
  }
}

interface Answer {
  readonly ok: boolean
  readonly error?: string
  readonly up?: number
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
