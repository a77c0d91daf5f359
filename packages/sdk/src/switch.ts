import { readFileSync } from 'node:fs'
import { connectUnixIn, findProgram, type Sandbox, type SandboxContents } from '@streambed/linux'
import {
  addPorts,
  daemonFiles,
  initialDatabase,
  OvsdbClient,
  OvsError,
  ovsdbServerCommand,
  removePorts,
  updatePort,
  Vswitch,
  vswitchdCommand,
  type CommandLine,
  type PortSpec,
  type PortVlans,
} from '@streambed/ovs'

/** The bridge of a testbed. */
export const BRIDGE = 's1'
const RUN_DIR = '/run/openvswitch'
/** VID 4095 is in no frame: the bridge's own port, which nobody uses, gets no copies of broadcasts. */
const NO_VLAN = 4095

/** The schema of the installed Open vSwitch, which may be newer than the one that this package brings. */
function systemSchema(): { schemaText?: string } {
  try {
    return { schemaText: readFileSync('/usr/share/openvswitch/vswitch.ovsschema', 'utf8') }
  } catch {
    return {}
  }
}

/**
 * What a sandbox needs so that a private Open vSwitch starts with it, its bridge made before anybody asks.
 * @throws LinuxError `missing` when Open vSwitch is not installed
 */
export function switchContents(name: string): SandboxContents {
  const files = daemonFiles(RUN_DIR)
  const database = ovsdbServerCommand({ runDir: RUN_DIR, extraArguments: ['--detach'] })
  const daemon = vswitchdCommand({ runDir: RUN_DIR })
  const bytes = initialDatabase({
    ...systemSchema(),
    bridges: [{ name: BRIDGE, datapath_type: 'netdev', fail_mode: 'standalone', external_ids: { 'streambed-testbed': name } }],
  })
  return {
    directories: [RUN_DIR],
    files: { [files.database]: new TextDecoder().decode(bytes) },
    services: [
      { name: database.command, argv: commandLine(database), pidFile: files.ovsdbServer.pidFile, logFile: files.ovsdbServer.logFile },
      { name: daemon.command, argv: commandLine(daemon), pidFile: files.vswitchd.pidFile, logFile: files.vswitchd.logFile },
    ],
  }
}

/** The whole command line. Control sockets keep the names that they have without an option: `ovs-appctl` finds them there by itself. */
function commandLine({ command, args }: CommandLine): string[] {
  return [findProgram(command, 'openvswitch-switch'), ...args.filter((argument) => !argument.startsWith('--unixctl='))]
}

/** The testbed's Open vSwitch, through its database. */
export class Switch {
  private constructor(
    private readonly client: OvsdbClient,
    private readonly vswitch: Vswitch,
  ) {}

  /** Connects as soon as the database is up. */
  static async open(sandbox: Sandbox): Promise<Switch> {
    const socket = await connectUnixIn(sandbox, daemonFiles(RUN_DIR).databaseSocket)
    const client = new OvsdbClient(socket)
    return new Switch(client, await Vswitch.open(client))
  }

  /** Adds ports, all in one transaction, and waits until the switch forwards between them. */
  async add(ports: readonly PortSpec[], options: { readonly first?: boolean } = {}): Promise<void> {
    const silence = options.first === true ? updatePort(BRIDGE, { vlan_mode: 'access', tag: NO_VLAN }) : []
    const { ofports } = await this.vswitch.commit([...silence, ...addPorts(BRIDGE, ports)])
    const wrong = ports.find(({ name, ofport_request }) => ofport_request !== undefined && ofports.get(name) !== ofport_request)
    if (wrong !== undefined) throw new OvsError('interface', `port ${wrong.name} should be OpenFlow port ${wrong.ofport_request} and is ${ofports.get(wrong.name)}`)
  }

  /** Removes those of the ports that are there. */
  async removeIfThere(names: readonly string[]): Promise<void> {
    const there = names.filter((name) => this.#has(name))
    if (there.length > 0) await this.vswitch.commit(removePorts(BRIDGE, this.vswitch.portUuids(there)))
  }

  #has(name: string): boolean {
    try {
      return this.vswitch.portUuids([name]).length > 0
    } catch {
      return false
    }
  }

  /** Changes the VLANs of ports, all in one transaction. */
  async setVlans(ports: ReadonlyMap<string, PortVlans>): Promise<void> {
    await this.vswitch.commit([...ports].flatMap(([name, vlans]) => updatePort(name, vlans)))
  }

  /** Ends the connection; the daemons end with the sandbox. */
  async close(): Promise<void> {
    await this.vswitch.close().catch(() => undefined)
    await this.client.close().catch(() => undefined)
  }

  /** Rejects everything that waits for the switch. */
  abort(reason: Error): void {
    this.client.abort(reason)
  }
}
