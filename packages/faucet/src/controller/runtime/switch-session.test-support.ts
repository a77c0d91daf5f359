import { duplexPair, SwitchDouble, type SwitchDoubleOptions } from '@streambed/ovs/testing'
import { Datapath, OpenFlowConnection, parseFlow, printFlow, type FlowStats, type Message, type MeterInput, type GroupInput, type OnfFlowUpdate } from '@streambed/ovs/openflow'
import type { NetworkEvent } from '../core/event.js'
import type { Flow } from '../core/flow.js'
import type { Wanted } from '../core/wanted.js'
import { TestClock } from './clock.test-support.js'
import type { Refusal } from './refusal.js'
import { SwitchSession, type Mended, type SessionOwner } from './switch-session.js'

/** A switch in memory, and what it is told. */
export class SwitchUnderTest {
  readonly double: SwitchDouble
  /** What the switch got, in words: `bundle open_request`, `flow_mod add`; what was asked for is left out. */
  readonly told: string[] = []
  /** The messages that are answered with an error when they come. */
  refuses: (message: Message) => boolean = () => false
  #end: Awaited<ReturnType<SwitchDouble['connect']>> | undefined

  constructor(options: SwitchDoubleOptions = {}) {
    this.double = new SwitchDouble({ ports: [1, 2, 3], ...options })
    const { core } = this.double
    const handle = core.handle.bind(core)
    core.handle = (from, message, now) => {
      this.told.push(...wordsOf(message))
      if (!this.refuses(message)) return handle(from, message, now)
      return [{ type: 'message', to: from, message: { type: 'error', xid: message.xid, errorType: 'flow_mod_failed', code: 'table_full', data: new Uint8Array() } }]
    }
  }

  /** Connects it, and gives the controller's end. */
  async connect(): Promise<Datapath> {
    const [ours, its] = duplexPair()
    const [connection, end] = await Promise.all([OpenFlowConnection.open(ours, { probeInterval: 0 }), this.double.connect(its)])
    this.#end = end
    return Datapath.open(connection)
  }

  /** Tells the last that has connected that flows have changed, as a switch does that watches them. */
  async tell(updates: readonly OnfFlowUpdate[]): Promise<void> {
    await this.#end?.send({ type: 'onf_flow_monitor_reply', xid: 0, updates })
  }

  /** The flows that it has, as `ovs-ofctl` prints them, sorted. */
  async flows(datapath: Datapath): Promise<readonly string[]> {
    return (await this.stats(datapath)).map(printFlow).sort()
  }

  /** The flows that it has, with their counters. */
  async stats(datapath: Datapath): Promise<readonly FlowStats[]> {
    const stats: FlowStats[] = []
    for await (const flow of datapath.flows()) stats.push(flow)
    return stats
  }
}

/** A controller that wants what a test says, and notes what it is told. */
export class TestOwner implements SessionOwner {
  readonly clock = new TestClock()
  readonly events: NetworkEvent[] = []
  readonly refusals: Refusal[] = []
  readonly logs: string[] = []
  readonly comparisons: Mended[] = []
  flows: readonly string[] = []
  groups: readonly GroupInput[] = []
  meters: readonly MeterInput[] = []
  messages = 0
  /** Called when the switch is known; what it does is before the evaluation of what is wanted. */
  onConnected = () => {}
  onWanted = () => {}
  #waiting: (() => void)[] = []

  event(event: NetworkEvent): void {
    this.events.push(event)
  }

  connected(): void {
    this.events.push({ type: 'tick' })
    this.onConnected()
  }

  wanted(): Wanted {
    const wanted = { flows: new Map(this.flows.map((text) => [text, flowOf(text)])), groups: this.groups, meters: this.meters }
    this.onWanted()
    return wanted
  }

  wantsFlowRemoved(): boolean {
    return false
  }

  up(mended: Mended): void {
    this.mended(mended)
  }

  mended(mended: Mended): void {
    this.comparisons.push(mended)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  refused(refusal: Refusal): void {
    this.refusals.push(refusal)
  }

  origin(): string {
    return 'somewhere'
  }

  sent(count: number): void {
    this.messages += count
  }

  log(level: string, text: string): void {
    this.logs.push(`${level} ${text}`)
  }

  /** The next comparison that comes to its end. */
  async comparison(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** A wanted flow from text. */
export function flowOf(text: string): Flow {
  const { type: _, command: __, ...flow } = parseFlow(text, { command: 'add' })
  return { key: text, flow, since: 0 }
}

/** A session that has begun. */
export async function session(sw: SwitchUnderTest, owner: TestOwner): Promise<{ readonly session: SwitchSession; readonly datapath: Datapath }> {
  const datapath = await sw.connect()
  const session = new SwitchSession(datapath, owner)
  await session.start()
  sw.told.length = 0
  return { session, datapath }
}

function wordsOf(message: Message): readonly string[] {
  switch (message.type) {
    case 'onf_bundle_control':
      return [`bundle ${String(message.control).replace('_request', '')}`]
    case 'onf_bundle_add':
      return wordsOf(message.message as Message).map((words) => `  ${words}`)
    case 'flow_mod':
    case 'group_mod':
    case 'meter_mod':
      return [`${message.type} ${String(message.command)}`]
    case 'set_async':
    case 'set_config':
    case 'packet_out':
      return [message.type]
    default:
      return []
  }
}
