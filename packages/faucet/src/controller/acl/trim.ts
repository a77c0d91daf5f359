import type { ActionInput, InstructionInput } from '@streambed/ovs/openflow'

/**
 * The instructions of a flow, without actions that nobody would see: what comes after the last output is left out when
 * the packet goes nowhere afterwards. Nothing left is a drop (Faucet's `_trim_inst`, `_trim_actions`).
 */
export function instructionsOf(
  meterId: number | undefined,
  actions: readonly ActionInput[],
  gotos: readonly number[],
): readonly InstructionInput[] {
  const goesOn = gotos.length > 0 || actions.some((action) => action.type === 'nx_ct')
  const seen = goesOn ? actions : actions.slice(0, actions.findLastIndex(isOutput) + 1)
  return [
    ...(meterId === undefined ? [] : [{ type: 'meter', meterId } as const]),
    ...(seen.length === 0 ? [] : [{ type: 'apply_actions', actions: seen } as const]),
    ...gotos.map((tableId) => ({ type: 'goto_table', tableId }) as const),
  ]
}

function isOutput({ type }: ActionInput): boolean {
  return type === 'output' || type === 'group'
}
