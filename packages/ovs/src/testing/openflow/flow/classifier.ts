import type { Key } from '../packet/key.js'
import { matches } from './compiled-match.js'
import type { Flow } from './flow.js'

/** The flows of a table that look at the same bits: found by a hash of these bits. */
interface Subtable {
  readonly words: readonly number[]
  readonly masks: readonly number[]
  /** Flows by hash, those of the highest priority first. */
  readonly flows: Map<number, Flow[]>
  /** How many flows there are of each priority. */
  readonly priorities: Map<number, number>
  highest: number
}

/** The flows of one table, found by match and priority, and by packet. */
export class Classifier {
  readonly #flows = new Map<string, Flow>()
  readonly #subtables = new Map<string, Subtable>()
  /** Highest priority first. */
  #order: Subtable[] = []

  /** How many flows there are. */
  get size(): number {
    return this.#flows.size
  }

  /** All flows, in the order in which they were added. */
  values(): IterableIterator<Flow> {
    return this.#flows.values()
  }

  /** The flow with exactly this match and priority. */
  get(matchId: string, priority: number): Flow | undefined {
    return this.#flows.get(`${priority}:${matchId}`)
  }

  /** Adds a flow; there must be none with the same match and priority. */
  add(flow: Flow): void {
    this.#flows.set(`${flow.priority}:${flow.compiled.id}`, flow)
    let subtable = this.#subtables.get(flow.compiled.shape)
    if (subtable === undefined) {
      const { words, masks } = flow.compiled
      subtable = {
        words,
        masks: words.map((word) => masks[word] as number),
        flows: new Map(),
        priorities: new Map(),
        highest: -1,
      }
      this.#subtables.set(flow.compiled.shape, subtable)
      this.#order.push(subtable)
    }
    const hash = hashOf(subtable, flow.compiled.values)
    const same = subtable.flows.get(hash)
    if (same === undefined) subtable.flows.set(hash, [flow])
    else same.splice(firstAtMost(same, flow.priority), 0, flow)
    subtable.priorities.set(flow.priority, (subtable.priorities.get(flow.priority) ?? 0) + 1)
    if (flow.priority > subtable.highest) {
      subtable.highest = flow.priority
      this.#sort()
    }
  }

  /** Takes a flow out. */
  remove(flow: Flow): void {
    if (!this.#flows.delete(`${flow.priority}:${flow.compiled.id}`)) return
    const subtable = this.#subtables.get(flow.compiled.shape) as Subtable
    const hash = hashOf(subtable, flow.compiled.values)
    const rest = (subtable.flows.get(hash) as Flow[]).filter((other) => other !== flow)
    if (rest.length > 0) subtable.flows.set(hash, rest)
    else subtable.flows.delete(hash)
    const count = (subtable.priorities.get(flow.priority) as number) - 1
    if (count > 0) return void subtable.priorities.set(flow.priority, count)
    subtable.priorities.delete(flow.priority)
    if (subtable.priorities.size === 0) {
      this.#subtables.delete(flow.compiled.shape)
      this.#order = this.#order.filter((other) => other !== subtable)
    } else if (flow.priority === subtable.highest) {
      subtable.highest = Math.max(...subtable.priorities.keys())
      this.#sort()
    }
  }

  /** The flow of the highest priority among those that match. */
  lookup(key: Key): Flow | undefined {
    let best: Flow | undefined
    for (const subtable of this.#order) {
      if (best && best.priority >= subtable.highest) break
      for (const flow of subtable.flows.get(hashOf(subtable, key)) ?? []) {
        if (best && best.priority >= flow.priority) break
        if (matches(flow.compiled, key)) best = flow
      }
    }
    return best
  }

  /** All flows that match, those of the highest priority first. */
  lookupAll(key: Key): Flow[] {
    const found = this.#order.flatMap((subtable) =>
      (subtable.flows.get(hashOf(subtable, key)) ?? []).filter((flow) => matches(flow.compiled, key)),
    )
    return found.sort((a, b) => b.priority - a.priority)
  }

  #sort(): void {
    this.#order.sort((a, b) => b.highest - a.highest)
  }
}

function hashOf({ words, masks }: Subtable, key: Key): number {
  let hash = 0
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ ((key[words[i] as number] as number) & (masks[i] as number)), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}

/** The index of the first flow with at most this priority. */
function firstAtMost(flows: readonly Flow[], priority: number): number {
  const index = flows.findIndex((flow) => flow.priority <= priority)
  return index === -1 ? flows.length : index
}
