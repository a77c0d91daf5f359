import { decodeMessage, encodeMessage, printFlow, type BundleMessage, type FlowModInput } from '@streambed/ovs/openflow'
import { parseFaucetConfig } from '../../config/parse.js'
import { resolveFaucetConfig } from '../../config/resolve.js'
import { initialNetwork } from './configured.js'
import type { Effect } from './effect.js'
import type { NetworkEvent } from './event.js'
import type { NetworkState } from './state.js'
import { step } from './step.js'
import { wantedOf } from './wanted.js'

/** A network of a faucet.yaml, with nothing connected. */
export function networkOf(yaml: string, now = 0): NetworkState {
  return initialNetwork(resolveFaucetConfig(parseFaucetConfig(yaml)), now)
}

/** The same with every dataplane connected and all its ports up (but those that are named). */
export function connectedNetwork(yaml: string, { down = [] as readonly number[], now = 1 } = {}): NetworkState {
  const network = networkOf(yaml)
  const events = [...network.dps.values()].map(({ dp }): NetworkEvent => {
    const ports = [...dp.ports.keys()].map((portNo) => ({ portNo, state: down.includes(portNo) ? 1 : 4 }))
    return { type: 'connected', dpId: dp.dp_id, ports, flows: [] }
  })
  return step(network, events, now).state
}

/** The flows that a dataplane is to have, as `ovs-ofctl` prints them, sorted; without cookies. */
export function flowsOf(network: NetworkState, dpName = [...network.dps.keys()][0] ?? ''): readonly string[] {
  const state = network.dps.get(dpName)
  if (!state) throw new Error(`no dataplane ${dpName}`)
  const flows = [...wantedOf({ network, state }).flows.values()]
  return flows.map(({ flow }) => text({ ...flow, cookie: 0n, type: 'flow_mod', command: 'add' })).sort()
}

/** Carries out events one after the other, and gives all effects. */
export function run(network: NetworkState, events: readonly (readonly [now: number, event: NetworkEvent])[]): { readonly network: NetworkState; readonly effects: readonly Effect[] } {
  const effects: Effect[] = []
  for (const [now, event] of events) {
    const next = step(network, [event], now)
    network = next.state
    effects.push(...next.effects)
  }
  return { network, effects }
}

/** The changes of flows among effects, as text. */
export function changesOf(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.type === 'change' ? effect.messages.map(textOf) : []))
}

function textOf(message: BundleMessage): string {
  if (message.type !== 'flow_mod') return `${message.type} ${'command' in message ? String(message.command) : ''}`
  return `${String(message.command)} ${text({ ...message, cookie: 0n, command: 'add' })}`
}

/** What the switch reads. */
function text(flow: FlowModInput): string {
  const message = decodeMessage(encodeMessage(flow))
  if (message.type !== 'flow_mod') throw new Error(`not a flow-mod: ${message.type}`)
  return printFlow(message)
}
