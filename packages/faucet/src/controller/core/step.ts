import { configured } from './configured.js'
import { connected, disconnected } from './connection.js'
import { difference } from './difference.js'
import { inTurn, type Effect, type Step } from './effect.js'
import type { NetworkEvent } from './event.js'
import { packetArrived } from './packet-arrived.js'
import { portChanged } from './port-changed.js'
import { dpById, type NetworkState } from './state.js'
import { ticked } from './ticked.js'
import { hostFlowRemoved, knowHosts } from '../learning/learn.js'
import { spreadNeighbours } from '../routing/spread-neighbours.js'
import { spreadHosts } from '../stack/moved-hosts.js'
import { knowLinks } from '../stack/stack.js'

/**
 * The controller: what it knows after some events, and what is to be done about them. Nothing else goes in or out: the
 * same state, events and time give the same result. Flows are changed to what the new state wants, after all events.
 * @param now seconds, never less than before
 */
export function step(network: NetworkState, events: readonly NetworkEvent[], now: number): Step<NetworkState> {
  const { state, effects } = inTurn(network, events.map((event) => (state) => handle(state, event, now)))
  if (state === network) return { state, effects }
  const lapsed = new Map<bigint, Set<string>>()
  for (const effect of effects) {
    if (effect.type !== 'lapsed') continue
    const hosts = lapsed.get(effect.dpId) ?? new Set()
    lapsed.set(effect.dpId, hosts.add(effect.host))
  }
  const changes: Effect[] = []
  for (const [name, { dp }] of state.dps) {
    const change = difference(network, state, name, lapsed.get(dp.dp_id) ?? new Set())
    if (change) changes.push(change)
  }
  return { state, effects: [...changes, ...effects.filter((effect) => effect.type !== 'lapsed')] }
}

function handle(network: NetworkState, event: NetworkEvent, now: number): Step<NetworkState> {
  switch (event.type) {
    case 'connected':
      return connected(network, event, now)
    case 'disconnected':
      return disconnected(network, event.dpId, now)
    case 'port_status':
      return portChanged(network, event, now)
    case 'packet_in':
      return packetArrived(network, event, now)
    case 'flow_removed': {
      const state = dpById(network, event.dpId)
      return state ? hostFlowRemoved(network, state.dp.name, event, now) : { state: network, effects: [] }
    }
    case 'hosts': {
      const known = knowHosts(network, event.hosts, now)
      return { ...known, state: spreadNeighbours(spreadHosts(known.state), event.hosts, now) }
    }
    case 'links':
      return knowLinks(network, event.links, now)
    case 'tick':
      return ticked(network, now)
    case 'config':
      return configured(network, event.config, now)
  }
}
