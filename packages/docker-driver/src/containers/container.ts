import type { Readable } from 'node:stream'
import type { ExecOptions, ExecResult, HostProcess, SpawnOptions } from '@streambed/linux'
import type { ContainerEvent } from './events.js'
import type { ContainerFile, FileContent, WriteFileOptions } from './files.js'
import type { LogLine, LogOptions } from './logs.js'

/** What Docker says of a container's life. */
export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

/** A published port of a running container. */
export interface PublishedPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly hostAddress: string
  readonly hostPort: number
}

/** A network that a container is on. Addresses without prefix length. */
export interface AttachedNetwork {
  readonly name: string
  readonly networkId: string
  readonly endpointId: string
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  readonly mac: string | undefined
}

/** A container at a moment. */
export interface ContainerState {
  readonly status: ContainerStatus
  readonly running: boolean
  /** Of its first process, in the pid namespace that Docker runs in; undefined when it does not run. */
  readonly pid: number | undefined
  /** Of its last end; undefined before that. */
  readonly exitCode: number | undefined
  readonly outOfMemory: boolean
  /** What Docker could not do, such as starting it; undefined: nothing. */
  readonly error: string | undefined
  /** undefined without HEALTHCHECK. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | undefined
  readonly startedAt: Date | undefined
  readonly finishedAt: Date | undefined
  readonly networks: readonly AttachedNetwork[]
  readonly ports: readonly PublishedPort[]
  readonly labels: Readonly<Record<string, string>>
}

/** How a container is started. */
export interface StartOptions {
  /** Wait for the specification's readiness. Default true; `ready()` does it later, for example when its interfaces are there. */
  readonly ready?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** How a program is run in a container: as on a namespace host, and as which user. */
export interface ContainerExecOptions extends ExecOptions {
  /** `user`, `uid`, `user:group`. Default: the container's. */
  readonly user?: string | undefined
}

/** How a program is started in a container: as on a namespace host, and as which user. */
export interface ContainerSpawnOptions extends SpawnOptions {
  /** `user`, `uid`, `user:group`. Default: the container's. */
  readonly user?: string | undefined
}

/**
 * A container. Calls reject with DockerDriverError: `not-found` when it is gone, `conflict` when it is in the wrong state (the message
 * says which, and quotes the exit code and the end of the log when it has ended), `docker` when Docker refuses, `aborted`, `closed`.
 */
export interface Container extends AsyncDisposable {
  /** Docker's id: 64 hex digits. */
  readonly id: string
  /** Without the slash that Docker puts in front. */
  readonly name: string
  /** As it was asked for. */
  readonly image: string
  /** false for one that was joined by `engine.adopt`: it is never removed by us. */
  readonly owned: boolean
  /**
   * Of its first process, in the pid namespace that Docker runs in, as of the last `start()`, `restart()` or `state()`; undefined when it
   * does not run. `/proc/<pid>/ns/net` is its network namespace, where this process sees it.
   */
  readonly pid: number | undefined

  /** Asks Docker. */
  state(options?: { readonly signal?: AbortSignal | undefined }): Promise<ContainerState>
  /**
   * Starts it, and waits for its readiness unless told otherwise. One that runs already is no error. A failed start leaves it as it is, with its log.
   * @throws DockerDriverError `not-ready`: it ended, or its time was over; the message says what was waited for, the exit code, the end of the log
   */
  start(options?: StartOptions): Promise<void>
  /** Waits for the specification's readiness, or another. @throws DockerDriverError `not-ready` */
  ready(options?: { readonly readiness?: import('./readiness.js').Readiness | undefined; readonly signal?: AbortSignal | undefined }): Promise<void>
  /** The stop signal, then SIGKILL after `timeoutMs` (default: the specification's). One that has ended is no error. */
  stop(options?: { readonly timeoutMs?: number | undefined }): Promise<void>
  /** Signals its first process; default SIGKILL. @throws DockerDriverError `conflict` when it does not run */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Freezes all its processes. */
  pause(): Promise<void>
  unpause(): Promise<void>
  /** Stop and start: a new pid, a new network namespace. Waits for readiness unless told otherwise. */
  restart(options?: StartOptions & { readonly timeoutMs?: number | undefined }): Promise<void>
  /** Removes it, running or not, with its anonymous volumes. One that is gone is no error. Also for adopted ones, when asked for. */
  remove(): Promise<void>
  /** Resolves when it does not run any more, with its exit code; 128 and the number for a signal. */
  wait(options?: { readonly signal?: AbortSignal | undefined }): Promise<number>

  /**
   * Runs a program in it to its end. The environment is the container's with `env`; `undefined` takes one away.
   * @throws ExecError `exit`, `timeout`, `aborted`, `max-buffer`; LinuxError `not-found` when there is no such program, `invalid`
   */
  exec(argv: readonly string[], options?: ContainerExecOptions): Promise<ExecResult>
  /**
   * Starts a program in it. Its process group is signalled through this machine's /proc when it is visible there and this process may
   * (root, a local engine); otherwise by `sh`, `grep` and `kill` in the container, which have to be there then.
   * `exited` tells a signal that was sent by `kill`; other deaths by a signal are codes from 129 on, as Docker reports them.
   * @throws LinuxError `not-found` when there is no such program, `invalid`
   */
  spawn(argv: readonly string[], options?: ContainerSpawnOptions): Promise<HostProcess>

  /** What it wrote to its stdout and stderr, line by line. Ends with the log, or with `follow` when the container ends or the signal fires. */
  logs(options?: LogOptions): AsyncIterable<LogLine>

  /** The content of a file. Symbolic links are followed. @throws DockerDriverError `not-found`, `invalid` for a folder */
  readFile(path: string): Promise<Buffer>
  /** Makes or replaces a file, and folders on the way to it that are missing. Also when the container does not run. */
  writeFile(path: string, content: string | Uint8Array, options?: WriteFileOptions): Promise<void>
  /** Puts files under a folder, by their relative paths; or what a tar archive has. The folder is made when it is missing. */
  putFiles(folder: string, files: Readonly<Record<string, FileContent>> | Readable): Promise<void>
  /** A file, or a folder with everything in it, one after the other; paths are relative to it (`''` is itself). */
  getFiles(path: string): AsyncIterable<ContainerFile>
  /** The same as a tar archive, as Docker gives it. */
  getArchive(path: string): Promise<Readable>

  /** What happens to it from now on, until the signal fires. */
  events(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<ContainerEvent>
}
