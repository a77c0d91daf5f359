import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DummyDaemons } from '../../ovs/e2e/dummy-daemons.js'

/** A private Open vSwitch with bridges br1, br2, … (dpid 1, 2, …), each with the dummy ports 1 to `ports`. */
export class Switches extends DummyDaemons {
  static async start(bridges: number, ports: number): Promise<Switches> {
    const switches = new Switches('fce2e-')
    try {
      await switches.startDaemons()
      const commands: string[] = []
      for (let bridge = 1; bridge <= bridges; bridge++) {
        commands.push(
          `add-br br${bridge} -- set Bridge br${bridge} datapath_type=dummy fail_mode=secure protocols=OpenFlow13 ` +
            `other_config:datapath-id=${bridge.toString(16).padStart(16, '0')} other_config:disable-in-band=true`,
        )
        for (let port = 1; port <= ports; port++) {
          commands.push(`add-port br${bridge} b${bridge}p${port} -- set Interface b${bridge}p${port} type=dummy ofport_request=${port}`)
        }
      }
      await switches.vsctl(commands.join(' -- '))
      return switches
    } catch (error) {
      await switches.stop()
      throw error
    }
  }

  /** Gives bridges a controller: at once, and after a second when the connection is lost. */
  async connect(target: string, bridges: readonly number[]): Promise<void> {
    const set = (bridge: number) => `set-controller br${bridge} ${target} -- set Controller br${bridge} max_backoff=1000`
    await this.vsctl(bridges.map(set).join(' -- '))
  }

  async disconnect(bridges: readonly number[]): Promise<void> {
    await this.vsctl(bridges.map((bridge) => `del-controller br${bridge}`).join(' -- '))
  }

  /** The flows of a bridge, sorted, without what changes with time. */
  async flows(bridge: number): Promise<string[]> {
    const lines = (await this.ofctl(bridge, 'dump-flows', '--no-stats')).split('\n').map((line) => line.trim())
    return lines.filter((line) => line !== '').map((line) => line.replace(/_timeout=\d+/g, '_timeout=*')).sort()
  }

  /** Where a bridge would send an untagged frame from a port, ascending. */
  async outputs(bridge: number, port: number, fields = 'dl_src=02:00:00:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff'): Promise<readonly number[]> {
    const text = await this.appctl('ofproto/trace', `br${bridge}`, `in_port=${port},${fields}`)
    const [, actions = ''] = /^Datapath actions: (.*)$/m.exec(text) ?? []
    const show = await this.appctl('dpif/show')
    const numbers = new Map([...show.matchAll(/^ +b(\d+)p(\d+) \d+\/(\d+):/gm)].map(([, , number, datapath]) => [datapath, Number(number)]))
    return actions.split(',').flatMap((action) => numbers.get(action) ?? []).sort((a, b) => a - b)
  }

  /** A frame arrives at a port. */
  async receive(bridge: number, port: number, frame: string): Promise<void> {
    await this.appctl('netdev-dummy/receive', `b${bridge}p${port}`, frame)
  }

  /** Lets the bridge drop its connection, and come back. */
  async reconnect(bridge: number): Promise<void> {
    await this.appctl('bridge/reconnect', `br${bridge}`)
  }

  /** Runs `ovs-ofctl` on a bridge: somebody else's hand. */
  ofctl(bridge: number, command: string, ...args: readonly string[]): Promise<string> {
    return this.run('ovs-ofctl', ['-O', 'OpenFlow13', command, `unix:${join(this.dir, `br${bridge}.mgmt`)}`, ...args])
  }
}

/** Waits for what nobody announces: a file, flows of a controller that does not say when it is done. */
export async function until(isSo: () => Promise<boolean>, limit = 10_000): Promise<void> {
  for (const deadline = performance.now() + limit; !(await isSo()); await sleep(5)) {
    if (performance.now() > deadline) throw new Error(`not within ${limit} ms: ${isSo}`)
  }
}
