import { appendFileSync } from 'node:fs'
import { localTime } from '../gauge/local-time.js'
import { logLevels, type LogLevelName } from './settings.js'

/** One line of a log as Faucet writes it: time, name, level and text. @param seconds since 1970 */
export function logLine(seconds: number, name: string, level: LogLevelName, text: string): string {
  return `${localTime(seconds)} ${name.padEnd(6)} ${level.padEnd(8)} ${text}\n`
}

/** Writes to a file; `STDOUT` and `STDERR` are the streams of that name. A file that was moved away is made anew. */
export type Sink = (text: string) => void

/** Opens what a log is written to. @throws Error when a file cannot be written */
export function openSink(log: string): Sink {
  if (log === 'STDOUT') return (text) => void process.stdout.write(text)
  if (log === 'STDERR') return (text) => void process.stderr.write(text)
  appendFileSync(log, '')
  return (text) => appendFileSync(log, text)
}

/** A log: lines of a turn of the event loop are written together. */
export class Log {
  readonly #sinks: readonly Sink[]
  readonly #least: number
  #waiting = ''
  #turn: NodeJS.Immediate | undefined

  constructor(sinks: readonly Sink[], level: LogLevelName) {
    this.#sinks = sinks
    this.#least = logLevels.indexOf(level)
  }

  /** Adds a line, if its level is high enough. */
  write(name: string, level: LogLevelName, text: string): void {
    if (logLevels.indexOf(level) < this.#least) return
    this.#waiting += logLine(Date.now() / 1000, name, level, text)
    this.#turn ??= setImmediate(() => this.flush())
  }

  /** Writes everything now: at the end. */
  flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const text = this.#waiting
    this.#waiting = ''
    if (text === '') return
    for (const sink of this.#sinks) {
      try {
        sink(text)
      } catch {
        // A disk that is full must not end the network; the next line may fit.
      }
    }
  }
}
