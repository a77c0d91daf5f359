import { existsSync } from 'node:fs'
import { OvsdbReplica, OvsdbSession, OvsError, setNextCfg, type OpenVSwitch, type StringMap, type Uuid, type VswitchOperation } from '@streambed/ovs'
import { DockerDriverError } from '../errors.js'
import { readDpid } from '../options/index.js'

const tables = {
  Open_vSwitch: ['cur_cfg', 'next_cfg', 'bridges', 'ovs_version', 'external_ids'],
  Bridge: ['name', 'ports', 'controller', 'datapath_id', 'datapath_type', 'fail_mode', 'external_ids', 'other_config'],
  Port: ['name', 'interfaces', 'tag', 'external_ids'],
  Interface: ['name', 'type', 'ofport', 'ofport_request', 'error', 'mac_in_use', 'ifindex', 'options', 'external_ids'],
  Controller: ['target', 'is_connected'],
} as const

type Tables = OvsdbReplica<OpenVSwitch, typeof tables>

/** A bridge as the database has it. */
export interface BridgeState {
  readonly uuid: Uuid
  readonly name: string
  /** undefined while it has none. */
  readonly dpid: bigint | undefined
  readonly externalIds: StringMap
  readonly controllers: readonly string[]
  /** What it does without a controller; undefined is `standalone`. */
  readonly failMode?: 'standalone' | 'secure' | undefined
  /** Its own port included. */
  readonly ports: readonly BridgePort[]
}

/** A port of a bridge with one interface. */
export interface BridgePort {
  readonly uuid: Uuid
  readonly name: string
  readonly type: string
  /** OpenFlow port number: undefined while it has none, -1 when it could not be added. */
  readonly ofport: number | undefined
  /** The OpenFlow port number that was asked for. */
  readonly requested?: number | undefined
  readonly error: string | undefined
  readonly mac: string | undefined
  /** The device's index on the machine: another one when it was made anew. */
  readonly ifindex: number | undefined
  readonly options: StringMap
  readonly externalIds: StringMap
}

/** How a change is awaited. */
export interface CommitOptions {
  /** Interfaces that must have an OpenFlow port number afterwards. Default: none. */
  readonly interfaces?: readonly string[]
  /** A bridge in the kernel that must be there afterwards: without the kernel's module the change fails at once, with what to do. */
  readonly kernelBridge?: string | undefined
  /** Wait until ovs-vswitchd has carried it out. Default true. */
  readonly carriedOut?: boolean
  /** Milliseconds. */
  readonly timeout?: number
}

/** How long ovs-vswitchd may take for a change. */
const COMMIT_MS = 15_000

/** To insert a key into a map that has it changes nothing: it is taken out before. */
export function idsOperation(table: 'Bridge' | 'Interface', name: string, ids: StringMap): VswitchOperation {
  return { op: 'mutate', table, where: [['name', '==', name]], mutations: [['external_ids', 'delete', Object.keys(ids)], ['external_ids', 'insert', ids]] }
}

/** The database of Open vSwitch, followed over as many connections as it takes. */
export class SwitchDatabase implements AsyncDisposable {
  private constructor(
    readonly session: OvsdbSession<'Open_vSwitch'>,
    private readonly replica: Tables,
  ) {}

  /** @throws DockerDriverError `missing` when nobody answers there, `aborted` */
  static async open(remote: string, timeout: number, signal?: AbortSignal): Promise<SwitchDatabase> {
    const session = OvsdbSession.start({ remotes: remote, db: 'Open_vSwitch', backoff: { min: 200, max: 2000 }, timeout })
    const stop = (): void => session.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      signal?.throwIfAborted()
      return new SwitchDatabase(session, await OvsdbReplica.open(session, { db: 'Open_vSwitch', tables, timeout }))
    } catch (cause) {
      session.abort(cause)
      if (signal?.aborted === true) throw new DockerDriverError('aborted', `nobody waits for the database of Open vSwitch at ${remote} any more`, { cause })
      throw new DockerDriverError('missing', `cannot reach the database of Open vSwitch at ${remote} (${(cause as Error).message}): start it, for example with "systemctl start openvswitch-switch"`, { cause })
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Whether the rows follow the database at this moment. */
  get synchronised(): boolean {
    return this.replica.synchronised
  }

  /** What others have said about this Open vSwitch: `external_ids` of its one row. */
  get externalIds(): StringMap {
    const [row] = this.replica.rows('Open_vSwitch').values()
    return row?.external_ids ?? {}
  }

  /** Every bridge. */
  bridges(): readonly BridgeState[] {
    return [...this.replica.rows('Bridge').values()].map((row) => this.#bridge(row))
  }

  /** A bridge by its name. */
  bridge(name: string): BridgeState | undefined {
    const [row] = this.replica.find('Bridge', [['name', '==', name]])
    return row && this.#bridge(row)
  }

  /** The port of a name, on whatever bridge. */
  port(name: string): (BridgePort & { readonly bridge: string }) | undefined {
    for (const bridge of this.bridges()) {
      const port = bridge.ports.find((one) => one.name === name)
      if (port) return { ...port, bridge: bridge.name }
    }
    return undefined
  }

  /** Calls back after every change, with `true` when a connection was lost in between. Returns the function that ends it. */
  onChange(listener: (resynchronised: boolean) => void): () => void {
    return this.replica.onChange((batch) => listener(batch.type === 'resync'))
  }

  /**
   * Runs operations as one transaction, and resolves when ovs-vswitchd has carried them out: with the OpenFlow port numbers of the
   * interfaces that were asked for.
   * @throws DockerDriverError `switch`, in words; nothing is undone then
   */
  async commit(operations: readonly VswitchOperation[], { interfaces = [], kernelBridge, carriedOut = true, timeout = COMMIT_MS }: CommitOptions = {}): Promise<ReadonlyMap<string, number>> {
    if (operations.length === 0) return new Map()
    const all = carriedOut ? [...operations, ...setNextCfg()] : operations
    try {
      const results = await this.replica.transact(all, { timeout })
      if (!carriedOut) return new Map()
      const [root] = (results.at(-1) as { rows: readonly { next_cfg: bigint }[] }).rows
      const cfg = root?.next_cfg ?? 0n
      return await this.replica.until(() => this.#done(cfg, interfaces, kernelBridge), { timeout })
    } catch (cause) {
      if (cause instanceof DockerDriverError) throw cause
      if (cause instanceof OvsError && cause.code === 'timeout') throw new DockerDriverError('switch', `Open vSwitch did not carry the change out within ${timeout / 1000} s: are ovsdb-server and ovs-vswitchd running?`, { cause })
      throw new DockerDriverError('switch', `Open vSwitch refused the change: ${(cause as Error).message}`, { cause })
    }
  }

  /** The operations that set some of the `external_ids` of the row of a name. The others stay, whoever changes them meanwhile. */
  setIds(table: 'Bridge' | 'Interface', name: string, ids: StringMap): VswitchOperation[] {
    return [idsOperation(table, name, ids)]
  }

  /** The operations that take ports away; those that are not there any more are left out. */
  removePorts(names: readonly string[]): VswitchOperation[] {
    return names.flatMap((name): VswitchOperation[] => {
      const port = this.port(name)
      return port === undefined ? [] : [{ op: 'mutate', table: 'Bridge', where: [['name', '==', port.bridge]], mutations: [['ports', 'delete', [port.uuid]]] }]
    })
  }

  /** The operations that take bridges away; those that are not there any more are left out. */
  removeBridges(names: readonly string[]): VswitchOperation[] {
    const uuids = names.flatMap((name) => this.bridge(name)?.uuid ?? [])
    return uuids.length === 0 ? [] : [{ op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'delete', uuids]] }]
  }

  /** Ends the connection. Idempotent. */
  async close(): Promise<void> {
    await this.replica.close()
    await this.session.close()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #done(cfg: bigint, interfaces: readonly string[], kernelBridge: string | undefined): ReadonlyMap<string, number> | undefined {
    const [root] = this.replica.rows('Open_vSwitch').values()
    if (root === undefined || root.cur_cfg < cfg) return undefined
    // ovs-vswitchd says so only in its log. The module alone would not tell: it may be built into the kernel.
    if (kernelBridge !== undefined && this.port(kernelBridge)?.ofport === undefined && !existsSync('/sys/module/openvswitch')) {
      throw new DockerDriverError('missing', 'this kernel has no openvswitch module: load it (modprobe openvswitch) or give ovs.bridge.userspace=true')
    }
    const ofports = new Map<string, number>()
    for (const name of interfaces) {
      const [row] = this.replica.find('Interface', [['name', '==', name]])
      if (row === undefined) throw new DockerDriverError('switch', `Open vSwitch has no interface ${name} any more: somebody else has removed it`)
      if (row.error) throw new DockerDriverError('switch', `Open vSwitch could not add the interface ${name}: ${row.error}`)
      if (row.ofport === undefined) return undefined
      if (row.ofport < 0n) throw new DockerDriverError('switch', `Open vSwitch could not add the interface ${name}: is there one of this name ("ip link show ${name}")?`)
      ofports.set(name, Number(row.ofport))
    }
    return ofports
  }

  #bridge(row: { readonly _uuid: Uuid; readonly name: string; readonly ports: readonly Uuid[]; readonly controller: readonly Uuid[]; readonly datapath_id: string | undefined; readonly fail_mode: 'standalone' | 'secure' | undefined; readonly external_ids: StringMap; readonly other_config: StringMap }): BridgeState {
    return {
      uuid: row._uuid,
      name: row.name,
      // What was asked for, which it may not have yet.
      dpid: readDpid(row.other_config['datapath-id']) ?? readDpid(row.datapath_id),
      externalIds: row.external_ids,
      controllers: row.controller.flatMap((uuid) => this.replica.row('Controller', uuid)?.target ?? []),
      failMode: row.fail_mode,
      ports: row.ports.flatMap((uuid) => this.#port(uuid)),
    }
  }

  #port(uuid: Uuid): readonly BridgePort[] {
    const port = this.replica.row('Port', uuid)
    const iface = port?.interfaces[0] && this.replica.row('Interface', port.interfaces[0])
    if (!port || !iface) return []
    return [
      {
        uuid,
        name: port.name,
        type: iface.type,
        ofport: iface.ofport === undefined ? undefined : Number(iface.ofport),
        requested: iface.ofport_request === undefined ? undefined : Number(iface.ofport_request),
        error: iface.error || undefined,
        mac: iface.mac_in_use,
        ifindex: iface.ifindex,
        options: iface.options,
        externalIds: iface.external_ids,
      },
    ]
  }
}
