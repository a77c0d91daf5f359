import { type Key, WORD } from '../packet/key.js'

/** Seconds after which an address is forgotten that sent nothing. */
const AGE = 300

/** Where addresses were last seen: what a learning switch knows, by VLAN. */
export class MacTable {
  readonly #entries = new Map<string, { port: number; seen: number }>()

  /** Notes the sender of a packet. Group addresses are not learnt. */
  learn(vlan: number, key: Key, port: number, now: number): void {
    if (((key[WORD.ETH_SRC] as number) >> 8) & 1) return
    this.#entries.set(`${vlan}/${key[WORD.ETH_SRC]}/${key[WORD.ETH_SRC + 1]}`, { port, seen: now })
  }

  /** The port of the destination of a packet, if it is known. */
  lookup(vlan: number, key: Key, now: number): number | undefined {
    const id = `${vlan}/${key[WORD.ETH_DST]}/${key[WORD.ETH_DST + 1]}`
    const entry = this.#entries.get(id)
    if (entry === undefined || now - entry.seen < AGE * 1000) return entry?.port
    this.#entries.delete(id)
    return undefined
  }

  /** Forgets all addresses of a port. */
  forget(port: number): void {
    for (const [id, entry] of this.#entries) if (entry.port === port) this.#entries.delete(id)
  }
}

/** Whether a frame is for bridges alone (01:80:c2:00:00:0x and some of other makers): `NORMAL` drops it. */
export function isReserved(key: Key): boolean {
  const high = key[WORD.ETH_DST] as number
  const low = key[WORD.ETH_DST + 1] as number
  if (high === 0x0180) return low >>> 4 === 0xc200000
  if (high === 0x00e0) return low >>> 0 === 0x2b000000 || low >>> 0 === 0x2b000004 || low >>> 0 === 0x2b000006
  if (high !== 0x0100) return false
  return [0x0c000000, 0x0ccccccc, 0x0ccccccd, 0x0ccdcdcd].includes(low >>> 0) || (low >= 0x0cccccc0 && low <= 0x0cccccc7)
}
