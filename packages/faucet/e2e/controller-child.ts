import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FaucetConfig } from '@streambed/faucet'

const script = fileURLToPath(new URL('controller-child.mjs', import.meta.url))

/** What a controller wants and knows. */
export interface ControllerState {
  /** As `ovs-ofctl` reads them. */
  readonly flows: readonly string[]
  /** `VID MAC port`, sorted. */
  readonly hosts: readonly string[]
  /** MAC addresses of the hosts that it has learned from packets, in the order in which it did. */
  readonly learned: readonly string[]
  /** Errors in its log. */
  readonly errors: readonly string[]
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** The embedded controller in a process of its own. */
export class ControllerChild {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  #calls = 0

  private constructor() {
    this.#process = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#process.on('message', ({ id, result, error }: Answer) => {
      const caller = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) caller?.resolve(result)
      else caller?.reject(new Error(error))
    })
    this.#process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the controller has ended (${code ?? signal})`))
    })
  }

  /** Resolves when it listens at a target. */
  static async start(config: FaucetConfig, listen: string): Promise<ControllerChild> {
    const child = new ControllerChild()
    const started = new Promise((resolve, reject) => child.#waiting.set(0, { resolve, reject }))
    child.#process.send({ config, listen })
    await started
    return child
  }

  /** Resolves when the switch has its flows. */
  async ready(): Promise<void> {
    await this.#call('ready')
  }

  async apply(config: FaucetConfig): Promise<void> {
    await this.#call('apply', config)
  }

  async state(): Promise<ControllerState> {
    return (await this.#call('state')) as ControllerState
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }

  #call(call: string, argument?: unknown): Promise<unknown> {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#process.send({ id, call, argument }, (error) => error && reject(error))
    })
  }
}
