import type { DpContext, NetworkState } from '../core/state.js'
import { decodeMessage, encodeMessage, printFlow, type FlowModInput } from '@streambed/ovs/openflow'
import { connectedNetwork } from '../core/network.test-support.js'
import { step } from '../core/step.js'
import { makerOf } from '../core/wanted.js'
import { aclFlows } from './flows.js'

/** A faucet.yaml of one dataplane with the ports 1 to 3 in VLAN 100; port 1 has the ACL `a` of these rules. */
export function withRules(rules: readonly string[], more = ''): string {
  return [
    'vlans: {v100: {vid: 100}, v200: {vid: 200}}',
    `acls:\n  a:\n${rules.map((rule) => `  - rule: ${rule}`).join('\n')}`,
    more,
    'dps:\n  sw1:\n    dp_id: 1\n    interfaces:\n      1: {native_vlan: v100, acls_in: [a]}\n      2: {native_vlan: v100}\n      3: {native_vlan: v100}',
  ].join('\n')
}

/** A dataplane of a network, the first one by default. */
export function contextOf(network: NetworkState, name = [...network.dps.keys()][0] ?? ''): DpContext {
  const state = network.dps.get(name)
  if (!state) throw new Error(`no dataplane ${name}`)
  return { network, state }
}

/** The same of a faucet.yaml, with all ports up. */
export function contextFor(yaml: string): DpContext {
  return contextOf(connectedNetwork(yaml))
}

/** The network of a faucet.yaml with all ports up and all links of the stack known. */
export function stackFor(yaml: string): NetworkState {
  const network = connectedNetwork(yaml)
  const links = [...network.dps.values()].flatMap(({ dp }) =>
    [...dp.ports.values()].flatMap(({ number, stack }) => {
      const far = stack && network.dps.get(stack.dp)?.dp
      return far ? [[{ dpId: dp.dp_id, port: number }, { dpId: far.dp_id, port: stack.port }] as const] : []
    }),
  )
  return step(network, [{ type: 'links', links }], 2).state
}

/** The flows of ACLs as the switch prints them, in the order of tables and priorities. */
export function aclFlowsOf(context: DpContext): readonly string[] {
  const flows = new Map([...aclFlows(context, makerOf(context))].map((flow) => [flow.key, flow.flow]))
  const sorted = [...flows.values()].sort(
    (one, other) => (one.tableId ?? 0) - (other.tableId ?? 0) || (other.priority ?? 0) - (one.priority ?? 0),
  )
  return sorted.map((flow) => textOf({ ...flow, cookie: flow.cookie === context.state.dp.cookie ? 0n : (flow.cookie ?? 0n), type: 'flow_mod', command: 'add' }))
}

/** What rules become on port 1: match and actions, without what all of them have. */
export function rulesOf(rules: readonly string[], more = ''): readonly string[] {
  return aclFlowsOf(contextFor(withRules(rules, more)))
    .filter((text) => text.includes('in_port=1'))
    .map((text) => text.replace(/^(cookie=\w+,)?priority=\d+,/, '$1').replace(/in_port=1,?/, '').replace(/,(?= actions)/, ''))
}

function textOf(flow: FlowModInput): string {
  const message = decodeMessage(encodeMessage(flow))
  if (message.type !== 'flow_mod') throw new Error(`not a flow-mod: ${message.type}`)
  return printFlow(message).replaceAll(', ', ',')
}
