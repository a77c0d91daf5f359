import { isReserved } from './mac-table.js'
import { NO_FLOOD } from './port.js'
import { VLAN_PRESENT, WORD } from '../packet/key.js'
import type { Translation, Walk } from './translation.js'

/** Sends the packet to all ports but the one where it came in; without `all`, not to those that must not flood. */
export function flood(t: Translation, walk: Walk, all: boolean): void {
  const inPort = walk.packet.key[WORD.IN_PORT]
  for (const { portNo, config } of t.pipeline.ports.values()) {
    if (portNo === inPort || (!all && config & NO_FLOOD)) continue
    t.output(walk, portNo)
  }
}

/** Forwards as a learning switch does whose ports are all trunks: the `NORMAL` port of Open vSwitch. */
export function normal(t: Translation, walk: Walk): void {
  const { key } = walk.packet
  const { macs, ports } = t.pipeline
  const { now, dry } = t.options
  const inPort = key[WORD.IN_PORT] as number
  if (isReserved(key)) return t.note(walk, 'to a reserved group address')
  const tci = key[WORD.VLAN_TCI] as number
  const vlan = tci & VLAN_PRESENT ? tci & 0xfff : 0
  if (!dry && ports.has(inPort)) macs.learn(vlan, key, inPort, now)
  const known = ((key[WORD.ETH_DST] as number) >> 8) & 1 ? undefined : macs.lookup(vlan, key, now)
  if (known === inPort) return t.note(walk, 'the destination is where it came in')
  // A tag that has only a priority is not sent on.
  const copy = { ...walk, packet: walk.packet.clone() }
  if (tci & VLAN_PRESENT && vlan === 0) copy.packet.popVlan()
  if (known !== undefined && ports.has(known)) t.output(copy, known)
  else flood(t, copy, false)
}
