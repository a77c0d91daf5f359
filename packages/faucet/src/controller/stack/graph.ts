import type { StackLink } from './state.js'

/** The dataplanes and their links, by names. */
export class StackGraph {
  readonly #neighbours: ReadonlyMap<string, ReadonlySet<string>>

  constructor(names: Iterable<string>, links: readonly StackLink[]) {
    const neighbours = new Map([...names].map((name) => [name, new Set<string>()]))
    for (const { ends: [a, z] } of links) {
      neighbours.get(a.dp)?.add(z.dp)
      neighbours.get(z.dp)?.add(a.dp)
    }
    this.#neighbours = neighbours
  }

  /** Links from each dataplane that can be reached to this one. */
  distances(to: string): ReadonlyMap<string, number> {
    const distances = new Map(this.#neighbours.has(to) ? [[to, 0]] : [])
    // A Map goes on through what is added meanwhile: breadth first.
    for (const [name, distance] of distances) {
      for (const next of this.#neighbours.get(name) ?? []) if (!distances.has(next)) distances.set(next, distance + 1)
    }
    return distances
  }

  /**
   * The shortest path from each dataplane that can be reached to this one, both ends included; of several the one whose
   * names come first.
   */
  pathsTo(to: string): ReadonlyMap<string, readonly string[]> {
    const distances = this.distances(to)
    const paths = new Map<string, readonly string[]>()
    // Nearest first: the next one on a way has its own path by then.
    for (const [name, distance] of distances) {
      let next: string | undefined
      for (const other of this.#neighbours.get(name) ?? []) {
        if (distances.get(other) === distance - 1 && (next === undefined || other < next)) next = other
      }
      paths.set(name, next === undefined ? [name] : [name, ...(paths.get(next) ?? [])])
    }
    return paths
  }
}
