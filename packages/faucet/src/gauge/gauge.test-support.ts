import { decodeMessage, encodeMessage, parseFlow, type FlowStats, type MeterStats, type Port, type PortChange, type PortStats } from '@streambed/ovs/openflow'
import { parseFaucetConfig } from '../config/parse.js'
import { resolveFaucetConfig } from '../config/resolve.js'
import type { ResolvedDp } from '../config/resolved-model.js'
import type { Clock } from '../controller/runtime/clock.js'
import type { StatsSource } from './stats-source.js'

/** A dataplane with a port that has a description, one that has a name, and routing. */
export function testDp(): ResolvedDp {
  const yaml = `
vlans: {office: {vid: 100, faucet_vips: ["10.0.0.254/24"]}}
dps: {sw1: {dp_id: 0xab, interfaces: {1: {native_vlan: office, description: first}, 2: {native_vlan: office, name: two}}}}
`
  const [dp] = resolveFaucetConfig(parseFaucetConfig(yaml)).dps
  if (!dp) throw new Error('no dataplane')
  return dp
}

/** A flow of `ovs-ofctl` as a switch tells of it. */
export function testFlow(text: string, packetCount = 0n, byteCount = 0n): FlowStats {
  const message = decodeMessage(encodeMessage(parseFlow(text, { command: 'add' })))
  if (message.type !== 'flow_mod') throw new Error(`not a flow-mod: ${message.type}`)
  const { tableId, priority, idleTimeout, hardTimeout, flags, cookie, match, instructions } = message
  return { tableId, priority, idleTimeout, hardTimeout, flags, cookie, match, instructions, packetCount, byteCount, durationSec: 33, durationNsec: 16_000_000 }
}

export function testPortStats(portNo: number, counters: Partial<PortStats> = {}): PortStats {
  return {
    portNo, rxPackets: 0n, txPackets: 0n, rxBytes: 0n, txBytes: 0n, rxDropped: 0n, txDropped: 0n, rxErrors: 0n, txErrors: 0n,
    rxFrameErr: 0n, rxOverErr: 0n, rxCrcErr: 0n, collisions: 0n, durationSec: 0, durationNsec: 0, ...counters,
  }
}

export function testPort(portNo: number, state = 4): Port {
  return {
    portNo, hwAddr: '02:00:00:00:00:01', name: `p${String(portNo)}`, config: 0, state,
    curr: 0, advertised: 0, supported: 0, peer: 0, currSpeed: 10_000, maxSpeed: 1_000_000,
  }
}

export const testMeter: MeterStats = {
  meterId: 1, flowCount: 2, packetInCount: 3n, byteInCount: 4n, durationSec: 0, durationNsec: 0,
  bands: [{ packetBandCount: 5n, byteBandCount: 6n }],
}

/** A switch that answers at once, and can be told what happens. */
export class TestSwitch implements StatsSource {
  stats: readonly PortStats[] = []
  flowList: readonly FlowStats[] = []
  meterList: readonly MeterStats[] = []
  portList: readonly Port[] = []
  /** What the next question is answered with instead. */
  failure: Error | undefined
  asked = 0
  readonly #handlers = new Set<(change: PortChange) => void>()
  readonly meters = { stats: () => this.#answer(this.meterList) }

  portStats(): Promise<readonly PortStats[]> {
    return this.#answer(this.stats)
  }

  async *flows(): AsyncGenerator<FlowStats> {
    yield* await this.#answer(this.flowList)
  }

  ports(): Promise<Iterable<Port> & { onChange(handler: (change: PortChange) => void): () => void }> {
    const onChange = (handler: (change: PortChange) => void) => {
      this.#handlers.add(handler)
      return () => void this.#handlers.delete(handler)
    }
    return this.#answer(Object.assign([...this.portList], { onChange }))
  }

  change(change: PortChange): void {
    for (const handler of this.#handlers) handler(change)
  }

  get watched(): boolean {
    return this.#handlers.size > 0
  }

  async #answer<T>(value: T): Promise<T> {
    this.asked++
    if (this.failure) throw this.failure
    return value
  }
}

/** A clock that stands still at 2026-11-21 14:50:24 UTC until it is moved on. */
export class TestClock implements Clock {
  #now = 0
  readonly #timers = new Set<{ readonly every: number; at: number; readonly action: () => void }>()

  now(): number {
    return this.#now
  }

  wall(): number {
    return Date.UTC(2026, 10, 21, 14, 50, 24) / 1000 + this.#now
  }

  every(seconds: number, action: () => void): () => void {
    const timer = { every: seconds, at: this.#now + seconds, action }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  after(): () => void {
    throw new Error('not used')
  }

  /** Lets time go by, with what is due in it. */
  move(seconds: number): void {
    for (const end = this.#now + seconds; this.#now < end; this.#now++) {
      for (const timer of this.#timers) {
        if (timer.at > this.#now + 1) continue
        timer.at += timer.every
        timer.action()
      }
    }
  }

  get timers(): number {
    return this.#timers.size
  }
}
