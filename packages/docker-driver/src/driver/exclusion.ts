/** Calls of Docker's go side by side; while everything is compared and mended, none does. */
export class Exclusion {
  #running = 0
  #alone: Promise<void> | undefined
  #idle: (() => void) | undefined

  /** Runs work beside other such work. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      if (this.#running === 0) this.#idle?.()
    }
  }

  /** Runs work when nothing else runs; what comes meanwhile waits. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone
    let release = (): void => undefined
    this.#alone = new Promise((resolve) => (release = resolve))
    try {
      if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
      return await work()
    } finally {
      this.#idle = undefined
      this.#alone = undefined
      release()
    }
  }
}
