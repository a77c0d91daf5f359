import { ONFFMF, OFPP, OFPTT, printMatch, type MessageInput, type OnfFlowUpdate } from '@streambed/ovs/openflow'

/**
 * Asks a switch to tell whenever a flow comes, changes or goes (ONF extension 187, which Open vSwitch has): in full what
 * others do, and only by its number what this connection does.
 */
export const flowWatch: MessageInput = {
  type: 'onf_flow_monitor_request',
  monitors: [{ id: 1, flags: ONFFMF.ADD | ONFFMF.DELETE | ONFFMF.MODIFY, outPort: OFPP.ANY, tableId: OFPTT.ALL, match: [] }],
}

/** What somebody else has done to the flows, in words: the first of it. Flows whose time was over have gone by themselves. */
export function foreignChange(updates: readonly OnfFlowUpdate[]): string | undefined {
  for (const update of updates) {
    if (update.type === 'abbrev' || update.type === 'unknown') continue
    const { type, reason, tableId, priority, match } = update
    if (type === 'deleted' && (reason === 'idle_timeout' || reason === 'hard_timeout')) continue
    const fields = printMatch(match)
    return `${type} table=${String(tableId)},priority=${String(priority)}${fields === '' ? '' : `,${fields}`}`
  }
  return undefined
}
