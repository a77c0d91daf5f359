/** The locks of a server (RFC 7047 §4.1.8 to §4.1.10): each has an owner and a queue of those who want it next. */
export class LockTable<Owner> {
  readonly #queues = new Map<string, Owner[]>()

  /** Gets a lock or queues for it; says whether it was got. */
  lock(name: string, owner: Owner): boolean {
    const queue = this.#queues.get(name) ?? []
    this.#queues.set(name, queue)
    queue.push(owner)
    return queue[0] === owner
  }

  /** Takes a lock from whoever has it, who stays in the queue; returns the one who lost it. */
  steal(name: string, owner: Owner): Owner | undefined {
    const queue = this.#queues.get(name) ?? []
    this.#queues.set(name, queue)
    queue.unshift(owner)
    return queue[1]
  }

  /** Gives a lock, or the place in its queue, back; returns the one who has it now because of that. */
  unlock(name: string, owner: Owner): Owner | undefined {
    const queue = this.#queues.get(name) ?? []
    const at = queue.indexOf(owner)
    if (at === -1) return undefined
    queue.splice(at, 1)
    if (queue.length === 0) this.#queues.delete(name)
    return at === 0 ? queue[0] : undefined
  }

  /** Whether somebody has a lock. */
  owns(name: string, owner: Owner): boolean {
    return this.#queues.get(name)?.[0] === owner
  }
}
