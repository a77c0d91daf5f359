import { randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { LinuxError } from '@streambed/linux'
import { BRIDGE_ID, BRIDGE_OWNER, DaemonControl, OvsdbClient, removeOwnedBridges, startReaper, Vswitch } from '@streambed/ovs'
import { TestbedError } from './errors.js'
import { bridgesOf, Switch, type SwitchLocation } from './switch.js'

/** An Open vSwitch that is running already. */
export interface SystemOvs {
  /** Its database: `unix:` and the path of a socket. Default `unix:/run/openvswitch/db.sock`. */
  readonly db?: string | undefined
  /** `system` forwards in the kernel, `netdev` in ovs-vswitchd. Default `system` when the kernel's module is loaded, else `netdev`. */
  readonly datapathType?: 'system' | 'netdev' | undefined
}

const DEFAULT_SOCKET = '/run/openvswitch/db.sock'

/** Process id and start time: a number that was given again to another process is noticed. */
function processIdentity(pid: number): string | undefined {
  try {
    return `${pid} ${/\) (?:\S+ ){19}(\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]}`
  } catch {
    return undefined
  }
}

function isAlive(owner: string): boolean {
  return processIdentity(Number(owner.split(' ')[0])) === owner
}

function socketPath(db: string | undefined): string {
  if (db === undefined) return DEFAULT_SOCKET
  const path = /^unix:(\/.+)$/.exec(db)?.[1]
  if (path === undefined) throw new TestbedError('invalid', `ovs.db must be "unix:" and the path of the database's socket, such as "unix:${DEFAULT_SOCKET}" (got "${db}")`)
  return path
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (cause) =>
      reject(new LinuxError('missing', `cannot reach Open vSwitch at ${path} (${cause.message}): start it, for example with "systemctl start openvswitch-switch", or let the testbed have its own (ovs: 'private')`, { cause })),
    )
  })
}

/** The control socket of the ovs-vswitchd whose database is at `path`: it stands in the same folder, under the daemon's process id. */
async function openControl(path: string): Promise<DaemonControl> {
  const folder = dirname(path)
  const pidFile = `${folder}/ovs-vswitchd.pid`
  let pid: string
  try {
    pid = readFileSync(pidFile, 'utf8').trim()
  } catch (cause) {
    throw new LinuxError('missing', `ovs-vswitchd is not running: there is no ${pidFile}`, { cause })
  }
  return new DaemonControl(await dial(`${folder}/ovs-vswitchd.${pid}.ctl`))
}

/**
 * A bridge in an Open vSwitch that is running already. Everything of the testbed carries its label: the bridge is removed by
 * `close()`, by a small program that notices when this process dies, and by the next testbed that starts.
 * @throws TestbedError `missing` without root, `invalid`
 */
export function systemSwitch(options: SystemOvs): SwitchLocation {
  const path = socketPath(options.db)
  if (process.geteuid?.() !== 0) throw new TestbedError('missing', "the system's Open vSwitch can only be used by root: run as root, or let the testbed have its own (ovs: 'private')")
  const id = randomInt(0x1000, 0x10000).toString(16)
  return {
    // Names, numbers and the group are the testbed's own in a namespace that it shares with the whole machine.
    site: { bridge: `sb${id}`, portPrefix: `sb${id}-`, group: randomInt(0x1000_0000, 0x7000_0000), firstDpid: BigInt(`0x${id}00000000`), indexBase: randomInt(0x100, 0x7000) << 16, own: false },
    home: (plan) => ({
      ready: false,
      sandbox: { network: 'outer', privilege: 'root', keep: path.startsWith('/run/openvswitch/') || path.startsWith('/var/run/openvswitch/') ? ['/run/openvswitch'] : [] },
      open: async (sandbox) => {
        const client = new OvsdbClient(await dial(path))
        await removeOwnedBridges(client, ({ owner }) => !isAlive(owner))
        const dismiss = startReaper(path, id)
        let disposing = false
        void client.closed.then(() => {
          if (!disposing) sandbox.abort(new LinuxError('closed', `the connection to the database of Open vSwitch at ${path} ended`))
        })
        return new Switch({
          client,
          vswitch: await Vswitch.open(client),
          bridges: bridgesOf(plan, {
            datapath_type: options.datapathType ?? (existsSync('/sys/module/openvswitch') ? 'system' : 'netdev'),
            external_ids: { 'streambed-testbed': plan.name, [BRIDGE_ID]: id, [BRIDGE_OWNER]: processIdentity(process.pid) ?? '' },
          }),
          openControl: () => openControl(path),
          openFlow: (bridge) => dial(`${dirname(path)}/${bridge}.mgmt`),
          dispose: async () => {
            disposing = true
            await removeOwnedBridges(client, (owned) => owned.id === id)
            dismiss()
          },
        })
      },
    }),
  }
}
