import { printPort } from '@streambed/ovs/openflow'
import type { ResolvedPort } from '../../config/index.js'
import type { Effect } from '../core/effect.js'
import type { DpState, NetworkState } from '../core/state.js'
import { heardFrom } from '../lldp/heard.js'
import { stackMembers, stackPorts } from './links.js'
import { endKey, stackPortState, stackState, type StackEnd, type StackPortState, type StackState } from './state.js'

/** Faucet's words for the states, in its log. */
const names: Readonly<Record<StackPortState, string>> = { [-1]: 'NONE', 0: 'ADMIN_DOWN', 1: 'INITIALIZING', 2: 'BAD', 3: 'UP', 4: 'GONE' }

/**
 * The states of all stack ports by now, and what is to be told of those that changed.
 * @param vouched ends of links that somebody knows to be there, by `endKey`
 */
export function followLinks(
  network: NetworkState,
  now: number,
  vouched: ReadonlySet<string>,
): { readonly ports: StackState['ports']; readonly effects: readonly Effect[] } {
  const effects: Effect[] = []
  let { ports } = network.stack
  for (const state of stackMembers(network)) {
    for (const port of stackPorts(state.dp)) {
      const before = stackPortState(network, state.dp.name, port.number)
      const key = endKey(state.dp.name, port.number)
      const { is, why } = judge(network, state, port, vouched.has(key) ? stackState.up : before, now)
      if (is === before) continue
      ports = new Map(ports).set(key, is)
      effects.push(...told(state, port, before, is, why))
    }
  }
  return { ports, effects }
}

/** What is known of a link from the beacons of its far end (Faucet's `stack_port_update`). */
function judge(
  network: NetworkState,
  state: DpState,
  port: ResolvedPort & { readonly stack: StackEnd },
  before: StackPortState,
  now: number,
): { readonly is: StackPortState; readonly why: string } {
  const heard = heardFrom(state, port.number)
  const far = network.dps.get(port.stack.dp)?.dp
  if (before === stackState.adminDown || !far) return { is: before, why: '' }
  // A link that was vouched for stays up until something is heard.
  if (!heard) return { is: before === stackState.none ? stackState.init : before, why: before === stackState.up ? 'known' : 'new' }
  const age = now - heard.at
  const missed = age / (far.lldp_beacon?.send_interval ?? 5)
  if (missed >= port.max_lldp_lost) {
    const why = `too many (${String(Math.trunc(missed))}) packets lost, last received ${String(Math.trunc(age))}s ago`
    return { is: stackState.gone, why }
  }
  const right = heard.dpId === far.dp_id && heard.dpName === far.name && heard.port === port.stack.port
  return right ? { is: stackState.up, why: 'up' } : { is: stackState.bad, why: 'incorrect cabling' }
}

function told({ dp }: DpState, port: ResolvedPort, before: StackPortState, is: StackPortState, why: string): readonly Effect[] {
  const text = `Stack Port ${printPort(port.number)} state ${names[is]} (previous state ${names[before]}): ${why}`
  return [
    { type: 'event', dpId: dp.dp_id, dpName: dp.name, event: { STACK_STATE: { port: port.number, state: is } } },
    {
      type: 'count', metric: 'port_stack_state_change_count', dpName: dp.name,
      labels: { port: port.name, port_description: port.description },
    },
    { type: 'log', level: 'info', dpName: dp.name, text },
  ]
}
