import type { Action } from '../action/index.js'
import { hexBytes } from './bits.js'
import { printCt, printNat } from './ct.js'
import { printDecap, printEncap } from './encap.js'
import { printBundle, printMultipath } from './hash.js'
import { hexOf } from './integer.js'
import { printLearn } from './learn.js'
import { printController, printOutput, printOutputTrunc, printResubmit } from './output.js'
import { printSample } from './sample.js'
import { printMove, printRegLoad, printSetField } from './set-field.js'
import { printActionField, printSubfield } from './subfield.js'

export { parseActions } from './parse-action.js'

/**
 * Actions as ovs-ofctl prints them, `drop` when there are none (ovs-actions(7)). What Open vSwitch has no text for comes
 * in a like form that {@link parseActions} reads as well.
 */
export function printActions(actions: readonly Action[]): string {
  return actions.length === 0 ? 'drop' : actions.map(printAction).join(',')
}

function printAction(action: Action): string {
  switch (action.type) {
    case 'output':
      return printOutput(action)
    case 'nx_output_trunc':
      return printOutputTrunc(action)
    case 'nx_output_reg':
    case 'nx_output_reg2':
      return `output:${printSubfield(action.src)}`
    case 'nx_controller':
    case 'nx_controller2':
      return printController(action)
    case 'nx_resubmit':
    case 'nx_resubmit_table':
    case 'nx_resubmit_table_ct':
      return printResubmit(action)
    case 'group':
    case 'nx_group':
      return `group:${action.groupId}`
    case 'set_queue':
    case 'nx_set_queue':
      return `set_queue:${action.queueId}`
    case 'set_field':
    case 'nx_reg_load2':
      return printSetField(action)
    case 'nx_reg_load':
      return printRegLoad(action)
    case 'nx_reg_move':
    case 'onf_copy_field':
      return printMove(action)
    case 'nx_stack_push':
      return `push:${printSubfield(action.src)}`
    case 'nx_stack_pop':
      return `pop:${printSubfield(action.dst)}`
    case 'nx_delete_field':
      return `delete_field:${printActionField(action.field)}`
    case 'nx_check_pkt_larger':
      return `check_pkt_larger(${action.pktLen})->${printSubfield(action.dst)}`
    case 'nx_multipath':
      return printMultipath(action)
    case 'nx_bundle':
    case 'nx_bundle_load':
      return printBundle(action)
    case 'nx_learn':
    case 'nx_learn2':
      return printLearn(action)
    case 'nx_ct':
      return printCt(action, printActions)
    case 'nx_nat':
      return printNat(action)
    case 'nx_clone':
      return `clone(${printActions(action.actions)})`
    case 'nx_sample':
    case 'nx_sample2':
    case 'nx_sample3':
      return printSample(action)
    case 'nx_encap':
      return printEncap(action)
    case 'nx_decap':
      return printDecap(action)
    case 'push_vlan':
    case 'push_pbb':
      return `${action.type}:${hexOf(action.ethertype)}`
    case 'push_mpls':
    case 'pop_mpls':
    case 'nx_push_mpls':
    case 'nx_pop_mpls':
      return `${plainName(action.type)}:0x${action.ethertype.toString(16).padStart(4, '0')}`
    case 'set_nw_ttl':
      return `mod_nw_ttl:${action.ttl}`
    case 'set_mpls_ttl':
    case 'nx_set_mpls_ttl':
      return `set_mpls_ttl(${action.ttl})`
    case 'nx_set_mpls_label':
      return `set_mpls_label(${action.label})`
    case 'nx_set_mpls_tc':
      return `set_mpls_tc(${action.tc})`
    case 'nx_set_tunnel':
      return `set_tunnel:${hexOf(action.tunnelId)}`
    case 'nx_set_tunnel64':
      return `set_tunnel64:${hexOf(action.tunnelId)}`
    case 'dec_nw_ttl':
    case 'nx_dec_ttl':
      return 'dec_ttl'
    case 'nx_dec_ttl_cnt_ids':
      return `dec_ttl(${action.controllerIds.join(',')})`
    case 'nx_note':
      return `note:${hexBytes(action.note, '.')}`
    case 'nx_fin_timeout':
      return printFinTimeout(action)
    case 'nx_conjunction':
      return `conjunction(${action.id},${action.clause + 1}/${action.clauses})`
    case 'nx_write_metadata':
      return printWriteMetadata(action.metadata, action.metadataMask)
    case 'experimenter':
      return `experimenter(${hexOf(action.experimenter)},${hexBytes(action.data, '.')})`
    case 'unknown':
      return `unknown(${action.actionType},${hexBytes(action.data, '.')})`
    default:
      return plainName(action.type)
  }
}

/** The name without the prefix of extensions. */
function plainName(type: string): string {
  return type.replace(/^nx_/, '')
}

function printFinTimeout(action: Extract<Action, { readonly type: 'nx_fin_timeout' }>): string {
  const parts: string[] = []
  if (action.finIdleTimeout !== 0) parts.push(`idle_timeout=${action.finIdleTimeout}`)
  if (action.finHardTimeout !== 0) parts.push(`hard_timeout=${action.finHardTimeout}`)
  return `fin_timeout(${parts.join(',')})`
}

/** `write_metadata:0x1/0xff`, also as an instruction. */
export function printWriteMetadata(metadata: bigint, mask: bigint): string {
  return `write_metadata:${hexOf(metadata)}${mask === 0xffffffffffffffffn ? '' : `/${hexOf(mask)}`}`
}
