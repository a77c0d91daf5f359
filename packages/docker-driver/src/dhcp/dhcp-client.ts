import { seekProgram, searchPath } from '@streambed/linux'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import { DockerDriverError } from '../errors.js'
import { runProgram } from '../run-program.js'
import { findInterface } from './container-interface.js'
import { ReportReader, type DhcpLease, type DhcpReport } from './lease.js'
import { removalScript, ScriptFolder } from './script.js'

/** What a {@link DhcpClient} tells. */
export type DhcpEvent =
  | { readonly type: 'bound' | 'renewed'; readonly lease: DhcpLease }
  /** The address is gone: it ran out, or the server took it back. The client asks for another. */
  | { readonly type: 'lost' }
  /** Something does not work; the client goes on trying. Told once until an address is there. */
  | { readonly type: 'trouble'; readonly message: string }

/** What a {@link DhcpClient} is started with. */
export interface DhcpClientOptions {
  /** Path of the container's network namespace, such as `/proc/4711/ns/net`. */
  readonly netns: string
  /** MAC address of the interface: what it is found by, and what the server knows it by. */
  readonly mac: string
  /** Folder for the script, such as `/run/streambed/dovesnap/dhcp`: made with mode 0700, removed with the last client in it. */
  readonly folder: string
  /** Told to the server (option 12). Names that no host can have are left out. */
  readonly hostname?: string
  /** The address that it had before, with or without prefix length: it is asked for again. */
  readonly previous?: string
  readonly onEvent: (event: DhcpEvent) => void
}

/** Milliseconds until a client that ended is started again: doubled each time, from the first to the second number. */
const backoff = { first: 1000, last: 30_000 }
/** Milliseconds that a client has to give its address back. */
const releaseLimit = 3000

/**
 * `udhcpc` for one interface of a container: in the container's network namespace, with the machine's files and process ids. It puts address and routes on
 * the interface, and keeps them by renewing. It ends with this process; the address then stays until it runs out, so that a driver that
 * starts again keeps it, with the same MAC address and {@link DhcpClientOptions.previous}.
 */
export class DhcpClient {
  readonly #options: DhcpClientOptions
  readonly #command: readonly string[]
  readonly #folder: ScriptFolder
  #interface: string
  #child: ChildProcess | undefined
  #lease: DhcpLease | undefined
  /** When the lease is over, on the clock of `performance.now()`. */
  #expires = 0
  /** Whether the client that runs now has the lease; else the one before it had. */
  #isBound = false
  #timer: NodeJS.Timeout | undefined
  #delay = backoff.first
  #hasTrouble = false
  #closing: Promise<void> | undefined

  private constructor(options: DhcpClientOptions, command: readonly string[], folder: ScriptFolder, name: string) {
    this.#options = options
    this.#command = command
    this.#folder = folder
    this.#interface = name
  }

  /**
   * Starts a client; it has no address yet.
   * @throws DockerDriverError `missing`: no udhcpc, busybox, ip or nsenter. `not-found`: no such namespace, or no such interface in it.
   */
  static async start(options: DhcpClientOptions): Promise<DhcpClient> {
    const command = udhcpc()
    const name = await findInterface(options.netns, options.mac)
    const client = new DhcpClient(options, command, await ScriptFolder.open(options.folder), name)
    client.#run()
    return client
  }

  /** What it has now. */
  get lease(): DhcpLease | undefined {
    return this.#lease
  }

  /**
   * Gives the address back to the server, takes it off the interface and ends.
   * @param options `keepLease`: ends without both, for a driver that will start again while the container runs on.
   */
  close(options: { readonly keepLease?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(options.keepLease ?? false)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(keepLease: boolean): Promise<void> {
    clearTimeout(this.#timer)
    const child = this.#child
    if (child) {
      const ended = once(child, 'exit')
      child.kill(keepLease ? 'SIGKILL' : 'SIGTERM')
      const limit = setTimeout(() => child.kill('SIGKILL'), releaseLimit)
      await ended
      clearTimeout(limit)
    }
    if (!keepLease) {
      // The namespace may have gone with its container: then there is nothing to take away.
      await runProgram(['nsenter', `--net=${this.#options.netns}`, 'sh', '-c', removalScript, 'sh', this.#interface]).catch(() => undefined)
    }
    await this.#folder.close()
  }

  #run(): void {
    const { netns, hostname, previous } = this.#options
    const ip = (this.#lease?.address ?? previous)?.replace(/\/.*$/, '')
    const args = [
      '--pdeathsig', 'KILL', 'nsenter', `--net=${netns}`, ...this.#command,
      '-f', '-R', '-i', this.#interface, '-s', '/bin/sh', '-O', 'staticroutes', '-t', '5', '-T', '1', '-A', '5',
      ...(hostname !== undefined && /^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(hostname) ? ['-x', `hostname:${hostname}`] : []),
      ...(ip !== undefined && isIPv4(ip) ? ['-r', ip] : []),
    ]
    const child = spawn('setpriv', args, { cwd: this.#folder.path, env: { PATH: searchPath() }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-500)))
    const reader = new ReportReader()
    child.stdout.setEncoding('utf8').on('data', (text: string) => { for (const report of reader.push(text)) this.#heard(report) })
    child.once('error', (error) => { this.#ended(child, error.message) })
    child.once('exit', (code, signal) => { this.#ended(child, `${signal ?? `exit code ${String(code)}`}: ${log.trim()}`) })
  }

  #heard(report: DhcpReport): void {
    if (this.#closing) return
    switch (report.type) {
      case 'bound':
      case 'renew':
        this.#isBound = true
        this.#lease = report.lease
        this.#expires = performance.now() + report.lease.leaseSeconds * 1000
        this.#delay = backoff.first
        this.#hasTrouble = false
        this.#options.onEvent({ type: report.type === 'renew' ? 'renewed' : 'bound', lease: report.lease })
        break
      case 'deconfig':
        // Also said at each start, when nothing is lost.
        if (this.#isBound) this.#lose()
        this.#isBound = false
        break
      case 'nak':
        this.#lose()
        this.#isBound = false
        break
      case 'leasefail':
        if (performance.now() > this.#expires) this.#lose()
        this.#trouble(`no DHCP server answers on ${this.#interface} (${this.#options.mac}): is one on this network, and do the ACLs let it through?`)
        break
      case 'failed':
        this.#trouble(report.message)
    }
  }

  #lose(): void {
    if (this.#lease === undefined) return
    this.#lease = undefined
    this.#options.onEvent({ type: 'lost' })
  }

  #trouble(message: string): void {
    if (this.#hasTrouble) return
    this.#hasTrouble = true
    this.#options.onEvent({ type: 'trouble', message })
  }

  #ended(child: ChildProcess, why: string): void {
    if (this.#child !== child) return
    this.#child = undefined
    this.#isBound = false
    if (this.#closing) return
    this.#trouble(`udhcpc for ${this.#interface} (${this.#options.mac}) ended, and is started again in ${this.#delay / 1000} s: ${why}`)
    this.#timer = setTimeout(() => void this.#again(), this.#delay)
    this.#delay = Math.min(this.#delay * 2, backoff.last)
  }

  async #again(): Promise<void> {
    // It may have another name by now; when it is gone, udhcpc says so.
    this.#interface = await findInterface(this.#options.netns, this.#options.mac).catch(() => this.#interface)
    if (!this.#closing) this.#run()
  }
}

/** The command of the client: the program of that name, or busybox's. */
function udhcpc(): readonly string[] {
  for (const [program, ...rest] of [['udhcpc'], ['busybox', 'udhcpc']] as const) {
    const path = seekProgram(program)
    if (path !== undefined) return [path, ...rest]
  }
  throw new DockerDriverError('missing', 'A network with DHCP needs the program udhcpc: install the package udhcpc, or busybox.')
}
