import { parseFlow } from '@streambed/ovs/openflow'
import type { ResolvedFaucetConfig } from '../config/index.js'
import { aclOrigin, type AclOrigin } from './acl/origin.js'
import { initialNetwork } from './core/configured.js'
import type { TableName } from './core/layout.js'
import type { DpState, NetworkState } from './core/state.js'

/** Tells of the flows of a configuration what they are for. */
export interface FlowReader {
  /** The name of a table of a dataplane; undefined when it has no such table. */
  table(dpName: string, tableId: number): TableName | undefined
  /** The rule of an ACL that a flow comes from; `match` as `ovs-ofctl` writes it. */
  rule(dpName: string, flow: { readonly tableId: number; readonly priority: number; readonly match: string; readonly cookie: bigint }): AclOrigin | undefined
}

/**
 * A reader for the flows that a configuration makes, on whichever controller it runs: tables, priorities and matches are
 * those of Faucet. Every port counts as up.
 */
export function readFlowsOf(config: ResolvedFaucetConfig): FlowReader {
  const initial = initialNetwork(config, 0)
  const dps = new Map([...initial.dps].map(([name, state]) => [name, allUp(state)]))
  const network: NetworkState = { ...initial, dps }
  return {
    table: (dpName, tableId) => dps.get(dpName)?.layout.names[tableId],
    rule: (dpName, { tableId, priority, match, cookie }) => {
      const state = dps.get(dpName)
      if (!state) return undefined
      const { match: fields = [] } = parseFlow(`table=${String(tableId)}${match === '' ? '' : `,${match}`},actions=drop`, { command: 'add' })
      return aclOrigin({ network, state }, { tableId, priority, match: fields, cookie })
    },
  }
}

function allUp(state: DpState): DpState {
  return { ...state, ports: new Map([...state.dp.ports.keys()].map((port) => [port, { up: true, since: 0 }])) }
}
