import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { constants as os } from 'node:os'
import { LinuxError } from '../errors.js'
import { passStream, send } from './channel.js'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import type { SpawnRequest } from './protocol.js'
import { serviceOf, type Service } from './service.js'

/** The processes that the agent started in hosts, and the reaper of everything that lost its parent. */
export class ProcessTable {
  readonly #children = new Map<number, ChildProcess>()
  readonly #pids = new Set<number>()
  readonly #services: readonly Service[]
  #next = 0

  constructor(
    private readonly namespaces: NamespaceTable,
    services: readonly Service[],
    private readonly serviceExited: (service: Service, code: number | null, signal: string | null) => void,
  ) {
    this.#services = services
    // As the first process of its pid namespace the agent inherits every orphan, and libuv only collects its own children.
    process.on('SIGCHLD', () => this.#reap())
    // What ended before this line has sent its signal already.
    this.#reap()
  }

  /** Starts a process in a host and passes its standard streams. */
  async spawn(id: number, request: SpawnRequest): Promise<{ process: number; pid: number }> {
    const [file = '', ...args] = request.argv
    const input = request.input ? libc.pipe() : undefined
    const output = libc.pipe()
    const errors = libc.pipe()
    const theirs = [input?.[0], output[1], errors[1]]
    let child: ChildProcess
    try {
      child = this.namespaces.inHost(request.namespace, () => {
        if (request.cwd !== undefined) checkDirectory(request.cwd)
        return spawn(file, args, {
          stdio: [input?.[0] ?? 'ignore', output[1], errors[1]],
          env: { ...request.env },
          cwd: request.cwd ?? '/',
          // A session of its own: signals go to the whole group, and no terminal is shared.
          detached: true,
        })
      })
    } finally {
      for (const fd of theirs) if (fd !== undefined) libc.close(fd)
    }
    const { pid } = child
    if (pid === undefined) {
      for (const fd of [input?.[1], output[0], errors[0]]) if (fd !== undefined) libc.close(fd)
      const reason = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve))
      throw this.namespaces.inHost(request.namespace, () => spawnError(file, reason, request.env['PATH'] ?? ''))
    }
    const number = ++this.#next
    this.#children.set(number, child)
    this.#pids.add(pid)
    child.once('exit', (code, signal) => {
      this.#children.delete(number)
      this.#pids.delete(pid)
      void send({ type: 'exit', process: number, code, signal })
    })
    if (input !== undefined) void passStream(id, 'stdin', input[1])
    void passStream(id, 'stdout', output[0])
    void passStream(id, 'stderr', errors[0])
    return { process: number, pid }
  }

  /** Signals a process and its whole group; false when it is gone. */
  signal(number: number, signal: string): boolean {
    const pid = this.#children.get(number)?.pid
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
      const found = processesIn(link).filter((pid) => !seen.has(pid))
      if (found.length === 0) return seen.size
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

  #reap(): void {
    let children: number[]
    try {
      children = readFileSync('/proc/1/task/1/children', 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      children = this.#services.flatMap((service) => service.identify() ?? [])
    }
    for (const pid of children) {
      if (this.#pids.has(pid)) continue
      const status = libc.tryWait(pid)
      if (status === undefined) continue
      const signalNumber = status & 0x7f
      const code = signalNumber === 0 ? (status >> 8) & 0xff : null
      const service = serviceOf(this.#services, pid, code)
      if (service === undefined) continue
      const signal = Object.entries(os.signals).find(([, number]) => number === signalNumber)?.[0] ?? null
      this.serviceExited(service, code, signal)
    }
  }
}

function checkDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new LinuxError('invalid', `cwd "${path}" is no directory in the host`)
  }
}

function spawnError(file: string, cause: NodeJS.ErrnoException, path: string): LinuxError {
  // A folder of PATH that may not be searched makes it EACCES, though no folder has the program.
  const nowhere = cause.code === 'EACCES' && !file.includes('/') && !path.split(':').some((folder) => existsSync(`${folder}/${file}`))
  if (cause.code === 'ENOENT' || nowhere) return new LinuxError('not-found', `there is no program "${file}" in the host (PATH was searched when it has no slash)`, { cause })
  if (cause.code === 'EACCES') return new LinuxError('forbidden', `"${file}" may not be executed`, { cause })
  return new LinuxError('kernel', `cannot start "${file}": ${cause.message}`, { cause })
}

/** Processes (zombies not counted) whose network namespace is the given one. */
function processesIn(link: string): number[] {
  const pids: number[] = []
  for (const name of readdirSync('/proc')) {
    if (name.charCodeAt(0) > 0x39 || name === '1') continue
    try {
      if (readlinkSync(`/proc/${name}/ns/net`) === link) pids.push(Number(name))
    } catch {
      // Gone, or a zombie: neither can run.
    }
  }
  return pids
}
