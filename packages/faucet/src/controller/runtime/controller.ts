import type { Datapath } from '@streambed/ovs/openflow'
import type { ResolvedFaucetConfig } from '../../config/index.js'
import { aclOrigin } from '../acl/origin.js'
import { initialNetwork } from '../core/configured.js'
import type { Count, Effect, Step } from '../core/effect.js'
import type { NetworkEvent } from '../core/event.js'
import type { FaucetEvent } from '../core/faucet-event.js'
import { dpById, type NetworkState } from '../core/state.js'
import { step } from '../core/step.js'
import { wantedOf } from '../core/wanted.js'
import { withElections } from '../stack/stack.js'
import type { Observation } from '../../metrics/counters.js'
import type { Clock } from './clock.js'
import { describeRefusal, type Refusal } from './refusal.js'
import { stepTimes } from './step-times.js'
import { SwitchSession, type Mended, type SessionOwner } from './switch-session.js'

/** What is written to a log. */
export interface LogRecord {
  readonly level: 'debug' | 'info' | 'warning' | 'error'
  /** Empty for what concerns no dataplane. */
  readonly dpName: string
  readonly text: string
}

/** Who hears of what the controller does. */
export interface ControllerListener {
  event(dpId: bigint, dpName: string, event: FaucetEvent): void
  count(count: Omit<Count, 'type'>): void
  log(record: LogRecord): void
  /** The flows of a switch are those that are wanted. */
  up(dpName: string, mended: Mended): void
  /** How long something took. */
  observed?(observation: Observation): void
}

/** Options of {@link Controller}. */
export interface ControllerOptions {
  /** Seconds between elections of the root of a stack; 0 for none. Defaults to 10. */
  readonly stackRootUpdate?: number
}

/** Events that are dealt with together at most. */
const most = 256

/** Refusals that are logged in a second. */
const loggedRefusals = 20

/**
 * The controller with its switches: gives what happens to `step`, all of one turn of the event loop together, and does
 * what comes out. It knows nothing of sockets: switches are brought to it by {@link serve}.
 */
export class Controller {
  readonly #clock: Clock
  readonly #listener: ControllerListener
  readonly #sessions = new Map<bigint, SwitchSession>()
  readonly #stopTicking: () => void
  #network: NetworkState
  #events: NetworkEvent[] = []
  #scheduled = false
  #stepping = false
  /** What has happened and was not told yet: what the switches are to do comes first. */
  #untold: (() => void)[] = []
  #telling: NodeJS.Immediate | undefined
  #closed = false
  #refusals = { second: 0, count: 0 }

  constructor(config: ResolvedFaucetConfig, clock: Clock, listener: ControllerListener, { stackRootUpdate }: ControllerOptions = {}) {
    this.#clock = clock
    this.#listener = listener
    const network = initialNetwork(config, clock.now())
    this.#network = stackRootUpdate === undefined ? network : withElections(network, stackRootUpdate)
    this.#stopTicking = clock.every(1, () => this.post({ type: 'tick' }))
  }

  /** What the controller knows. */
  get network(): NetworkState {
    return this.#network
  }

  /** The connection to the switch of a dataplane, if there is one. */
  session(dpName: string): SwitchSession | undefined {
    const state = this.#network.dps.get(dpName)
    return state && this.#sessions.get(state.dp.dp_id)
  }

  /** Something happened: dealt with as soon as all that came with it is known, or by {@link flush}. */
  post(event: NetworkEvent): void {
    if (this.#closed) return
    this.#events.push(event)
    // A switch may send thousands of packets in one turn: the first need not wait for the last.
    if (this.#events.length >= most && !this.#stepping) return this.#dealt()
    if (this.#scheduled) return
    this.#scheduled = true
    // Not `setImmediate`: the rest of the turn is for others, and the packet would wait for it.
    process.nextTick(() => {
      this.#scheduled = false
      this.#dealt()
    })
  }

  /** Deals with everything that has happened, and tells it. */
  flush(): void {
    this.#dealt()
    this.#tell()
  }

  #dealt(): void {
    const events = this.#events
    this.#events = []
    if (events.length === 0) return
    const began = performance.now()
    this.#stepping = true
    try {
      this.#step(events)
    } finally {
      this.#stepping = false
    }
    const seconds = (performance.now() - began) / 1000
    const network = this.#network
    this.#tellLater(() => {
      if (this.#listener.observed) for (const one of stepTimes(network, events, seconds)) this.#listener.observed(one)
    })
  }

  /** Events, counters and the log come after what is sent to the switches, in their order. */
  #tellLater(action: () => void): void {
    this.#untold.push(action)
    this.#telling ??= setImmediate(() => this.#tell())
  }

  #tell(): void {
    clearImmediate(this.#telling)
    this.#telling = undefined
    const untold = this.#untold
    this.#untold = []
    for (const action of untold) action()
  }

  /** Another configuration, at once. */
  configure(config: ResolvedFaucetConfig): void {
    const before = this.#network
    this.post({ type: 'config', config })
    this.flush()
    for (const [name, { dp }] of this.#network.dps) {
      const was = dpById(before, dp.dp_id)
      if (was && was.dp.use_idle_timeout !== dp.use_idle_timeout) this.session(name)?.configure()
    }
  }

  /**
   * Takes care of a switch for as long as it is connected. One that is not in the configuration is sent away. The newest
   * connection of a switch is the one that counts: the switch may know that an older one is dead before we do.
   */
  async serve(datapath: Datapath): Promise<void> {
    const { id, dpid, features, connection } = datapath
    const state = dpById(this.#network, id)
    if (this.#closed) return connection.abort()
    if (!state) {
      this.#log('error', '', `unknown datapath 0x${dpid}: add it to the configuration (dp_id), or let its bridge have another controller`)
      this.#listener.count({ metric: 'of_unknown_datapaths', dpName: '' })
      return datapath.close()
    }
    const dpName = state.dp.name
    if (features.auxiliaryId !== 0) {
      this.#log('warning', dpName, `auxiliary connection ${String(features.auxiliaryId)} is not needed, and is closed`)
      return datapath.close()
    }
    const old = this.#sessions.get(id)
    if (old) {
      this.#log('warning', dpName, 'the switch has connected again: its earlier connection is closed')
      old.abort('a newer connection of the switch has taken its place')
      this.post({ type: 'disconnected', dpId: id })
      this.flush()
    }
    const session = new SwitchSession(datapath, this.#ownerOf(id))
    this.#sessions.set(id, session)
    void connection.closed.then((reason) => this.#ended(id, session, reason))
    await session.start()
  }

  /** Ends all connections; the switches go on as they are. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopTicking()
    this.#events = []
    this.#tell()
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    await Promise.all(sessions.map((session) => session.close('the controller was closed')))
  }

  #ended(id: bigint, session: SwitchSession, reason: Error | undefined): void {
    if (this.#sessions.get(id) !== session) return
    this.#sessions.delete(id)
    if (reason) this.#log('info', this.#nameOf(id), `connection lost: ${reason.message}`)
    session.abort('the connection ended')
    this.post({ type: 'disconnected', dpId: id })
  }

  #ownerOf(id: bigint): SessionOwner {
    const state = () => dpById(this.#network, id)
    const name = () => state()?.dp.name ?? this.#nameOf(id)
    return {
      clock: this.#clock,
      event: (event) => this.post(event),
      connected: (ports, { flows }) => {
        this.post({ type: 'connected', dpId: id, ports, flows })
        this.flush()
      },
      wanted: () => {
        const dp = state()
        return dp && wantedOf({ network: this.#network, state: dp })
      },
      wantsFlowRemoved: () => state()?.dp.use_idle_timeout ?? false,
      up: (mended) => {
        this.#log('info', name(), `up: ${describe(mended)}`)
        this.#listener.up(name(), mended)
      },
      mended: (mended) => this.#log('info', name(), `compared: ${describe(mended)}`),
      refused: (refusal) => this.#refused(name(), refusal),
      origin: (flow) => {
        const dp = state()
        const origin = dp && aclOrigin({ network: this.#network, state: dp }, flow)
        return origin && `rule ${String(origin.rule)} of ACL ${origin.acl}`
      },
      sent: (by) => this.#listener.count({ metric: 'of_flowmsgs_sent', dpName: name(), by }),
      log: (level, text) => this.#log(level, name(), text),
    }
  }

  /** A switch that is full refuses every host: the log says so a few times in a second. */
  #refused(dpName: string, refusal: Refusal): void {
    this.#listener.count({ metric: 'of_errors', dpName })
    const second = Math.floor(this.#clock.now())
    if (second !== this.#refusals.second) this.#refusals = { second, count: 0 }
    const { count } = this.#refusals
    this.#refusals = { second, count: count + 1 }
    if (count < loggedRefusals) this.#log('error', dpName, `the switch refused ${describeRefusal(refusal)}`)
    else if (count === loggedRefusals) this.#log('error', dpName, 'the switch refuses more, which is not logged')
  }

  #step(events: readonly NetworkEvent[]): void {
    const result = this.#stepped(events)
    if (!result) return
    this.#network = result.state
    for (const effect of result.effects) if (!isTold(effect)) this.#attempt(effect)
    this.#tellLater(() => {
      for (const effect of result.effects) if (isTold(effect)) this.#attempt(effect)
    })
  }

  #attempt(effect: Effect): void {
    try {
      this.#carryOut(effect)
    } catch (error) {
      this.#internal(effect.type, error)
    }
  }

  #stepped(events: readonly NetworkEvent[]): Step<NetworkState> | undefined {
    try {
      return step(this.#network, events, this.#clock.now())
    } catch (error) {
      // One event that the controller cannot take must not cost it the others.
      if (events.length > 1) for (const event of events) this.#step([event])
      else this.#internal(events[0]?.type ?? 'nothing', error)
      return undefined
    }
  }

  #internal(what: string, error: unknown): void {
    this.#log('error', '', `internal error at ${what}, please report it: ${(error as Error).stack ?? String(error)}`)
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'change':
        return this.#sessions.get(effect.dpId)?.change(effect)
      case 'compare':
        return this.#sessions.get(effect.dpId)?.compare()
      case 'packet_out':
        return this.#sessions.get(effect.dpId)?.packetOut(effect)
      case 'event':
        return this.#listener.event(effect.dpId, effect.dpName, effect.event)
      case 'count':
        return this.#listener.count(effect)
      case 'log':
        return this.#listener.log(effect)
      case 'disconnect': {
        const session = this.#sessions.get(effect.dpId)
        this.#sessions.delete(effect.dpId)
        this.#log('debug', '', effect.why)
        return void session?.close(effect.why)
      }
      case 'lapsed':
        return
    }
  }

  #nameOf(id: bigint): string {
    return dpById(this.#network, id)?.dp.name ?? `0x${id.toString(16)}`
  }

  #log(level: LogRecord['level'], dpName: string, text: string): void {
    const log = () => this.#listener.log({ level, dpName, text })
    // In the order in which it happened.
    if (this.#untold.length > 0) this.#tellLater(log)
    else log()
  }
}

/** Whether an effect only tells of something. */
function isTold({ type }: Effect): boolean {
  return type === 'event' || type === 'count' || type === 'log'
}

function describe({ changes, unchanged, seconds }: Mended): string {
  return `${String(changes)} changes, ${String(unchanged)} flows were right, ${(seconds * 1000).toFixed(0)} ms`
}
