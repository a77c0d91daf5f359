/** Numbers that look random and are the same for the same seed (mulberry32), so that a failure can be repeated. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  /** True so many times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  /** One of the elements. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** Some of the elements, in their order. */
  some<T>(list: readonly T[], percent: number): T[] {
    return list.filter(() => this.chance(percent))
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }
}

/** Bytes that parsers stumble over: ends of ranges, signs, quotes, brackets. */
const edges = [0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d]

/** A copy in which one to eight things went wrong. */
export function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let mutated: Uint8Array = Uint8Array.from(bytes)
  for (let i = random.below(8); i >= 0; i--) {
    const at = random.below(mutated.length + 1)
    switch (random.below(7)) {
      case 0: // a bit flips
        if (at < mutated.length) mutated[at] = (mutated[at] as number) ^ (1 << random.below(8))
        break
      case 1: // another byte
        if (at < mutated.length) mutated[at] = random.pick(edges)
        break
      case 2: // another 16 bits, such as a length
        if (at + 1 < mutated.length) {
          mutated[at] = random.pick([0, 0, 0, 0xff])
          mutated[at + 1] = random.pick(edges)
        }
        break
      case 3: // cut off
        mutated = mutated.slice(0, at)
        break
      case 4: // something is missing
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + random.below(16))])
        break
      case 5: // something is there twice
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(Math.max(0, at - random.below(32)))])
        break
      case 6: // goes on as another one
        mutated = Buffer.concat([mutated.subarray(0, at), other.subarray(random.below(other.length))])
    }
  }
  return mutated.slice(0, 0xffff)
}
