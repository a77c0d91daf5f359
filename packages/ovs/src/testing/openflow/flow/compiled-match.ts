import { bitsOfValue } from '../../../openflow/oxm/bits.js'
import type { Match } from '../../../openflow/oxm/field.js'
import { fieldSpec } from '../../../openflow/oxm/fields.js'
import { fieldRange } from '../packet/field-range.js'
import { isValidValue, widePort } from '../packet/field-value.js'
import { type Key, KEY_WORDS, ones, readBits, writeBits } from '../packet/key.js'
import { fulfils } from '../packet/prerequisite.js'
import { refusal } from './refusal.js'

/** A match as values and masks of whole words. */
export interface CompiledMatch {
  readonly values: Key
  readonly masks: Key
  /** The words whose mask is not zero. */
  readonly words: readonly number[]
  /** The same for the same matches, whatever the order of their fields. */
  readonly id: string
  /** The same for matches that look at the same bits. */
  readonly shape: string
}

/** Checks and compiles a match. @throws Refusal `bad_match` as Open vSwitch does. */
export function compileMatch(match: Match): CompiledMatch {
  const values = new Uint32Array(KEY_WORDS)
  const masks = new Uint32Array(KEY_WORDS)
  for (const field of match) {
    if (field.field === 'unknown') throw refusal('bad_match', 'bad_field')
    const range = fieldRange(field.field)
    if (range === undefined) throw refusal('bad_match', 'bad_field')
    const spec = fieldSpec(field.field)
    let value = bitsOfValue(field.field, field.value)
    let mask = ones(range.bits)
    if (field.mask !== undefined) {
      mask = bitsOfValue(field.field, field.mask)
      if (spec.maskable === 'no' && mask !== ones(8 * spec.bytes) && mask !== ones(range.bits)) throw refusal('bad_match', 'bad_mask')
      if (value & ~mask) throw refusal('bad_match', 'bad_wildcards')
      mask &= ones(range.bits)
    }
    if (field.field === 'nxm_of_in_port') value = widePort(value)
    if (field.field === 'nxm_of_ip_tos') mask = 0xfcn
    const place = field.field === 'nxm_of_in_port' ? { ...range, bits: 32 } : range
    if (place !== range) mask = 0xffffffffn
    if (!isValidValue(field.field, field.field === 'nxm_of_in_port' ? value & 0xffffn : value)) throw refusal('bad_match', 'bad_value')
    if (!fulfils(spec.requires, values)) throw refusal('bad_match', 'bad_prereq')
    if (readBits(masks, place) & mask) throw refusal('bad_match', 'dup_field')
    writeBits(values, place, readBits(values, place) | value)
    writeBits(masks, place, readBits(masks, place) | mask)
  }
  return compiled(values, masks)
}

/** A compiled match of values and masks; values are masked. */
export function compiled(values: Key, masks: Key): CompiledMatch {
  const words: number[] = []
  let id = ''
  let shape = ''
  for (let i = 0; i < KEY_WORDS; i++) {
    const mask = masks[i] as number
    values[i] = (values[i] as number) & mask
    if (mask === 0) continue
    words.push(i)
    shape += `${i}/${mask},`
    id += `${i}/${mask}=${values[i]},`
  }
  return { values, masks, words, id, shape }
}

/** Whether a packet with this key is let through. */
export function matches(match: CompiledMatch, key: Key): boolean {
  for (const word of match.words) {
    if ((((key[word] as number) ^ (match.values[word] as number)) & (match.masks[word] as number)) !== 0) return false
  }
  return true
}

/** Whether every packet that `inner` lets through is let through by `outer` too, bit by bit (§6.4). */
export function contains(outer: CompiledMatch, inner: CompiledMatch): boolean {
  return outer.words.every((word) => {
    const mask = outer.masks[word] as number
    if (((inner.masks[word] as number) & mask) >>> 0 !== mask) return false
    return (((inner.values[word] as number) ^ (outer.values[word] as number)) & mask) === 0
  })
}

/** Whether a packet may exist that both let through. */
export function overlap(a: CompiledMatch, b: CompiledMatch): boolean {
  return a.words.every((word) => {
    const mask = (a.masks[word] as number) & (b.masks[word] as number)
    return (((a.values[word] as number) ^ (b.values[word] as number)) & mask) === 0
  })
}

