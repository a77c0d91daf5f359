import { DockerDriverError } from '../errors.js'

const LONGEST = 80

/** A value as an error shows it: quoted, escaped, and cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}

/** A value that cannot be what it is to be. `right` ends the sentence: what would be right. */
export function wrong(text: string, what: string, right: string): DockerDriverError {
  return new DockerDriverError('invalid', `${quote(text)} is ${what}; ${right}`)
}

/**
 * Collects what is wrong with several fields, so that one error can name all of it.
 * `read` gives the fallback where a parser throws `DockerDriverError`; other errors pass through.
 */
export class Problems {
  readonly #found: string[] = []

  /** Notes a problem of a field. */
  add(field: string, message: string): void {
    this.#found.push(`${field}: ${message}`)
  }

  read<T>(field: string, fallback: T, parse: () => T): T {
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof DockerDriverError)) throw error
      this.add(field, error.message)
      return fallback
    }
  }

  /** Throws `DockerDriverError` `invalid` when there is a problem: one on the same line, several as a list. */
  refuse(what: string): void {
    const [first, ...more] = this.#found
    if (first === undefined) return
    if (more.length === 0) throw new DockerDriverError('invalid', first)
    const list = this.#found.map((problem) => `\n- ${problem}`).join('')
    throw new DockerDriverError('invalid', `${this.#found.length} ${what} are wrong:${list}`)
  }
}
