import { Readable, type Writable } from 'node:stream'
import { LinuxError } from '../errors.js'
import { checkAborted } from './aborted.js'
import { takeStream } from './channel.js'
import type { Sandbox } from './sandbox.js'
import { searchPath } from './search-path.js'

/** How a process in a host is started. */
export interface SpawnOptions {
  /** Variables beside those of this process; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Working folder; default `/`. */
  readonly cwd?: string | undefined
  /** Open a pipe to the standard input; otherwise it is /dev/null. Default false. */
  readonly stdin?: boolean | undefined
  /** Kills the process group when it fires. */
  readonly signal?: AbortSignal | undefined
}

/** How a process ended: exactly one of the two is not null. */
export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A live process in a host. */
export interface HostProcess extends AsyncDisposable {
  /** Its id in the pid namespace of the testbed. */
  readonly pid: number
  readonly argv: readonly string[]
  /** null unless `stdin: true`. */
  readonly stdin: Writable | null
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when it has ended; rejects when the testbed dies first. */
  readonly exited: Promise<ProcessExit>
  /**
   * Signals the whole process group. Resolves to false when it had ended already.
   * @param signal default SIGTERM
   */
  kill(signal?: NodeJS.Signals): Promise<boolean>
  /** SIGTERM, then SIGKILL after `graceMs` (default 1000) if it has not ended; resolves when it has. */
  close(graceMs?: number): Promise<void>
}

/** The environment of a process in a host: this process's, with PATH made complete, and the changes. */
export function hostEnvironment(changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...process.env, ...changes })) {
    if (value !== undefined && !name.startsWith('NODE_CHANNEL_')) env[name] = value
  }
  if (changes['PATH'] === undefined) env['PATH'] = searchPath(env['PATH'])
  return env
}

/** @throws LinuxError `invalid` for an argv that is none */
export function checkArgv(argv: readonly string[]): void {
  if (!Array.isArray(argv) || argv.length === 0 || argv.some((word) => typeof word !== 'string')) {
    throw new LinuxError('invalid', `argv must be a non-empty array of strings, such as ['ping', '-c1', 'web']; got ${JSON.stringify(argv)}`)
  }
  const bad = argv.find((word) => word.includes('\0'))
  if (bad !== undefined || argv[0] === '') throw new LinuxError('invalid', `argv has a word that cannot be passed to a program: ${JSON.stringify(bad ?? '')}`)
}

/**
 * Starts a process in a namespace of the sandbox.
 * @throws LinuxError `not-found` when there is no such program, `invalid`, `forbidden`, `closed`
 */
export async function spawnIn(sandbox: Sandbox, namespace: string, argv: readonly string[], options: SpawnOptions = {}): Promise<HostProcess> {
  checkArgv(argv)
  checkAborted(options.signal, `"${argv.join(' ')}"`)
  const { reply, handles } = await sandbox.callForHandles('spawn', {
    namespace,
    argv,
    env: hostEnvironment(options.env),
    cwd: options.cwd,
    input: options.stdin === true,
  })
  const stdin = options.stdin === true ? takeStream(handles, 'stdin', { readable: false }) : null
  const stdout = takeStream(handles, 'stdout', { writable: false })
  const stderr = takeStream(handles, 'stderr', { writable: false })
  // Errors of pipes (the reader has ended) belong to whoever listens; without a listener they must not end this process.
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => undefined)

  let ended = false
  let disown = (): void => undefined
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    disown = sandbox.owned.add({
      end: (reason) => {
        for (const stream of [stdin, stdout, stderr]) stream?.destroy()
        if (!ended) reject(reason ?? new LinuxError('closed', `the testbed was closed while "${argv.join(' ')}" was running`))
      },
    })
    sandbox.onExit(reply.process, (code, signal) => {
      ended = true
      disown()
      // Nothing tells a pipe that is only written to that its reader is gone.
      stdin?.destroy()
      resolve({ code, signal: signal as NodeJS.Signals | null })
    })
  })
  exited.catch(() => undefined)

  return hostProcess({
    pid: reply.pid,
    argv,
    stdin,
    stdout,
    stderr,
    exited,
    signal: (which) => sandbox.call('signal', { process: reply.process, signal: which }),
    abort: options.signal,
  })
}

/** What a {@link HostProcess} is made of: what differs with where it runs. */
export interface ProcessParts extends Pick<HostProcess, 'pid' | 'argv' | 'stdin' | 'stdout' | 'stderr' | 'exited'> {
  /** Signals its process group. Resolves to false when it has ended. */
  readonly signal: (signal: NodeJS.Signals) => Promise<boolean>
  /** SIGKILL when it fires, also when it has fired already. */
  readonly abort?: AbortSignal | undefined
}

/** A process wherever it runs: `kill`, `close`, disposal and the AbortSignal do the same everywhere. */
export function hostProcess({ signal, abort, ...parts }: ProcessParts): HostProcess {
  const { exited } = parts
  let ended = false
  const kill = async (which: NodeJS.Signals = 'SIGTERM'): Promise<boolean> => (ended ? false : await signal(which))
  const onAbort = (): void => void kill('SIGKILL').catch(() => undefined)
  abort?.addEventListener('abort', onAbort, { once: true })
  exited
    .then(() => (ended = true))
    .finally(() => abort?.removeEventListener('abort', onAbort))
    .catch(() => undefined)
  // It may have fired while the process was being started.
  if (abort?.aborted === true) onAbort()

  const close = async (graceMs = 1000): Promise<void> => {
    if (ended) return
    await kill('SIGTERM')
    const timer = setTimeout(() => void kill('SIGKILL').catch(() => undefined), graceMs)
    try {
      await exited
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    ...parts,
    kill,
    close,
    [Symbol.asyncDispose]: async () => {
      await close().catch(() => undefined)
      destroyStreams(parts)
    },
  }
}

/** Nobody reads or writes any more. */
export function destroyStreams({ stdin, stdout, stderr }: Pick<HostProcess, 'stdin' | 'stdout' | 'stderr'>): void {
  for (const stream of [stdin, stdout, stderr]) stream?.destroy()
}
