import { DockerDriverError } from '../errors.js'

/** Work on one thing after the other, on different things side by side; nothing waits for ever. */
export class Serial {
  readonly #last = new Map<string, Promise<unknown>>()

  /**
   * Runs `work` when everything on `key` that was asked for before is over.
   * @throws DockerDriverError `timeout` when it has not begun within `limitMs`; it is then not begun at all
   */
  run<T>(key: string, work: () => Promise<T>, limitMs: number): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    let late = false
    const result = before.then(() => {
      if (late) throw new DockerDriverError('timeout', 'it was given up before its turn came')
      return work()
    })
    const over = result.then(() => undefined, () => undefined)
    this.#last.set(key, over)
    void over.then(() => {
      if (this.#last.get(key) === over) this.#last.delete(key)
    })
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        late = true
        reject(new DockerDriverError('timeout', `an earlier step on ${key} is not over after ${limitMs / 1000} s: try again; the driver's log says what it waits for`))
      }, limitMs)
      void before.then(() => clearTimeout(timer))
      result.then(resolve, reject)
    })
  }

  /** Whether nothing is going on on this key. */
  quiet(key: string): boolean {
    return !this.#last.has(key)
  }

  /** Resolves when nothing is going on. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }
}
