import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { constants as os } from 'node:os'
import { LinuxError } from '../errors.js'
import { passStream, send } from './channel.js'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import type { SpawnRequest } from './protocol.js'
import { posixSpawn } from './posix-spawn.js'
import { serviceOf, type Service } from './service.js'

/** A process that waits for a broken disk cannot be killed: it is not waited for any longer than this. */
const KILL_LIMIT_MS = 2000

const SIGNAL_NAMES = new Map(Object.entries(os.signals).map(([name, number]) => [number as number, name]))

/** The processes that the agent started in hosts, and the reaper of everything that lost its parent. */
export class ProcessTable {
  /** Numbers of the processes that run, by process id. */
  readonly #children = new Map<number, number>()
  readonly #running = new Map<number, number>()
  readonly #services: readonly Service[]
  readonly #collected = new Set<Service>()
  #next = 0
  #closing = false

  constructor(
    private readonly namespaces: NamespaceTable,
    services: readonly Service[],
    /** The agent is one among the machine's processes: only what it has started is its own to signal. */
    private readonly amongOthers: boolean,
    private readonly serviceExited: (service: Service, code: number | null, signal: string | null) => void,
  ) {
    this.#services = services
    // As the first process of its pid namespace the agent inherits every orphan; elsewhere it asks for those of its own making. It has no child that libuv knows of.
    if (amongOthers) libc.becomeSubreaper()
    process.on('SIGCHLD', () => this.#reap())
    // What ended before this line has sent its signal already.
    this.#reap()
    // A shell other than dash may have collected a service before it became the agent: then nobody knows its exit code.
    for (const service of services) {
      const pid = service.identify()
      if (pid !== undefined && !this.#collected.has(service) && !existsSync(`/proc/${pid}`)) serviceExited(service, null, null)
    }
  }

  /** Starts a process in a host and passes its standard streams. */
  spawn(id: number, request: SpawnRequest): { process: number; pid: number } {
    const input = request.input ? libc.pipe() : undefined
    const output = libc.pipe()
    const errors = libc.pipe()
    const ours = [input?.[1], output[0], errors[0]]
    let pid: number
    try {
      pid = this.namespaces.inHost(request.namespace, () =>
        posixSpawn({ argv: request.argv, env: request.env, cwd: request.cwd ?? '/', stdio: [input?.[0], output[1], errors[1]], diesWithUs: this.amongOthers }),
      )
    } catch (error) {
      for (const fd of ours) if (fd !== undefined) libc.close(fd)
      throw error
    } finally {
      for (const fd of [input?.[0], output[1], errors[1]]) if (fd !== undefined) libc.close(fd)
    }
    const number = ++this.#next
    this.#children.set(pid, number)
    this.#running.set(number, pid)
    if (input !== undefined) void passStream(id, 'stdin', input[1])
    void passStream(id, 'stdout', output[0])
    void passStream(id, 'stderr', errors[0])
    return { process: number, pid }
  }

  /** Signals a process and its whole group; false when it is gone. */
  signal(number: number, signal: string): boolean {
    const pid = this.#running.get(number)
    if (pid === undefined) return false
    const value = os.signals[signal as NodeJS.Signals] as number | undefined
    if (value === undefined) throw new LinuxError('invalid', `"${signal}" is no signal`)
    try {
      process.kill(-pid, value)
      return true
    } catch {
      return false
    }
  }

  /** Signals every process that lives in a network namespace; scans until no new one turns up, since they may fork meanwhile. */
  signalAll(namespace: string, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): number {
    const link = this.namespaces.netLink(namespace)
    const seen = new Set<number>()
    for (;;) {
      const ours = this.amongOthers ? new Set(startedByUs()) : undefined
      const found = processesIn(link).filter((pid) => !seen.has(pid) && ours?.has(pid) !== false)
      // A stop takes effect when the process next runs: it is not done before that.
      if (found.length === 0 && !(signal === 'SIGSTOP' && [...seen].some(stillRuns))) return seen.size
      for (const pid of found) {
        seen.add(pid)
        try {
          process.kill(pid, signal)
        } catch {
          // Gone since the scan.
        }
      }
    }
  }

  /** Kills everything that was started here and what came of it, until nothing of it is left. */
  killStarted(): void {
    const deadline = Date.now() + KILL_LIMIT_MS
    for (let left = startedByUs(); left.length > 0 && Date.now() < deadline; left = startedByUs()) {
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // Gone since the scan.
        }
      }
      this.#reap()
    }
  }

  /** Kills the services, which then are no longer missed. */
  killServices(): void {
    this.#closing = true
    for (const service of this.#services) {
      const pid = service.identify()
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL')
      } catch {
        // Gone already.
      }
    }
  }

  /** Whether a service that was killed is still being taken apart by the kernel. Collects what has ended. */
  servicesRunning(): boolean {
    this.#reap()
    return this.#services.some((service) => {
      const pid = service.identify()
      return pid !== undefined && existsSync(`/proc/${pid}`)
    })
  }

  /** Collects everything that has ended: what was started here, services, and orphans. */
  #reap(): void {
    for (let ended = libc.tryWaitAny(); ended !== undefined; ended = libc.tryWaitAny()) {
      const { pid, status } = ended
      const signalNumber = status & 0x7f
      const code = signalNumber === 0 ? (status >> 8) & 0xff : null
      const signal = signalNumber === 0 ? null : (SIGNAL_NAMES.get(signalNumber) ?? `signal ${signalNumber}`)
      const number = this.#children.get(pid)
      if (number !== undefined) {
        this.#children.delete(pid)
        this.#running.delete(number)
        void send({ type: 'exit', process: number, code, signal })
      } else {
        const service = serviceOf(this.#services, pid, code)
        if (service !== undefined) this.#collected.add(service)
        if (service !== undefined && !this.#closing) this.serviceExited(service, code, signal)
      }
    }
  }
}

/** Every process that descends from this one, zombies not counted. */
function startedByUs(): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (name.charCodeAt(0) > 0x39) continue
    try {
      // The name of the program, in parentheses, may contain anything.
      const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'latin1').slice(-400)) ?? []
      if (state !== 'Z') children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)])
    } catch {
      // Gone.
    }
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(process.pid)
}

/** Whether a process that was told to stop still executes. One that waits in a system call (D) does not, and stops when it leaves it. */
function stillRuns(pid: number): boolean {
  try {
    return /\) [RS] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Processes (zombies not counted) whose network namespace is the given one. */
function processesIn(link: string): number[] {
  const pids: number[] = []
  for (const name of readdirSync('/proc')) {
    if (name.charCodeAt(0) > 0x39 || Number(name) === process.pid) continue
    try {
      if (readlinkSync(`/proc/${name}/ns/net`) === link) pids.push(Number(name))
    } catch {
      // Gone, or a zombie: neither can run.
    }
  }
  return pids
}
