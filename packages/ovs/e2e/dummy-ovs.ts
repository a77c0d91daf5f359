import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type CommandLine, daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'

const run = promisify(execFile)

/** Daemons are in /usr/sbin, which the PATH of an ordinary user may lack. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/**
 * Open vSwitch without any device: every port is a `dummy`, which takes packets from `netdev-dummy/receive` and counts
 * what it sends. It needs no privileges and no namespaces, so it reaches the TCP ports of a test.
 */
export class DummyOvs {
  readonly dir: string
  readonly #children: ChildProcess[] = []
  #stderr = ''

  private constructor(dir: string) {
    this.dir = dir
  }

  /** Starts both daemons, with a bridge `br0` (dpid 0xab) that has dummy ports p1, p2 and p3 with numbers 1 to 3. */
  static async start(): Promise<DummyOvs> {
    const ovs = new DummyOvs(await mkdtemp(join(tmpdir(), 'ofe2e-')))
    try {
      const files = daemonFiles(ovs.dir)
      const bridge = { name: 'br0', datapath_type: 'dummy', fail_mode: 'secure', datapath_id: '00000000000000ab' } as const
      await writeFile(files.database, initialDatabase({ bridges: [bridge] }))
      ovs.#spawn(ovsdbServerCommand({ runDir: ovs.dir }))
      await ovs.#until(() => exists(files.databaseSocket))
      // Here `override` makes the bridge's own port a dummy as well.
      ovs.#spawn(vswitchdCommand({ runDir: ovs.dir, extraArguments: ['--enable-dummy=override'] }))
      await ovs.#until(() => exists(join(ovs.dir, 'br0.mgmt')))
      const port = (number: number) => `-- add-port br0 p${number} -- set Interface p${number} type=dummy ofport_request=${number}`
      await ovs.vsctl([1, 2, 3].map(port).join(' ').slice(3))
      return ovs
    } catch (error) {
      await ovs.stop()
      throw error
    }
  }

  /** The management socket of a bridge, as a target. */
  management(bridge = 'br0'): string {
    return `unix:${join(this.dir, `${bridge}.mgmt`)}`
  }

  /** Runs `ovs-vsctl` and waits until ovs-vswitchd has done it. */
  vsctl(command: string): Promise<string> {
    return this.#run('ovs-vsctl', [`--db=unix:${daemonFiles(this.dir).databaseSocket}`, '--timeout=20', ...command.split(' ')])
  }

  /** What `ovs-ofctl` says: the independent witness. */
  ofctl(command: string, ...args: string[]): Promise<string> {
    return this.#run('ovs-ofctl', ['-O', 'OpenFlow13', command, this.management(), ...args])
  }

  /** The flows as `ovs-ofctl` prints them, without what changes with time, sorted. */
  async dumpFlows(...args: string[]): Promise<string[]> {
    const text = await this.ofctl('dump-flows', ...args, '--no-stats')
    return text.split('\n').map((line) => line.trim()).filter((line) => line !== '').sort()
  }

  /** Writes a file that goes with everything else. Returns its path. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.dir, name)
    await writeFile(path, text)
    return path
  }

  /** Runs a command of ovs-vswitchd. */
  appctl(command: string, ...args: string[]): Promise<string> {
    return this.#run('ovs-appctl', ['-t', daemonFiles(this.dir).vswitchd.controlSocket, command, ...args])
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

  async #run(command: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(command, args, { env: { ...env, OVS_RUNDIR: this.dir }, maxBuffer: 2 ** 28 })
    return stdout
  }

  #spawn({ command, args, env: own }: CommandLine): void {
    const child = spawn(command, args, { env: { ...env, ...own }, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.on('data', (text) => (this.#stderr += String(text)))
    this.#children.push(child)
  }

  /** A daemon tells that it is ready by making its socket. */
  async #until(ready: () => Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + 10_000; !(await ready()); await sleep(5)) {
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
