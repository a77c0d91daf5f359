import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { FaucetError } from '../errors.js'

/** What to start. */
export interface FaucetChildOptions {
  /** The program and its first arguments, such as `['/opt/venv/bin/faucet']`. */
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Files whose end says why it died, besides what it writes itself. */
  readonly logs: readonly string[]
}

/** Characters of output that are kept for error messages. */
const keptOutput = 4000
/** Milliseconds that it has to end by itself. */
const patience = 2000

/** A Faucet that was started, in a process group of its own; it does not outlive this process. */
export class FaucetChild {
  /** Resolves with what it said when it has ended. Never rejects. */
  readonly ended: Promise<FaucetError>
  readonly #process: ChildProcess
  #output = ''
  #dead = false
  #killAtExit = () => this.#kill('SIGKILL')

  constructor({ command, args, env, logs }: FaucetChildOptions) {
    const [program = 'faucet', ...first] = command
    const path = [...(isAbsolute(program) ? [dirname(program)] : []), process.env.PATH ?? '']
    const [executable, ...words] = [...boundToThisProcess(), program, ...first, ...args] as [string, ...string[]]
    this.#process = spawn(executable, words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // `faucet` looks for `osken-manager` there.
      env: { ...process.env, PYTHONUNBUFFERED: '1', ...env, PATH: path.join(delimiter) },
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (text) => (this.#output = (this.#output + String(text)).slice(-keptOutput)))
    }
    process.once('exit', this.#killAtExit)
    this.ended = this.#end(program, logs)
  }

  /** The process; `undefined` when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Ends it and everything that it has started. Idempotent. */
  async close(): Promise<void> {
    this.#kill('SIGTERM')
    const timer = setTimeout(() => this.#kill('SIGKILL'), patience)
    await this.ended
    clearTimeout(timer)
  }

  async #end(program: string, logs: readonly string[]): Promise<FaucetError> {
    // `close` and not `exit`: by then its last words have been read.
    const [code, signal] = await once(this.#process, 'close').catch((error: Error) => [error.message])
    process.off('exit', this.#killAtExit)
    // What it has started and left behind. Later the number may be that of something else.
    this.#kill('SIGKILL')
    this.#dead = true
    const texts = await Promise.all(logs.map((log) => readFile(log, 'utf8').catch(() => '')))
    const said = [...texts, this.#output].map((text) => text.trim().slice(-keptOutput)).filter((text) => text !== '')
    return new FaucetError('process', [`${program} has ended (${String(code ?? signal)})`, ...said].join('\n'))
  }

  /** The whole group, so that nothing stays. */
  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#process
    if (pid === undefined || this.#dead) return
    try {
      process.kill(-pid, signal)
    } catch {
      // Nobody is left.
    }
  }
}

/** A port that nobody listens on now. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Where util-linux is there, the kernel ends the child with this process, also after SIGKILL. */
function boundToThisProcess(): readonly string[] {
  for (const folder of ['/usr/bin', '/bin']) {
    try {
      const setpriv = join(folder, 'setpriv')
      accessSync(setpriv, constants.X_OK)
      return [setpriv, '--pdeathsig', 'KILL']
    } catch {
      // Not there.
    }
  }
  return []
}
