import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { LinuxError } from '@streambed/linux'
import { DockerDriverError } from '../errors.js'
import { environmentList } from './create-body.js'
import type { EngineApi } from './engine-api.js'
import { refusalOf } from './engine-error.js'
import type { EventHub } from './events.js'
import { FrameDecoder, type FrameStream } from './frames.js'

/** The container that a program is to run in. */
export interface ExecTarget {
  readonly api: EngineApi
  readonly hub: EventHub
  readonly id: string
  /** For messages: `container "web"`. */
  readonly where: string
  /** How its processes are signalled: through this machine's /proc, or by programs in the container. */
  readonly reach: () => Promise<'host' | 'inside'>
  /** Makes an error of a call better: what the container is doing instead of running. */
  readonly explain: (error: unknown) => Promise<unknown>
}

/** What a program is started with. */
export interface ExecStart {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
  readonly user?: string | undefined
  readonly stdin: boolean
}

/** A program that Docker has been asked to run. */
export interface StartedExec {
  readonly execId: string
  /** Its three streams; ending it ends the program's standard input only. */
  readonly socket: Duplex
  /** By which it can be found in the container; undefined where it need not be. */
  readonly mark: string | undefined
}

/** What Docker says of a program: `pid` 0 before it has begun, or when it could not. */
export interface ExecState {
  readonly running: boolean
  readonly exitCode: number | null
  readonly pid: number
}

/** The variable by which a program is found in a container that this machine's /proc does not show. */
const MARK = 'STREAMBED_EXEC'

/** Asks Docker to run a program. When this resolves it may not have begun yet. */
export async function startExec(target: ExecTarget, { argv, env, cwd, user, stdin }: ExecStart, signal?: AbortSignal): Promise<StartedExec> {
  const { api, id, where } = target
  const what = `run "${argv.join(' ')}" in ${where}`
  const mark = (await target.reach()) === 'inside' ? randomUUID() : undefined
  try {
    const { Id: execId } = await api.json<{ Id: string }>({
      method: 'POST',
      path: `/containers/${id}/exec`,
      body: {
        AttachStdin: stdin,
        AttachStdout: true,
        AttachStderr: true,
        Tty: false,
        Cmd: argv,
        Env: [...environmentList(env), ...(mark === undefined ? [] : [`${MARK}=${mark}`])],
        User: user,
        WorkingDir: cwd,
      },
      signal,
      what,
    })
    const socket = await api.upgrade({ method: 'POST', path: `/exec/${execId}/start`, body: { Detach: false, Tty: false }, what })
    // How the connection ends is told by what Docker says of the program.
    socket.on('error', () => undefined)
    return { execId, socket, mark }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== undefined && /executable file not found|no such file or directory/i.test(refusal.message) && refusal.statusCode !== 404) throw notStarted(refusal.message, what)
    throw await target.explain(error)
  }
}

/** Gives each piece of output to its receiver. */
export function demultiplex(socket: Duplex, receive: (stream: FrameStream, bytes: Buffer) => void): void {
  const decoder = new FrameDecoder(receive)
  socket.on('data', (chunk: Buffer) => decoder.push(chunk))
}

export async function execState({ api, where }: ExecTarget, execId: string): Promise<ExecState> {
  const { Running, ExitCode, Pid } = await api.json<{ Running: boolean; ExitCode: number | null; Pid: number }>({ path: `/exec/${execId}/json`, what: `ask about a program in ${where}` })
  return { running: Running, exitCode: ExitCode, pid: Pid }
}

const ENDED_MS = 5000

/**
 * What Docker says of a program whose connection has ended.
 * @throws DockerDriverError `closed` when the container is gone
 */
export async function endedState(target: ExecTarget, execId: string, argv: readonly string[]): Promise<ExecState> {
  const deadline = performance.now() + ENDED_MS
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    let state: ExecState
    try {
      state = await execState(target, execId)
    } catch (cause) {
      throw new DockerDriverError('closed', `${target.where} ended while "${argv.join(' ')}" was running in it`, { cause })
    }
    if (!state.running && state.exitCode !== null) return state
    if (performance.now() > deadline) throw new DockerDriverError('closed', `the connection to "${argv.join(' ')}" in ${target.where} was lost; it goes on running there`)
    await sleep(pause)
  }
}

/** The program could not be begun: Docker writes why where the program's output would be. */
export function couldNotStart({ exitCode, pid }: ExecState): boolean {
  return pid === 0 && (exitCode === 126 || exitCode === 127)
}

/** The error for Docker's words about a program that could not be begun, as a namespace host would throw it. */
export function notStarted(said: string, what: string, exitCode?: number | null): LinuxError | DockerDriverError {
  const words = said.trim().replace(/^.*unable to start container process: /s, '').replace(/: unknown$/, '')
  // podman does not say why, but by the exit code.
  if (words === '') return new LinuxError(exitCode === 127 ? 'not-found' : 'invalid', `cannot ${what}: the engine could not start it (exit code ${exitCode ?? '?'}); are the program and its working folder there?`)
  const code = /chdir|cwd|find user|matching entries/i.test(words) ? 'invalid' : /permission denied/i.test(words) ? 'forbidden' : /executable file not found|no such file/i.test(words) ? 'not-found' : undefined
  // Its container was stopped just then, for example.
  if (code === undefined) return new DockerDriverError('docker', `cannot ${what}: ${words}`)
  return new LinuxError(code, `cannot ${what}: ${words}`)
}

/** The script that signals what has a mark in its environment: each process that leads a group with its group. */
export function signalScript(mark: string, signal: NodeJS.Signals): string {
  const name = signal.replace(/^SIG/, '')
  return [
    'found=1',
    'for file in /proc/[0-9]*/environ; do',
    `  if grep -q '${MARK}=${mark}' "$file" 2>/dev/null; then pid=\${file#/proc/}; pid=\${pid%/environ}; kill -${name} "-$pid" 2>/dev/null || kill -${name} "$pid" 2>/dev/null; found=0; fi`,
    'done',
    'exit $found',
  ].join('\n')
}
