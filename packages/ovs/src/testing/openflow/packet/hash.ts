import { isIp } from './packet.js'
import { type Key, WORD } from './key.js'

/** A hash of the two ends of a packet, the same in both directions. Open vSwitch computes another one. */
export function symmetricHash(key: Key, basis = 0): number {
  const ip = isIp(key)
  const ends = ip
    ? [...pair(key, WORD.IP_SRC, WORD.IP_DST, 1), ...pair(key, WORD.IPV6_SRC, WORD.IPV6_DST, 4), key[WORD.IP_PROTO] as number]
    : []
  const ports = ip ? pair(key, WORD.TP_SRC, WORD.TP_DST, 1) : []
  return mix([basis, ...pair(key, WORD.ETH_SRC, WORD.ETH_DST, 2), key[WORD.ETH_TYPE] as number, ...ends, ...ports])
}

/** A hash of some words of a key. */
export function hashWords(key: Key, words: readonly number[], basis = 0): number {
  return mix([basis, ...words.map((word) => key[word] as number)])
}

function pair(key: Key, a: number, b: number, words: number): number[] {
  return Array.from({ length: words }, (_, i) => ((key[a + i] as number) ^ (key[b + i] as number)) >>> 0)
}

function mix(words: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  return hash >>> 0
}
