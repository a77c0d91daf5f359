import { OFPG } from '../constants.js'
import type { Piece } from './piece.js'

/** A group's number, `ALL` or `ANY`. */
export function printGroupId(groupId: number): string {
  if (groupId === OFPG.ALL) return 'ALL'
  return groupId === OFPG.ANY ? 'ANY' : String(groupId)
}

/** A group's number, `all` or `any`. @throws OvsError `invalid`, with the place. */
export function parseGroupId(piece: Piece): number {
  const name = piece.text.toLowerCase()
  if (name === 'all') return OFPG.ALL
  return name === 'any' ? OFPG.ANY : piece.number(4, 'the group')
}
