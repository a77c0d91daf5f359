import type { MessageInput, OpenFlowConnection } from '@streambed/ovs/openflow'
import { Random } from './random.js'
import { randomFlows, randomFrame, randomGroups } from './random-traffic.js'
import { PORTS, type Subject } from './switch-subject.js'

/** A frame that nothing else looks like. */
const MARKER = Uint8Array.from({ length: 64 }, () => 0xee)

/** A switch with a connection on which what it says unasked is gathered as text. */
export class Examined {
  readonly subject: Subject
  readonly connection: OpenFlowConnection
  #heard: string[] = []
  #onMarker: () => void = () => {}

  private constructor(subject: Subject, connection: OpenFlowConnection) {
    this.subject = subject
    this.connection = connection
    connection.onMessage((message) => {
      if (message.type === 'packet_in') {
        const { reason, tableId, cookie, totalLen, data, match } = message
        if (Buffer.compare(data, MARKER) === 0) return this.#onMarker()
        const fields = match.map((field) => `${field.field}=${String(field.field === 'unknown' ? '?' : field.value)}`)
        // In a packet-out OVS is not consistent in what it calls a table miss: other tests look at that.
        const why = reason === 'no_match' ? 'action' : reason
        this.#heard.push(`${why} ${tableId} ${cookie} ${totalLen} ${Buffer.from(data).toString('hex')} ${fields.join()}`)
      }
    })
  }

  static async of(subject: Subject): Promise<Examined> {
    const examined = new Examined(subject, await subject.connect())
    // Open vSwitch sends nothing unasked on a connection that it did not begin, until it is asked to.
    await examined.connection.send({ type: 'set_config', missSendLen: 0xffff })
    await examined.connection.barrier()
    return examined
  }

  /** The packet-ins since this was last asked. */
  heard(): string[] {
    const heard = this.#heard
    this.#heard = []
    return heard
  }

  /** Which of some messages are refused, and how. */
  async load(messages: readonly MessageInput[]): Promise<string[]> {
    const errors: string[] = messages.map(() => 'ok')
    const xids = new Map<number, number>()
    const off = this.connection.onProblem(({ error }) => {
      const detail = error.detail
      if (detail?.type !== 'openflow') return
      const index = detail.request && xids.get(detail.request.xid)
      if (index !== undefined) errors[index] = `${detail.errorType} ${detail.code}`
    })
    for (const [index, message] of messages.entries()) xids.set(await this.connection.send(message), index)
    await this.connection.barrier()
    off()
    return errors
  }

  /** Takes everything away. */
  async clear(): Promise<void> {
    await this.connection.send({ type: 'flow_mod', command: 'delete', tableId: 0xff })
    await this.connection.send({ type: 'group_mod', command: 'delete', groupId: 0xfffffffc })
    await this.connection.barrier()
  }

  /** Lets the flow tables deal with frames, and says what comes out. */
  async process(frames: readonly { readonly port: number; readonly frame: Uint8Array }[]): Promise<string> {
    for (const { port, frame } of frames) {
      const actions = [{ type: 'output' as const, port: 0xfffffff9 }]
      await this.connection.send({ type: 'packet_out', inPort: port, actions, data: frame })
    }
    // Packet-ins come in order, but a barrier does not wait for them: the last one is of our own making.
    const marker = new Promise<void>((resolve) => (this.#onMarker = resolve))
    const actions = [{ type: 'output' as const, port: 0xfffffffd }]
    await this.connection.send({ type: 'packet_out', actions, data: MARKER })
    await marker
    await this.connection.barrier()
    const sent = await this.subject.sent()
    return [...PORTS.flatMap((port) => (sent[port] ?? []).map((hex) => `${port} ${hex}`)), ...this.heard()].join('\n')
  }
}

/** Where a double and an Open vSwitch differ in one round of random flows and frames; `undefined` when they agree. */
export async function difference(double: Examined, ovs: Examined, seed: number, count: number): Promise<string | undefined> {
  const r = new Random(seed)
  const messages = [...randomGroups(r), ...randomFlows(r, 12)]
  await Promise.all([double.clear(), ovs.clear()])
  const [ours, theirs] = await Promise.all([double.load(messages), ovs.load(messages)])
  for (const [i, message] of messages.entries()) {
    if (ours[i] !== theirs[i]) return `seed ${seed}: ${ours[i]} instead of ${theirs[i]} for ${show(message)}`
  }
  const frames = Array.from({ length: count }, () => ({ port: r.pick(PORTS), frame: randomFrame(r) }))
  const [a, b] = await Promise.all([double.process(frames), ovs.process(frames)])
  if (a === b) return undefined
  // Which frame was it?
  for (const one of frames) {
    const [x, y] = await Promise.all([double.process([one]), ovs.process([one])])
    if (x === y || isDoubtful(double, one)) continue
    const input = `port ${one.port} ${Buffer.from(one.frame).toString('hex')}`
    return `seed ${seed}: ${input}\ndouble:\n${x}\novs:\n${y}\n${explain(double, one)}`
  }
  return frames.some((one) => isDoubtful(double, one)) ? undefined : `seed ${seed}: only all frames together\ndouble:\n${a}\novs:\n${b}`
}

/**
 * Where Open vSwitch 3.1 is not to be followed: of three VLAN tags and more it may lose one, and with two, when one of
 * them was pushed, its userspace datapath may write fields of the IP or ARP header, or an MPLS label, four bytes off.
 */
function isDoubtful({ subject }: Examined, { port, frame }: { readonly port: number; readonly frame: Uint8Array }): boolean {
  const steps = subject.trace?.(port, frame).steps ?? []
  return steps.some((step) => step.type === 'action' && step.action === 'push_vlan')
}

/** Which flows the double finds. */
function explain({ subject }: Examined, { port, frame }: { readonly port: number; readonly frame: Uint8Array }): string {
  const steps = subject.trace?.(port, frame).steps ?? []
  const lines = steps.map((step) => {
    if (step.type !== 'table') return `${'  '.repeat(step.depth)}  ${step.type === 'note' ? step.note : step.action}`
    const flow = step.flow && show({ match: step.flow.match, priority: step.flow.priority, instructions: step.flow.instructions })
    return `${'  '.repeat(step.depth)}table ${step.tableId}: ${flow ?? 'none'}`
  })
  return lines.join('\n')
}

function show(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}
