import { readdirSync, readlinkSync } from 'node:fs'
import {
  connectUnixIn,
  dumpLinks,
  encodeDeleteAddress,
  encodeNewAddress,
  encodeNewLink,
  encodeSetLink,
  type ExecResult,
  execIn,
  type NamespaceJob,
  NetlinkWriter,
  Sandbox,
} from '@streambed/linux'
import { leftovers, type MachineSnapshot, snapshotMachine } from '@streambed/linux/testing'
import {
  DaemonControl,
  type DaemonFiles,
  daemonFiles,
  Datapath,
  initialDatabase,
  OpenFlowConnection,
  OvsdbClient,
  ovsdbServerCommand,
  Vswitch,
  vswitchdCommand,
} from '@streambed/ovs'

/** The boxes of the labs, each with the hosts that are plugged into it. */
const hostsOf = { boxA: ['web1', 'web2'], boxB: ['web3', 'web4'] } as const
const boxNames = ['boxA', 'boxB'] as const

/** The network between the boxes, as in the labs. */
export const underlay = { nic: 'enp0s8', boxA: '192.168.50.4', boxB: '192.168.50.5' } as const

export type BoxName = (typeof boxNames)[number]
export type Web = (typeof hostsOf)[BoxName][number]
export const webs: readonly Web[] = boxNames.flatMap((box) => [...hostsOf[box]])

/** Every namespace has its one own link at this index; the ends of web1 … web4 in the boxes come from 11 on. */
const ownLink = 2
const switchEnd = (web: Web) => 11 + webs.indexOf(web)
/** The MAC address of a host. */
export const macOf = (web: Web) => `02:00:00:00:00:0${webs.indexOf(web) + 1}`

/**
 * Two boxes with a cable between their `enp0s8` and an Open vSwitch of its own in each. Two hosts are at each box:
 * `web1_veth0` is in the host web1, `web1_veth1` in its box, for the box's switch to take. All of it, files included,
 * is in one sandbox and vanishes with it.
 */
export class Lab {
  readonly #sandbox: Sandbox
  readonly #before: MachineSnapshot
  #pidNamespace: string | undefined
  #boxes: readonly Box[] = []

  private constructor() {
    this.#before = snapshotMachine()
    this.#sandbox = new Sandbox({
      needsTun: true,
      directories: boxNames.map(runDirOf),
      files: Object.fromEntries(boxNames.map((box) => [daemonFiles(runDirOf(box)).database, emptyDatabase()])),
    })
  }

  /** @param addresses of the hosts, such as `172.16.0.1/12` */
  static async start(addresses: Readonly<Record<Web, readonly string[]>>): Promise<Lab> {
    const lab = new Lab()
    try {
      await lab.#sandbox.apply(cables(addresses))
      lab.#pidNamespace = readlinkSync(`/proc/${lab.#sandbox.pid}/ns/pid_for_children`)
      lab.#boxes = await Promise.all(boxNames.map((name) => Box.start(lab.#sandbox, name)))
      return lab
    } catch (error) {
      await lab.close()
      throw error
    }
  }

  box(name: BoxName): Box {
    const box = this.#boxes.find((one) => one.name === name)
    if (!box) throw new Error(`there is no ${name}`)
    return box
  }

  get sandbox(): Sandbox {
    return this.#sandbox
  }

  /** Runs a program in a host or a box. That it fails is a result. */
  run(where: Web | BoxName, ...argv: string[]): Promise<ExecResult> {
    return execIn(this.#sandbox, where, where, argv, { check: false })
  }

  /** Whether a host or a box gets an answer to one echo request. */
  async ping(from: Web | BoxName, address: string, { patience = 5 } = {}): Promise<boolean> {
    return (await this.run(from, 'ping', '-n', '-c1', `-W${patience}`, address)).code === 0
  }

  /** Ends everything, and fails when anything is left on the machine. */
  async close(): Promise<void> {
    try {
      await Promise.all(this.#boxes.map((box) => box.close()))
    } finally {
      await this.#sandbox.close()
    }
    const { error } = await this.#sandbox.closed
    if (error) throw error
    // Others may be at work on this machine at the same time: only what could be ours counts.
    const left = leftovers(this.#before, (line) => !/^(mounts: |links: (enp0s8|web|br-phy|myBridge|vxlan))/.test(line))
    left.push(...processesIn(this.#pidNamespace))
    if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`)
  }
}

function processesIn(pidNamespace: string | undefined): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => namespaceOf(pid) === pidNamespace).map((pid) => `process ${pid}`)
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return 'none, or none of our business'
  }
}

/** A machine with an Open vSwitch, of which everything is asked through `@streambed/ovs`. */
export class Box {
  readonly name: BoxName
  readonly client: OvsdbClient
  readonly vswitch: Vswitch
  readonly #sandbox: Sandbox
  readonly #control: DaemonControl

  private constructor(sandbox: Sandbox, name: BoxName, client: OvsdbClient, vswitch: Vswitch, control: DaemonControl) {
    this.name = name
    this.client = client
    this.vswitch = vswitch
    this.#sandbox = sandbox
    this.#control = control
  }

  static async start(sandbox: Sandbox, name: BoxName): Promise<Box> {
    const runDir = runDirOf(name)
    const files = daemonFiles(runDir)
    // Each is ready when it has put itself into the background.
    for (const daemon of [ovsdbServerCommand, vswitchdCommand]) {
      const { command, args, env } = daemon({ runDir, extraArguments: ['--detach'] })
      await execIn(sandbox, name, name, [command, ...args], { env })
    }
    const client = new OvsdbClient(await connectUnixIn(sandbox, files.databaseSocket))
    const control = new DaemonControl(await connectUnixIn(sandbox, files.vswitchd.controlSocket))
    return new Box(sandbox, name, client, await Vswitch.open(client), control)
  }

  /** The OpenFlow side of a bridge. */
  async datapath(bridge: string): Promise<Datapath> {
    const stream = await connectUnixIn(this.#sandbox, managementOf(this.name, bridge))
    return Datapath.open(await OpenFlowConnection.open(stream), { service: true })
  }

  /**
   * Waits until flows that have been changed are in force for cached traffic as well, and counters hold what has passed
   * before.
   */
  async settled(): Promise<void> {
    await this.#control.revalidated()
  }

  /** Gives a link of the box an address, and brings it up. */
  async addAddress(link: string, address: string): Promise<void> {
    const index = await this.#index(link)
    await this.#netlink((w) => {
      encodeNewAddress(w, `address of ${link}`, { index, ...parseCidr(address) })
      encodeSetLink(w, `${link} up`, { index, up: true })
    })
  }

  async removeAddress(link: string, address: string): Promise<void> {
    const index = await this.#index(link)
    await this.#netlink((w) => encodeDeleteAddress(w, `address of ${link}`, { index, ...parseCidr(address) }))
  }

  /** What `ovs-vsctl` says: an independent witness. */
  async vsctl(...args: string[]): Promise<string> {
    const { databaseSocket } = this.#files
    return this.#witness('ovs-vsctl', [`--db=unix:${databaseSocket}`, '--timeout=10', ...args])
  }

  /** What `ovs-ofctl` says about a bridge: an independent witness. */
  async ofctl(command: string, bridge: string): Promise<string> {
    return this.#witness('ovs-ofctl', ['-O', 'OpenFlow13', command, `unix:${managementOf(this.name, bridge)}`])
  }

  async close(): Promise<void> {
    await this.vswitch.close()
    await this.client.close()
    await this.#control.close()
  }

  get #files(): DaemonFiles {
    return daemonFiles(runDirOf(this.name))
  }

  async #witness(command: string, args: readonly string[]): Promise<string> {
    return (await execIn(this.#sandbox, this.name, this.name, [command, ...args])).stdout.trim()
  }

  async #index(link: string): Promise<number> {
    const found = (await dumpLinks(this.#sandbox, this.name)).find(({ name }) => name === link)
    if (!found) throw new Error(`${this.name} has no link ${link}`)
    return found.index
  }

  async #netlink(write: (writer: NetlinkWriter) => void): Promise<void> {
    await this.#sandbox.apply([job(this.name, write)])
  }
}

function runDirOf(box: BoxName): string {
  return `/run/${box}`
}

function managementOf(box: BoxName, bridge: string): string {
  return `${runDirOf(box)}/${bridge}.mgmt`
}

function emptyDatabase(): string {
  return new TextDecoder().decode(initialDatabase())
}

function parseCidr(text: string): { readonly address: string; readonly prefixLength: number } {
  const [address = '', length] = text.split('/')
  return { address, prefixLength: Number(length) }
}

/** All namespaces, then the cables between these, then what has an address. */
function cables(addresses: Readonly<Record<Web, readonly string[]>>): NamespaceJob[] {
  return [
    ...[...boxNames, ...webs].map((name) => ({ namespace: name, create: { hostname: name } })),
    job('boxA', (w) => {
      const peer = { name: underlay.nic, index: ownLink, namespace: 'boxB' }
      encodeNewLink(w, 'underlay', { name: underlay.nic, index: ownLink, kind: { type: 'veth', peer } })
    }),
    ...boxNames.map((box) =>
      job(box, (w) => {
        encodeNewAddress(w, 'underlay address', { index: ownLink, address: underlay[box], prefixLength: 24 })
        encodeSetLink(w, 'underlay up', { index: ownLink, up: true, linkLocal: false })
        for (const web of hostsOf[box]) plug(w, web)
      }, { plainChecksums: [underlay.nic] }),
    ),
    ...webs.map((web) =>
      job(web, (w) => {
        for (const address of addresses[web]) encodeNewAddress(w, address, { index: ownLink, ...parseCidr(address) })
        encodeSetLink(w, `${web}_veth0 up`, { index: ownLink, up: true, linkLocal: false })
      }, { plainChecksums: [`${web}_veth0`] }),
    ),
  ]
}

/** The cable from a box to a host. Without link-local addresses nobody speaks before being told to. */
function plug(writer: NetlinkWriter, web: Web): void {
  // Leaves room for the 50 bytes that VXLAN adds.
  const mtu = 1450
  const peer = { name: `${web}_veth0`, index: ownLink, mac: macOf(web), mtu, namespace: web }
  const index = switchEnd(web)
  encodeNewLink(writer, `cable of ${web}`, { name: `${web}_veth1`, index, mtu, kind: { type: 'veth', peer } })
  encodeSetLink(writer, `${web}_veth1 up`, { index, up: true, linkLocal: false })
}

/** What is to be done in a namespace. */
function job(
  namespace: string,
  write: (writer: NetlinkWriter) => void,
  extra: Partial<NamespaceJob> = {},
): NamespaceJob {
  const writer = new NetlinkWriter()
  write(writer)
  writer.finish()
  const { references, labels } = writer
  return { namespace, messages: writer.bytes.slice(), references, labels, ...extra }
}
