import { OvsError } from '../errors.js'
import type { CallOptions } from '../jsonrpc/peer.js'
import type { OvsdbClient } from '../ovsdb/client.js'
import type { Monitor } from '../ovsdb/monitor.js'
import type { OperationResults } from '../ovsdb/result.js'
import type { OpenVSwitch } from '../ovsdb/schema/open-vswitch.gen.js'
import type { RowChange } from '../ovsdb/update.js'
import type { Uuid } from '../ovsdb/value.js'
import { type InterfaceState, type Ofports, ofportsWhenDone, setNextCfg } from './commit.js'
import type { VswitchOperation } from './operation.js'

const watched = {
  Open_vSwitch: ['cur_cfg', 'next_cfg'],
  Bridge: ['name'],
  Port: ['name'],
  Interface: ['name', 'ofport', 'error', 'link_state'],
} as const

type NamedTable = 'Bridge' | 'Port' | 'Interface'
type Watching = Monitor<OpenVSwitch, typeof watched>

/** Options of {@link Vswitch.commit}. */
export interface VswitchCommitOptions extends CallOptions {
  /**
   * Names of the interfaces that must have an OpenFlow port number afterwards. Defaults to those that the operations
   * insert.
   */
  readonly interfaces?: readonly string[]
}

/** What {@link Vswitch.commit} gives. */
export interface VswitchCommit<Ops extends readonly unknown[]> {
  /** One result for each operation. */
  readonly results: OperationResults<OpenVSwitch, Ops>
  /** The OpenFlow port number of each awaited interface. */
  readonly ofports: Ofports
}

/**
 * Open vSwitch as its database shows it: commits changes and waits until ovs-vswitchd has carried them out. One
 * monitor, made once, tells when; nothing is polled.
 */
export class Vswitch implements AsyncDisposable {
  readonly #client: OvsdbClient
  readonly #monitor: Watching
  /** The uuids of rows by name, kept up to date by the monitor: a commit of many ports looks up each of them. */
  readonly #names: Readonly<Record<NamedTable, Map<string, Uuid>>> = {
    Bridge: new Map(),
    Port: new Map(),
    Interface: new Map(),
  }
  readonly #timeout: number

  private constructor(client: OvsdbClient, monitor: Watching, timeout: number) {
    this.#client = client
    this.#monitor = monitor
    this.#timeout = timeout
    for (const table of ['Bridge', 'Port', 'Interface'] as const) {
      for (const [uuid, { name }] of monitor.rows(table)) this.#names[table].set(name, uuid)
    }
    monitor.onChange((changes) => changes.forEach((change) => this.#track(change)))
  }

  /**
   * Starts to watch. The client stays the caller's.
   * @param options.timeout milliseconds for this call, and the default for each commit. Defaults to 30,000.
   */
  static async open(client: OvsdbClient, options: CallOptions = {}): Promise<Vswitch> {
    return new Vswitch(client, await client.monitor('Open_vSwitch', watched, options), options.timeout ?? 30_000)
  }

  /**
   * Runs operations as one transaction and resolves when ovs-vswitchd has carried them out: every interface that they
   * add is up in the datapath and has an OpenFlow port number.
   *
   * Nothing is undone on failure: the rows of an interface with an error stay.
   * @throws OvsError `interface` naming each interface that failed and why; `timeout` when ovs-vswitchd does not get
   * there in time; and what `OvsdbClient.transact` throws.
   */
  async commit<const Ops extends readonly VswitchOperation[]>(
    operations: Ops,
    options: VswitchCommitOptions = {},
  ): Promise<VswitchCommit<Ops>> {
    const { signal, timeout = this.#timeout } = options
    const interfaces = options.interfaces ?? operations.flatMap(insertedInterface)
    const deadline = performance.now() + timeout
    const all = await this.#client.transact('Open_vSwitch', [...operations, ...setNextCfg()], { signal, timeout })
    const { rows } = all.at(-1) as OperationResults<OpenVSwitch, ReturnType<typeof setNextCfg>>[1]
    const [root] = rows
    if (!root) throw new OvsError('malformed', 'the database has no row in Open_vSwitch: ovs-vswitchd cannot run on it')
    const awaited = { cfg: root.next_cfg, interfaces }
    const ofports = await this.#carriedOut(
      awaited,
      { signal, timeout: Math.max(0, deadline - performance.now()) },
      timeout,
    )
    return { results: all.slice(0, -2) as unknown as OperationResults<OpenVSwitch, Ops>, ofports }
  }

  /**
   * Resolves when ovs-vswitchd has carried out everything that the database asks for now. On a database of
   * `initialDatabase` that is the moment when its bridges can be used.
   * @throws OvsError `timeout` when ovs-vswitchd does not get there in time, `interface` when one of `interfaces`
   * failed.
   */
  async ready({ interfaces = [], signal, timeout = this.#timeout }: VswitchCommitOptions = {}): Promise<Ofports> {
    const [root] = this.#monitor.rows('Open_vSwitch').values()
    return this.#carriedOut({ cfg: root?.next_cfg ?? 0n, interfaces }, { signal, timeout }, timeout)
  }

  /** The uuids of ports by their names. @throws OvsError `schema` when there is no such port. */
  portUuids(names: readonly string[]): Uuid[] {
    return names.map((name) => this.#uuid('Port', name))
  }

  /** The uuids of bridges by their names. @throws OvsError `schema` when there is no such bridge. */
  bridgeUuids(names: readonly string[]): Uuid[] {
    return names.map((name) => this.#uuid('Bridge', name))
  }

  /** Stops watching. The client stays open. Idempotent. */
  async close(): Promise<void> {
    await this.#monitor.close()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #carriedOut(
    awaited: Parameters<typeof ofportsWhenDone>[0],
    limits: CallOptions,
    timeout: number,
  ): Promise<Ofports> {
    try {
      return await this.#monitor.until(
        () => ofportsWhenDone(awaited, this.#curCfg(), (name) => this.#interface(name)),
        limits,
      )
    } catch (error) {
      if (!(error instanceof OvsError) || error.code !== 'timeout') throw error
      const missing = awaited.interfaces.filter((name) => this.#interface(name)?.ofport === undefined)
      const waiting = missing.length > 0 ? `; without a port number: ${missing.slice(0, 10).join(', ')}` : ''
      const state = `cur_cfg is ${this.#curCfg()}, awaited is ${awaited.cfg}${waiting}`
      throw new OvsError(
        'timeout',
        `ovs-vswitchd did not carry out the change within ${timeout} ms: is it running? (${state})`,
        { cause: error },
      )
    }
  }

  #curCfg(): bigint | undefined {
    const [root] = this.#monitor.rows('Open_vSwitch').values()
    return root?.cur_cfg
  }

  #interface(name: string): InterfaceState | undefined {
    const uuid = this.#names.Interface.get(name)
    return uuid && this.#monitor.rows('Interface').get(uuid)
  }

  #uuid(table: NamedTable, name: string): Uuid {
    const uuid = this.#names[table].get(name)
    if (!uuid) throw new OvsError('schema', `the table ${table} has no row with the name ${name}`)
    return uuid
  }

  #track(change: RowChange): void {
    if (change.table === 'Open_vSwitch' || change.type === 'modify') return
    const names = this.#names[change.table as NamedTable]
    if (change.type === 'insert') names.set(change.new.name as string, change.uuid)
    // A row may have been replaced, in one update, by another of the same name.
    else if (names.get(change.old.name as string) === change.uuid) names.delete(change.old.name as string)
  }
}

function insertedInterface(operation: VswitchOperation): string[] {
  if (operation.op !== 'insert' || operation.table !== 'Interface') return []
  const { name } = operation.row
  return name === undefined ? [] : [name]
}
