import { posix } from 'node:path'
import type { ConfigIssue } from './issue.js'
import { display, entryOf, keyId, nowhere, truthy, type ConfigEntry, type ConfigMap, type ConfigValue } from './value.js'
import { readYaml } from './yaml.js'

/** A file of a configuration; `text` is `undefined` for one that does not exist. */
export interface ConfigFile {
  readonly name: string
  readonly text: string | undefined
}

/** Reads a file by name; `undefined` when there is none. */
export type ReadConfigFile = (name: string) => string | undefined

/** Where a configuration begins. */
export type ConfigRoot =
  | { readonly type: 'file'; readonly name: string; readonly read: ReadConfigFile }
  | { readonly type: 'data'; readonly root: ConfigMap }

/** The merged configuration. */
export interface MergedConfig {
  /** A mapping of the five sections. */
  readonly entries: ConfigMap
  readonly issues: readonly ConfigIssue[]
  readonly files: readonly ConfigFile[]
}

const sections = ['acls', 'dps', 'meters', 'routers', 'vlans'] as const
const topKeys = new Set<string>([...sections, 'include', 'include-optional', 'version'])
type Sections = Record<(typeof sections)[number], Map<string, ConfigEntry>>

/** Reads the files from the root on and merges their sections by name; a file's includes come after (over) itself. */
export function mergeIncludes(root: ConfigRoot): MergedConfig {
  const merger = new Merger(root.type === 'file' ? root.read : () => undefined)
  const result = emptySections()
  const hashes = new Set<string>()
  if (root.type === 'file') merger.include(root.name, result, hashes, undefined)
  else merger.merge(root.root, undefined, result, hashes)
  if (merger.issues.length === 0 && result.dps.size === 0) {
    const file = merger.files[0]?.name
    const line = file === undefined ? undefined : 1
    merger.issues.push({
      file, line, column: line, path: ['dps'], message: 'no dataplanes', expected: 'a section dps with a dataplane',
    })
  }
  const entries = sections.map((name) => ({
    key: { kind: 'str' as const, value: name, place: nowhere },
    value: { kind: 'map' as const, entries: [...result[name].values()], place: nowhere },
  }))
  return {
    entries: { kind: 'map', entries: entries.filter((entry) => entry.value.entries.length > 0), place: nowhere },
    issues: merger.issues,
    files: merger.files,
  }
}

function emptySections(from?: Sections): Sections {
  return {
    acls: new Map(from?.acls),
    dps: new Map(from?.dps),
    meters: new Map(from?.meters),
    routers: new Map(from?.routers),
    vlans: new Map(from?.vlans),
  }
}

class Merger {
  issues: ConfigIssue[] = []
  readonly files: ConfigFile[] = []
  readonly #read: ReadConfigFile
  /** Faults that an optional file may not have either. */
  readonly #fatal = new Set<ConfigIssue>()

  constructor(read: ReadConfigFile) {
    this.#read = read
  }

  /** False when the file, or one that it requires, cannot be loaded. */
  include(name: string, into: Sections, loaded: Set<string>, from: ConfigValue | undefined): boolean {
    let text: string | undefined
    let cause = 'does not exist'
    try {
      text = this.#read(name)
    } catch (error) {
      cause = `cannot be read (${error instanceof Error ? error.message : String(error)})`
    }
    if (!this.files.some((file) => file.name === name)) this.files.push({ name, text })
    if (text === undefined) return this.#fail(from, name, `the file ${name} ${cause}`, 'a readable file')
    const { value, issues } = readYaml(text, name)
    this.issues.push(...issues)
    if (!value) return false
    return this.merge(value, name, into, loaded)
  }

  merge(value: ConfigValue, name: string | undefined, into: Sections, loaded: Set<string>): boolean {
    if (value.kind !== 'map' || value.entries.length === 0) {
      this.#fail(value, name, 'the configuration is empty or no mapping', 'a mapping with a section dps')
      const issue = this.issues.at(-1)
      if (issue && truthy(value)) this.#fatal.add(issue)
      return false
    }
    const before = this.issues.length
    const main = loaded.size === 0
    for (const { key } of value.entries) {
      if (key.kind === 'str' && topKeys.has(key.value)) continue
      this.#fail(key, name, `unknown top level key ${display(key)}`, [...topKeys].join(', '), [display(key)])
    }
    const version = entryOf(value, 'version')
    if (main && version && keyId(version.value) !== 'n:2') {
      const message = `version ${display(version.value)} is not known`
      this.#fail(version.value, name, message, '2, the only version', ['version'])
    }
    const mine = emptySections(into)
    for (const section of sections) this.#section(value, section, name, mine)
    const nowLoaded = new Set(loaded)
    if (name !== undefined) nowLoaded.add(name)
    if (this.issues.length === before) {
      this.#includes(value, 'include', name, mine, loaded, nowLoaded)
      this.#includes(value, 'include-optional', name, mine, loaded, nowLoaded)
    }
    if (this.issues.length > before) return false
    for (const one of nowLoaded) loaded.add(one)
    for (const section of sections) for (const [id, entry] of mine[section]) into[section].set(id, entry)
    return true
  }

  #section(value: ConfigMap, section: (typeof sections)[number], name: string | undefined, into: Sections): void {
    const entry = entryOf(value, section)
    if (!entry) return
    const { value: content } = entry
    if (content.kind === 'map') {
      for (const one of content.entries) into[section].set(keyId(one.key), one)
    } else if (!(content.kind === 'list' && content.items.length === 0) && !(content.kind === 'str' && !content.value)) {
      this.#fail(content, name, `${section} is ${display(content)}`, 'a mapping by name', [section])
    }
  }

  #includes(
    value: ConfigMap,
    directive: 'include' | 'include-optional',
    name: string | undefined,
    into: Sections,
    loaded: ReadonlySet<string>,
    nowLoaded: Set<string>,
  ): void {
    const list = entryOf(value, directive)?.value
    if (!list) return
    if (list.kind !== 'list') {
      this.#fail(list, name, `${directive} is ${display(list)}`, 'a list of file names', [directive])
      return
    }
    for (const item of list.items) {
      const file = display(item)
      const path = posix.isAbsolute(file) || name === undefined ? posix.normalize(file) : posix.join(posix.dirname(name), file)
      if (loaded.has(path)) {
        this.#fail(item, name, `${path} is loaded already: a loop of includes`, 'each file once', [directive])
        return
      }
      const issues = this.issues
      this.issues = []
      const good = this.include(path, into, nowLoaded, item)
      const found = this.issues
      this.issues = [...issues, ...found.filter((issue) => directive === 'include' || this.#fatal.has(issue))]
      if (!good && directive === 'include-optional') nowLoaded.add(path)
      if (!good && directive === 'include') return
    }
  }

  #fail(at: ConfigValue | undefined, file: string | undefined, message: string, expected: string, path: string[] = []): false {
    const place = at?.place ?? { file, line: undefined, column: undefined }
    this.issues.push({ ...place, file: place.file ?? file, path, message, expected })
    return false
  }
}

