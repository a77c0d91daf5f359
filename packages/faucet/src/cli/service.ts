/**
 * What both commands run: something with a configuration that is read again when it is told to, and that ends in good
 * order.
 */
export abstract class Service implements AsyncDisposable {
  #last: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  /** Whether it is ending, or has ended. */
  protected get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /** Reads the configuration. What it throws is logged. */
  protected abstract load(): Promise<void>

  /** Ends everything; nothing is being read any more. */
  protected abstract end(): Promise<void>

  protected abstract logError(text: string): void

  /** Does the first of it; when that fails, ends what is there already. */
  protected async begin(start: () => Promise<void>): Promise<void> {
    try {
      await start()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Reads the configuration again, after what was begun before. Never rejects. */
  reload(): Promise<void> {
    this.#last = this.#last.then(() => (this.isClosing ? undefined : this.load())).catch((error: Error) => this.logError(error.message))
    return this.#last
  }

  /** Ends it. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.end())
    return this.#closing
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
