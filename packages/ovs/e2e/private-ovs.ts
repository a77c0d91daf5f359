import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  type CommandLine,
  type DaemonFiles,
  daemonFiles,
  type InitialDatabaseOptions,
  initialDatabase,
  lastComplaints,
  OvsdbClient,
  ovsdbServerCommand,
  vswitchdCommand,
} from '@streambed/ovs'

/** Daemons are in /usr/sbin, which the PATH of an ordinary user may lack. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** The user's own user namespace is only needed when the user is not root. */
const isolated = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--']
const unshare = process.getuid?.() === 0 ? isolated : ['--user', '--map-root-user', ...isolated]

/** The netdev datapath makes a tap for each bridge and internal port. Without the right to, the dummy datapath does. */
export const datapath = mayUse('/dev/net/tun') ? 'netdev' : 'dummy'

function mayUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * An ovsdb-server, and perhaps an ovs-vswitchd, of their own in a directory and in namespaces that vanish with them.
 */
export class PrivateOvs {
  readonly files: DaemonFiles
  readonly #dir: string
  readonly #children: ChildProcess[] = []
  #stderr = ''

  private constructor(dir: string) {
    this.#dir = dir
    this.files = daemonFiles(dir)
  }

  static async start(options: InitialDatabaseOptions & { readonly vswitchd: boolean }): Promise<PrivateOvs> {
    const dir = await mkdtemp(join(tmpdir(), 'ovs-e2e-'))
    const ovs = new PrivateOvs(dir)
    try {
      await writeFile(ovs.files.database, initialDatabase(options))
      const server = ovs.#spawn(ovsdbServerCommand({ runDir: dir }))
      ;(await ovs.socket(server)).destroy()
      if (options.vswitchd)
        ovs.#spawn(vswitchdCommand({ runDir: dir, extraArguments: datapath === 'dummy' ? ['--enable-dummy'] : [] }))
      return ovs
    } catch (error) {
      await ovs.stop()
      throw error
    }
  }

  /** A connection to the database, once there is one to be had. */
  async socket(server = this.#children[0]): Promise<Socket> {
    for (const deadline = performance.now() + 10_000; ; await sleep(2)) {
      const socket = connect(this.files.databaseSocket)
      try {
        await once(socket, 'connect')
        return socket
      } catch (error) {
        if (server?.exitCode != null || performance.now() > deadline)
          throw new Error(`ovsdb-server did not start: ${this.#stderr}`, { cause: error })
      }
    }
  }

  async client(): Promise<OvsdbClient> {
    return new OvsdbClient(await this.socket())
  }

  /** What a tool of Open vSwitch prints: the independent witness. */
  async run(command: string, ...args: string[]): Promise<string> {
    const where = command === 'ovs-vsctl' ? [`--db=unix:${this.files.databaseSocket}`, '--timeout=10'] : []
    const { stdout } = await promisify(execFile)(command, [...where, ...args], {
      env: { ...env, OVS_RUNDIR: this.#dir },
    })
    return stdout
  }

  /** The management socket of a bridge, for `ovs-ofctl`. */
  management(bridge: string): string {
    return `unix:${join(this.#dir, `${bridge}.mgmt`)}`
  }

  async complaints(): Promise<string[]> {
    return lastComplaints(await readFile(this.files.vswitchd.logFile, 'utf8'))
  }

  /** Kills ovsdb-server. */
  async killServer(): Promise<void> {
    await kill(this.#children[0])
  }

  /** Kills everything, and fails when anything is left. */
  async stop(): Promise<void> {
    await Promise.all(this.#children.map(kill))
    await rm(this.#dir, { recursive: true })
    const left = await processesThatMention(this.#dir)
    if (left.length > 0) throw new Error(`still running: ${left.join('; ')}`)
  }

  #spawn({ command, args, env: own }: CommandLine): ChildProcess {
    const child = spawn('unshare', [...unshare, command, ...args], {
      env: { ...env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout?.resume()
    child.stderr?.on('data', (text) => (this.#stderr += text))
    this.#children.push(child)
    return child
  }
}

/**
 * Kills what `unshare` runs, which ends and reaps it; a daemon whose `unshare` is killed is left to the machine's init
 * to reap. `close` comes when both are gone: both hold the standard output.
 */
async function kill(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.stdout?.closed) return
  const closed = once(child, 'close')
  const pids = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '')
  for (const pid of pids.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
  if (pids === '') child.kill('SIGKILL')
  await closed
}

async function processesThatMention(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(text)).map((line) => line.replaceAll('\0', ' '))
}
