import type { Readable } from 'node:stream'
import { LinuxError } from '../errors.js'
import { checkAborted } from './aborted.js'
import { checkArgv, spawnIn, type HostProcess, type ProcessExit, type SpawnOptions } from './host-process.js'
import type { Sandbox } from './sandbox.js'

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

const DEFAULT_MAX_BUFFER = 256 * 1024 * 1024
const KILL_GRACE_MS = 1000
/** How long the end of the output is waited for after the program has ended: something that it left running may hold it open. */
const DRAIN_MS = 200
/** What a pipe can hold at most (fs.pipe-max-size): more than that, after the program has ended, is not its own. */
const PIPE_CAPACITY = 1024 * 1024
const QUOTE = 2000

type Stop = { readonly code: 'timeout' | 'aborted' | 'max-buffer'; readonly why: string; readonly cause?: unknown }

/** What has been read of a stream so far. */
interface Collected {
  readonly chunks: Uint8Array[]
  /** Bytes that came, also those that were thrown away. */
  size: number
  readonly ended: Promise<void>
}

/** Collects a stream; `ended` resolves at its end. */
function collect(stream: Readable, limit: number, overflow: () => void): Collected {
  const chunks: Uint8Array[] = []
  const ended = new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.once('end', resolve)
  })
  const collected = { chunks, size: 0, ended }
  stream.on('data', (chunk: Buffer) => {
    const room = limit - collected.size
    collected.size += chunk.length
    if (room > 0) chunks.push(room >= chunk.length ? chunk : chunk.subarray(0, room))
    if (collected.size > limit) overflow()
  })
  return collected
}

/**
 * Runs a program in a namespace of the sandbox to its end.
 * @throws ExecError `exit`, `timeout`, `aborted`, `max-buffer`; LinuxError `not-found`, `invalid`, `closed`
 */
export async function execIn(sandbox: Sandbox, namespace: string, where: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  checkArgv(argv)
  const started = performance.now()
  const { input, timeout, check = true, maxBuffer = DEFAULT_MAX_BUFFER, signal, ...rest } = options
  checkAborted(signal, `"${argv.join(' ')}" in ${where}`)
  const child = await spawnIn(sandbox, namespace, argv, { ...rest, stdin: input !== undefined, signal: undefined })
  let stop: Stop | undefined
  let killTimer: NodeJS.Timeout | undefined
  const halt = (reason: Stop, first: NodeJS.Signals): void => {
    if (stop !== undefined) return
    stop = reason
    void child.kill(first).catch(() => undefined)
    killTimer = setTimeout(() => void child.kill('SIGKILL').catch(() => undefined), KILL_GRACE_MS)
  }
  const onAbort = (): void => halt({ code: 'aborted', why: 'was aborted', cause: signal?.reason }, 'SIGKILL')
  const limit = timeout === undefined ? undefined : setTimeout(() => halt({ code: 'timeout', why: `did not end in ${timeout} ms` }, 'SIGTERM'), timeout)
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted === true) onAbort()
  const overflow = (): void => halt({ code: 'max-buffer', why: `printed more than ${maxBuffer} bytes` }, 'SIGKILL')
  const stdout = collect(child.stdout, maxBuffer, overflow)
  const stderr = collect(child.stderr, maxBuffer, overflow)
  if (child.stdin !== null) child.stdin.end(input)
  let exit: ProcessExit
  try {
    exit = await child.exited
    await drained([stdout, stderr])
  } finally {
    clearTimeout(limit)
    clearTimeout(killTimer)
    signal?.removeEventListener('abort', onAbort)
    destroyStreams(child)
  }
  const stdoutBytes = Buffer.concat(stdout.chunks)
  const result: ExecResult = {
    argv,
    ...exit,
    stdout: stdoutBytes.toString('utf8'),
    stderr: Buffer.concat(stderr.chunks).toString('utf8'),
    stdoutBytes,
    durationMs: performance.now() - started,
  }
  if (stop !== undefined) throw new ExecError(stop.code, describe(where, stop.why, result), result, stop.cause)
  if (check && exit.code !== 0) {
    const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`
    throw new ExecError('exit', describe(where, how, result), result)
  }
  return result
}

/**
 * Waits for the end of both streams, but not for ever for a background process that inherited them: what the program
 * itself wrote lies in the pipes when it has ended, and is there when a turn of the event loop has found them empty.
 */
async function drained(streams: readonly Collected[]): Promise<void> {
  const total = (): number => streams.reduce((sum, { size }) => sum + size, 0)
  const atExit = total()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), DRAIN_MS)))
  const outcome = await Promise.race([Promise.all(streams.map(({ ended }) => ended)), late])
  clearTimeout(timer)
  if (outcome !== 'late') return
  for (let before = -1; before !== total() && total() - atExit <= streams.length * PIPE_CAPACITY; ) {
    before = total()
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function destroyStreams({ stdin, stdout, stderr }: HostProcess): void {
  for (const stream of [stdin, stdout, stderr]) stream?.destroy()
}

function describe(where: string, how: string, { argv, stdout, stderr }: ExecResult): string {
  const quote = (name: string, text: string): string => (text.trim() === '' ? '' : `\n${name}: ${text.length > QUOTE ? `…${text.slice(-QUOTE)}` : text}`.trimEnd())
  return `"${argv.join(' ')}" in ${where} ${how}${quote('stderr', stderr)}${quote('stdout', stdout)}`
}
