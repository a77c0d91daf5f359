import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

/** Reads a file; `undefined` when there is none. */
export type ReadText = (file: string) => string | undefined

/** Size and times of a file as text; `undefined` when there is none. */
export type StatText = (file: string) => string | undefined

/** Knows whether the files of a configuration are others than those that were loaded. */
export class ConfigWatch {
  readonly #read: ReadText
  readonly #stat: StatText
  #files: ReadonlyMap<string, string | undefined> | undefined
  #stats: string | undefined

  constructor(read: ReadText = readText, stat: StatText = statText) {
    this.#read = read
    this.#stat = stat
  }

  /** These files, with what they said, were loaded. */
  loaded(files: readonly { readonly name: string; readonly text: string | undefined }[]): void {
    this.#files = new Map(files.map(({ name, text }) => [name, hashOf(text)]))
    this.#stats = this.#allStats()
  }

  /** Whether any file says something else than when it was loaded; true before anything was. */
  contentChanged(): boolean {
    if (!this.#files) return true
    return [...this.#files].some(([name, hash]) => hashOf(this.#read(name)) !== hash)
  }

  /** Whether any file was touched since the last call, or says something else than before. */
  touched(): boolean {
    if (!this.#files) return false
    const stats = this.#allStats()
    const before = this.#stats
    this.#stats = stats
    return stats !== before && this.contentChanged()
  }

  #allStats(): string {
    return [...(this.#files?.keys() ?? [])].map((name) => `${name} ${this.#stat(name) ?? ''}`).join('\n')
  }
}

function hashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash('sha256').update(text).digest('hex')
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function statText(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stats && `${String(stats.size)} ${String(stats.mtimeNs)} ${String(stats.ctimeNs)} ${String(stats.ino)}`
}
