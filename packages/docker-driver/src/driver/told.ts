/** Remembers what is wrong, so that it is said when it begins, and not each time that it still is. */
export class Told {
  #texts: ReadonlySet<string> = new Set()

  /** @param texts all that is wrong now @returns what of it was not wrong the last time */
  news(texts: readonly string[]): readonly string[] {
    const before = this.#texts
    this.#texts = new Set(texts)
    return [...this.#texts].filter((text) => !before.has(text))
  }
}
