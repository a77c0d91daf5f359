import { LinuxError } from '../errors.js'
import { checkAborted } from './aborted.js'
import { checkArgv, type ProcessExit, type SpawnOptions } from './host-process.js'

/** How a program is run to its end. */
export interface ExecOptions extends Omit<SpawnOptions, 'stdin'> {
  /** Written to its standard input, which is then closed. A program that does not read it is no error. */
  readonly input?: string | Uint8Array | undefined
  /** Milliseconds after which it gets SIGTERM, and SIGKILL a second later; then the call rejects. Default: none. */
  readonly timeout?: number | undefined
  /** Reject when it exits with another code than 0 or by a signal. Default true. */
  readonly check?: boolean | undefined
  /** Bytes that each of stdout and stderr may have; more kills it and rejects. Default 256 MiB. */
  readonly maxBuffer?: number | undefined
}

/** What a program that has ended leaves. */
export interface ExecResult extends ProcessExit {
  readonly argv: readonly string[]
  /** UTF-8 text; `stdoutBytes` has the bytes. */
  readonly stdout: string
  readonly stderr: string
  readonly stdoutBytes: Uint8Array
  readonly durationMs: number
}

/** A program that exited with another code than 0, timed out, was aborted or printed too much. What it printed is in it. */
export class ExecError extends LinuxError {
  override readonly name: string = 'ExecError'

  constructor(
    code: 'exit' | 'timeout' | 'aborted' | 'max-buffer',
    message: string,
    readonly result: ExecResult,
    cause?: unknown,
  ) {
    super(code, message, { cause })
  }

  get exitCode(): number | null {
    return this.result.code
  }

  get signal(): NodeJS.Signals | null {
    return this.result.signal
  }

  get stdout(): string {
    return this.result.stdout
  }

  get stderr(): string {
    return this.result.stderr
  }
}

/** How a running program is ended. */
export interface ExecStop {
  /** Signals it. Failures do not matter: it has ended then. */
  readonly kill: (signal: NodeJS.Signals) => void
  /** Called when SIGKILL has not ended it in five seconds. Default: it is waited for, since the kernel ends it. */
  readonly giveUp?: () => void
}

const DEFAULT_MAX_BUFFER = 256 * 1024 * 1024
const KILL_GRACE_MS = 1000
const GIVE_UP_MS = 5000
const QUOTE = 2000

interface Reason {
  readonly code: 'timeout' | 'aborted' | 'max-buffer'
  readonly why: string
  readonly cause?: unknown
}

/** A program that runs to its end, wherever it runs: what it prints, what ends it before its time, and what comes of it. */
export class ExecRun {
  readonly #argv: readonly string[]
  readonly #options: ExecOptions
  readonly #started = performance.now()
  readonly #output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  readonly #printed = { stdout: 0, stderr: 0 }
  #timers: NodeJS.Timeout[] = []
  #stop: ExecStop | undefined
  #reason: Reason | undefined
  #release = (): void => undefined

  /** The program and where it is to run, for messages: `"ping web" in host "laptop"`. */
  readonly command: string

  /** @throws LinuxError `invalid` for an argv that is none, `aborted` when the signal has fired already */
  constructor(argv: readonly string[], where: string, options: ExecOptions = {}) {
    checkArgv(argv)
    this.#argv = argv
    this.#options = options
    this.command = `"${argv.join(' ')}" in ${where}`
    checkAborted(options.signal, this.command)
  }

  /** It has been started: from now on its time runs, and the signal ends it. */
  begin(stop: ExecStop): void {
    this.#stop = stop
    const { timeout, signal } = this.#options
    if (timeout !== undefined) this.#timers.push(setTimeout(() => this.#halt({ code: 'timeout', why: `did not end in ${timeout} ms` }, 'SIGTERM'), timeout))
    const onAbort = (): void => this.#halt({ code: 'aborted', why: 'was aborted', cause: signal?.reason }, 'SIGKILL')
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#release = () => signal?.removeEventListener('abort', onAbort)
    // It may have fired while the program was being started.
    if (signal?.aborted === true) onAbort()
  }

  /** It has printed something. What is beyond the limit is thrown away, and ends it. */
  take(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const { maxBuffer = DEFAULT_MAX_BUFFER } = this.#options
    const room = maxBuffer - this.#printed[stream]
    this.#printed[stream] += bytes.length
    if (room > 0) this.#output[stream].push(room >= bytes.length ? bytes : bytes.subarray(0, room))
    if (this.#printed[stream] > maxBuffer) this.#halt({ code: 'max-buffer', why: `printed more than ${maxBuffer} bytes` }, 'SIGKILL')
  }

  /** Bytes that it has printed, also those that were thrown away. */
  get printed(): number {
    return this.#printed.stdout + this.#printed.stderr
  }

  /** Whether it was ended before its time. */
  get stopped(): boolean {
    return this.#reason !== undefined
  }

  /** What it has written to its standard output so far, as text. */
  get stdout(): string {
    return Buffer.concat(this.#output.stdout).toString('utf8')
  }

  /** Nobody waits for it any more: timers and listeners go. */
  end(): void {
    this.#timers.forEach(clearTimeout)
    this.#timers = []
    this.#release()
  }

  /** What comes of it. @throws ExecError `exit` unless `check` is false, `timeout`, `aborted`, `max-buffer` */
  result(exit: ProcessExit): ExecResult {
    const stdoutBytes = Buffer.concat(this.#output.stdout)
    const result: ExecResult = {
      argv: this.#argv,
      code: exit.code,
      signal: exit.signal,
      stdout: stdoutBytes.toString('utf8'),
      stderr: Buffer.concat(this.#output.stderr).toString('utf8'),
      stdoutBytes,
      durationMs: performance.now() - this.#started,
    }
    const reason = this.#reason
    if (reason !== undefined) throw new ExecError(reason.code, this.#describe(reason.why, result), result, reason.cause)
    if (this.#options.check !== false && exit.code !== 0) {
      throw new ExecError('exit', this.#describe(exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`, result), result)
    }
    return result
  }

  #halt(reason: Reason, first: NodeJS.Signals): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#stop?.kill(first)
    // Also for SIGKILL a second time: the program may not have begun when the first was sent.
    this.#timers.push(setTimeout(() => this.#stop?.kill('SIGKILL'), KILL_GRACE_MS), setTimeout(() => this.#stop?.giveUp?.(), GIVE_UP_MS))
  }

  #describe(how: string, { stdout, stderr }: ExecResult): string {
    const quote = (name: string, text: string): string => (text.trim() === '' ? '' : `\n${name}: ${text.length > QUOTE ? `…${text.slice(-QUOTE)}` : text}`.trimEnd())
    return `${this.command} ${how}${quote('stderr', stderr)}${quote('stdout', stdout)}`
  }
}
