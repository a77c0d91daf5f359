import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, closeSync, constants, openSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LinuxError } from '../errors.js'
import type { AdoptionTarget, AgentCallName, AgentCalls, AgentEvent, NamespaceJob } from '../agent/protocol.js'
import { AgentChannel, type Handles } from './channel.js'
import { launchFailure, outerCommand, preludeScript, sandboxCommand, type SandboxContents, type SandboxNetwork, type SandboxPrivilege, type SandboxProcesses } from './launch.js'
import { Owned } from './owned.js'
import { findProgram, searchPath } from './search-path.js'

/** How a sandbox is made. */
export interface SandboxOptions extends SandboxContents {
  /**
   * `root` makes the namespaces directly, `user-namespace` inside a user namespace of its own, which needs no
   * privilege. Default: `root` when the process is root.
   */
  readonly privilege?: SandboxPrivilege | undefined
  /** Where switch ends live. `outer` needs root, and shares the namespace with everything else in it. Default `own`. */
  readonly network?: SandboxNetwork | undefined
  /**
   * Which processes and files the agent lives among. `outer` makes no namespace at all: for a daemon with root that works with links, sockets and namespaces of
   * the machine. It needs `network: 'outer'`, has no services and files, its hosts have no mount namespaces (a program in one sees the machine's files), and
   * what was started through it ends with it: by `close()`, and when this process or the agent dies. Default `own`.
   */
  readonly processes?: SandboxProcesses | undefined
  /** Open /dev/net/tun is needed (Open vSwitch's userspace datapath); checked before anything starts. */
  readonly needsTun?: boolean | undefined
  /** Path of the agent program; default the one built with this package. */
  readonly agentPath?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Why a sandbox ended: closed on request (`error` undefined), or what died. */
export interface SandboxEnd {
  readonly error: LinuxError | undefined
}

const END_OF_STDERR = 4000
/** How long the last words of a sandbox that did not start may take. */
const STDERR_MS = 500
const LOG_LINES = 8
/** How long an agent among the machine's processes may take to end what it has started. */
const OUTER_END_MS = 3000
/** Where the agent finds the machine's /proc: behind its channel. */
const OUTER_PROC = 4

/**
 * A sandbox: a process of its own (the agent) with network, mount, pid, uts and ipc namespace, and, for ordinary
 * users, a user namespace. Everything that is made through it lives inside, and ends with it: when this process ends in
 * whatever way, the kernel takes it all back.
 */
export class Sandbox {
  readonly #child: ChildProcess
  readonly #channel: AgentChannel
  readonly #stderr: string[] = []
  readonly #exitListeners = new Map<number, (code: number | null, signal: string | null) => void>()
  readonly #earlyExits = new Map<number, { code: number | null; signal: string | null }>()
  readonly #privilege: SandboxPrivilege
  readonly #outer: boolean
  #ready = false
  #closing = false
  #failure: LinuxError | undefined
  #next = 0
  #resolveFailed!: (error: LinuxError) => void

  /** Things that live in this process and must end with the sandbox: sockets, servers, captures. */
  readonly owned = new Owned()
  /** Resolves when the last process of the sandbox is gone. */
  readonly closed: Promise<SandboxEnd>
  /** Resolves, when the sandbox fails, as soon as that is known. Never rejects; never resolves after a `close()`. */
  readonly failed: Promise<LinuxError>

  /**
   * Starts a sandbox. Calls may be made at once: they are answered as soon as the agent is up.
   * @throws LinuxError `missing` (a program or /dev/net/tun), `forbidden` (what needs root), `invalid` (options that do not go together), before anything is started
   */
  constructor(options: SandboxOptions = {}) {
    if (process.platform !== 'linux') throw new LinuxError('missing', `Streambed needs Linux, this is ${process.platform}: run it in a Linux virtual machine or container`)
    if (options.needsTun === true) checkTun()
    this.#privilege = options.privilege ?? (process.geteuid?.() === 0 ? 'root' : 'user-namespace')
    checkOuter(options, this.#privilege)
    this.#outer = options.processes === 'outer'
    const agent = options.agentPath ?? defaultAgentPath()
    const command = this.#outer ? outerCommand(process.execPath, agent) : sandboxCommand(this.#privilege, preludeScript(options, process.execPath, agent), options.network)
    // Root's agent may enter namespaces of the machine, which it finds in the machine's /proc: its own shows its own processes only.
    const proc = this.#privilege === 'root' && !this.#outer ? openSync('/proc', 'r') : undefined
    this.failed = new Promise((resolve) => (this.#resolveFailed = resolve))
    // The agent gets a bare environment: options meant for this process (NODE_OPTIONS of a debugger or coverage tool) would break or slow it.
    this.#child = spawn(command[0] as string, command.slice(1), {
      env: {
        PATH: searchPath(),
        HOME: '/',
        OVS_RUNDIR: '/run/openvswitch',
        STREAMBED_OUTER_PID: String(process.pid),
        ...(proc !== undefined && { STREAMBED_OUTER_PROC: String(OUTER_PROC) }),
        ...(this.#outer && { STREAMBED_PROCESSES: 'outer', STREAMBED_SETPRIV: findProgram('setpriv', 'util-linux') }),
      },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...(proc === undefined ? [] : [proc])],
      serialization: 'advanced',
      // A group of its own, so that Ctrl-C at the terminal reaches this process only, which closes in order.
      detached: true,
    })
    if (proc !== undefined) closeSync(proc)
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#keepStderr(text))
    this.#channel = new AgentChannel(this.#child, (event) => this.#onEvent(event))
    this.closed = this.#watch()
    options.signal?.addEventListener('abort', () => this.abort(new LinuxError('aborted', 'aborted', { cause: options.signal?.reason })), { once: true })
    if (options.signal?.aborted === true) this.abort(new LinuxError('aborted', 'aborted', { cause: options.signal.reason }))
  }

  /** How the namespaces were made. */
  get privilege(): SandboxPrivilege {
    return this.#privilege
  }

  /** The process id of the program that holds the sandbox, as this process sees it. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** What ended the sandbox, when it did not end by `close()`. */
  get failure(): LinuxError | undefined {
    return this.#failure
  }

  /** A number that is unique in this sandbox. */
  nextNumber(): number {
    return ++this.#next
  }

  /** Makes a call of the agent. Rejects with a LinuxError; with the sandbox's end when that comes first. */
  async call<Name extends AgentCallName>(call: Name, request: AgentCalls[Name]['request']): Promise<AgentCalls[Name]['reply']> {
    return (await this.#channel.call(call, request)).reply
  }

  /** As {@link call}, for calls that bring sockets or pipes. */
  callForHandles<Name extends AgentCallName>(call: Name, request: AgentCalls[Name]['request']): Promise<{ reply: AgentCalls[Name]['reply']; handles: Handles }> {
    return this.#channel.call(call, request)
  }

  /** Works a plan off: one message to the agent for everything. */
  async apply(jobs: readonly NamespaceJob[]): Promise<void> {
    await this.call('apply', { jobs })
  }

  /**
   * Takes an existing network namespace of the machine, such as that of a container, under an identifier: links, sockets, captures and programs work in it. A
   * program that is started in it has the agent's files and host name, not the container's. What belongs to others in it is left alone when it is removed.
   * @param target the id of a process, or the file that stands for the namespace (`/run/docker/netns/4f0c…`, `/proc/1234/ns/net`)
   * @throws LinuxError `forbidden` without root; `invalid` when there is no such namespace, or it is the machine's own
   */
  async adopt(namespace: string, target: AdoptionTarget): Promise<void> {
    await this.call('adopt', { namespace, target: 'path' in target ? { path: realPath(target.path) } : target })
  }

  /** Is told when a process ends, also when it has ended already. */
  onExit(process: number, listener: (code: number | null, signal: string | null) => void): void {
    const early = this.#earlyExits.get(process)
    if (early === undefined) this.#exitListeners.set(process, listener)
    else {
      this.#earlyExits.delete(process)
      listener(early.code, early.signal)
    }
  }

  /**
   * Ends everything: connections are reset, links deleted, processes killed. Resolves when the links are gone and every process
   * has been killed; {@link closed} resolves, some milliseconds later, when the last process is gone.
   * @param group interface group whose links are deleted with one request
   */
  async close(group?: number): Promise<void> {
    if (this.#closing) return void (await this.closed)
    this.#closing = true
    // What this process holds is closed first, quietly: the agent resets what is then still connected, which would be an error to its holder.
    await this.owned.closeAll()
    if (this.#failure === undefined) {
      await this.#channel.call('close', { group }).catch(() => undefined)
    }
    this.#channel.fail(this.#failure ?? new LinuxError('closed', 'the testbed was closed'))
    this.#kill()
  }

  /** Ends everything at once, with a reason that pending and later calls reject with. */
  abort(reason: LinuxError): void {
    // During a close, too: whatever that waits for, it need not any more.
    this.#fail(reason)
    this.#kill()
  }

  /**
   * Kills the agent, and with it its pid namespace. The program around it is left to collect it: it ends when the kernel has taken
   * everything apart, which is what {@link closed} waits for.
   */
  #kill(): void {
    if (this.#outer) {
      // It ends what it has started, which nobody else would.
      if (this.#child.connected) this.#child.disconnect()
      setTimeout(() => this.#child.kill('SIGKILL'), OUTER_END_MS).unref()
      return
    }
    const agent = onlyChild(this.#child.pid)
    try {
      if (agent === undefined) this.#child.kill('SIGKILL')
      else process.kill(agent, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }

  #fail(error: LinuxError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#channel.fail(error)
    void this.owned.closeAll(error)
    this.#resolveFailed(error)
  }

  #keepStderr(text: string): void {
    this.#stderr.push(text)
    while (this.#stderr.length > 1 && this.#stderr.join('').length > END_OF_STDERR) this.#stderr.shift()
  }

  #watch(): Promise<SandboxEnd> {
    return new Promise((resolve) => {
      let ended = false
      const end = (status: string): void => {
        if (ended) return
        ended = true
        if (!this.#closing) this.#fail(this.#deathReason(status))
        void this.owned.closeAll(this.#failure).then(() => resolve({ error: this.#failure }))
      }
      this.#child.once('error', (error) => end(error.message))
      // 'exit', not 'close': a process inside that was killed may hold the standard error for a moment longer.
      this.#child.once('exit', (code, signal) => {
        const status = signal === null ? `exit code ${code}` : `killed by ${signal}`
        if (this.#ready) setImmediate(() => end(status))
        else {
          // What it wrote says why it did not start.
          this.#child.once('close', () => end(status))
          setTimeout(() => end(status), STDERR_MS)
        }
      })
      this.#child.on('disconnect', () => {
        // The agent is gone although nobody closed: unshare may take a while to notice that its child was killed.
        if (this.#ready && !this.#closing) this.#fail(this.#deathReason('its channel closed'))
      })
    })
  }

  #deathReason(status: string): LinuxError {
    const stderr = this.#stderr.join('')
    if (!this.#ready) return launchFailure(this.#privilege, status, stderr)
    // What unshare (util-linux 2.38) says whenever its child is killed.
    const text = stderr.replace(/^unshare: sigprocmask .*$/m, '').trim()
    return new LinuxError('closed', `the agent of the testbed died (${status})${text === '' ? '' : `: ${text}`}`)
  }

  #onEvent(event: AgentEvent): void {
    switch (event.type) {
      case 'ready':
        this.#ready = true
        break
      case 'exit': {
        const listener = this.#exitListeners.get(event.process)
        if (listener === undefined) this.#earlyExits.set(event.process, event)
        else {
          this.#exitListeners.delete(event.process)
          listener(event.code, event.signal)
        }
        break
      }
      case 'service-exit': {
        const how = event.signal !== null ? `was killed by ${event.signal}` : event.code !== null ? `exited with code ${event.code}` : 'ended as soon as it was started'
        const log = event.log.trim().split('\n').slice(-LOG_LINES).join('\n')
        this.abort(new LinuxError('closed', `${event.name} ${how}${log === '' ? '' : `; the end of its log:\n${log}`}`))
        break
      }
    }
  }
}

/** The process that `unshare --fork` watches, if there is one yet. */
function onlyChild(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()) || undefined
  } catch {
    return undefined
  }
}

/** What must be given together, and by whom. */
function checkOuter({ network = 'own', processes = 'own', services = [], directories = [], files = {}, keep = [], privilege }: SandboxOptions, effective: SandboxPrivilege): void {
  if (network === 'own' && processes === 'own') return
  if (effective !== 'root') {
    throw new LinuxError('forbidden', `an agent in the machine's own ${processes === 'outer' ? 'namespaces' : 'network namespace'} needs root${privilege === undefined ? ', and this process is not root' : ': privilege "user-namespace" gives rights in namespaces of its own only'}`)
  }
  if (processes === 'own') return
  if (network === 'own') throw new LinuxError('invalid', 'processes: "outer" goes with network: "outer": an agent among the machine\'s processes is in the machine\'s network too')
  if (services.length + directories.length + keep.length + Object.keys(files).length > 0) {
    throw new LinuxError('invalid', 'services, directories, files and keep are for a sandbox with a /run of its own, which processes: "outer" does not make')
  }
}

/** A path without symbolic links. The last part is not followed: links such as /proc/1234/ns/net lead to no path. */
function realPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    return path
  }
}

function checkTun(): void {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    throw code === 'ENOENT'
      ? new LinuxError('missing', 'there is no /dev/net/tun, which Open vSwitch needs: as root run "modprobe tun", or in a container "mkdir -p /dev/net && mknod /dev/net/tun c 10 200 && chmod 0666 /dev/net/tun"', { cause })
      : new LinuxError('forbidden', 'this user may not open /dev/net/tun, which Open vSwitch needs: as root run "chmod 0666 /dev/net/tun" (what distributions set by default)', { cause })
  }
}

/** The agent stands beside this file in the built package. */
function defaultAgentPath(): string {
  return fileURLToPath(new URL('./agent/main.cjs', import.meta.url))
}
