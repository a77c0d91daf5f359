import type { DpState, NetworkState } from '../controller/core/state.js'
import { stackNode, stackPortState, stackRoot, stackState } from '../controller/stack/state.js'
import type { MetricSample } from './family.js'
import type { Samples } from './host-samples.js'
import { dpLabels, portLabels } from './labels.js'

/** The stack: its root, and the links between its dataplanes. A link that was not looked at yet has no series. */
export function stackSamples(network: NetworkState): Samples {
  const states = [...network.dps.values()]
  const root = stackRoot(network)
  const members = states.filter(({ dp }) => dp.stack !== undefined)
  return {
    faucet_stack_root_dpid: [{ labels: {}, value: root === undefined ? 0 : (network.dps.get(root)?.dp.dp_id ?? 0) }],
    is_dp_stack_root: states.map(({ dp }) => ({ labels: dpLabels(dp), value: dp.name === root ? 1 : 0 })),
    dp_root_hop_port: root === undefined ? [] : members.map(({ dp }) => {
      return { labels: dpLabels(dp), value: stackNode(network, dp.name)?.chosen ?? 0 }
    }),
    port_stack_state: members.flatMap((state) => linkSamples(network, state)),
  }
}

function linkSamples(network: NetworkState, { dp }: DpState): readonly MetricSample[] {
  return [...dp.ports.values()].flatMap((port) => {
    const value = port.stack ? stackPortState(network, dp.name, port.number) : stackState.none
    return value === stackState.none ? [] : [{ labels: portLabels(dp, port.number), value }]
  })
}
