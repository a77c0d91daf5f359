import type { Action } from '../../../openflow/action/index.js'
import { NX_CT_F } from '../../../openflow/action/conntrack.js'
import type { LearnSpec } from '../../../openflow/action/learn.js'
import { OFPP } from '../../../openflow/constants.js'
import { bitsOfValue } from '../../../openflow/oxm/bits.js'
import type { OxmField, Subfield } from '../../../openflow/oxm/field.js'
import { fieldSpec } from '../../../openflow/oxm/fields.js'
import { isMpls, isVlan } from '../packet/extract.js'
import { fieldRange } from '../packet/field-range.js'
import { isValidValue } from '../packet/field-value.js'
import { type Key, ones, VLAN_PRESENT, WORD } from '../packet/key.js'
import { fulfils } from '../packet/prerequisite.js'
import { rangeOf, requirementOf } from '../packet/subfield.js'
import { nxRefusal, type Refusal, refusal } from './refusal.js'

/** What a list of actions is checked against. */
export interface ActionContext {
  /** The values of the flow's match, changed by the actions that have been checked; without one, anything goes. */
  readonly match: { readonly values: Key } | undefined
  /**
   * Gets the error of an action that needs a packet of another kind than the match lets through: Open vSwitch looks at
   * everything else first. Nothing in an action set, where the packet is not known.
   */
  readonly onInconsistent?: (error: Refusal) => void
}

/** `NXBAC_BAD_CONJUNCTION`. */
const BAD_CONJUNCTION = 15

/** Checks actions as Open vSwitch does when a flow is added. @throws Refusal `bad_action` and others. */
export function checkActions(actions: readonly Action[], context: ActionContext): void {
  const conjunctive = actions.some((action) => action.type === 'nx_conjunction')
  if (conjunctive && actions.some((action) => action.type !== 'nx_conjunction' && action.type !== 'nx_note')) {
    throw nxRefusal(BAD_CONJUNCTION)
  }
  for (const action of actions) checkAction(action, context)
}

function checkAction(action: Action, context: ActionContext): void {
  const { match } = context
  switch (action.type) {
    case 'output':
      return checkPort(action.port)
    case 'nx_output_trunc':
      checkPort(action.port)
      if (action.maxLen < 14) throw refusal('bad_action', 'bad_argument')
      return
    case 'set_field':
      return checkSetField(action.field, context, false)
    case 'nx_reg_load2':
      return checkSetField(action.field, context, true)
    case 'push_vlan':
      if (!isVlan(action.ethertype)) throw refusal('bad_action', 'bad_argument')
      return match && pushVlan(match.values)
    case 'pop_vlan':
      return match && popVlan(match.values, context)
    case 'push_mpls':
    case 'nx_push_mpls':
      if (!isMpls(action.ethertype)) throw refusal('bad_action', 'bad_argument')
      return match && changeType(match.values, action.ethertype)
    case 'pop_mpls':
    case 'nx_pop_mpls':
      need('mpls', context)
      return match && changeType(match.values, action.ethertype)
    case 'set_mpls_ttl':
    case 'nx_set_mpls_ttl':
    case 'dec_mpls_ttl':
    case 'nx_dec_mpls_ttl':
      return need('mpls', context)
    case 'set_nw_ttl':
    case 'dec_nw_ttl':
    case 'nx_dec_ttl':
    case 'nx_dec_ttl_cnt_ids':
      return need('ip', context)
    case 'nx_fin_timeout':
      return need('tcp', context)
    case 'nx_reg_move':
    case 'onf_copy_field':
      if (action.src.bits !== action.dst.bits) throw refusal('bad_action', 'bad_argument')
      checkSource(action.src, context)
      return checkDestination(action.dst, context)
    case 'nx_reg_load':
      if (action.value >> BigInt(action.dst.bits)) throw refusal('bad_action', 'bad_argument')
      checkDestination(action.dst, context)
      // It may add a tag.
      if (match && action.dst.field === 'nxm_of_vlan_tci') {
        match.values[WORD.VLAN_TCI] = Number(action.value << BigInt(action.dst.offset))
      }
      return
    case 'nx_stack_push':
      return checkSource(action.src, context)
    case 'nx_stack_pop':
    case 'nx_multipath':
    case 'nx_bundle_load':
      return checkDestination(action.dst, context)
    case 'nx_output_reg':
    case 'nx_output_reg2':
      return checkSource(action.src, context)
    case 'nx_check_pkt_larger':
      if (action.dst.bits !== 1) throw refusal('bad_action', 'bad_set_len')
      return checkDestination(action.dst, context)
    case 'nx_learn':
    case 'nx_learn2':
      if (action.tableId === 0xff) throw refusal('bad_action', 'bad_argument')
      return action.specs.forEach((spec) => checkLearnSpec(spec, context))
    case 'nx_conjunction':
      if (action.clauses < 2 || action.clauses > 64 || action.clause >= action.clauses) throw nxRefusal(BAD_CONJUNCTION)
      return
    case 'nx_ct':
      return checkCt(action, context)
    case 'nx_clone':
      return checkActions(action.actions, { ...context, match: match && { values: match.values.slice() } })
    case 'nx_controller2':
      // To stop and go on later is not supported.
      if (action.pause) throw refusal('bad_action', 'bad_argument')
      return
    case 'group':
    case 'nx_group':
    case 'set_queue':
    case 'nx_set_queue':
    case 'nx_pop_queue':
    case 'nx_exit':
    case 'nx_ct_clear':
    case 'nx_resubmit':
    case 'nx_resubmit_table':
    case 'nx_resubmit_table_ct':
    case 'nx_set_tunnel':
    case 'nx_set_tunnel64':
    case 'nx_note':
    case 'nx_write_metadata':
    case 'nx_controller':
    case 'nx_bundle':
    case 'nx_sample':
    case 'nx_sample2':
    case 'nx_sample3':
      return
    case 'nx_nat':
      // Only inside of `ct`.
      throw refusal('bad_action', 'bad_set_argument')
    case 'experimenter':
      throw refusal('bad_action', 'bad_experimenter')
    default:
      // Neither does Open vSwitch know most of these: copy_ttl_out, push_pbb…
      throw refusal('bad_action', 'bad_type')
  }
}

/** Checks that the groups of actions exist; Open vSwitch does so when all else is right. @throws Refusal `bad_out_group` */
export function checkGroups(actions: readonly Action[], hasGroup: (groupId: number) => boolean): void {
  for (const action of actions) {
    const isGroup = action.type === 'group' || action.type === 'nx_group'
    if (isGroup && !hasGroup(action.groupId)) throw refusal('bad_action', 'bad_out_group')
    if (action.type === 'nx_clone') checkGroups(action.actions, hasGroup)
  }
}

/** Whether a flow may output to a port: it need not exist, but its number must be possible. */
export function checkPort(port: number): void {
  if (port >= 0xff00 && (port < OFPP.IN_PORT || port === OFPP.ANY)) throw refusal('bad_action', 'bad_out_port')
}

function need(requires: 'mpls' | 'ip' | 'tcp' | 'vlan', { match, onInconsistent }: ActionContext): void {
  if (match && !fulfils(requires, match.values)) onInconsistent?.(refusal('bad_action', 'match_inconsistent'))
}

function pushVlan(values: Key): void {
  if (values[WORD.INNER_TCI] !== 0) throw refusal('bad_action', 'bad_tag')
  values.copyWithin(WORD.INNER_TCI, WORD.VLAN_TCI, WORD.VLAN_TCI + 2)
  values[WORD.VLAN_TCI] = VLAN_PRESENT
}

function popVlan(values: Key, context: ActionContext): void {
  need('vlan', context)
  values.copyWithin(WORD.VLAN_TCI, WORD.INNER_TCI, WORD.INNER_TCI + 2)
  values.fill(0, WORD.INNER_TCI, WORD.INNER_TCI + 2)
}

/** What is behind the new Ethertype is not known. */
function changeType(values: Key, ethertype: number): void {
  values[WORD.ETH_TYPE] = ethertype
  values[WORD.IP_PROTO] = 0
}

function checkSetField(field: OxmField, context: ActionContext, maskable: boolean): void {
  const range = field.field === 'unknown' ? undefined : fieldRange(field.field)
  if (field.field === 'unknown' || range === undefined) throw refusal('bad_match', 'bad_field')
  const value = bitsOfValue(field.field, field.value)
  if (field.mask !== undefined) {
    if (!maskable) throw refusal('bad_action', 'bad_set_argument')
    const mask = bitsOfValue(field.field, field.mask)
    if (fieldSpec(field.field).maskable === 'no' && mask !== ones(range.bits)) throw refusal('bad_action', 'bad_set_argument')
    if (value & ~mask) throw refusal('bad_match', 'bad_wildcards')
  }
  if (!range.writable || field.field === 'in_port' || !isValidValue(field.field, value)) {
    throw refusal('bad_action', 'bad_set_argument')
  }
  const isVid = field.field === 'vlan_vid'
  if (isVid && !(value & BigInt(VLAN_PRESENT))) throw refusal('bad_action', 'bad_set_argument')
  if (context.match === undefined) return
  const { values } = context.match
  const fits = fulfils(fieldSpec(field.field).requires, values) && (!isVid || fulfils('vlan', values))
  if (!fits) throw refusal('bad_action', 'match_inconsistent')
}

/** Whether a subfield may be read. */
function checkSource({ field, offset, bits }: Subfield, { match }: ActionContext): void {
  const range = rangeOf(field)
  if (range === undefined) throw refusal('bad_action', 'bad_set_type')
  if (bits === 0 || offset + bits > range.bits) throw refusal('bad_action', 'bad_set_len')
  if (match && !fulfils(requirementOf(field), match.values)) throw refusal('bad_action', 'match_inconsistent')
}

/** Whether a subfield may be written. */
function checkDestination(subfield: Subfield, context: ActionContext): void {
  checkSource(subfield, context)
  if (!rangeOf(subfield.field)?.writable) throw refusal('bad_action', 'bad_set_argument')
}

function checkLearnSpec(spec: LearnSpec, context: ActionContext): void {
  if (spec.type === 'output') return checkSource(spec.src, context)
  if (typeof spec.src !== 'bigint') checkSource(spec.src, context)
  // Whether the new flow may match or load the field is seen when it is made: what it matches is not known before.
  const anywhere = { ...context, match: undefined }
  if (spec.type === 'match') checkSource(spec.dst, anywhere)
  else checkDestination(spec.dst, anywhere)
}

function checkCt(action: Extract<Action, { type: 'nx_ct' }>, context: ActionContext): void {
  need('ip', context)
  const commit = (action.flags & NX_CT_F.COMMIT) !== 0
  if (!commit && (action.flags & NX_CT_F.FORCE) !== 0) throw refusal('bad_action', 'bad_argument')
  if (typeof action.zone !== 'number') checkSource(action.zone, context)
  for (const nested of action.actions) {
    if (nested.type === 'nx_nat') continue
    if (nested.type === 'set_field' || nested.type === 'nx_reg_load2') {
      if (nested.field.field !== 'ct_mark' && nested.field.field !== 'ct_label') throw refusal('bad_action', 'bad_argument')
    } else if (nested.type === 'nx_reg_load' || nested.type === 'nx_reg_move') {
      if (nested.dst.field !== 'ct_mark' && nested.dst.field !== 'ct_label') throw refusal('bad_action', 'bad_argument')
    } else {
      throw refusal('bad_action', 'bad_argument')
    }
  }
}

/** The types of actions that an action set may have (§5.10), and in which order they are carried out. */
const setOrder: readonly (readonly Action['type'][])[] = [
  ['pop_vlan'],
  ['pop_mpls', 'nx_pop_mpls'],
  ['push_mpls', 'nx_push_mpls'],
  ['push_vlan'],
  ['dec_nw_ttl', 'nx_dec_ttl', 'nx_dec_ttl_cnt_ids'],
  ['dec_mpls_ttl', 'nx_dec_mpls_ttl'],
]
const setSeveral: readonly Action['type'][] = [
  'set_field',
  'nx_reg_load',
  'nx_reg_load2',
  'nx_reg_move',
  'onf_copy_field',
  'set_mpls_ttl',
  'nx_set_mpls_ttl',
  'set_nw_ttl',
  'nx_set_tunnel',
  'nx_set_tunnel64',
]
const setQueue: readonly Action['type'][] = ['set_queue', 'nx_set_queue']
const setLast: readonly (readonly Action['type'][])[] = [
  ['group', 'nx_group'],
  ['output'],
  ['nx_resubmit', 'nx_resubmit_table', 'nx_resubmit_table_ct'],
  ['nx_ct'],
]
const inSet = new Set<Action['type']>([...setOrder.flat(), ...setSeveral, ...setQueue, ...setLast.flat()])

/** Checks the actions of `write_actions`. @throws Refusal `bad_action`. */
export function checkActionSet(actions: readonly Action[], context: ActionContext): void {
  checkActions(actions, { match: context.match })
  if (actions.some((action) => !inSet.has(action.type))) throw refusal('bad_action', 'bad_type')
}

/** The actions of an action set in the order of §5.10; none when the packet goes nowhere. */
export function orderActionSet(set: readonly Action[]): Action[] {
  const last = (types: readonly Action['type'][]): Action[] => {
    const found = set.findLast((action) => types.includes(action.type))
    return found ? [found] : []
  }
  const end = setLast.map(last).find((found) => found.length > 0)
  if (end === undefined) return []
  return [...setOrder.flatMap(last), ...set.filter(({ type }) => setSeveral.includes(type)), ...last(setQueue), ...end]
}
