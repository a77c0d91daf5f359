import type { ConfigIssue, ConfigPath } from './issue.js'
import type { ConfigValue } from './value.js'

/** Collects what is wrong, each thing once however many dataplanes meet it. */
export class Checker {
  readonly issues: ConfigIssue[] = []
  readonly #seen = new Set<string>()

  fail(path: ConfigPath, at: ConfigValue, message: string, expected: string): void {
    const id = JSON.stringify([path, at.place.line, at.place.column, message])
    if (this.#seen.has(id)) return
    this.#seen.add(id)
    this.issues.push({ ...at.place, path, message, expected })
  }
}
