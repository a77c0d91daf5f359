import type { Duplex } from 'node:stream'
import { OFPP } from '../../openflow/constants.js'
import { OpenFlowSwitchConnection, type SwitchHandlers } from '../../openflow/connection/openflow-switch-connection.js'
import type { Message, MessageInput } from '../../openflow/message.js'
import { OvsError } from '../../errors.js'
import type { Flow } from './flow/flow.js'
import type { TraceStep } from './pipeline/effect.js'
import type { SwitchPort } from './pipeline/port.js'
import { Controller } from './switch/controller.js'
import { type Emission, SwitchCore, type SwitchDescription } from './switch/core.js'

/** A port to make. */
export interface PortOptions {
  /** Its number, 1 to 0xfeff. */
  readonly portNo: number
  /** Default `p1` for number 1. */
  readonly name?: string
  /** Default made of the number. */
  readonly hwAddr?: string
  /** Whether there is a link. Default true. */
  readonly up?: boolean
}

/** Options of {@link SwitchDouble}. */
export interface SwitchDoubleOptions extends Partial<SwitchDescription> {
  /** Ports, or their numbers. Default none; there is always a port `LOCAL`. */
  readonly ports?: readonly (number | PortOptions)[]
  /**
   * The time in milliseconds. By default the clock of the process, and flows expire by themselves. With a clock of your
   * own, call {@link SwitchDouble.tick} after you have moved it.
   */
  readonly now?: () => number
  /** How many VLAN tags are looked at, 0 to 2. Default 1, as in Open vSwitch (`other_config:vlan-limit`). */
  readonly vlanLimit?: number
}

/** A frame that left a switch. */
export interface Transmission {
  readonly port: number
  readonly frame: Uint8Array
  /** The queue that an action chose, if one did. */
  readonly queueId: number | undefined
}

/** What would happen to a frame; see {@link SwitchDouble.trace}. */
export interface Trace {
  /** Step by step. */
  readonly steps: readonly TraceStep[]
  /** The flows that matched, in order. */
  readonly flows: readonly Flow[]
  /** What would leave the switch. */
  readonly outputs: readonly Transmission[]
  /** How many packet-ins there would be. */
  readonly packetIns: number
  /** Why nothing at all leaves the switch, if that is so. */
  readonly failed: string | undefined
}

/**
 * An OpenFlow 1.3 switch in memory: it executes flow tables, groups and meters, and speaks to any number of controllers.
 * It behaves as Open vSwitch does, and refuses what it does not support with the error of OpenFlow.
 */
export class SwitchDouble implements AsyncDisposable {
  /** The switch itself, for whoever wants to look into its tables. */
  readonly core: SwitchCore
  readonly #now: () => number
  readonly #ownClock: boolean
  readonly #listeners = new Set<(transmission: Transmission) => void>()
  readonly #links = new Map<number, (frame: Uint8Array) => void>()
  readonly #ends = new Map<Controller, OpenFlowSwitchConnection>()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: SwitchDoubleOptions = {}) {
    this.#ownClock = options.now === undefined
    this.#now = options.now ?? (() => performance.now())
    const description: SwitchDescription = {
      datapathId: options.datapathId ?? 1n,
      mfrDesc: options.mfrDesc ?? 'Streambed',
      hwDesc: options.hwDesc ?? 'Switch double',
      swDesc: options.swDesc ?? '0',
      serialNum: options.serialNum ?? 'None',
      dpDesc: options.dpDesc ?? 'None',
    }
    this.core = new SwitchCore(description, this.#now(), options.vlanLimit)
    const low = description.datapathId & 0xffff_ffffn
    this.#addPort({ portNo: OFPP.LOCAL, name: 'br', hwAddr: macOf(0x0200n << 32n | low), up: false })
    for (const port of options.ports ?? []) this.addPort(port)
  }

  /** Adds a port. @throws OvsError `invalid` when the number is taken or impossible */
  addPort(port: number | PortOptions): void {
    const options = typeof port === 'number' ? { portNo: port } : port
    const { portNo } = options
    if (!Number.isInteger(portNo) || portNo < 1 || portNo > 0xfeff) {
      throw new OvsError('invalid', `portNo must be an integer from 1 to ${0xfeff}, not ${portNo}`)
    }
    if (this.core.pipeline.ports.has(portNo)) throw new OvsError('invalid', `portNo ${portNo} is taken: choose another one`)
    this.#addPort(options)
  }

  /** Takes a port away. */
  removePort(portNo: number): void {
    this.#links.delete(portNo)
    this.#carryOut(this.core.removePort(portNo))
  }

  /** Lets the link at a port come up or go down. */
  setLink(portNo: number, up: boolean): void {
    this.#carryOut(this.core.setLink(portNo, up))
  }

  /**
   * A frame comes in through a port. Returns what this switch sends because of it; what other switches do with that
   * comes through their own {@link onTransmitted}.
   */
  receive(portNo: number, frame: Uint8Array): Transmission[] {
    return this.#carryOut(this.core.receive(portNo, frame.slice(), this.#now()))
  }

  /** What would happen to a frame that came in through a port. Nothing is changed, counted or sent. */
  trace(portNo: number, frame: Uint8Array): Trace {
    const steps: TraceStep[] = []
    const translation = this.core.trace(portNo, frame, { now: this.#now(), onStep: (step) => steps.push(step) })
    const outputs = translation.effects.flatMap((effect) => (effect.type === 'output' ? [effect] : []))
    return {
      steps,
      flows: steps.flatMap((step) => (step.type === 'table' && step.flow ? [step.flow] : [])),
      outputs: outputs.map(({ port, frame: sent, queueId }) => ({ port, frame: sent, queueId })),
      packetIns: translation.effects.length - outputs.length,
      failed: translation.failed,
    }
  }

  /** Calls a function for each frame that leaves. @returns the function that ends that */
  onTransmitted(listener: (transmission: Transmission) => void): () => void {
    const added = (transmission: Transmission): void => listener(transmission)
    this.#listeners.add(added)
    return () => void this.#listeners.delete(added)
  }

  /** Hands what leaves through a port to a function too: a cable. See {@link connectPorts}. */
  plug(portNo: number, deliver: (frame: Uint8Array) => void): void {
    this.#links.set(portNo, deliver)
  }

  /** Lets the time pass that the clock shows: flows and bundles expire. Only needed with a clock of your own. */
  tick(): void {
    this.#carryOut(this.core.tick(this.#now()))
  }

  /**
   * Speaks to a controller over a stream, which belongs to the switch from now on. Resolves when the version is agreed on.
   * @throws OvsError as `OpenFlowConnection.open` does
   */
  async connect(stream: Duplex, options: { readonly signal?: AbortSignal } = {}): Promise<OpenFlowSwitchConnection> {
    const controller = new Controller()
    // A controller may ask as soon as the version is agreed on, which is before `open` resolves.
    const handle = (message: Message, end: OpenFlowSwitchConnection): MessageInput[] => {
      const answers: MessageInput[] = []
      this.#register(controller, end)
      this.#carryOut(this.core.handle(controller, message, this.#now()), controller, answers)
      return answers
    }
    const handlers = Object.fromEntries(handledTypes.map((type) => [type, handle])) as SwitchHandlers
    const { datapathId } = this.core.description
    const end = await OpenFlowSwitchConnection.open(stream, { features: { datapathId }, handlers, ...options })
    if (this.#closed) {
      await end.close()
      return end
    }
    this.#register(controller, end)
    return end
  }

  /** Closes the connections to all controllers. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await Promise.all([...this.#ends.values()].map((end) => end.close()))
  }

  /** Ends the connections to all controllers at once. */
  abort(reason?: unknown): void {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const end of this.#ends.values()) end.abort(reason)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #register(controller: Controller, end: OpenFlowSwitchConnection): void {
    if (this.#ends.has(controller) || end.connection.isOver) return
    this.core.controllers.add(controller)
    this.#ends.set(controller, end)
    void end.connection.closed.then(() => {
      this.core.controllers.delete(controller)
      this.#ends.delete(controller)
    })
  }

  #addPort(options: PortOptions): void {
    const { portNo, name = `p${portNo}`, up = true } = options
    const port: SwitchPort = {
      portNo,
      name,
      hwAddr: options.hwAddr ?? macOf((0xaa55n << 32n) | ((this.core.description.datapathId & 0xffffn) << 16n) | BigInt(portNo)),
      config: 0,
      up,
      counters: { rxPackets: 0, rxBytes: 0, rxDropped: 0, txPackets: 0, txBytes: 0, txDropped: 0 },
      created: this.#now(),
    }
    this.#carryOut(this.core.addPort(port))
  }

  /** Sends what the core gives out. Answers to `asker` go to `answers`, so that they stay in order. */
  #carryOut(emissions: readonly Emission[], asker?: Controller, answers?: MessageInput[]): Transmission[] {
    const sent: Transmission[] = []
    for (const emission of emissions) {
      if (emission.type === 'message') {
        if (emission.to === asker) answers?.push(emission.message)
        else void this.#ends.get(emission.to)?.send(emission.message).catch(() => {})
        continue
      }
      const { port, frame, queueId } = emission
      const transmission = { port, frame, queueId }
      sent.push(transmission)
      for (const listener of this.#listeners) listener(transmission)
      this.#links.get(port)?.(frame)
    }
    this.#schedule()
    return sent
  }

  #schedule(): void {
    if (!this.#ownClock || this.#closed) return
    const next = this.core.nextTick()
    clearTimeout(this.#timer)
    if (next === undefined) return
    const delay = Math.min(Math.max(Math.ceil(next - this.#now()), 1), 0x7fffffff)
    this.#timer = setTimeout(() => this.tick(), delay)
    this.#timer.unref()
  }
}

/**
 * Joins a port of one switch to a port of another, as a cable does: frames that leave one come in at the other. They are
 * delivered one after the other, not nested, so that a loop does not end the program: it goes on for ever all the same.
 */
export function connectPorts(
  [a, portOfA]: readonly [SwitchDouble, number],
  [b, portOfB]: readonly [SwitchDouble, number],
): void {
  a.plug(portOfA, (frame) => queueMicrotask(() => b.receive(portOfB, frame)))
  b.plug(portOfB, (frame) => queueMicrotask(() => a.receive(portOfA, frame)))
}

/** The messages that the core answers itself: with an error those that it does not support. */
const handledTypes: readonly Message['type'][] = [
  'features_request',
  'get_config_request',
  'set_config',
  'barrier_request',
  'role_request',
  'get_async_request',
  'set_async',
  'queue_get_config_request',
  'nxt_set_packet_in_format',
  'nxt_set_controller_id',
  'nxt_ct_flush_zone',
  'flow_mod',
  'group_mod',
  'meter_mod',
  'port_mod',
  'packet_out',
  'table_mod',
  'onf_bundle_control',
  'onf_bundle_add',
  'desc_request',
  'flow_stats_request',
  'aggregate_stats_request',
  'table_stats_request',
  'table_features_request',
  'port_desc_request',
  'port_stats_request',
  'queue_stats_request',
  'group_stats_request',
  'group_desc_request',
  'group_features_request',
  'meter_stats_request',
  'meter_config_request',
  'meter_features_request',
]

function macOf(bits: bigint): string {
  return (bits.toString(16).padStart(12, '0').match(/../g) ?? []).join(':')
}
