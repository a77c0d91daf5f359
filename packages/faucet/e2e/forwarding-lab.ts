import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DaemonControl, daemonFiles } from '@streambed/ovs'
import type { ResolvedFaucetConfig } from '@streambed/faucet'
import { Switches } from './control-switches.js'

const run = promisify(execFile)

/** Who controls a set of bridges. */
export type Side = 'real' | 'ours'

/** One private Open vSwitch, in which each controller has bridges of its own. */
export class ForwardingLab {
  readonly #ovs: Switches
  readonly #control: DaemonControl
  #networks = 0

  private constructor(ovs: Switches, control: DaemonControl) {
    this.#ovs = ovs
    this.#control = control
  }

  static async start(): Promise<ForwardingLab> {
    // The bridge that comes with it is not used.
    const ovs = await Switches.start(1, 1)
    const socket = connect(daemonFiles(ovs.dir).vswitchd.controlSocket)
    await once(socket, 'connect')
    // Packets with two tags are looked at down to the second one, as the other packets are.
    await ovs.vsctl('set Open_vSwitch . other_config:vlan-limit=2')
    return new ForwardingLab(ovs, new DaemonControl(socket))
  }

  /**
   * Makes the bridges of a configuration for each controller: ports with the numbers of the configuration, patch ports for
   * stack links.
   * @param targets where the controllers are
   * @param absent ports that a switch does not have, as `name of the dataplane:number`
   */
  async networks(config: ResolvedFaucetConfig, targets: Readonly<Record<Side, string>>, absent: readonly string[]): Promise<LabNetworks> {
    const number = this.#networks++
    const named = (side: Side) =>
      new Map(config.dps.map((dp, index) => [dp.name, `${side[0]}${number}${String.fromCharCode(97 + index)}`]))
    const bridges = { real: named('real'), ours: named('ours') }
    const commands = [...commandsFor(config, bridges.real, targets.real, absent), ...commandsFor(config, bridges.ours, targets.ours, absent)]
    await this.#ovs.vsctl(commands.join(' -- '))
    const shown = await this.#control.run('dpif/show')
    const network = (side: Side) => new LabNetwork(this.#ovs, this.#control, bridges[side], portNamesIn(shown, bridges[side]))
    const all = [...bridges.real.values(), ...bridges.ours.values()]
    return {
      real: network('real'),
      ours: network('ours'),
      close: async () => void (await this.#ovs.vsctl(all.map((bridge) => `del-br ${bridge}`).join(' -- '))),
    }
  }

  async close(): Promise<void> {
    await this.#control.close()
    await this.#ovs.stop()
  }
}

/** The bridges of one configuration. */
export interface LabNetworks extends Readonly<Record<Side, LabNetwork>> {
  /** Takes the bridges away. */
  close(): Promise<void>
}

/** The commands of `ovs-vsctl` that make the bridges. */
function commandsFor(config: ResolvedFaucetConfig, bridges: ReadonlyMap<string, string>, target: string, absent: readonly string[]): string[] {
  const commands: string[] = []
  for (const dp of config.dps) {
    const bridge = bridges.get(dp.name) as string
    const id = dp.dp_id.toString(16).padStart(16, '0')
    commands.push(
      `add-br ${bridge} -- set Bridge ${bridge} datapath_type=dummy fail_mode=secure protocols=OpenFlow13 ` +
        `other_config:datapath-id=${id} other_config:disable-in-band=true -- set-controller ${bridge} ${target}`,
    )
    for (const port of dp.ports.values()) {
      if (absent.includes(`${dp.name}:${port.number}`)) continue
      const name = `${bridge}-${port.number}`
      const other = port.stack && `${bridges.get(port.stack.dp)}-${port.stack.port}`
      const kind = other ? `type=patch options:peer=${other}` : 'type=dummy'
      commands.push(`add-port ${bridge} ${name} -- set Interface ${name} ${kind} ofport_request=${port.number}`)
    }
  }
  return commands
}

/** Names of ports by their numbers in the datapath, as `dpif/show` tells them. */
function portNamesIn(shown: string, bridges: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const dps = new Map([...bridges].map(([dp, bridge]) => [bridge, dp]))
  const names = new Map<string, string>()
  for (const [, port = '', number = '', inDatapath = ''] of shown.matchAll(/^ +(\S+) (\d+)\/(\d+):/gm)) {
    const dp = dps.get(port.replace(/-\d+$/, ''))
    if (dp !== undefined) names.set(inDatapath, `${dp}:${number}`)
  }
  return names
}

/** The bridges of one configuration and one controller. */
export class LabNetwork {
  readonly #ovs: Switches
  readonly #control: DaemonControl
  readonly #bridges: ReadonlyMap<string, string>
  /** Names of ports, such as `sw1:3`, by their numbers in the datapath. */
  readonly portNames: ReadonlyMap<string, string>

  constructor(
    ovs: Switches,
    control: DaemonControl,
    bridges: ReadonlyMap<string, string>,
    portNames: ReadonlyMap<string, string>,
  ) {
    this.#ovs = ovs
    this.#control = control
    this.#bridges = bridges
    this.portNames = portNames
  }

  /** What the switch would do with a packet, as `ofproto/trace` tells it. */
  trace(dp: string, packet: string): Promise<string> {
    return this.#control.run('ofproto/trace', [this.#bridge(dp), packet])
  }

  /** A frame arrives at a port. Resolves when the switch has dealt with it, and the controller has been sent what it is to see. */
  async receive(dp: string, port: number, frame: Uint8Array): Promise<void> {
    await this.#control.run('netdev-dummy/receive', [`${this.#bridge(dp)}-${port}`, Buffer.from(frame).toString('hex')])
    // A command is answered once in a round of the daemon's loop: after two more the packet has been through the switch.
    for (let i = 0; i < 2; i++) await this.#control.run('version')
  }

  /** All flows of a dataplane, sorted, without what time changes. */
  async flows(dp: string): Promise<readonly string[]> {
    const lines = (await this.#ofctl(dp, 'dump-flows', '--no-stats')).split('\n').map((line) => line.trim())
    return lines.filter((line) => line !== '').map((line) => line.replace(/_timeout=\d+/g, '_timeout=*').replace('send_flow_rem ', '')).sort()
  }

  /** The groups and meters of a dataplane, as `ovs-ofctl` prints them. */
  async groupsAndMeters(dp: string): Promise<readonly string[]> {
    const texts = await Promise.all(['dump-groups', 'dump-meters'].map((command) => this.#ofctl(dp, command)))
    return texts.flatMap((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('OFPST'))).sort()
  }

  async #ofctl(dp: string, command: string, ...options: string[]): Promise<string> {
    const args = ['-O', 'OpenFlow13', ...options, command, `unix:${join(this.#ovs.dir, `${this.#bridge(dp)}.mgmt`)}`]
    return (await run('ovs-ofctl', args, { maxBuffer: 2 ** 28 })).stdout
  }

  #bridge(dp: string): string {
    const bridge = this.#bridges.get(dp)
    if (bridge === undefined) throw new Error(`no dataplane ${dp}`)
    return bridge
  }
}
