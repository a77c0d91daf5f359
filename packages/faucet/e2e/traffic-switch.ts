import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type CommandLine, daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'
import { until } from './control-switches.js'
import { vanishingFolder, type VanishingFolder } from '../src/control/vanishing-folder.js'

const run = promisify(execFile)
const python = fileURLToPath(new URL('../../../.venv/bin/python3', import.meta.url))
const courier = fileURLToPath(new URL('constant_traffic.py', import.meta.url))

/** Daemons are in /usr/sbin, which the PATH of an ordinary user may lack. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, PYTHONDONTWRITEBYTECODE: '1' }

/** A host at a port: its device is `h` and the number of the port. */
export interface TrafficHost {
  readonly port: number
  readonly mac: string
  readonly ip: string
  readonly tag?: number
}

/** Packets from one host to another, sent to this MAC address: the other's, or the gateway's. */
export interface TrafficStream {
  readonly from: string
  readonly to: string
  readonly mac: string
}

/** What has come of the packets. */
export interface TrafficCount {
  readonly sent: number
  /** That no host could send, because the switch was not there. */
  readonly unsent: number
  /** Whether something has come of every stream. */
  readonly flowing: boolean
  /** That the switch did not deliver. */
  readonly lost: number
  /** The streams of the lost ones, with the first numbers. */
  readonly where: readonly string[]
  /** That came more than once. */
  readonly twice: number
}

interface Answer {
  readonly streams: readonly { name: string; sent: number; unsent: number; came: boolean; lost: number; first: readonly number[]; twice: number }[]
  /** By the kernel, on the way from or to the switch: always 0, unless the machine is far too busy. */
  readonly dropped: { readonly received: number; readonly queued: number }
}

/**
 * A private Open vSwitch with real devices, in a network namespace of its own: bridge `br0` (dpid 1) in the userspace
 * datapath. Ports with a host are TAP devices, which one program fills with numbered packets; the others lead nowhere.
 */
export class TrafficSwitch {
  readonly #folder: VanishingFolder
  readonly #hosts: Readonly<Record<string, TrafficHost>>
  readonly #traffic: ChildProcess
  readonly #answers: AsyncIterator<string>
  #database: ChildProcess | undefined
  #switch: ChildProcess | undefined
  #errors = ''

  private constructor(folder: VanishingFolder, hosts: Readonly<Record<string, TrafficHost>>) {
    this.#folder = folder
    this.#hosts = hosts
    const unprivileged = process.getuid?.() === 0 ? [] : ['--map-root-user']
    this.#traffic = this.#spawn({ command: 'unshare', args: [...unprivileged, '--net', python, courier], env: {} }, 'pipe')
    this.#answers = createInterface({ input: this.#traffic.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  }

  /** Starts it, with ports from 1 to `ports`. */
  static async start(hosts: Readonly<Record<string, TrafficHost>>, ports: number): Promise<TrafficSwitch> {
    const made = new TrafficSwitch(await vanishingFolder('trafsw-'), hosts)
    try {
      const files = daemonFiles(made.dir)
      await writeFile(files.database, initialDatabase())
      // It has its namespace as soon as it answers.
      await made.#order({ count: true })
      await made.#inside('sh', ['-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'])
      made.#database = made.#spawn(made.#entering(ovsdbServerCommand({ runDir: made.dir })), 'ignore')
      await until(() => exists(files.databaseSocket))
      made.#startSwitch()
      const withHost = new Map(Object.values(hosts).map((host) => [host.port, host]))
      const commands = [
        'add-br br0 -- set Bridge br0 datapath_type=netdev fail_mode=secure protocols=OpenFlow13 ' +
          'other_config:datapath-id=0000000000000001 other_config:disable-in-band=true',
      ]
      for (let port = 1; port <= ports; port++) {
        const name = withHost.has(port) ? `h${port}` : `n${port}`
        commands.push(`add-port br0 ${name} -- set Interface ${name} type=${withHost.has(port) ? 'internal' : 'dummy'} ofport_request=${port}`)
      }
      await made.vsctl(commands.join(' -- '))
      await made.#open()
      return made
    } catch (error) {
      await made.stop()
      throw error
    }
  }

  /** Its run directory. */
  get dir(): string {
    return this.#folder.path
  }

  /** Where a controller is to listen (`punix:`) or to connect to, and bridges to dial (`unix:`). */
  get controllerSocket(): string {
    return join(this.dir, 'controller')
  }

  /** Lets the bridge look for a controller at {@link controllerSocket}. */
  async connect(): Promise<void> {
    // After a second at most.
    await this.vsctl(`set-controller br0 unix:${this.controllerSocket} -- set Controller br0 max_backoff=1000 inactivity_probe=5000`)
  }

  async disconnect(): Promise<void> {
    await this.vsctl('del-controller br0')
  }

  /** Begins, or begins to count anew: packets a second on each of these streams. */
  async go(streams: readonly TrafficStream[], rate: number): Promise<void> {
    await this.#order({ go: { streams, rate } })
  }

  /** Waits until packets of every stream come. */
  async flowing(): Promise<void> {
    await until(async () => (await this.count()).flowing, 30_000)
  }

  /** What has come until now. A packet counts as lost when a later one has come. */
  async count(): Promise<TrafficCount> {
    return counted(await this.#order({ count: true }))
  }

  /** Sends no more, and says what has come. @throws Error when the machine lost packets before the switch could */
  async halt(): Promise<TrafficCount> {
    return counted(await this.#order({ stop: true }))
  }

  /** Ends ovs-vswitchd as a crash would, and starts it again: its flows and devices are gone, the database is not. */
  async restartSwitch(): Promise<void> {
    await this.killSwitch()
    await this.returnSwitch()
  }

  async killSwitch(): Promise<void> {
    await end(this.#switch)
  }

  async returnSwitch(): Promise<void> {
    this.#startSwitch()
    await this.#open()
  }

  vsctl(command: string): Promise<string> {
    return this.#run('ovs-vsctl', [`--db=unix:${daemonFiles(this.dir).databaseSocket}`, '--timeout=60', ...command.split(' ')])
  }

  appctl(command: string, ...args: string[]): Promise<string> {
    return this.#run('ovs-appctl', ['-t', daemonFiles(this.dir).vswitchd.controlSocket, command, ...args])
  }

  ofctl(command: string, ...args: string[]): Promise<string> {
    return this.#run('ovs-ofctl', ['-O', 'OpenFlow13', command, `unix:${join(this.dir, 'br0.mgmt')}`, ...args])
  }

  /** Names of ports by their numbers in the datapath, as traces have them: `1`, `2`. */
  async portNames(): Promise<ReadonlyMap<string, string>> {
    const show = await this.appctl('dpif/show')
    return new Map([...show.matchAll(/^ +[hn](\d+) \d+\/(\d+):/gm)].map(([, port = '', number = '']) => [number, port]))
  }

  async stop(): Promise<void> {
    for (const child of [this.#switch, this.#database, this.#traffic]) await end(child)
    await this.#folder.remove()
  }

  #startSwitch(): void {
    const command = vswitchdCommand({ runDir: this.dir, extraArguments: ['--enable-dummy'] })
    this.#switch = this.#spawn(this.#entering(command), 'ignore')
  }

  /** Takes the devices, once they are there. */
  async #open(): Promise<void> {
    const open = Object.fromEntries(Object.entries(this.#hosts).map(([name, { port, ...host }]) => [name, { ...host, device: `h${port}` }]))
    await this.#order({ open })
  }

  async #order(order: object): Promise<Answer> {
    this.#traffic.stdin?.write(`${JSON.stringify(order)}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error(`the traffic ended: ${this.#errors}`)
    return JSON.parse(value) as Answer
  }

  /** A command that runs where the traffic is. */
  #entering({ command, args, env: own }: CommandLine): CommandLine {
    const unprivileged = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials']
    return { command: 'nsenter', args: [`--target=${this.#traffic.pid}`, '--net', ...unprivileged, command, ...args], env: own }
  }

  async #inside(command: string, args: readonly string[]): Promise<string> {
    const { command: nsenter, args: all } = this.#entering({ command, args, env: {} })
    return (await run(nsenter, all, { env })).stdout
  }

  async #run(command: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(command, args, { env: { ...env, OVS_RUNDIR: this.dir }, maxBuffer: 2 ** 28 })
    return stdout
  }

  #spawn({ command, args, env: own }: CommandLine, input: 'pipe' | 'ignore'): ChildProcess {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { env: { ...env, ...own }, stdio: [input, input, 'pipe'] })
    child.stderr?.on('data', (text) => (this.#errors = (this.#errors + String(text)).slice(-4000)))
    return child
  }
}

function counted({ streams, dropped }: Answer): TrafficCount {
  if (dropped.received > 0 || dropped.queued > 0) throw new Error(`the kernel dropped packets, not the switch: ${JSON.stringify(dropped)}`)
  const sum = (key: 'sent' | 'unsent' | 'lost' | 'twice') => streams.reduce((total, stream) => total + stream[key], 0)
  return {
    sent: sum('sent'),
    unsent: sum('unsent'),
    flowing: streams.every(({ came }) => came),
    lost: sum('lost'),
    twice: sum('twice'),
    where: streams.filter(({ lost }) => lost > 0).map(({ name, lost, first }) => `${name}: ${lost}, the first ${first.join()}`),
  }
}

/** Ends a process at once, and waits for its end. */
async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
