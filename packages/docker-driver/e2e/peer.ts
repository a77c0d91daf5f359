import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A connection that is kept for later has a name. */
interface Target {
  readonly host: string
  readonly port: number
  readonly keep?: string
}

/** A host in a network namespace (`peer.mjs`): it answers with the asker's address on TCP and UDP port 80, and can ask others. */
export class Peer {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #ended: Promise<never>
  #last: Promise<unknown> = Promise.resolve()

  /** @param namespace Name of the namespace; undefined: the one that the tests are in. */
  constructor(namespace?: string) {
    const program = [process.execPath, fileURLToPath(new URL('peer.mjs', import.meta.url)), namespace ?? 'machine']
    const inside = namespace === undefined ? program : ['ip', 'netns', 'exec', namespace, ...program]
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...inside], { stdio: 'pipe' })
    this.#child.stderr.pipe(process.stderr)
    this.#ended = once(this.#child, 'exit').then(() => { throw new Error(`the peer in ${String(namespace)} ended`) })
    this.#ended.catch(() => undefined)
    this.#lines = createInterface({ input: this.#child.stdout })
  }

  /** The address that the other side saw, or the error. */
  tcp(host: string, port: number, keep?: string): Promise<string> {
    return this.#ask('tcp', { host, port, ...(keep === undefined ? {} : { keep }) })
  }

  /** The same over a connection that was kept. */
  again(keep: string): Promise<string> {
    return this.#ask('again', { host: '', port: 0, keep })
  }

  udp(host: string, port: number): Promise<string> {
    return this.#ask('udp', { host, port })
  }

  /** The name of who answers on UDP, always asked from the same port. */
  who(host: string, port: number): Promise<string> {
    return this.#ask('who', { host, port })
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** One question after the other. */
  #ask(action: string, target: Target): Promise<string> {
    const answer = this.#last.then(() => this.#askNow(action, target))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async #askNow(action: string, target: Target): Promise<string> {
    const answer = once(this.#lines, 'line')
    this.#child.stdin.write(`${JSON.stringify({ action, ...target })}\n`)
    const [line] = (await Promise.race([answer, this.#ended])) as [string]
    const { from, error } = JSON.parse(line) as { from?: string; error?: string }
    return from ?? `error ${String(error)}`
  }
}
