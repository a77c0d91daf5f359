import type { Effect } from '../core/effect.js'
import type { FaucetEvent } from '../core/faucet-event.js'
import type { NetworkEvent } from '../core/event.js'
import { changesOf } from '../core/network.test-support.js'
import type { DpState, NetworkState } from '../core/state.js'
import { step } from '../core/step.js'

/** A host whose number is the end of its address. */
export function macOf(host: number): string {
  return `02:00:00:00:${[host >> 8, host & 255].map((octet) => octet.toString(16).padStart(2, '0')).join(':')}`
}

/** A packet of a host that nobody knows: an ARP request. */
export function packetFrom(host: number, port: number, vid = 100): NetworkEvent {
  const text = `ffffffffffff${macOf(host)}8100${vid.toString(16).padStart(4, '0')}08060001080006040001${macOf(host)}0a0000${host.toString(16).padStart(2, '0').slice(-2)}0000000000000a0000fe`
  const data = Buffer.from(text.replaceAll(':', ''), 'hex')
  return { type: 'packet_in', dpId: 1n, inPort: port, reason: 'action', cookie: 0x5adc15c0n, data, totalLen: data.length }
}

/** A port goes down, or comes up. */
export function portIs(port: number, up: boolean): NetworkEvent {
  return { type: 'port_status', dpId: 1n, portNo: port, reason: 'modify', state: up ? 4 : 1 }
}

/** The first dataplane. */
export function dpOf(network: NetworkState): DpState {
  const [state] = network.dps.values()
  if (!state) throw new Error('no dataplane')
  return state
}

/** What `step` does, with its effects in a form that is easy to compare: changes of flows as text, events by type. */
export class Steps {
  network: NetworkState
  #effects: readonly Effect[] = []

  constructor(network: NetworkState) {
    this.network = network
  }

  at(now: number, ...events: readonly NetworkEvent[]): this {
    const { state, effects } = step(this.network, events, now)
    this.network = state
    this.#effects = effects
    return this
  }

  get effects(): readonly Effect[] {
    return this.#effects
  }

  /** The flow-mods of the last step. */
  get changes(): readonly string[] {
    return changesOf(this.#effects)
  }

  /** The events of the last step. */
  get events(): readonly FaucetEvent[] {
    return this.#effects.flatMap((effect) => (effect.type === 'event' ? [effect.event] : []))
  }
}
