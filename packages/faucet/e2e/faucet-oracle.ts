import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What the real Faucet says of a configuration: see faucet-oracle.py. */
export interface Verdict {
  readonly verdict: 'accepted' | 'rejected' | 'crashed' | 'killed'
  readonly error?: string
  /** File, line and function in Faucet that the exception came from. */
  readonly place?: string
}

/** The options of each section of the installed Faucet, with the names of the types that they may have. */
export type OptionTables = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** Files by name; `faucet.yaml` is the one that includes the others. */
export type Files = Readonly<Record<string, string>>

/** The real Faucet in a Python process, which judges one configuration after the other. */
export class FaucetOracle {
  readonly #process: ChildProcess
  readonly #lines: Interface
  readonly #waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = []

  constructor() {
    const python = fileURLToPath(new URL('../../../.venv/bin/python3', import.meta.url))
    const program = fileURLToPath(new URL('faucet-oracle.py', import.meta.url))
    this.#process = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })
    this.#lines.on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)))
    const ended = (why: string) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`the oracle ended: ${why}`))
    }
    this.#process.on('error', (error) => ended(error.message))
    this.#process.on('exit', (code, signal) => ended(`exit ${code ?? signal}`))
  }

  /** Judges a configuration; with `start` also whether the controller survives the connection of the switches. */
  async judge(files: Files, start = false): Promise<Verdict> {
    return (await this.#ask({ files, start })) as Verdict
  }

  /** The option tables of the installed Faucet. */
  async tables(): Promise<OptionTables> {
    return (await this.#ask({ tables: true })) as OptionTables
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const exited = this.#process.exitCode === null ? once(this.#process, 'exit') : undefined
    this.#process.stdin?.end()
    await exited
  }

  #ask(request: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#process.stdin?.write(JSON.stringify(request) + '\n')
    })
  }
}
