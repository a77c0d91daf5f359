import { equalValues } from '../edit/value.js'
import type { ConfigValue } from '../edit/value.js'

/** What becomes of a list: for each item of the older one, where it is in the newer one, and what is new in between. */
export interface Alignment {
  /** For each older item its index in the newer list, or `undefined` when it goes. */
  readonly kept: readonly (number | undefined)[]
  /** Indexes in the newer list that no older item became. */
  readonly added: readonly number[]
}

/**
 * Aligns two lists: equal items in order stay what they are (a longest common subsequence); between them, an older item
 * becomes the newer one at the same position of the gap.
 */
export function alignLists(old: readonly ConfigValue[], now: readonly ConfigValue[]): Alignment {
  const kept: (number | undefined)[] = old.map(() => undefined)
  const added: number[] = []
  let [oldAt, nowAt] = [0, 0]
  for (const [oldEqual, nowEqual] of [...commonItems(old, now), [old.length, now.length] as const]) {
    while (oldAt < oldEqual && nowAt < nowEqual) kept[oldAt++] = nowAt++
    while (nowAt < nowEqual) added.push(nowAt++)
    if (oldEqual < old.length) kept[oldEqual] = nowEqual
    oldAt = oldEqual + 1
    nowAt = nowEqual + 1
  }
  return { kept, added }
}

function commonItems(old: readonly ConfigValue[], now: readonly ConfigValue[]): readonly (readonly [number, number])[] {
  const width = now.length + 1
  const equal = old.map((item) => now.map((other) => equalValues(item, other)))
  const lengths = new Uint32Array((old.length + 1) * width)
  const length = (i: number, j: number) => lengths[i * width + j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const longest = equal[i]?.[j] === true ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1))
      lengths[i * width + j] = longest
    }
  }
  const pairs: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    if (equal[i]?.[j] === true) pairs.push([i++, j++])
    else if (length(i + 1, j) >= length(i, j + 1)) i++
    else j++
  }
  return pairs
}
