import { ExecError, type ExecResult, LinuxError } from '@streambed/linux'
import { constants } from 'node:os'
import type { ContainerExecOptions } from './container.js'
import { hasFired } from './engine-api.js'
import { signalExec } from './exec-signal.js'
import { couldNotStart, demultiplex, endedState, notStarted, startExec, type ExecState, type ExecTarget } from './exec-start.js'
import type { FrameStream } from './frames.js'

const DEFAULT_MAX_BUFFER = 256 * 1024 * 1024
const KILL_GRACE_MS = 1000
/** A program that SIGKILL does not end (its container is frozen, Docker does not answer) is not waited for longer than that. */
const GIVE_UP_MS = 5000
const QUOTE = 2000

type Stop = { readonly code: 'timeout' | 'aborted' | 'max-buffer'; readonly why: string; readonly cause?: unknown }

/** @throws LinuxError `invalid` for an argv that is none */
export function checkWords(argv: readonly string[]): void {
  if (!Array.isArray(argv) || argv.length === 0 || argv[0] === '' || argv.some((word) => typeof word !== 'string' || word.includes('\0'))) {
    throw new LinuxError('invalid', `argv must be a non-empty array of strings, such as ['ping', '-c1', 'web']; got ${JSON.stringify(argv)}`)
  }
}

/** How it ended, in the words of a namespace host: Docker tells a signal as 128 and its number, which is taken for one only when we sent it. */
export function exitOf({ exitCode }: Pick<ExecState, 'exitCode'>, sent: ReadonlySet<NodeJS.Signals>): { readonly code: number | null; readonly signal: NodeJS.Signals | null } {
  const code = exitCode ?? 0
  for (const signal of sent) if (code === 128 + constants.signals[signal]) return { code: null, signal }
  return { code, signal: null }
}

/** Runs a program in a container to its end, as `execIn` of @streambed/linux does in a namespace. */
export async function execInContainer(target: ExecTarget, argv: readonly string[], options: ContainerExecOptions = {}): Promise<ExecResult> {
  checkWords(argv)
  const started = performance.now()
  const { input, timeout, check = true, maxBuffer = DEFAULT_MAX_BUFFER, signal, env, cwd, user } = options
  const command = `"${argv.join(' ')}" in ${target.where}`
  if (hasFired(signal)) throw new LinuxError('aborted', `${command}: aborted`, { cause: signal?.reason })
  const child = await startExec(target, { argv, env, cwd, user, stdin: input !== undefined })
  const sent = new Set<NodeJS.Signals>()
  let stop: Stop | undefined
  const timers: NodeJS.Timeout[] = []
  const kill = (which: NodeJS.Signals): void => {
    sent.add(which)
    void signalExec(target, child, which).catch(() => undefined)
  }
  const halt = (reason: Stop, first: NodeJS.Signals): void => {
    if (stop !== undefined) return
    stop = reason
    kill(first)
    // Also for SIGKILL a second time: the program may not have begun when the first was sent.
    timers.push(setTimeout(() => kill('SIGKILL'), KILL_GRACE_MS), setTimeout(() => child.socket.destroy(), GIVE_UP_MS))
  }
  const onAbort = (): void => halt({ code: 'aborted', why: 'was aborted', cause: signal?.reason }, 'SIGKILL')
  if (timeout !== undefined) timers.push(setTimeout(() => halt({ code: 'timeout', why: `did not end in ${timeout} ms` }, 'SIGTERM'), timeout))
  signal?.addEventListener('abort', onAbort, { once: true })
  if (hasFired(signal)) onAbort()

  const chunks: Record<FrameStream, Buffer[]> = { stdout: [], stderr: [] }
  const sizes: Record<FrameStream, number> = { stdout: 0, stderr: 0 }
  demultiplex(child.socket, (stream, bytes) => {
    const room = maxBuffer - sizes[stream]
    sizes[stream] += bytes.length
    if (room > 0) chunks[stream].push(room >= bytes.length ? bytes : bytes.subarray(0, room))
    if (sizes[stream] > maxBuffer) halt({ code: 'max-buffer', why: `printed more than ${maxBuffer} bytes` }, 'SIGKILL')
  })
  if (input !== undefined) child.socket.end(input)
  let state: ExecState | undefined
  try {
    await new Promise<void>((resolve) => {
      child.socket.once('end', resolve)
      child.socket.once('close', resolve)
    })
    state = stop !== undefined && child.socket.destroyed && !child.socket.readableEnded ? undefined : await endedState(target, child.execId, argv)
  } catch (error) {
    if (stop === undefined) throw error
  } finally {
    timers.forEach(clearTimeout)
    signal?.removeEventListener('abort', onAbort)
    child.socket.destroy()
  }
  const stdoutBytes = Buffer.concat(chunks.stdout)
  if (state !== undefined && stop === undefined && couldNotStart(state)) throw notStarted(stdoutBytes.toString('utf8'), `run ${command}`, state.exitCode)
  const result: ExecResult = {
    argv,
    ...(state === undefined ? { code: null, signal: 'SIGKILL' as const } : exitOf(state, sent)),
    stdout: stdoutBytes.toString('utf8'),
    stderr: Buffer.concat(chunks.stderr).toString('utf8'),
    stdoutBytes,
    durationMs: performance.now() - started,
  }
  const reason = stop as Stop | undefined
  if (reason !== undefined) throw new ExecError(reason.code, describe(command, reason.why, result), result, reason.cause)
  if (check && result.code !== 0) {
    throw new ExecError('exit', describe(command, result.signal === null ? `exited with code ${result.code}` : `was killed by ${result.signal}`, result), result)
  }
  return result
}

function describe(command: string, how: string, { stdout, stderr }: ExecResult): string {
  const quote = (name: string, text: string): string => (text.trim() === '' ? '' : `\n${name}: ${text.length > QUOTE ? `…${text.slice(-QUOTE)}` : text}`.trimEnd())
  return `${command} ${how}${quote('stderr', stderr)}${quote('stdout', stdout)}`
}
