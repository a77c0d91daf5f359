import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './command-process.js'

interface Answer {
  readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[] }
}

/** The server of Prometheus, which asks some ports of this machine five times a second. */
export class Prometheus {
  readonly #folder: string
  readonly #port: number
  readonly #process: ChildProcess
  #output = ''

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
    const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`]
    this.#process = spawn('prometheus', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process.stdout?.on('data', (text) => (this.#output += String(text)))
    this.#process.stderr?.on('data', (text) => (this.#output += String(text)))
    this.#process.on('error', (error) => (this.#output += error.message))
  }

  /** Starts the server. @param ports where there are metrics to be had */
  static async start(ports: readonly number[]): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'))
    const targets = ports.map((port) => `'127.0.0.1:${port}'`).join(', ')
    const jobs = `scrape_configs: [{job_name: faucet, static_configs: [{targets: [${targets}]}]}]`
    await writeFile(join(folder, 'prometheus.yml'), `global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n${jobs}\n`)
    return new Prometheus(folder, await freePort())
  }

  /** Values by labels, as they are now. */
  async query(expression: string): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1/query?query=${encodeURIComponent(expression)}`)
    if (!response.ok) throw new Error(await response.text())
    const { data } = (await response.json()) as Answer
    const rows = data.result.map(({ metric, value }) => {
      const labels = Object.entries(metric).map(([name, text]) => `${name}="${text}"`)
      return [`{${labels.sort().join(',')}}`, Number(value[1])] as const
    })
    return new Map([...rows].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  /** Asks until the answer is as wanted. */
  async until(expression: string, isWanted: (values: ReadonlyMap<string, number>) => boolean): Promise<ReadonlyMap<string, number>> {
    let last: unknown
    for (const deadline = performance.now() + 30_000; performance.now() < deadline; await sleep(50)) {
      try {
        const values = await this.query(expression)
        if (isWanted(values)) return values
        last = [...values]
      } catch (error) {
        last = error
      }
      if (this.#process.exitCode !== null) break
    }
    throw new Error(`${expression} is ${String(last)}\n${this.#output.slice(-3000)}`)
  }

  /** Ends the server, and removes its files. */
  async stop(): Promise<void> {
    if (this.#process.pid !== undefined && this.#process.exitCode === null) {
      this.#process.kill('SIGKILL')
      await once(this.#process, 'exit')
    }
    await rm(this.#folder, { recursive: true })
  }
}
