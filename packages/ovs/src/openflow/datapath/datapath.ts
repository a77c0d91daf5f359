import type { CallOptions } from '../../jsonrpc/peer.js'
import type { ExecuteOptions } from '../connection/execute.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import type { Subscription } from '../connection/subscription.js'
import { OFPCML, OFPP, OFPQ } from '../constants.js'
import type { Enum } from '../enumeration.js'
import type { AsyncConfig } from '../message/async-config.js'
import type { FeaturesReply } from '../message/features.js'
import type { FlowModInput } from '../message/flow-mod.js'
import type { FlowRemoved } from '../message/flow-removed.js'
import type { PacketOutInput } from '../message/packet-out.js'
import type { Queue } from '../message/queue-config.js'
import type { Role } from '../message/role.js'
import type { AggregateStatsReply } from '../multipart/aggregate-stats.js'
import type { DescReply } from '../multipart/desc.js'
import type { FlowStats } from '../multipart/flow-stats.js'
import type { PortStats } from '../multipart/port-stats.js'
import type { QueueStats } from '../multipart/queue-stats.js'
import type { TableFeatures } from '../multipart/table-features.js'
import type { TableStats } from '../multipart/table-stats.js'
import type { NxtCtFlushInput } from '../nicira/ct-flush.js'
import type { PacketInFormat } from '../nicira/packet-in-format.js'
import type { OnfRoleStatus } from '../onf/role-status.js'
import { AsyncMessages } from './async-messages.js'
import { type BundleMessage, type BundleOptions, runBundle } from './bundle.js'
import type { FlowInput } from './diff-flows.js'
import { flowMonitor, type FlowMonitorOptions, type FlowUpdate } from './flow-monitor.js'
import { deletionOf, filterOf, type FlowFilterSource, flowModOf, flowOf, type FlowSource } from './flow-source.js'
import { Groups } from './groups.js'
import { Meters } from './meters.js'
import { type ReceivedPacket, receivedPacket } from './packet-ins.js'
import { Ports } from './ports.js'
import { type SyncOptions, type SyncResult, syncFlows } from './sync-flows.js'
import { TlvTable } from './tlv-table.js'

/** Options of {@link Datapath.open}. */
export interface DatapathOptions extends CallOptions {
  /**
   * Whether this side has dialled the switch, which then sends nothing of its own accord until it is told to: the
   * datapath does that when ports or packets are asked for. Defaults to false.
   */
  readonly service?: boolean
}

/** Options of {@link Datapath.packetIns}. */
export interface PacketInOptions extends CallOptions {
  /**
   * Bytes of a packet that come when no flow says how many. Defaults to whole packets (`OFPCML.NO_BUFFER`). It holds for
   * the whole connection.
   */
  readonly missSendLen?: number
  /**
   * The format of the messages: `nxt_packet_in2`, Open vSwitch's own, also has what the `controller` action carried, and
   * the state of paused packets. It holds for the whole connection. Defaults to leaving it as it is, which is `standard`
   * at first.
   */
  readonly format?: PacketInFormat
}

/** Packets as they come. {@link ready} says when the switch has been told to send them. */
export interface PacketIns extends Subscription<ReceivedPacket> {
  /** Resolves when every packet from now on comes. Rejects as requests do; the loop then ends with the same error. */
  readonly ready: Promise<void>
}

/**
 * An OpenFlow 1.3 switch, seen from a controller. What changes something resolves when the switch has confirmed it, by a
 * barrier, and rejects with `peer` when the switch refuses it: `detail.request` is the very message. Flows are objects, or
 * text as `ovs-ofctl` takes it.
 *
 * Every method may reject with an {@link OvsError} `closed`, `timeout` or `aborted`.
 */
export class Datapath implements AsyncDisposable {
  /** The connection, for everything that there is no method for. */
  readonly connection: OpenFlowConnection
  /** What the switch said about itself in the handshake (OpenFlow 1.3.5 §7.3.1). */
  readonly features: FeaturesReply
  /** The groups of the switch. */
  readonly groups: Groups
  /** The meters of the switch. */
  readonly meters: Meters
  /** Open vSwitch: which Geneve options are which fields. */
  readonly tlvTable: TlvTable
  readonly #async: AsyncMessages
  #ports: Promise<Ports> | undefined
  #nextBundle = 1
  #nextMonitor = 1
  #generationId: bigint | undefined

  private constructor(connection: OpenFlowConnection, features: FeaturesReply, options: DatapathOptions) {
    this.connection = connection
    this.features = features
    this.groups = new Groups(connection)
    this.meters = new Meters(connection)
    this.tlvTable = new TlvTable(connection)
    this.#async = new AsyncMessages(connection, options.service ?? false)
  }

  /** Asks a switch who it is. @throws OvsError `peer`, `closed`, `timeout`, `aborted` */
  static async open(connection: OpenFlowConnection, options: DatapathOptions = {}): Promise<Datapath> {
    const { signal, timeout } = options
    const features = await connection.request({ type: 'features_request' }, { signal, timeout })
    return new Datapath(connection, features, options)
  }

  /** The number of the switch. */
  get id(): bigint {
    return this.features.datapathId
  }

  /** The number of the switch as people write it: 16 hexadecimal digits. */
  get dpid(): string {
    return this.id.toString(16).padStart(16, '0')
  }

  /** Manufacturer, hardware, software and so on, in text for people. */
  description(options?: CallOptions): Promise<DescReply> {
    return this.connection.collectOne({ type: 'desc_request' }, options)
  }

  /** The ports, kept up to date. The same object each time. */
  ports(options?: CallOptions): Promise<Ports> {
    if (!this.#ports) {
      const ports = this.#async.others(options).then(() => Ports.open(this.connection, options))
      this.#ports = ports
      ports.catch(() => (this.#ports = undefined))
    }
    return this.#ports
  }

  /**
   * Changes the settings of a port: the bits of `OFPPC` in `mask` become as in `config`.
   * @throws OvsError `peer`, such as `port_mod_failed/bad_port`
   */
  async modifyPort(
    portNo: number,
    change: { readonly config: number; readonly mask: number; readonly advertise?: number },
    options?: CallOptions,
  ): Promise<void> {
    // A port that is not known: for the switch to say so.
    const hwAddr = (await this.ports(options)).get(portNo)?.hwAddr ?? '00:00:00:00:00:00'
    await this.connection.execute([{ type: 'port_mod', portNo, hwAddr, ...change }], options)
  }

  /** Adds a flow; one with the same table, priority and match is replaced. */
  async addFlow(flow: FlowSource, options?: CallOptions): Promise<void> {
    await this.connection.execute([flowModOf(flow, 'add')], options)
  }

  /**
   * Adds many flows without a round trip for each. Takes them from an iterator as fast as the switch works.
   * @returns how many the switch has taken
   * @throws OvsError `peer` for the first that is refused, unless there is `onError`; those before it are there
   */
  addFlows(flows: Iterable<FlowSource> | AsyncIterable<FlowSource>, options?: ExecuteOptions): Promise<number> {
    return this.connection.execute(flowModsOf(flows), options)
  }

  /**
   * Gives other instructions to the flows that match (OpenFlow 1.3.5 §6.4): all that are as special as this or more, or
   * with `strict` the one with this very match and priority. None is no error.
   */
  async modifyFlows(flow: FlowSource, options: CallOptions & { readonly strict?: boolean } = {}): Promise<void> {
    await this.connection.execute([flowModOf(flow, options.strict ? 'modify_strict' : 'modify')], options)
  }

  /** Deletes the flows that match, by default all in all tables. With `strict` see {@link modifyFlows}. */
  async deleteFlows(
    filter: FlowFilterSource | FlowInput = {},
    options: CallOptions & { readonly strict?: boolean } = {},
  ): Promise<void> {
    await this.connection.execute([deletionOf(filter, options.strict ? 'delete_strict' : 'delete')], options)
  }

  /** The flows that match, with their counters, as they come: a slow loop holds the switch back. */
  async *flows(filter: FlowFilterSource = {}, options?: CallOptions): AsyncGenerator<FlowStats, void, undefined> {
    const parts = this.connection.stream({ type: 'flow_stats_request', ...filterOf(filter) }, options)
    for await (const part of parts) yield* part.stats
  }

  /** Sums over the flows that match. */
  aggregate(filter: FlowFilterSource = {}, options?: CallOptions): Promise<AggregateStatsReply> {
    return this.connection.collectOne({ type: 'aggregate_stats_request', ...filterOf(filter) }, options)
  }

  /**
   * Sends messages as one bundle: all or nothing. The function adds them; when it throws, nothing is sent.
   * @throws OvsError `peer` with the message that the switch refused, or when it has no bundles: nothing has changed;
   *   `outcome-unknown` when the connection ended while it was being committed
   */
  async bundle(fill: (bundle: BundleBuilder) => void | Promise<void>, options?: BundleOptions): Promise<void> {
    const messages: BundleMessage[] = []
    await fill({
      add: (message) => void messages.push(message),
      addFlow: (flow) => void messages.push(flowModOf(flow, 'add')),
      deleteFlows: (filter = {}) => void messages.push(deletionOf(filter, 'delete')),
    })
    await runBundle(this.connection, this.#bundleId(), messages, options)
  }

  /**
   * Brings a table, all tables, or the flows with some cookie, to the wanted flows with the smallest number of flow-mods
   * in one bundle. Flows that are as wanted are not touched, and keep their counters. A flow without `tableId` or
   * `cookie` gets those of the scope.
   *
   * A flow outside of the scope with the table, priority and match of a wanted one is replaced, as by any add.
   * @throws OvsError `invalid` when two wanted flows are the same or one is outside of the scope; as {@link bundle} does
   */
  sync(flows: Iterable<FlowSource>, options: SyncOptions = {}): Promise<SyncResult> {
    const { tableId, cookie, cookieMask, bundle = true, ...rest } = options
    const scope = {
      ...(tableId === undefined ? {} : { tableId }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(cookieMask === undefined ? {} : { cookieMask }),
    }
    const wanted = Array.from(flows, flowOf)
    return syncFlows(
      {
        dump: (filter) => this.flows(filter, rest),
        apply: async (messages: readonly FlowModInput[]) => {
          if (bundle) await runBundle(this.connection, this.#bundleId(), messages, rest)
          else await this.connection.execute(messages, rest)
        },
      },
      wanted,
      scope,
    )
  }

  /** Counters of all tables. */
  async tableStats(options?: CallOptions): Promise<TableStats[]> {
    const parts = await this.connection.collect({ type: 'table_stats_request' }, options)
    return parts.flatMap((part) => part.stats)
  }

  /** What each table can do. */
  async tableFeatures(options?: CallOptions): Promise<TableFeatures[]> {
    const parts = await this.connection.collect({ type: 'table_features_request' }, options)
    return parts.flatMap((part) => part.tables)
  }

  /** Counters of a port, by default of all. */
  async portStats(portNo: number = OFPP.ANY, options?: CallOptions): Promise<PortStats[]> {
    const parts = await this.connection.collect({ type: 'port_stats_request', portNo }, options)
    return parts.flatMap((part) => part.stats)
  }

  /** Counters of queues, by default of all queues of all ports. */
  async queueStats(
    { portNo = OFPP.ANY, queueId = OFPQ.ALL }: { readonly portNo?: number; readonly queueId?: number } = {},
    options?: CallOptions,
  ): Promise<QueueStats[]> {
    const parts = await this.connection.collect({ type: 'queue_stats_request', portNo, queueId }, options)
    return parts.flatMap((part) => part.stats)
  }

  /** The queues of a port, by default of all. */
  async queues(port: number = OFPP.ANY, options?: CallOptions): Promise<readonly Queue[]> {
    return (await this.connection.request({ type: 'queue_get_config_request', port }, options)).queues
  }

  /**
   * Sends a packet through the switch.
   * @param options with `confirm: false` it resolves when there is room for the next, and a refusal is a problem of the
   *   connection: for many packets
   */
  async packetOut(
    packet: Omit<PacketOutInput, 'type' | 'version' | 'xid'>,
    { confirm = true, ...options }: CallOptions & { readonly confirm?: boolean } = {},
  ): Promise<void> {
    if (confirm) await this.connection.execute([{ ...packet, type: 'packet_out' }], options)
    else await this.connection.send({ ...packet, type: 'packet_out' }, options)
  }

  /**
   * The packets that the switch sends from now on. Whoever does not take them holds the switch back, which then drops
   * packets: leave the loop, or call `return()`, when no more are wanted.
   */
  packetIns(options: PacketInOptions = {}): PacketIns {
    const { missSendLen = OFPCML.NO_BUFFER, format, signal, timeout } = options
    const call = { signal, timeout }
    const packets = this.connection.messages(receivedPacket)
    const start = async () => {
      if (format) await this.connection.execute([{ type: 'nxt_set_packet_in_format', format }], call)
      await this.#async.packets(missSendLen, call)
    }
    const ready = start().catch((error: Error) => {
      packets.finish(error as Parameters<typeof packets.finish>[0])
      throw error
    })
    ready.catch(() => {})
    return Object.assign(packets, { ready })
  }

  /** Open vSwitch: lets a packet go on that a `controller(pause)` action has paused, with other contents if given. */
  async resume(packet: ReceivedPacket, data?: Uint8Array, options?: CallOptions): Promise<void> {
    const { message } = packet
    const all = message.type === 'nxt_packet_in2' ? message.properties : []
    const properties = data ? all.map((item) => (item.type === 'packet' ? { ...item, data } : item)) : all
    await this.connection.execute([{ type: 'nxt_resume', properties }], options)
  }

  /** The flows that are gone from now on, of those that were added with `OFPFF.SEND_FLOW_REM`. */
  flowsRemoved(): Subscription<FlowRemoved> {
    this.#async.others().catch(() => {})
    return this.connection.messages((message) => (message.type === 'flow_removed' ? message : undefined))
  }

  /**
   * Watches flows: those that are there, then every change. Open vSwitch does not say which monitor a change is for: with
   * several, each gets the changes of all. Leaving the loop ends the monitor.
   */
  flowMonitor(options?: FlowMonitorOptions): Subscription<FlowUpdate> {
    return flowMonitor(this.connection, this.#nextMonitor++, options)
  }

  /** The role of this controller. */
  async role(options?: CallOptions): Promise<Enum<Role>> {
    return (await this.connection.request({ type: 'role_request', role: 'nochange' }, options)).role
  }

  /**
   * Asks for a role (OpenFlow 1.3.5 §6.3.6). `master` and `slave` carry the number of the election, which all controllers
   * must count up together; by default one more than the switch knows.
   * @throws OvsError `peer` `role_request_failed/stale` when another controller has a later number
   */
  async setRole(
    role: Exclude<Role, 'nochange'>,
    { generationId, ...options }: CallOptions & { readonly generationId?: bigint } = {},
  ): Promise<void> {
    const next = generationId ?? (await this.#nextGeneration(options))
    const reply = await this.connection.request({ type: 'role_request', role, generationId: next }, options)
    this.#generationId = reply.generationId
  }

  /** Changes of the role that another controller caused: Open vSwitch tells a master that it is one no more. */
  roleChanges(): Subscription<OnfRoleStatus> {
    return this.connection.messages((message) => (message.type === 'onf_role_status' ? message : undefined))
  }

  /** Which messages the switch sends of its own accord. */
  async asyncConfig(options?: CallOptions): Promise<AsyncConfig> {
    const { packetInMask, portStatusMask, flowRemovedMask } = await this.connection.request(
      { type: 'get_async_request' },
      options,
    )
    return { packetInMask, portStatusMask, flowRemovedMask }
  }

  /** Sets which messages the switch sends of its own accord; what is left out stays. */
  async setAsyncConfig(config: Partial<AsyncConfig>, options?: CallOptions): Promise<void> {
    const before = await this.asyncConfig(options)
    await this.connection.execute([{ type: 'set_async', ...before, ...config }], options)
  }

  /** Open vSwitch: forgets tracked connections: those of a zone, or those that match; by default all. */
  async flushConntrack(
    which: { readonly zone: number } | Omit<NxtCtFlushInput, 'type' | 'version' | 'xid'> = {},
    options?: CallOptions,
  ): Promise<void> {
    const message =
      'zone' in which
        ? ({ type: 'nxt_ct_flush_zone', zoneId: which.zone } as const)
        : ({ ...which, type: 'nxt_ct_flush' } as const)
    await this.connection.execute([message], options)
  }

  /** Resolves when the switch has dealt with everything that was sent before. */
  barrier(options?: CallOptions): Promise<void> {
    return this.connection.barrier(options)
  }

  /** Closes the connection in good order. */
  close(): Promise<void> {
    return this.connection.close()
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #bundleId(): number {
    return this.#nextBundle++
  }

  /** A switch that has never had an election answers with all ones. */
  async #nextGeneration(options: CallOptions): Promise<bigint> {
    const known = (await this.connection.request({ type: 'role_request', role: 'nochange' }, options)).generationId
    return BigInt.asUintN(64, (known > (this.#generationId ?? 0n) ? known : (this.#generationId ?? known)) + 1n)
  }
}

/** What fills a bundle; see {@link Datapath.bundle}. */
export interface BundleBuilder {
  add(message: BundleMessage): void
  addFlow(flow: FlowSource): void
  deleteFlows(filter?: FlowFilterSource | FlowInput): void
}

async function* flowModsOf(flows: Iterable<FlowSource> | AsyncIterable<FlowSource>): AsyncGenerator<FlowModInput> {
  for await (const flow of flows) yield flowModOf(flow, 'add')
}
