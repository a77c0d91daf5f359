import type { Action } from '../../../openflow/action/index.js'
import type { PacketInReason } from '../../../openflow/message/packet-in.js'
import { OFPP } from '../../../openflow/constants.js'
import { isMpls, MAX_VLANS } from '../packet/extract.js'
import { widePort } from '../packet/field-value.js'
import { symmetricHash } from '../packet/hash.js'
import { type BitRange, ones, WORD } from '../packet/key.js'
import { isIp } from '../packet/packet.js'
import { hasField, setField, subrange } from '../packet/subfield.js'
import { fulfils } from '../packet/prerequisite.js'
import { clearConntrack, runCt } from './run-ct.js'
import { runLearn } from './run-learn.js'
import { flood, normal } from './forward.js'
import { pipelineMatch } from './pipeline-match.js'
import type { Translation, Walk } from './translation.js'

/** Carries out one action. Returns false when the rest of the list, and of the flow's instructions, is not done. */
export function runAction(t: Translation, walk: Walk, action: Action): boolean {
  const { packet } = walk
  switch (action.type) {
    case 'output':
      output(t, walk, action.port, action.maxLen)
      return true
    case 'nx_output_trunc':
      if (action.port === OFPP.IN_PORT) t.output(walk, packet.key[WORD.IN_PORT] as number, action.maxLen)
      else if (action.port !== packet.key[WORD.IN_PORT]) t.output(walk, action.port, action.maxLen)
      return true
    case 'nx_output_reg':
    case 'nx_output_reg2': {
      const port = packet.read(subrange(action.src))
      if (port <= 0xffffn) output(t, walk, Number(widePort(port)), action.maxLen)
      return true
    }
    case 'nx_controller':
    case 'nx_controller2': {
      const userdata = action.type === 'nx_controller2' && action.userdata.length > 0 ? action.userdata : undefined
      const reason = typeof action.reason === 'number' ? 'action' : action.reason
      toController(t, walk, reason, action.maxLen, action.controllerId, userdata)
      return true
    }
    case 'group':
    case 'nx_group':
      t.group(walk, action.groupId)
      return true
    case 'set_queue':
    case 'nx_set_queue':
      walk.queueId = action.queueId
      return true
    case 'nx_pop_queue':
      walk.queueId = undefined
      return true
    case 'set_field':
    case 'nx_reg_load2':
      setField(packet, action.field)
      return true
    case 'nx_reg_load':
      if (hasField(packet, action.dst.field)) packet.write(subrange(action.dst), action.value)
      return true
    case 'nx_reg_move':
    case 'onf_copy_field':
      if (hasField(packet, action.src.field) && hasField(packet, action.dst.field)) {
        packet.write(subrange(action.dst), packet.read(subrange(action.src)))
      }
      return true
    case 'nx_stack_push':
      walk.stack.push(packet.read(subrange(action.src)))
      return true
    case 'nx_stack_pop': {
      const value = walk.stack.pop()
      if (value === undefined) t.note(walk, 'the stack is empty')
      else if (hasField(packet, action.dst.field)) packet.write(subrange(action.dst), value)
      return true
    }
    case 'push_vlan':
      if (packet.layout.vlans === MAX_VLANS) t.note(walk, TOO_MANY_TAGS)
      packet.pushVlan(action.ethertype)
      return true
    case 'pop_vlan':
      packet.popVlan()
      return true
    case 'push_mpls':
    case 'nx_push_mpls':
      if (!packet.pushMpls(action.ethertype)) t.fail(walk, 'more MPLS labels than the switch supports')
      return true
    case 'pop_mpls':
    case 'nx_pop_mpls':
      if (!packet.popMpls(action.ethertype) && packet.labels > 0) t.fail(walk, 'more MPLS labels than the switch supports')
      return true
    case 'set_mpls_ttl':
    case 'nx_set_mpls_ttl':
      if (isMpls(packet.key[WORD.ETH_TYPE] as number)) packet.write(MPLS_TTL, BigInt(action.ttl))
      return true
    case 'dec_mpls_ttl':
    case 'nx_dec_mpls_ttl':
      // OVS stops where there is no label.
      return isMpls(packet.key[WORD.ETH_TYPE] as number) && decrement(t, walk, MPLS_TTL, [0])
    case 'set_nw_ttl':
      if (isIp(packet.key)) packet.write(IP_TTL, BigInt(action.ttl))
      return true
    case 'dec_nw_ttl':
    case 'nx_dec_ttl':
      return !isIp(packet.key) || decrement(t, walk, IP_TTL, [0])
    case 'nx_dec_ttl_cnt_ids':
      return !isIp(packet.key) || decrement(t, walk, IP_TTL, action.controllerIds)
    case 'nx_set_tunnel':
      packet.write(TUNNEL_ID, BigInt(action.tunnelId))
      return true
    case 'nx_set_tunnel64':
      packet.write(TUNNEL_ID, action.tunnelId)
      return true
    case 'nx_write_metadata':
      packet.write(METADATA, (packet.read(METADATA) & ~action.metadataMask) | (action.metadata & action.metadataMask))
      return true
    case 'nx_resubmit':
      t.lookup(walk, walk.tableId, inPortOf(walk, action.port))
      return true
    case 'nx_resubmit_table':
    case 'nx_resubmit_table_ct': {
      const tableId = action.tableId === 0xff ? walk.tableId : action.tableId
      if (tableId < 0xfe) t.lookup(walk, tableId, inPortOf(walk, action.port), action.type === 'nx_resubmit_table_ct')
      return true
    }
    case 'nx_clone': {
      // A clone ends with the action set, as it is so far.
      const clone: Walk = { ...walk, packet: packet.clone(), set: { ...walk.set }, stack: [...walk.stack] }
      t.run(clone, action.actions)
      t.runActionSet(clone)
      return true
    }
    case 'nx_check_pkt_larger':
      packet.write(subrange(action.dst), packet.length > action.pktLen ? 1n : 0n)
      return true
    case 'nx_fin_timeout':
      finTimeout(t, walk, action.finIdleTimeout, action.finHardTimeout)
      return true
    case 'nx_multipath': {
      const link = symmetricHash(packet.key, action.basis) % (action.maxLink + 1)
      if (hasField(packet, action.dst.field)) packet.write(subrange(action.dst), BigInt(link))
      return true
    }
    case 'nx_bundle': {
      const member = chooseMember(t, walk, action)
      if (member !== undefined) output(t, walk, member, 0xffff)
      return true
    }
    case 'nx_bundle_load': {
      // OFPP_NONE in OVS's 16 bits when no member is up.
      const member = chooseMember(t, walk, action) ?? 0xffff
      if (hasField(packet, action.dst.field)) packet.write(subrange(action.dst), BigInt(member) & ones(action.dst.bits))
      return true
    }
    case 'nx_learn':
    case 'nx_learn2':
      runLearn(t, walk, action)
      return true
    case 'nx_ct':
      runCt(t, walk, action)
      return true
    case 'nx_ct_clear':
      clearConntrack(packet)
      return true
    case 'nx_exit':
      walk.exit = true
      return false
    default:
      // Notes, samples, conjunctions: nothing to do. What the switch cannot do was refused before.
      return true
  }
}

/** What a trace says when a tag may be lost: Open vSwitch keeps it or not, by when it writes its changes. */
const TOO_MANY_TAGS = 'more VLAN tags than the switch keeps track of'

const MPLS_TTL = { word: WORD.MPLS, words: 1, shift: 0, bits: 8 }
const IP_TTL = { word: WORD.IP_TTL, words: 1, shift: 0, bits: 8 }
const TUNNEL_ID = { word: WORD.TUNNEL_ID, words: 2, shift: 0, bits: 64 }
const METADATA = { word: WORD.METADATA, words: 2, shift: 0, bits: 64 }

/** Sends the packet to a port, which may be a reserved one (§4.5). */
export function output(t: Translation, walk: Walk, port: number, maxLen: number): void {
  const inPort = walk.packet.key[WORD.IN_PORT] as number
  switch (port) {
    case OFPP.IN_PORT:
      return t.output(walk, inPort)
    case OFPP.TABLE:
      return t.lookup(walk, 0)
    case OFPP.NORMAL:
      return normal(t, walk)
    case OFPP.FLOOD:
      return flood(t, walk, false)
    case OFPP.ALL:
      return flood(t, walk, true)
    case OFPP.CONTROLLER:
      return toController(t, walk, reasonOf(t, walk), maxLen, 0, undefined)
    default:
      if (port === inPort) return t.note(walk, 'not sent back to the port where it came in')
      return t.output(walk, port)
  }
}

function reasonOf(t: Translation, walk: Walk): PacketInReason {
  if (t.options.packetOut) return 'packet_out'
  if (walk.inGroup) return 'group'
  return walk.inActionSet ? 'action_set' : 'action'
}

function toController(
  t: Translation,
  walk: Walk,
  reason: PacketInReason,
  maxLen: number,
  controllerId: number,
  userdata: Uint8Array | undefined,
): void {
  const { flow, packet, tableId } = walk
  const isMiss = flow?.priority === 0 && flow.compiled.words.length === 0
  t.emit({
    type: 'controller',
    reason: reason === 'action' && isMiss ? 'no_match' : reason,
    tableId,
    cookie: flow?.cookie ?? 0xffffffffffffffffn,
    match: pipelineMatch(packet.key),
    frame: packet.frame,
    maxLen,
    controllerId,
    userdata,
  })
}

/** One less; what would get 0 goes to the controllers, and no further. */
function decrement(t: Translation, walk: Walk, range: BitRange, controllerIds: readonly number[]): boolean {
  const ttl = walk.packet.read(range)
  if (ttl > 1n) {
    walk.packet.write(range, ttl - 1n)
    return true
  }
  for (const id of controllerIds) toController(t, walk, 'invalid_ttl', 0xffff, id, undefined)
  return false
}

function inPortOf(walk: Walk, port: number): number {
  return port === OFPP.IN_PORT ? (walk.packet.key[WORD.IN_PORT] as number) : port
}

function finTimeout(t: Translation, { packet, flow }: Walk, idle: number, hard: number): void {
  if (t.options.dry || flow === undefined || !fulfils('tcp', packet.key)) return
  if (((packet.key[WORD.TCP_FLAGS] as number) & 5) === 0) return
  const shorter = (now: number, limit: number): number => (limit > 0 && (now === 0 || now > limit) ? limit : now)
  flow.idleTimeout = shorter(flow.idleTimeout, idle)
  flow.hardTimeout = shorter(flow.hardTimeout, hard)
}

function chooseMember(
  t: Translation,
  { packet }: Walk,
  { algorithm, basis, members }: Extract<Action, { type: 'nx_bundle' | 'nx_bundle_load' }>,
): number | undefined {
  const live = members.filter((member) => t.pipeline.isLive(member))
  return algorithm === 'active_backup' ? live[0] : live[symmetricHash(packet.key, basis) % live.length]
}
