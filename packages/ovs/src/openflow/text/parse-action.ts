import { parseMac } from '../../address/mac.js'
import { parseIpv4 } from '../../address/ipv4.js'
import type { Action } from '../action/index.js'
import type { Match, OxmField } from '../oxm/field.js'
import { OFPVID_PRESENT } from '../constants.js'
import { actionContext, type ActionContext, MAX_TEXT_DEPTH } from './action-context.js'
import { parseCt, parseNat } from './ct.js'
import { parseDecap, parseEncap } from './encap.js'
import { parseBundle, parseBundleLoad, parseMultipath } from './hash.js'
import { parseLearn } from './learn.js'
import { outputTo, parseController, parseEnqueue, parseHexBytes, parseOutput, parseResubmit } from './output.js'
import { type KeyValue, keyValues, Piece } from './piece.js'
import { parsePort } from './port.js'
import { parseSample } from './sample.js'
import { parseLoad, parseMove, parseSetField } from './set-field.js'
import { actionFieldNamed, parseSubfield } from './subfield.js'

/** Reads what is after the name of an action. One text may stand for several actions, or for none. */
type Parser = (value: Piece, context: ActionContext) => readonly Action[]

const set = (field: OxmField): Action[] => [{ type: 'set_field', field }]

const fixed =
  (...actions: readonly Action[]): Parser =>
  () =>
    actions

function ethertype(type: 'push_mpls' | 'pop_mpls' | 'push_pbb'): Parser {
  return (value) => [{ type, ethertype: value.number(2, 'the Ethertype') }]
}

function pushVlan(value: Piece, context: ActionContext): Action[] {
  const type = value.number(2, 'the Ethertype')
  if (type !== 0x8100 && type !== 0x88a8) throw value.error('the Ethertype of a VLAN must be 0x8100 or 0x88a8')
  context.vlans++
  return [{ type: 'push_vlan', ethertype: type }]
}

function popVlan(_value: Piece, context: ActionContext): Action[] {
  context.vlans = Math.max(0, context.vlans - 1)
  return [{ type: 'pop_vlan' }]
}

/** The actions of OpenFlow 1.0 add the tag that they set, if there is none; those of 1.1 need one. */
function setVlan(field: 'vlan_vid' | 'vlan_pcp', push: boolean): Parser {
  return (value, context) => {
    const most = field === 'vlan_vid' ? 0xfff : 7
    const number = value.number(2, field)
    if (number > most) throw value.error(`${field} must be at most ${most}`)
    const before: Action[] = push && context.vlans === 0 ? [{ type: 'push_vlan', ethertype: 0x8100 }] : []
    if (!push && context.vlans === 0) {
      throw value.error(`set_${field} needs a packet with a VLAN tag: match on one, push one, or write mod_${field}`)
    }
    context.vlans = Math.max(1, context.vlans)
    return [...before, ...set({ field, value: field === 'vlan_vid' ? number | OFPVID_PRESENT : number })]
  }
}

function setMac(field: 'eth_src' | 'eth_dst'): Parser {
  return (value) => {
    if (parseMac(value.text) === undefined) throw value.error('a MAC address must be written as 02:00:00:00:00:01')
    return set({ field, value: value.text.toLowerCase() })
  }
}

function setIpv4(field: 'ipv4_src' | 'ipv4_dst'): Parser {
  return (value) => {
    if (parseIpv4(value.text) === undefined) throw value.error('an IPv4 address must be written as 10.0.0.1')
    return set({ field, value: value.text })
  }
}

function setPort(side: 'src' | 'dst'): Parser {
  return (value, { ipProto }) => {
    const port = value.number(2, 'the port')
    if (ipProto === 6) return set({ field: `tcp_${side}`, value: port })
    if (ipProto === 17) return set({ field: `udp_${side}`, value: port })
    if (ipProto === 132) return set({ field: `sctp_${side}`, value: port })
    throw value.error(`mod_tp_${side} needs a match on tcp, udp or sctp`)
  }
}

function setTos(value: Piece): Action[] {
  const tos = value.number(1, 'the TOS')
  if ((tos & 3) !== 0) throw value.error('the TOS must be a multiple of 4: its lower bits are set by mod_nw_ecn')
  return set({ field: 'ip_dscp', value: tos >> 2 })
}

function setSmall(field: 'ip_ecn' | 'mpls_label' | 'mpls_tc', most: number): Parser {
  return (value) => {
    const number = value.number(4, field)
    if (number > most) throw value.error(`${field} must be at most ${most}`)
    return set({ field, value: number })
  }
}

const setTunnel: Parser = (value) => set({ field: 'tunnel_id', value: value.bigint(8, 'the tunnel id') })

function setTtl(type: 'set_nw_ttl' | 'set_mpls_ttl'): Parser {
  return (value) => [{ type, ttl: value.number(1, 'the TTL') }]
}

function decTtl(value: Piece): Action[] {
  if (value.text === '') return [{ type: 'dec_nw_ttl' }]
  const ids = value.words()
  if (ids.length === 0) throw value.error('dec_ttl with parentheses needs the id of a controller')
  return [{ type: 'nx_dec_ttl_cnt_ids', controllerIds: ids.map((id) => id.number(2, 'the id')) }]
}

function finTimeout(value: Piece): Action[] {
  let finIdleTimeout = 0
  let finHardTimeout = 0
  for (const part of keyValues(value)) {
    if (part.key.text === 'idle_timeout') finIdleTimeout = part.value.number(2, 'idle_timeout')
    else if (part.key.text === 'hard_timeout') finHardTimeout = part.value.number(2, 'hard_timeout')
    else throw part.key.error(`fin_timeout has idle_timeout and hard_timeout, not ${part.key.text}`)
  }
  return [{ type: 'nx_fin_timeout', finIdleTimeout, finHardTimeout }]
}

function conjunction(value: Piece): Action[] {
  const parts = /^\s*(\w+)\s*,\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(value.text)
  if (!parts) throw value.error('it must be written as conjunction(ID,CLAUSE/CLAUSES)')
  const [, idText = '', clause, clauses] = parts
  const [k, n] = [Number(clause), Number(clauses)]
  if (n < 2 || n > 64) throw value.error('a conjunction must have 2 to 64 clauses')
  if (k < 1 || k > n) throw value.error(`the clause must be from 1 to ${n}`)
  const start = value.text.indexOf(idText)
  const id = value.slice(start, start + idText.length).number(4, 'the id')
  return [{ type: 'nx_conjunction', clause: k - 1, clauses: n, id }]
}

function note(value: Piece): Action[] {
  const bytes = parseHexBytes(value)
  const padded = new Uint8Array(bytes.length <= 6 ? 6 : 6 + Math.ceil((bytes.length - 6) / 8) * 8)
  padded.set(bytes)
  return [{ type: 'nx_note', note: padded }]
}

function checkPktLarger(value: Piece): Action[] {
  const parts = value.splitAt('->')
  if (!parts) throw value.error('it must be written as check_pkt_larger(1500)->NXM_NX_REG0[0]')
  const length = parts[0].text.endsWith(')') ? parts[0].slice(0, parts[0].text.length - 1) : parts[0]
  const dst = parseSubfield(parts[1])
  if (dst.bits !== 1) throw parts[1].error(`the result needs one bit, not ${dst.bits}`)
  return [{ type: 'nx_check_pkt_larger', pktLen: length.number(2, 'the length'), dst }]
}

function deleteField(value: Piece): Action[] {
  const field = actionFieldNamed(value.text)
  if (!field?.name.startsWith('tun_metadata')) throw value.error('only tun_metadata0 to tun_metadata63 can be deleted')
  return [{ type: 'nx_delete_field', field: field.short }]
}

/** Our own text for what Open vSwitch has none for. */
function raw(value: Piece): { number: Piece; data: Uint8Array } {
  const parts = value.splitAt(',')
  if (!parts) throw value.error('it must be written as (NUMBER,00.01.02)')
  return { number: parts[0], data: parseHexBytes(parts[1]) }
}

/** By name in lower case. */
const parserRecord: Readonly<Record<string, Parser>> = {
  output: parseOutput,
  output_reg: parseOutput,
  controller: parseController,
  enqueue: parseEnqueue,
  resubmit: parseResubmit,
  group: (value) => [{ type: 'group', groupId: value.number(4, 'the group') }],
  bundle: parseBundle,
  bundle_load: parseBundleLoad,
  multipath: parseMultipath,
  set_field: (value, context) => {
    const actions = parseSetField(value)
    const [first] = actions
    // The tag may come or go with it.
    if (first?.type === 'set_field' && first.field.field === 'nxm_of_vlan_tci') {
      context.vlans = (first.field.value & OFPVID_PRESENT) === 0 ? 0 : Math.max(1, context.vlans)
    }
    return actions
  },
  load: parseLoad,
  move: parseMove,
  push: (value) => [{ type: 'nx_stack_push', src: parseSubfield(value) }],
  pop: (value) => [{ type: 'nx_stack_pop', dst: parseSubfield(value) }],
  mod_vlan_vid: setVlan('vlan_vid', true),
  mod_vlan_pcp: setVlan('vlan_pcp', true),
  set_vlan_vid: setVlan('vlan_vid', false),
  set_vlan_pcp: setVlan('vlan_pcp', false),
  strip_vlan: popVlan,
  pop_vlan: popVlan,
  push_vlan: pushVlan,
  mod_dl_src: setMac('eth_src'),
  mod_dl_dst: setMac('eth_dst'),
  mod_nw_src: setIpv4('ipv4_src'),
  mod_nw_dst: setIpv4('ipv4_dst'),
  mod_nw_tos: setTos,
  mod_nw_ecn: setSmall('ip_ecn', 3),
  mod_nw_ttl: setTtl('set_nw_ttl'),
  set_nw_ttl: setTtl('set_nw_ttl'),
  mod_tp_src: setPort('src'),
  mod_tp_dst: setPort('dst'),
  dec_ttl: decTtl,
  set_mpls_label: setSmall('mpls_label', 0xfffff),
  set_mpls_tc: setSmall('mpls_tc', 7),
  set_mpls_ttl: setTtl('set_mpls_ttl'),
  dec_mpls_ttl: fixed({ type: 'dec_mpls_ttl' }),
  push_mpls: (value, context) => {
    context.ipProto = undefined
    return ethertype('push_mpls')(value, context)
  },
  pop_mpls: ethertype('pop_mpls'),
  push_pbb: ethertype('push_pbb'),
  pop_pbb: fixed({ type: 'pop_pbb' }),
  copy_ttl_out: fixed({ type: 'copy_ttl_out' }),
  copy_ttl_in: fixed({ type: 'copy_ttl_in' }),
  set_tunnel: setTunnel,
  set_tunnel64: setTunnel,
  set_queue: (value) => [{ type: 'set_queue', queueId: value.number(4, 'the queue') }],
  pop_queue: fixed({ type: 'nx_pop_queue' }),
  fin_timeout: finTimeout,
  learn: parseLearn,
  conjunction,
  note,
  exit: fixed({ type: 'nx_exit' }),
  sample: parseSample,
  ct: (value, context) => parseCt(value, (inner) => parseNested(inner, context)),
  ct_clear: fixed({ type: 'nx_ct_clear' }),
  nat: (value) => [parseNat(value)],
  clone: (value, context) => [{ type: 'nx_clone', actions: parseNested(value, context) }],
  encap: parseEncap,
  decap: parseDecap,
  dec_nsh_ttl: fixed({ type: 'nx_dec_nsh_ttl' }),
  check_pkt_larger: checkPktLarger,
  delete_field: deleteField,
  debug_recirc: fixed({ type: 'nx_debug_recirc' }),
  debug_slow: fixed({ type: 'nx_debug_slow' }),
  experimenter: (value) => {
    const { number, data } = raw(value)
    return [{ type: 'experimenter', experimenter: number.number(4, 'the experimenter'), data }]
  },
  unknown: (value) => {
    const { number, data } = raw(value)
    return [{ type: 'unknown', actionType: number.number(2, 'the type'), data }]
  },
}

/** A map, since the names come from the user: `__proto__` is no action. */
const parsers = new Map(Object.entries(parserRecord))

const instructions = new Set([
  'meter', 'clear_actions', 'write_actions', 'write_metadata', 'goto_table', 'apply_actions',
])

/** Reads one action, or gives `undefined` when there is none of that name. */
export function parseAction({ key, value }: KeyValue, context: ActionContext): readonly Action[] | undefined {
  const parser = parsers.get(key.text.toLowerCase())
  if (parser) return parser(value, context)
  const port = portNamed(key.text)
  return port === undefined ? undefined : [outputTo(port, 0)]
}

function portNamed(text: string): number | undefined {
  try {
    return parsePort(text)
  } catch {
    return undefined
  }
}

/** Reads actions inside another one. */
export function parseNested(piece: Piece, context: ActionContext): Action[] {
  if (context.depth >= MAX_TEXT_DEPTH) throw piece.error(`actions may be nested ${MAX_TEXT_DEPTH} deep`)
  context.depth++
  const actions = parseList(piece, context)
  context.depth--
  return actions
}

function parseList(piece: Piece, context: ActionContext): Action[] {
  const actions: Action[] = []
  let drop: Piece | undefined
  for (const part of keyValues(piece)) {
    if (part.key.text.toLowerCase() === 'drop') {
      drop = part.key
      continue
    }
    const parsed = parseAction(part, context)
    if (!parsed) {
      if (instructions.has(part.key.text)) {
        throw part.key.error(`${part.key.text} is an instruction: only flows have it`)
      }
      throw part.key.error(`there is no action ${JSON.stringify(part.key.text)} in ovs-actions(7)`)
    }
    actions.push(...parsed)
  }
  if (drop && actions.length > 0) throw drop.error('drop must be alone')
  return actions
}

/**
 * The actions of OpenFlow 1.3 that ovs-ofctl sends for a text (ovs-actions(7)): `set_field:10.0.0.1->ip_src,output:1`.
 * Older names are accepted too, such as `mod_vlan_vid:5` or `strip_vlan`; `drop` is no action at all.
 *
 * @param match what is known of the packets: `mod_tp_dst` and `mod_vlan_vid` depend on it. Default: nothing.
 * @throws OvsError `invalid`, with the place in the text and what would be right.
 */
export function parseActions(text: string, match: Match = []): Action[] {
  return parseList(new Piece(text), actionContext(match))
}
