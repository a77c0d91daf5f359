/** Something that must end when its owner ends. */
export interface Ownable {
  /** Ends it; with a reason when that is no orderly end. May be called more than once. */
  readonly end: (reason: Error | undefined) => void | Promise<void>
}

/** The set of live things that end with their owner. */
export class Owned {
  readonly #items = new Map<Ownable, string | undefined>()

  get size(): number {
    return this.#items.size
  }

  /**
   * Adds a thing; returns what takes it out again.
   * @param namespace the network namespace that it keeps alive
   */
  add(item: Ownable, namespace?: string): () => void {
    this.#items.set(item, namespace)
    return () => void this.#items.delete(item)
  }

  /** Ends everything. */
  closeAll(reason?: Error): Promise<void> {
    return this.#close([...this.#items.keys()], reason)
  }

  /** Ends what keeps a namespace alive. */
  closeNamespace(namespace: string, reason?: Error): Promise<void> {
    return this.#close([...this.#items].filter(([, owner]) => owner === namespace).map(([item]) => item), reason)
  }

  async #close(items: readonly Ownable[], reason: Error | undefined): Promise<void> {
    for (const item of items) this.#items.delete(item)
    await Promise.all(items.map(async (item) => item.end(reason)))
  }
}
