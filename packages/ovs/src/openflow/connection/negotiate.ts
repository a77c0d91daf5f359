import { OFP13_VERSION } from '../constants.js'

const names = new Map([
  [1, '1.0'],
  [2, '1.1'],
  [3, '1.2'],
  [4, '1.3'],
  [5, '1.4'],
  [6, '1.5'],
])

/** A version number of the header as people write it: 4 is `OpenFlow 1.3`. */
export function versionName(version: number): string {
  const name = names.get(version)
  return name === undefined ? `OpenFlow version 0x${version.toString(16).padStart(2, '0')}` : `OpenFlow ${name}`
}

/** The numbers in a version bitmap: bit `n` of word `w` stands for version `32 w + n` (OpenFlow 1.3.5 §7.5.1). */
export function versionsOfBitmap(words: readonly number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => 32 * index + bit).filter((version) => (word >>> (version % 32)) & 1),
  )
}

/** The version bitmap of some versions, as many words as it takes. */
export function bitmapOfVersions(versions: readonly number[]): number[] {
  const words: number[] = Array.from({ length: Math.floor(Math.max(0, ...versions) / 32) + 1 }, () => 0)
  for (const version of versions) {
    const index = Math.floor(version / 32)
    words[index] = ((words[index] as number) | (1 << (version % 32))) >>> 0
  }
  return words
}

/**
 * The version that both sides speak from now on, by the rules of OpenFlow 1.3.5 §6.3.1: the highest that is in both
 * bitmaps or, when the other side sent none, the smaller of the two in the headers. Open vSwitch 3.1 sends version 6
 * and no bitmap.
 * @param header the version in the header of the other side's HELLO
 * @param bitmap the versions in its bitmap; `undefined` when it sent none
 * @returns `undefined` when there is no version in common
 */
export function negotiateVersion(
  header: number,
  bitmap: readonly number[] | undefined,
  ours: readonly number[] = [OFP13_VERSION],
): number | undefined {
  if (bitmap !== undefined) {
    const common = ours.filter((version) => bitmap.includes(version))
    return common.length === 0 ? undefined : Math.max(...common)
  }
  const smaller = Math.min(header, Math.max(...ours))
  return ours.includes(smaller) ? smaller : undefined
}
