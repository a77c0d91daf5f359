import { FRAG, type Key, WORD } from '../packet/key.js'
import { Classifier } from './classifier.js'
import { type CompiledMatch, contains, overlap } from './compiled-match.js'
import type { Flow } from './flow.js'

/** One flow table (OpenFlow 1.3.5 §5.2): its flows and its counters. */
export class FlowTable {
  readonly #flows = new Classifier()
  /** How many flows are clauses of conjunctive matches. */
  #conjunctive = 0
  lookups = 0
  matched = 0
  /** Bits of `OFPTC`. */
  config = 0

  /** How many flows there are. */
  get size(): number {
    return this.#flows.size
  }

  /** All flows, in the order in which they were added. */
  flows(): IterableIterator<Flow> {
    return this.#flows.values()
  }

  /** The flow with exactly this match and priority. */
  get(match: CompiledMatch, priority: number): Flow | undefined {
    return this.#flows.get(match.id, priority)
  }

  /** The flows that are as specific as a match, or more so: what a request that is not strict is about (§6.4). */
  within(match: CompiledMatch): Flow[] {
    return [...this.#flows.values()].filter((flow) => contains(match, flow.compiled))
  }

  /** Whether there is a flow of this priority that may match the same packet. */
  overlaps(match: CompiledMatch, priority: number): boolean {
    for (const flow of this.#flows.values()) if (flow.priority === priority && overlap(flow.compiled, match)) return true
    return false
  }

  add(flow: Flow): void {
    this.#flows.add(flow)
    if (flow.program.conjunctions.length > 0) this.#conjunctive++
  }

  remove(flow: Flow): void {
    this.#flows.remove(flow)
    if (flow.program.conjunctions.length > 0) this.#conjunctive--
  }

  /** Whether the table has clauses of conjunctive matches: must be called when a flow's program has changed. */
  recount(): void {
    this.#conjunctive = 0
    for (const flow of this.#flows.values()) if (flow.program.conjunctions.length > 0) this.#conjunctive++
  }

  /**
   * The flow of the highest priority that matches. Of IP fragments the ports are not looked at, whichever fragment it is
   * (`OFPC_FRAG_NORMAL`).
   */
  lookup(key: Key): Flow | undefined {
    let seen = key
    if ((key[WORD.IP_FRAG] as number) & FRAG.ANY) {
      seen = key.slice()
      seen[WORD.TP_SRC] = 0
      seen[WORD.TP_DST] = 0
    }
    return this.#conjunctive > 0 ? this.#lookupConjunctive(seen) : this.#flows.lookup(seen)
  }

  /** ovs-fields(7), Conjunctive Match Fields. */
  #lookupConjunctive(key: Key): Flow | undefined {
    const found = this.#flows.lookupAll(key)
    const hard = found.find((flow) => flow.program.conjunctions.length === 0)
    const soft = found.filter((flow) => flow.program.conjunctions.length > 0 && flow.priority > (hard?.priority ?? -1))
    for (let first = 0; first < soft.length; ) {
      const { priority } = soft[first] as Flow
      const same = soft.filter((flow) => flow.priority === priority)
      for (const id of satisfied(same)) {
        const probe = key.slice()
        probe[WORD.CONJ_ID] = id
        const flow = this.#flows.lookupAll(probe).find(({ program }) => program.conjunctions.length === 0)
        if (flow !== undefined) return flow
      }
      first += same.length
    }
    return hard
  }
}

/** The numbers of the conjunctions of which every clause is among the flows. */
function satisfied(flows: readonly Flow[]): number[] {
  const clauses = new Map<string, { id: number; missing: Set<number> }>()
  for (const { clause, clauses: count, id } of flows.flatMap((flow) => flow.program.conjunctions)) {
    const key = `${id}/${count}`
    const entry = clauses.get(key) ?? { id, missing: new Set(Array.from({ length: count }, (_, i) => i)) }
    clauses.set(key, entry)
    entry.missing.delete(clause)
  }
  return [...clauses.values()].filter(({ missing }) => missing.size === 0).map(({ id }) => id)
}
