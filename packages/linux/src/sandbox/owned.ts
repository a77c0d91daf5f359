/** Something that must end when its owner ends. */
export interface Ownable {
  /** Ends it; with a reason when that is no orderly end. May be called more than once. */
  readonly end: (reason: Error | undefined) => void | Promise<void>
}

/** The set of live things that end with their owner. */
export class Owned {
  readonly #items = new Set<Ownable>()

  get size(): number {
    return this.#items.size
  }

  /** Adds a thing; returns what takes it out again. */
  add(item: Ownable): () => void {
    this.#items.add(item)
    return () => void this.#items.delete(item)
  }

  /** Ends everything. */
  async closeAll(reason?: Error): Promise<void> {
    const items = [...this.#items]
    this.#items.clear()
    await Promise.all(items.map(async (item) => item.end(reason)))
  }
}
