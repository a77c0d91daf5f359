import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const venv = join(here, '../../../.venv/bin')

/** The program of this package, the real one, and the Gauge of each. */
const programs = {
  'ours': [process.execPath, join(here, '../dist/cli/streambed-faucet.js')],
  'our gauge': [process.execPath, join(here, '../dist/cli/streambed-faucet.js'), '--gauge'],
  'real': [join(venv, 'python3'), join(venv, 'faucet')],
  'real gauge': [join(venv, 'python3'), join(venv, 'gauge')],
} as const

/** An event as a line of the event socket says it. */
export type EventLine = Readonly<Record<string, unknown>> & { readonly event_id: number; readonly time: number }

/** How a {@link CommandProcess} is started. */
export interface CommandSetup {
  /** Files beside the configuration, by name. `@` in any text stands for the folder. */
  readonly files: Readonly<Record<string, string>>
  /** Environment variables beside those that every program gets. */
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** Where the switch is to be waited for; the system chooses unless given. */
  readonly port?: number
}

/** A controller, started as a user starts it: by environment variables, in a folder of its own. */
export class CommandProcess {
  readonly folder: string
  readonly port: number
  readonly metricsPort: number
  readonly #process: ChildProcess
  readonly #exit: Promise<readonly [code: number | null, signal: string | null]>
  #output = ''
  #events: Socket | undefined
  readonly #lines: EventLine[] = []
  readonly #wakers = new Set<() => void>()

  private constructor(folder: string, port: number, metricsPort: number, child: ChildProcess) {
    this.folder = folder
    this.port = port
    this.metricsPort = metricsPort
    this.#process = child
    this.#exit = once(child, 'exit') as Promise<[number | null, string | null]>
    child.stdout?.on('data', (text) => (this.#output += String(text)))
    child.stderr?.on('data', (text) => (this.#output += String(text)))
  }

  static async start(which: keyof typeof programs, setup: CommandSetup): Promise<CommandProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'sfcmd-'))
    const fill = (text: string) => text.replaceAll('@', folder)
    for (const [name, text] of Object.entries(setup.files)) await writeFile(join(folder, name), fill(text))
    const [port, metricsPort] = [setup.port ?? (await freePort()), await freePort()]
    const [command, ...before] = programs[which]
    const listening = ['--ryu-ofp-listen-host=127.0.0.1', `--ryu-ofp-tcp-listen-port=${port}`]
    const own = Object.fromEntries(Object.entries(setup.env ?? {}).map(([name, value]) => [name, fill(value)]))
    const child = spawn(command, [...before, ...listening, ...(setup.args ?? [])], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${venv}:${process.env.PATH}`,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONWARNINGS: 'ignore',
        FAUCET_CONFIG: join(folder, 'faucet.yaml'),
        FAUCET_LOG: join(folder, 'faucet.log'),
        FAUCET_EXCEPTION_LOG: join(folder, 'faucet_exception.log'),
        FAUCET_EVENT_SOCK: join(folder, 'faucet.sock'),
        FAUCET_PROMETHEUS_ADDR: '127.0.0.1',
        FAUCET_PROMETHEUS_PORT: String(metricsPort),
        GAUGE_CONFIG: join(folder, 'gauge.yaml'),
        GAUGE_LOG: join(folder, 'gauge.log'),
        GAUGE_EXCEPTION_LOG: join(folder, 'gauge_exception.log'),
        ...own,
      },
    })
    return new CommandProcess(folder, port, metricsPort, child)
  }

  /** What the program printed. */
  get output(): string {
    return this.#output
  }

  /** All events that came. */
  get events(): readonly EventLine[] {
    return this.#lines
  }

  /** Reads the event socket from now on. */
  async listen(): Promise<void> {
    const path = join(this.folder, 'faucet.sock')
    this.#events = await this.until('the event socket', () => connected(path))
    createInterface({ input: this.#events }).on('line', (line) => {
      this.#lines.push(JSON.parse(line) as EventLine)
      for (const wake of [...this.#wakers]) wake()
    })
  }

  /** The first event that is as wanted, of those from `from` on: already there, or to come. */
  async event(what: string, isWanted: (event: EventLine) => boolean, from = 0): Promise<EventLine> {
    const found = () => this.#lines.slice(from).find(isWanted)
    let wake = () => {}
    const come = new Promise<void>((resolve) => {
      wake = () => void (found() && resolve())
    })
    this.#wakers.add(wake)
    wake()
    const late = new AbortController()
    try {
      await Promise.race([come, this.#died(), sleep(20_000, undefined, { signal: late.signal })])
    } finally {
      this.#wakers.delete(wake)
      late.abort()
    }
    const event = found()
    if (!event) throw new Error(`no event ${what}; there are:\n${this.#lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.#output}`)
    return event
  }

  /** What it tells Prometheus: values by series. */
  async metrics(port = this.metricsPort): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`)
    return seriesOf(await response.text())
  }

  /** Waits until a series has a value. */
  metric(series: string, value: number, port = this.metricsPort): Promise<ReadonlyMap<string, number>> {
    return this.until(`${series} to be ${value}`, async () => {
      const metrics = await this.metrics(port)
      return metrics.get(series) === value ? metrics : undefined
    })
  }

  /** Writes a file of the folder. */
  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text)
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8')
  }

  /** Asks for the configuration to be read again. */
  reload(): void {
    this.#process.kill('SIGHUP')
  }

  /** Tells it to stop. Returns how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    this.#events?.destroy()
    this.#process.kill(signal)
    const [code, by] = await this.#exit
    return code ?? by
  }

  /** How it ended by itself. */
  async ended(): Promise<number | null> {
    return (await this.#exit)[0]
  }

  /** Ends it however it is, and removes its folder. */
  async discard(): Promise<void> {
    this.#events?.destroy()
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL')
      await this.#exit
    }
    await rm(this.folder, { recursive: true })
  }

  /** Asks again and again, for what nothing tells of. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    let last: unknown
    for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(20)) {
      const found = await look().catch((error: unknown) => void (last = error))
      if (found !== undefined) return found as T
      if (this.#process.exitCode !== null) break
    }
    throw new Error(`waited in vain for ${what} (${String(last)})\n${this.#output}`)
  }

  async #died(): Promise<never> {
    const [code, signal] = await this.#exit
    throw new Error(`the program ended with ${code ?? signal}\n${this.#output}`)
  }
}

/** The series of a text for Prometheus, but for what says of a process, of Python, and when counters began. */
export function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => /^(?!python_|process_)[a-z]/.test(line) && !/^\w+_created\b/.test(line))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function connected(path: string): Promise<Socket | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return socket
  } catch {
    return undefined
  }
}
