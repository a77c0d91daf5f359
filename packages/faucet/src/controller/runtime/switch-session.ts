import { OvsError } from '@streambed/ovs'
import {
  decodeMessage, encodeMessage, OFPC_FRAG, OFPP, type BundleMessage, type Datapath, type DescReply, type FlowMod, type Message,
  type MessageInput, type Port,
} from '@streambed/ovs/openflow'
import type { ChangeFlows, SendPacket } from '../core/effect.js'
import type { NetworkEvent } from '../core/event.js'
import type { Wanted } from '../core/wanted.js'
import { asyncConfigOf } from './async-config.js'
import type { Clock } from './clock.js'
import { flowWatch, foreignChange } from './flow-watch.js'
import { inventoryOf, noneIfRefused, type Inventory } from './inventory.js'
import { mendingOf } from './mending.js'
import { refusalOf, subjectOf, type Refusal } from './refusal.js'
import { Seldom } from './seldom.js'
import { sendAtomically } from './send-changes.js'

/** What a session needs of the controller. */
export interface SessionOwner {
  readonly clock: Clock
  /** Something happened, to be dealt with at the end of this turn. */
  event(event: NetworkEvent): void
  /** The switch is there: to be dealt with before this returns. */
  connected(ports: readonly Port[], inventory: Inventory): void
  /** What the switch is to have, in the present state; `undefined` when it is not in the configuration. */
  wanted(): Wanted | undefined
  /** Whether flows that end are to be told. */
  wantsFlowRemoved(): boolean
  /** The flows are those that are wanted, for the first time. */
  up(mended: Mended): void
  /** The flows were compared and mended once more. */
  mended(mended: Mended): void
  refused(refusal: Refusal): void
  /** What a flow comes from, in words; `undefined` when there is nothing to say. */
  origin(flow: FlowMod): string | undefined
  sent(count: number): void
  log(level: 'debug' | 'info' | 'warning' | 'error', text: string): void
}

/** What a comparison did. */
export interface Mended {
  /** Messages that it took. */
  readonly changes: number
  /** Flows that were right. */
  readonly unchanged: number
  /** From the question what the switch has to its confirmation that it has what it should have. */
  readonly seconds: number
}

/** Bytes of a packet that is sent because its TTL is over: as much as the controller looks at. */
const missSendLen = 194

/** Seconds until a switch that has refused something is compared again: longer each time. */
const firstRetry = 1

/** Messages that may wait to be sent before packets of the switch have to wait too. */
const mostUnsent = 20_000

/** Of so many refusals it is looked up where they come from. */
const mostExplained = 20

/** Something in the queue of a switch. */
type Job =
  | { readonly type: 'change'; readonly change: ChangeFlows }
  /** Told when everything before it is confirmed. */
  | { readonly type: 'fence'; readonly resolve: () => void; readonly reject: (error: unknown) => void }

/**
 * One connection to a switch, from the handshake on: brings its flows to what is wanted, keeps changes in order, and
 * tells what the switch says.
 *
 * Changes that need not take place at once are sent without waiting for anything. Others, and comparisons, take several
 * messages to and fro: whatever comes meanwhile waits. Of a comparison nothing that came before its end of the dump need
 * be sent, since what is wanted is asked for after it.
 */
export class SwitchSession {
  readonly datapath: Datapath
  readonly #owner: SessionOwner
  readonly #queue: Job[] = []
  /** What the switch has refused, by what it is about: left out until something else is wanted. */
  readonly #refused = new Map<string, Refusal>()
  readonly #stopListening: (() => void)[] = []
  /** Packets and the like that came before the switch was known. */
  #early: NetworkEvent[] | undefined = []
  #comparing = true
  #working = false
  #up = false
  #changes = 0
  #unsent = 0
  /** Whether anything was sent that the switch has not confirmed. */
  #unconfirmed = true
  #room: Promise<void> | undefined
  #onRoom: (() => void) | undefined
  /** Comparisons because the switch has refused something, and because somebody else has changed its flows. */
  readonly #retries: Seldom
  readonly #repairs: Seldom
  #description: DescReply | undefined

  constructor(datapath: Datapath, owner: SessionOwner) {
    this.datapath = datapath
    this.#owner = owner
    this.#retries = new Seldom(owner.clock, firstRetry, () => this.#compareAgain())
    this.#repairs = new Seldom(owner.clock, 0, () => this.#compareAgain())
  }

  /** Whether the switch had the wanted flows at some time of this connection. */
  get isUp(): boolean {
    return this.#up
  }

  /** What the switch says of itself; `undefined` before it did. */
  get description(): DescReply | undefined {
    return this.#description
  }

  /** What the switch does not have because it refused it. */
  get refused(): readonly Refusal[] {
    return [...this.#refused.values()]
  }

  /** How many flows, groups and meters this connection has changed at once: not what was learned. */
  get changes(): number {
    return this.#changes
  }

  /** Begins. Resolves when the switch has the wanted flows, or the connection is over. Never rejects. */
  async start(): Promise<void> {
    const { connection } = this.datapath
    this.#stopListening.push(
      connection.onMessage((message) => this.#heard(message)),
      connection.onProblem(({ error }) => this.#problem(error)),
    )
    this.#working = true
    try {
      await this.#open()
      this.#working = false
      await this.#work()
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Sends changes, after all that were given before. */
  change(change: ChangeFlows): void {
    if (this.#comparing) return
    // What was refused may be possible now, and may be part of what this builds on.
    if (change.atomic && this.#refused.size > 0) return this.compare()
    if (!this.#working && !change.atomic) return this.#sendAtOnce(change.messages)
    this.#queue.push({ type: 'change', change })
    void this.#work()
  }

  /** Compares what the switch has with what is wanted, and mends it. */
  compare(): void {
    this.#refused.clear()
    this.#compareAgain()
  }

  /** Sends a packet from ports of the switch. */
  packetOut({ ports, data }: SendPacket): void {
    const actions = ports.map((port) => ({ type: 'output', port } as const))
    this.#owner.sent(1)
    this.#send({ type: 'packet_out', inPort: OFPP.CONTROLLER, actions, data })
  }

  /** Which messages the switch is to send: after a change of what decides it. */
  configure(): void {
    this.#send({ type: 'set_async', ...asyncConfigOf(this.#owner.wantsFlowRemoved()) })
  }

  /** Resolves when everything that was given before is confirmed by the switch. @throws OvsError when the connection ends */
  settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ type: 'fence', resolve, reject })
      void this.#work()
    })
  }

  /** Ends the connection in good order. */
  async close(why: string): Promise<void> {
    this.#stop(why)
    await this.datapath.connection.close()
  }

  /** Ends the connection at once. */
  abort(why: string): void {
    this.#stop(why)
    this.datapath.connection.abort(new Error(why))
  }

  /** The connection is over: nothing is told any more. */
  #stop(why: string): void {
    for (const stop of this.#stopListening.splice(0)) stop()
    this.#retries.stop()
    this.#repairs.stop()
    for (const job of this.#queue.splice(0)) if (job.type === 'fence') job.reject(new OvsError('closed', why))
  }

  async #open(): Promise<void> {
    const { datapath } = this
    const since = this.#owner.clock.now()
    this.#send({ type: 'set_config', flags: OFPC_FRAG.NORMAL, missSendLen })
    this.configure()
    // Before the look at the flows, so that nothing is missed between. A switch that refuses it is compared when it connects.
    datapath.connection.track(flowWatch, () => undefined)
    const [ports, inventory, description] = await Promise.all([
      // Not `datapath.ports()`, which has its own idea of what the switch is to send.
      datapath.connection.collect({ type: 'port_desc_request' }),
      inventoryOf(datapath),
      datapath.description().catch(noneIfRefused),
    ])
    this.#description = description
    const early = this.#early ?? []
    this.#early = undefined
    this.#owner.connected(ports.flatMap((part) => part.ports), inventory)
    for (const event of early) this.#owner.event(event)
    await this.#mend(inventory, since)
  }

  /** Works the queue off. One at a time. */
  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    try {
      while (!this.datapath.connection.isOver) {
        if (this.#comparing) {
          const since = this.#owner.clock.now()
          await this.#mend(await inventoryOf(this.datapath), since)
          continue
        }
        const job = this.#queue.shift()
        if (!job) break
        if (job.type === 'fence') this.#confirm(job)
        else if (job.change.atomic) await this.#sendAtomically(job.change.messages)
        else this.#sendAtOnce(job.change.messages)
      }
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#working = false
    }
  }

  #confirm({ resolve, reject }: Job & { readonly type: 'fence' }): void {
    if (this.#unconfirmed) this.datapath.barrier().then(resolve, reject)
    else resolve()
  }

  /** From here to the first `await` nothing else happens: what is wanted later is a change, and waits. */
  async #mend(inventory: Inventory, since: number): Promise<void> {
    const { clock } = this.#owner
    const wanted = this.#owner.wanted()
    this.#comparing = false
    if (!wanted) return
    const { messages, unchanged } = mendingOf(inventory, wanted, clock.now())
    const possible = messages.filter((message) => !this.#refused.has(subjectOf(message) ?? ''))
    await this.#sendAtomically(possible)
    await this.datapath.barrier()
    const mended: Mended = { changes: possible.length, unchanged, seconds: clock.now() - since }
    if (this.#up) return this.#owner.mended(mended)
    this.#up = true
    this.#owner.up(mended)
  }

  async #sendAtomically(messages: readonly BundleMessage[]): Promise<void> {
    if (messages.length === 0) return
    this.#owner.sent(messages.length)
    this.#changes += messages.length
    let explained = 0
    // What was sent before is carried out before.
    this.#unconfirmed = false
    await sendAtomically(this.datapath, messages, (refusal) => {
      const origin = explained++ < mostExplained ? this.#originOf(refusal) : undefined
      this.#refusal(origin === undefined ? refusal : { ...refusal, origin })
    })
  }

  #originOf({ message }: Refusal): string | undefined {
    if (message.type !== 'flow_mod') return undefined
    try {
      // As a switch would read it.
      return this.#owner.origin(decodeMessage(encodeMessage(message)) as FlowMod)
    } catch {
      return undefined
    }
  }

  #sendAtOnce(messages: readonly BundleMessage[]): void {
    this.#owner.sent(messages.length)
    for (const message of messages) {
      const subject = this.#refused.size > 0 ? subjectOf(message) : undefined
      const known = subject !== undefined && this.#refused.delete(subject)
      // What was refused is not there to be modified.
      const isModify = message.type === 'flow_mod' && message.command === 'modify_strict'
      this.#send(known && isModify ? { ...message, command: 'add' } : message)
    }
  }

  /** Without waiting, but what waits is counted: see {@link #heard}. */
  #send(message: MessageInput): void {
    this.#unsent++
    this.#unconfirmed = true
    const over = (): void => this.#wasSent()
    this.datapath.connection.send(message).then(over, (error: unknown) => {
      this.#problem(error)
      over()
    })
  }

  #wasSent(): void {
    this.#unsent--
    if (this.#unsent > mostUnsent / 2) return
    this.#onRoom?.()
    this.#room = undefined
    this.#onRoom = undefined
  }

  /** A promise that is pending lets the connection read no more packets, after a while. */
  #heard(message: Message): void | false | Promise<void> {
    const dpId = this.datapath.id
    switch (message.type) {
      case 'packet_in': {
        const { reason, cookie, data, totalLen, match } = message
        const inPort = match.find((field) => field.field === 'in_port')?.value
        this.#tell({ type: 'packet_in', dpId, inPort, reason, cookie, data, totalLen })
        // A switch that sends packets, and does not take what they lead to.
        if (this.#unsent > mostUnsent) this.#room ??= new Promise((resolve) => (this.#onRoom = resolve))
        return this.#room
      }
      case 'port_status':
        return this.#tell({ type: 'port_status', dpId, portNo: message.desc.portNo, reason: message.reason, state: message.desc.state })
      case 'flow_removed': {
        const { tableId, priority, match, reason } = message
        return this.#tell({ type: 'flow_removed', dpId, tableId, priority, match, reason })
      }
      case 'onf_flow_monitor_reply':
        return this.#foreign(foreignChange(message.updates))
      default:
        return false
    }
  }

  #foreign(what: string | undefined): void {
    if (what !== undefined && this.#repairs.ask()) this.#owner.log('warning', `somebody else has changed the flows of the switch: ${what}`)
  }

  #tell(event: NetworkEvent): void {
    if (this.#early) this.#early.push(event)
    else this.#owner.event(event)
  }

  #problem(error: unknown): void {
    if (error instanceof OvsError && error.code === 'closed') return
    // Something was not sent, and nobody would miss it until the next comparison.
    if (error instanceof OvsError && error.code === 'too-large') return this.#failed(error)
    const refusal = refusalOf(error)
    if (refusal) this.#refusal(refusal)
    else this.#owner.log('error', `the switch reports: ${(error as Error).message}`)
  }

  #refusal(refusal: Refusal): void {
    this.#owner.refused(refusal)
    const subject = subjectOf(refusal.message)
    if (subject === undefined) return
    this.#refused.set(subject, refusal)
    this.#retries.ask()
  }

  #compareAgain(): void {
    this.#comparing = true
    // What needs something else may find it now.
    for (const [subject, { reason }] of this.#refused) if (/group|meter/.test(reason)) this.#refused.delete(subject)
    const fences = this.#queue.filter(({ type }) => type === 'fence')
    this.#queue.splice(0, this.#queue.length, ...fences)
    void this.#work()
  }

  /** What the switch has is not known: a new connection begins with a look. */
  #failed(error: unknown): void {
    if (this.datapath.connection.isOver) return
    this.#owner.log('error', `the connection is given up: ${(error as Error).message}`)
    this.datapath.connection.abort(error)
  }
}
