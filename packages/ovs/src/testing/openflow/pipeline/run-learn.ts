import type { ActionInput } from '../../../openflow/action/index.js'
import { type LearnAction, NX_LEARN_F } from '../../../openflow/action/learn.js'
import { OFPFF, type FlowModInput } from '../../../openflow/message/flow-mod.js'
import { valueOfBits } from '../../../openflow/oxm/bits.js'
import type { OxmField, Subfield } from '../../../openflow/oxm/field.js'
import type { FieldName } from '../../../openflow/oxm/fields.js'
import { type FieldRange, fieldRange } from '../packet/field-range.js'
import { widePort } from '../packet/field-value.js'
import { ones, WORD } from '../packet/key.js'
import { subrange } from '../packet/subfield.js'
import type { Translation, Walk } from './translation.js'

/** Adds or modifies the flow that `learn` makes out of a packet (ovs-actions(7)). */
export function runLearn(t: Translation, walk: Walk, action: LearnAction): void {
  const { dry, now } = t.options
  const limited = action.type === 'nx_learn2' && action.limit > 0
  const table = t.pipeline.table(action.tableId)
  const flow = learnedFlow(walk, action)
  const count = limited ? [...table.flows()].filter(({ cookie }) => cookie === action.cookie).length : 0
  const within = !limited || count < action.limit
  if (within && !dry) t.pipeline.learn(flow, now)
  if (action.type === 'nx_learn2' && action.flags & NX_LEARN_F.WRITE_RESULT && action.resultDst) {
    walk.packet.write(subrange(action.resultDst), within ? 1n : 0n)
  }
}

/** The flow-mod: `modify_strict` in OVS, which adds the flow when there is none. */
function learnedFlow({ packet }: Walk, action: LearnAction): FlowModInput {
  const matched = new Map<FieldName, { value: bigint; mask: bigint }>()
  const actions: ActionInput[] = []
  for (const spec of action.specs) {
    if (spec.type === 'output') {
      actions.push({ type: 'output', port: Number(widePort(packet.read(subrange(spec.src)) & 0xffffn)) })
      continue
    }
    const { dst } = spec
    const value = typeof spec.src === 'bigint' ? spec.src : packet.read(subrange(spec.src))
    if (spec.type === 'load') actions.push(load(dst, value))
    else if (typeof dst.field === 'string') {
      const before = matched.get(dst.field) ?? { value: 0n, mask: 0n }
      const shift = BigInt(dst.offset)
      matched.set(dst.field, { value: before.value | (value << shift), mask: before.mask | (ones(dst.bits) << shift) })
    }
  }
  const timeouts = shortened(action, packet.key[WORD.TCP_FLAGS] as number)
  return {
    type: 'flow_mod',
    command: 'modify_strict',
    tableId: action.tableId,
    priority: action.priority,
    cookie: action.cookie,
    ...timeouts,
    flags: action.flags & NX_LEARN_F.SEND_FLOW_REM ? OFPFF.SEND_FLOW_REM : 0,
    match: [...matched].map(([name, bits]) => matchField(name, bits)),
    instructions: actions.length > 0 ? [{ type: 'apply_actions', actions }] : [],
  }
}

/** A packet that ends its TCP connection makes a flow with shorter timeouts. */
function shortened(action: LearnAction, tcpFlags: number): { idleTimeout: number; hardTimeout: number } {
  const { idleTimeout, hardTimeout, finIdleTimeout, finHardTimeout } = action
  if ((tcpFlags & 5) === 0) return { idleTimeout, hardTimeout }
  const shorter = (now: number, limit: number): number => (limit > 0 && (now === 0 || now > limit) ? limit : now)
  return { idleTimeout: shorter(idleTimeout, finIdleTimeout), hardTimeout: shorter(hardTimeout, finHardTimeout) }
}

function matchField(name: FieldName, { value, mask }: { value: bigint; mask: bigint }): OxmField {
  const { bits } = fieldRange(name) as FieldRange
  const field = { field: name, value: valueOfBits(name, value) }
  return (mask === ones(bits) ? field : { ...field, mask: valueOfBits(name, mask) }) as OxmField
}

function load(dst: Subfield, value: bigint): ActionInput {
  if (dst.bits <= 64) return { type: 'nx_reg_load', dst, value }
  const field = { field: dst.field, value: valueOfBits(dst.field as FieldName, value << BigInt(dst.offset)) }
  const mask = valueOfBits(dst.field as FieldName, ones(dst.bits) << BigInt(dst.offset))
  return { type: 'nx_reg_load2', field: { ...field, mask } as OxmField }
}
