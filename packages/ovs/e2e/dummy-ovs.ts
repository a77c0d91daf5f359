import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DummyDaemons } from './dummy-daemons.js'

/**
 * Open vSwitch without any device: every port is a `dummy`, which takes packets from `netdev-dummy/receive` and counts
 * what it sends. It needs no privileges and no namespaces, so it reaches the TCP ports of a test.
 */
export class DummyOvs extends DummyDaemons {
  /** Starts both daemons, with a bridge `br0` (dpid 0xab) that has dummy ports p1, p2 and p3 with numbers 1 to 3. */
  static async start(): Promise<DummyOvs> {
    const ovs = new DummyOvs('ofe2e-')
    try {
      await ovs.startDaemons([{ name: 'br0', datapath_type: 'dummy', fail_mode: 'secure', datapath_id: '00000000000000ab' }])
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

  /** What `ovs-ofctl` says: the independent witness. */
  ofctl(command: string, ...args: string[]): Promise<string> {
    return this.run('ovs-ofctl', ['-O', 'OpenFlow13', command, this.management(), ...args])
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
}
