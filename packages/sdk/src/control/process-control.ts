import { connect } from 'node:net'
import { Transform, type Duplex, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { FaucetProcess, type FaucetFeedEvent } from '@streambed/faucet'
import { Datapath, OpenFlowConnection } from '@streambed/ovs'
import { TestbedError } from '../errors.js'
import type { Switch } from '../switch.js'
import type { ControlPlan, ControlPort, LinkPort, TestbedControl } from './control.js'

/** Milliseconds for the switch to have the flows of a port: Faucet itself does not say when. */
const LIMIT = 30_000
/** Milliseconds between two looks. */
const PAUSE = 20

/**
 * The real Faucet, as a child of this process. The bridges are in a network of their own, which it cannot reach: what they and it say to each
 * other goes through this process, from the bridges' management sockets.
 */
export class ProcessControl implements TestbedControl {
  readonly #streams = new Set<Duplex>()
  #closing = false
  /** A connection of our own to each switch, by dpid: to see what Faucet has installed. */
  readonly #datapaths = new Map<bigint, Datapath>()

  private constructor(
    private readonly faucet: FaucetProcess,
    /** Ports of cables between switches. */
    private readonly stackPorts: readonly LinkPort[],
    onEvent: (event: FaucetFeedEvent) => void,
  ) {
    void (async () => {
      for await (const event of faucet.events()) onEvent(event)
    })().catch(() => undefined)
  }

  static async start({ config, links }: ControlPlan, command: readonly string[] | undefined, onEvent: (event: FaucetFeedEvent) => void): Promise<ProcessControl> {
    return new ProcessControl(await FaucetProcess.start({ config, ...(command && { command }) }), links.flatMap(({ ends }) => ends), onEvent)
  }

  async takeOver(ovs: Switch, bridges: readonly string[]): Promise<void> {
    const { listening } = this.faucet
    if (listening === undefined) throw new TestbedError('failed', 'Faucet does not listen')
    for (const bridge of bridges) {
      const connection = await OpenFlowConnection.open(await ovs.openFlow(bridge))
      const datapath = await Datapath.open(connection, { service: true })
      this.#datapaths.set(datapath.id, datapath)
      void this.#join(() => ovs.openFlow(bridge), () => connect(listening.port, listening.host))
    }
    await this.faucet.ready()
    await this.#stackUp()
  }

  /** Joins a switch and Faucet for as long as both are there: Faucet closes a connection to have the switch begin anew. */
  async #join(openSwitch: () => Promise<Duplex>, openFaucet: () => Duplex): Promise<void> {
    while (!this.#closing) {
      const streams: Duplex[] = []
      try {
        streams.push(await openSwitch(), openFaucet())
        const [own, theirs] = streams as [Duplex, Duplex]
        for (const stream of streams) this.#streams.add(stream)
        if (this.#closing) break
        // An end of one is an end of the other; why does not matter here.
        await pipeline(own, theirs, new AskForPackets(), own)
      } catch {
        // Once more.
      } finally {
        for (const stream of streams) {
          stream.destroy()
          this.#streams.delete(stream)
        }
      }
      await sleep(PAUSE)
    }
    for (const stream of this.#streams) stream.destroy()
  }

  /** Waits until Faucet has discovered the cables between the switches. */
  async #stackUp(): Promise<void> {
    const deadline = performance.now() + LIMIT
    const isUp = (text: string, { dpId, name }: LinkPort): boolean => text.split('\n').some((line) => line.startsWith(`port_stack_state{dp_id="0x${dpId.toString(16)}",`) && line.includes(`,port="${name}",`) && line.endsWith(' 3.0'))
    for (;;) {
      const metrics = this.stackPorts.length > 0 ? await this.faucet.metrics() : ''
      const missing = this.stackPorts.filter((port) => !isUp(metrics, port))
      // Without a root nothing is flooded.
      const hasRoot = /^faucet_stack_root_dpid (?!0\.0$)/m.test(metrics)
      if (this.stackPorts.length === 0 || (missing.length === 0 && hasRoot)) return
      if (performance.now() > deadline) throw new TestbedError('timeout', `Faucet has not discovered the links of port ${missing.map(({ port }) => port).join(', ')} in ${LIMIT} ms`)
      await sleep(5 * PAUSE)
    }
  }

  async apply({ config }: ControlPlan): Promise<void> {
    await this.faucet.apply(config)
  }

  async portsUp(ports: readonly ControlPort[]): Promise<void> {
    const deadline = performance.now() + LIMIT
    let missing = [...ports]
    for (;;) {
      const there = new Map(await Promise.all([...this.#datapaths].map(async ([id, datapath]) => [id, await portsWithFlows(datapath)] as const)))
      missing = missing.filter(({ dpId, port }) => there.get(dpId)?.has(port) !== true)
      if (missing.length === 0) return
      if (performance.now() > deadline) throw new TestbedError('timeout', `Faucet has made no flows for port ${missing.map(({ port }) => port).join(', ')} in ${LIMIT} ms`)
      await sleep(PAUSE)
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    for (const stream of this.#streams) stream.destroy()
    for (const datapath of this.#datapaths.values()) datapath.connection.abort()
    await this.faucet.close()
  }
}

async function portsWithFlows(datapath: Datapath): Promise<Set<number>> {
  const ports = new Set<number>()
  for await (const { match } of datapath.flows()) {
    for (const field of match) if (field.field === 'in_port') ports.add(Number(field.value))
  }
  return ports
}

/** OpenFlow 1.3.5, 7.1 and 7.3.2. */
const HEADER = 8
const SET_CONFIG = 9
const MISS_SEND_LEN = 10

/**
 * What Faucet says to a switch, with one change: on a management socket, Open vSwitch sends packets and changes of ports only to who asks for some
 * bytes of packets that no flow takes (`miss_send_len`), of which Faucet wants none. It gets none either: its tables have flows for all packets.
 */
class AskForPackets extends Transform {
  #rest = Buffer.alloc(0)

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let bytes = Buffer.concat([this.#rest, chunk])
    while (bytes.length >= HEADER) {
      const length = bytes.readUInt16BE(2)
      if (length < HEADER || bytes.length < length) break
      const message = Buffer.from(bytes.subarray(0, length))
      if (message[1] === SET_CONFIG && length >= MISS_SEND_LEN + 2) message.writeUInt16BE(128, MISS_SEND_LEN)
      this.push(message)
      bytes = bytes.subarray(length)
    }
    this.#rest = bytes
    done()
  }
}
