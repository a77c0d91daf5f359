import { once } from 'node:events'
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { dockerSocket } from './docker.js'
import { run, until } from './program.js'

const program = fileURLToPath(new URL('../../dist/cli/streambed-docker-driver.js', import.meta.url))

/** Starts its arguments for each line that it reads, one after the other, with the socket that it was given: it has that as long as it lives. */
const holder = `
while read -r _; do
  sh -c 'echo "begun $$"; LISTEN_PID=$$ exec setpriv --pdeathsig KILL "$@"' sh "$@" </dev/null
  echo "ended $?"
done`

/**
 * What systemd does with the two units of a driver: it has made the socket, and starts the daemon with it, again and again. The socket is made by systemd-socket-activate,
 * and kept by a shell between one daemon and the next.
 */
export class SocketUnit {
  readonly #child: ChildProcess
  #output = ''

  private constructor(readonly socket: string, args: readonly string[]) {
    const command = ['--pdeathsig', 'KILL', 'systemd-socket-activate', `--listen=${socket}`, '--fdname=driver', 'sh', '-c', holder, 'sh', process.execPath, program, '--docker', `unix://${dockerSocket}`, ...args]
    this.#child = spawn('setpriv', command, { stdio: ['pipe', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
  }

  /** Makes the socket of a driver's name; nobody serves it yet. */
  static async open(name: string, ...args: string[]): Promise<SocketUnit> {
    const unit = new SocketUnit(`/run/docker/plugins/${name}.sock`, ['--name', name, ...args])
    await until(() => unit.#output.includes('Listening on'), () => `systemd-socket-activate listens; it wrote: ${unit.#output}`)
    // It becomes the shell at the first call.
    const caller = connect(unit.socket)
    await once(caller, 'connect')
    caller.destroy()
    await until(() => unit.#output.includes('Communication attempt'), () => `the shell runs; it wrote: ${unit.#output}`)
    return unit
  }

  /** What was written since the socket is there. */
  get log(): string {
    return this.#output
  }

  /** The process of the daemon that was started last. */
  get pid(): number {
    return Number([...this.#output.matchAll(/^begun (\d+)$/gm)].at(-1)?.[1])
  }

  /** Starts the daemon, and does not wait for it. */
  begin(): void {
    this.#child.stdin?.write('\n')
  }

  /** Starts the daemon, and resolves when Docker can call it. */
  async up(): Promise<void> {
    const [from, times] = [this.#output.length, this.#times()]
    this.begin()
    await until(() => {
      if (this.#times() > times) throw new Error(`the daemon ended: ${this.#output}`)
      return this.#output.slice(from).includes('Docker can call')
    }, () => `the driver is there; it wrote: ${this.#output}`, 60_000)
  }

  /** Ends the daemon. The socket stays. @returns its exit code, as the shell has it */
  async down(signal: NodeJS.Signals): Promise<number> {
    const times = this.#times()
    process.kill(this.pid, signal)
    return this.ended(times)
  }

  /** Waits for the end of one more daemon than this many. @returns its exit code */
  async ended(times = this.#times()): Promise<number> {
    await until(() => this.#times() > times, () => `the daemon ends; it wrote: ${this.#output}`, 60_000)
    return Number([...this.#output.matchAll(/^ended (\d+)$/gm)].at(-1)?.[1])
  }

  /** How many calls wait for somebody who serves them. */
  async waiting(): Promise<number> {
    const [, queued] = /^\S+ +\S+ +(\d+)/.exec(await run('ss', '-xlH', 'src', this.socket)) ?? []
    return Number(queued)
  }

  /** Closes the socket, and kills the daemon if there is one. */
  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.end()
    if (this.#times() < [...this.#output.matchAll(/^begun /gm)].length) process.kill(this.pid, 'SIGKILL')
    await ended
    await run('rm', '-f', this.socket)
  }

  /** How many daemons have ended. */
  #times(): number {
    return [...this.#output.matchAll(/^ended /gm)].length
  }
}
