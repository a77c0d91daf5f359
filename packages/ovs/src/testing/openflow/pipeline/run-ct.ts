import { NX_CT_F, type NxCtAction } from '../../../openflow/action/conntrack.js'
import { bitsOfValue } from '../../../openflow/oxm/bits.js'
import { ETHERTYPE, ones, WORD, writeBits } from '../packet/key.js'
import type { Packet } from '../packet/packet.js'
import { subrange } from '../packet/subfield.js'
import { type Connection, CS, natState, reversed, type Tracked, type Tuple } from './conntrack.js'
import { rewrite, translate } from './nat.js'
import type { Translation, Walk } from './translation.js'

const MARK = { word: WORD.CT_MARK, words: 1, shift: 0, bits: 32 }
const LABEL = { word: WORD.CT_LABEL, words: 4, shift: 0, bits: 128 }

/** Sends a packet through the connection tracker (`ct` in ovs-actions(7)). */
export function runCt(t: Translation, walk: Walk, action: NxCtAction): void {
  const { packet } = walk
  const { conntrack } = t.pipeline
  const { now, dry = false } = t.options
  const zone = typeof action.zone === 'number' ? action.zone : Number(packet.read(subrange(action.zone)) & 0xffffn)
  const commit = (action.flags & NX_CT_F.COMMIT) !== 0
  let tracked = conntrack.track(packet, zone, now, dry)
  if (commit && action.flags & NX_CT_F.FORCE && tracked.connection && tracked.reply && !dry) {
    conntrack.remove(tracked.connection)
    tracked = conntrack.track(packet, zone, now, dry)
  }
  const nat = action.actions.find((nested) => nested.type === 'nx_nat')
  let { connection, state } = tracked
  if (commit && connection === undefined && state & CS.NEW && tracked.tuple) {
    const reply = nat ? translate(tracked.tuple, nat, zone, conntrack) : reversed(tracked.tuple)
    if (reply === undefined) state = CS.TRK | CS.INV
    else {
      connection = { zone, original: tracked.tuple, reply, mark: 0, label: 0n, answered: false, finished: 0, expires: 0 }
      state |= natState(connection)
      if (!dry) conntrack.commit(connection, now)
    }
  }
  if (commit && connection) setMetadata(packet, connection, action, dry)
  tell(packet, zone, state, connection, tracked)
  if (nat && connection) rewrite(packet, connection, tracked.reply)
  if (action.recircTable !== 0xff) t.fork(walk, packet.clone(), action.recircTable)
  clearConntrack(packet)
}

/** Makes a packet one that is not tracked. */
export function clearConntrack(packet: Packet): void {
  packet.key.fill(0, WORD.CT_STATE, WORD.CT_TP_DST + 1)
}

/** The nested actions set the connection's mark and label. */
function setMetadata(packet: Packet, connection: Connection, action: NxCtAction, dry: boolean): void {
  let { mark, label } = connection
  const set = (field: unknown, value: bigint, mask: bigint): void => {
    if (field === 'ct_mark') mark = Number((BigInt(mark) & ~mask) | (value & mask))
    if (field === 'ct_label') label = (label & ~mask) | (value & mask)
  }
  for (const nested of action.actions) {
    if (nested.type === 'set_field' || nested.type === 'nx_reg_load2') {
      const { field } = nested
      if (field.field === 'unknown') continue
      const mask = field.mask === undefined ? ones(128) : bitsOfValue(field.field, field.mask)
      set(field.field, bitsOfValue(field.field, field.value), mask)
    } else if (nested.type === 'nx_reg_load' || nested.type === 'nx_reg_move') {
      const { dst } = nested
      const value = nested.type === 'nx_reg_load' ? nested.value : packet.read(subrange(nested.src))
      set(dst.field, value << BigInt(dst.offset), ones(dst.bits) << BigInt(dst.offset))
    }
  }
  if (!dry) Object.assign(connection, { mark, label })
}

/** Writes into the key what the tracker says. */
function tell(packet: Packet, zone: number, state: number, connection: Connection | undefined, tracked: Tracked): void {
  const { key } = packet
  clearConntrack(packet)
  key[WORD.CT_STATE] = state
  key[WORD.CT_ZONE] = zone
  if (connection) {
    writeBits(key, MARK, BigInt(connection.mark))
    writeBits(key, LABEL, connection.label)
  }
  const original: Tuple | undefined = connection?.original ?? tracked.tuple
  if (original === undefined || state & CS.INV) return
  const ipv4 = original.ethertype === ETHERTYPE.IPV4
  const address = (word: number): { word: number; words: number; shift: number; bits: number } =>
    ipv4 ? { word, words: 1, shift: 0, bits: 32 } : { word, words: 4, shift: 0, bits: 128 }
  key[WORD.CT_NW_PROTO] = original.protocol
  writeBits(key, address(ipv4 ? WORD.CT_NW_SRC : WORD.CT_IPV6_SRC), original.src)
  writeBits(key, address(ipv4 ? WORD.CT_NW_DST : WORD.CT_IPV6_DST), original.dst)
  key[WORD.CT_TP_SRC] = original.srcPort
  key[WORD.CT_TP_DST] = original.dstPort
}
