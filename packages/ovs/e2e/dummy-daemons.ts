import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type BridgeSpec, type CommandLine, daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'

const execute = promisify(execFile)

/** Daemons are in /usr/sbin, which the PATH of an ordinary user may lack. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** The daemons of an Open vSwitch without any device, and the tools for them: what is in it is the subclass's. */
export class DummyDaemons {
  readonly dir: string
  readonly #children: ChildProcess[] = []
  #stderr = ''

  protected constructor(prefix: string) {
    this.dir = mkdtempSync(join(tmpdir(), prefix))
  }

  /** Starts both daemons, with bridges, and waits until they have their sockets. */
  protected async startDaemons(bridges: readonly BridgeSpec[] = []): Promise<void> {
    const files = daemonFiles(this.dir)
    await writeFile(files.database, initialDatabase({ bridges }))
    this.#spawn(ovsdbServerCommand({ runDir: this.dir }))
    await this.#socket(files.databaseSocket)
    // Here `override` makes a bridge's own port a dummy as well.
    this.#spawn(vswitchdCommand({ runDir: this.dir, extraArguments: ['--enable-dummy=override'] }))
    for (const { name } of bridges) await this.#socket(join(this.dir, `${name}.mgmt`))
  }

  /** Runs `ovs-vsctl` and waits until ovs-vswitchd has done it. */
  vsctl(command: string): Promise<string> {
    return this.run('ovs-vsctl', [`--db=unix:${daemonFiles(this.dir).databaseSocket}`, '--timeout=20', ...command.split(' ')])
  }

  /** Runs a command of ovs-vswitchd. */
  appctl(command: string, ...args: string[]): Promise<string> {
    return this.run('ovs-appctl', ['-t', daemonFiles(this.dir).vswitchd.controlSocket, command, ...args])
  }

  /** The process id of ovs-vswitchd. */
  async pid(): Promise<number> {
    return Number(await readFile(daemonFiles(this.dir).vswitchd.pidFile, 'utf8'))
  }

  /** Kills everything. */
  async stop(): Promise<void> {
    for (const child of [...this.#children].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(this.dir, { recursive: true })
  }

  protected async run(command: string, args: readonly string[]): Promise<string> {
    const { stdout } = await execute(command, args, { env: { ...env, OVS_RUNDIR: this.dir }, maxBuffer: 2 ** 28 })
    return stdout
  }

  #spawn({ command, args, env: own }: CommandLine): void {
    // The kernel ends it with the tests, whatever they die of.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { env: { ...env, ...own }, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.on('data', (text) => (this.#stderr += String(text)))
    this.#children.push(child)
  }

  /** A daemon tells that it is ready by making its socket. */
  async #socket(path: string): Promise<void> {
    for (const deadline = performance.now() + 10_000; !(await exists(path)); await sleep(5)) {
      const dead = this.#children.some((child) => child.exitCode !== null)
      if (dead || performance.now() > deadline) throw new Error(`Open vSwitch did not start: ${this.#stderr}`)
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
