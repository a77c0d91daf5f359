import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Daemons are in /usr/sbin. Without the machine's own settings of Docker's client. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, DOCKER_CONFIG: '/run/docker-client' }

/** Why these tests cannot be run here; undefined where they can. */
export function whyNotHere(): string | undefined {
  return process.env['STREAMBED_PRIVATE_WORLD'] === undefined ? 'they need a world of their own: npm test -- --only docker' : undefined
}

/** The control group that Docker's are to be made below. */
export const controlGroup = `/${process.env['STREAMBED_PRIVATE_WORLD'] ?? 'streambed-tests'}`

/** Runs a program to its end and answers its standard output; rejects with its standard error. */
export async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(command, args, { env, maxBuffer: 2 ** 28 })
  return stdout.trimEnd()
}

/** As {@link run}, but a refusal is wanted: answers the standard error. */
export async function refused(command: string, ...args: string[]): Promise<string> {
  const failure = await execute(command, args, { env }).then(
    ({ stdout }) => new Error(`${command} ${args.join(' ')} should have failed: ${stdout}`),
    (error: { stderr: string }) => error.stderr,
  )
  if (failure instanceof Error) throw failure
  return failure
}

/** A program that runs until it is stopped, and with the tests at most. */
export class Daemon {
  readonly #child: ChildProcess
  #output = ''

  constructor(command: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { env: { ...env, ...extra }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
  }

  /** What it wrote, on both of its streams. */
  get output(): string {
    return this.#output
  }

  get pid(): number {
    return this.#child.pid as number
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  get exitCode(): number | null {
    return this.#child.exitCode
  }

  /** Sends a signal and waits until it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return
    const ended = once(this.#child, 'exit')
    this.#child.kill(signal)
    await ended
  }

  /** Lets it do nothing, until {@link resume}. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Lets it go on. */
  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Resolves with the exit code when it ends by itself. */
  async ended(): Promise<number | null> {
    if (this.running) await once(this.#child, 'exit')
    return this.#child.exitCode
  }

  /**
   * Waits until something is so; a program that ends before, or takes too long, is a failure with what it wrote. The limit is for one that
   * hangs: on a machine with ten times as much to do as it can, Node.js alone takes twenty seconds to start.
   */
  async until(isSo: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
    await until(isSo, () => {
      if (!this.running) throw new Error(`it ended before ${what}: ${this.#output}`)
      return `${what}; it wrote: ${this.#output}`
    }, limitMs)
  }
}

/** The processes that a process has started, and theirs. */
export function descendantsOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

/** Asks again and again, for what tells nobody when it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string | (() => string), limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await isSo())) {
    const words = typeof what === 'string' ? what : what()
    if (performance.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain until ${words}`)
    await sleep(10)
  }
}
