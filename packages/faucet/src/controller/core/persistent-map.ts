/**
 * A map that is never changed: a change gives another map, which shares with the first all that is the same. For tables
 * of which every packet may change one entry among thousands. The keys are texts; there is no order.
 *
 * A hash trie: nodes of 32 places, by five bits of the key's hash each.
 */
export class PersistentMap<V> {
  static readonly #none = new PersistentMap<never>(undefined, 0)
  readonly #root: Node<V> | undefined
  readonly size: number

  private constructor(root: Node<V> | undefined, size: number) {
    this.#root = root
    this.size = size
  }

  /** The map without entries. */
  static empty<V>(): PersistentMap<V> {
    return PersistentMap.#none
  }

  get(key: string): V | undefined {
    let node = this.#root
    for (let bits = hashOf(key); node; bits >>>= 5) {
      if (node.type === 'leaf') return node.entries.find((entry) => entry[0] === key)?.[1]
      node = node.places[bits & 31]
    }
    return undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** The map with this entry; the same map when it has it. */
  set(key: string, value: V): PersistentMap<V> {
    const before = this.get(key)
    if (before === value && before !== undefined) return this
    const root = put(this.#root, key, value, hashOf(key), 0)
    return new PersistentMap(root, before === undefined ? this.size + 1 : this.size)
  }

  /** The map without this entry; the same map when it does not have it. */
  delete(key: string): PersistentMap<V> {
    if (!this.has(key)) return this
    return new PersistentMap(cut(this.#root, key, hashOf(key), 0), this.size - 1)
  }

  *entries(): Generator<readonly [key: string, value: V], void, undefined> {
    if (this.#root) yield* entriesOf(this.#root)
  }

  *values(): Generator<V, void, undefined> {
    for (const [, value] of this.entries()) yield value
  }

  /**
   * What is different from an earlier map: each key with its value before and now, `undefined` where it was not there.
   * It takes as long as there are differences, not entries, when one map has come from the other.
   */
  *changesSince(earlier: PersistentMap<V>): Generator<readonly [key: string, before: V | undefined, now: V | undefined], void, undefined> {
    yield* changes(earlier.#root, this.#root)
  }
}

type Entry<V> = readonly [key: string, value: V]

type Node<V> =
  /** More than one entry only where the hashes are the same. */
  | { readonly type: 'leaf'; readonly hash: number; readonly entries: readonly Entry<V>[] }
  | { readonly type: 'branch'; readonly places: readonly (Node<V> | undefined)[] }

/** FNV-1a over the code units, mixed at the end so that all bits count. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}

const nowhere: readonly undefined[] = new Array<undefined>(32).fill(undefined)

function put<V>(node: Node<V> | undefined, key: string, value: V, hash: number, shift: number): Node<V> {
  if (!node) return { type: 'leaf', hash, entries: [[key, value]] }
  if (node.type === 'branch') {
    const place = (hash >>> shift) & 31
    return { type: 'branch', places: node.places.with(place, put(node.places[place], key, value, hash, shift + 5)) }
  }
  if (node.hash === hash) {
    return { type: 'leaf', hash, entries: [...node.entries.filter((entry) => entry[0] !== key), [key, value]] }
  }
  const branch: Node<V> = { type: 'branch', places: nowhere.with((node.hash >>> shift) & 31, node as never) }
  return put(branch, key, value, hash, shift)
}

function cut<V>(node: Node<V> | undefined, key: string, hash: number, shift: number): Node<V> | undefined {
  if (!node) return undefined
  if (node.type === 'leaf') {
    const entries = node.entries.filter((entry) => entry[0] !== key)
    return entries.length > 0 ? { ...node, entries } : undefined
  }
  const place = (hash >>> shift) & 31
  const places = node.places.with(place, cut(node.places[place], key, hash, shift + 5))
  const left = places.filter((child) => child !== undefined)
  const [only] = left
  if (left.length > 1 || only?.type === 'branch') return { type: 'branch', places }
  return only
}

function* entriesOf<V>(node: Node<V>): Generator<Entry<V>, void, undefined> {
  if (node.type === 'leaf') yield* node.entries
  else for (const child of node.places) if (child) yield* entriesOf(child)
}

function* changes<V>(
  before: Node<V> | undefined,
  now: Node<V> | undefined,
): Generator<readonly [string, V | undefined, V | undefined], void, undefined> {
  if (before === now) return
  if (before?.type === 'branch' && now?.type === 'branch') {
    for (let index = 0; index < 32; index++) {
      const was = before.places[index]
      const is = now.places[index]
      if (was !== is) yield* changes(was, is)
    }
    return
  }
  const old = new Map(before ? entriesOf(before) : [])
  for (const [key, value] of now ? entriesOf(now) : []) {
    if (old.get(key) !== value) yield [key, old.get(key), value]
    old.delete(key)
  }
  for (const [key, value] of old) yield [key, value, undefined]
}
