import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Scalar, type YAMLMap } from 'yaml'
import type { ConfigIssue } from './issue.js'
import { movedDown, yamlBlocks, yamlSection, type YamlBlock } from './yaml-blocks.js'
import { indented } from './yaml-indent.js'
import { keyId, display, type ConfigEntry, type ConfigMap, type ConfigValue, type Place } from './value.js'
import { floatValue, intValue, plainScalar } from './yaml-scalar.js'

/** What a YAML text says; `value` is `undefined` when the text is not YAML (then `issues` says why). */
export interface YamlText {
  readonly value: ConfigValue | undefined
  readonly issues: readonly ConfigIssue[]
}

/**
 * Reads one YAML document as Faucet does: YAML 1.2 with the scalars of `yaml-scalar.ts`, merge keys (`<<`), aliases,
 * no duplicate keys, one document; lines within brackets and quotes may be indented as they like. Never throws.
 */
export function readYaml(text: string, file: string | undefined): YamlText {
  return readBlocks(text, file) ?? readDocument(text, file)
}

function readDocument(text: string, file: string | undefined): YamlText {
  const reader = new Reader(text, file)
  return { value: reader.read(), issues: reader.issues }
}

/** Characters from which on it is worth the while to read only what is new. */
const long = 2000
/** A part of a long text, and what it said when it was read last. */
interface Known {
  readonly value: ConfigMap
  /** By text; none where it was not taken apart. */
  readonly parts: ReadonlyMap<string, Known>
}

/** What long files said when they were read last, by file and block. */
const lastRead = new Map<string, ReadonlyMap<string, Known>>()
const mostFiles = 8

/**
 * Reads a long text block by block, and those that it had when it was read last not again: most changes of a
 * configuration are in one of them. `undefined` when it must be read at once, also to say what is wrong with it.
 */
function readBlocks(text: string, file: string | undefined): YamlText | undefined {
  const blocks = text.length < long ? undefined : yamlBlocks(text)
  const before = lastRead.get(file ?? '')
  const read = blocks && readParts(blocks, file, before ?? new Map())
  if (!read) return undefined
  lastRead.delete(file ?? '')
  lastRead.set(file ?? '', read.parts)
  const [oldest] = lastRead.keys()
  if (lastRead.size > mostFiles && oldest !== undefined) lastRead.delete(oldest)
  return { value: read.value, issues: [] }
}

/** The mapping that parts are together. */
function readParts(blocks: readonly YamlBlock[], file: string | undefined, before: ReadonlyMap<string, Known>): Known | undefined {
  const parts = new Map<string, Known>()
  const entries: ConfigEntry[] = []
  const keys = new Set<string>()
  let place: Place | undefined
  for (const block of blocks) {
    const known = before.get(block.text) ?? readSection(block, file, before) ?? readBlock(block, file)
    if (!known) return undefined
    parts.set(block.text, known)
    const placed = movedDown(known.value, block.line)
    place ??= placed.place
    for (const entry of placed.kind === 'map' ? placed.entries : []) {
      entries.push(entry)
      keys.add(keyId(entry.key))
    }
  }
  return place && keys.size === entries.length ? { value: { kind: 'map', entries, place }, parts } : undefined
}

/** A long section entry by entry, such as all ACLs. */
function readSection({ text }: YamlBlock, file: string | undefined, before: ReadonlyMap<string, Known>): Known | undefined {
  const section = text.length < long ? undefined : yamlSection({ text, line: 0 })
  if (!section) return undefined
  const inner = new Map([...before.values()].flatMap(({ parts }) => [...parts]))
  const read = readParts(section.entries, file, inner)
  const place: Place = { file, line: section.line + 1, column: 1 }
  const key = plainScalar(section.key, place)
  return read && key && { value: { kind: 'map', entries: [{ key, value: read.value }], place }, parts: read.parts }
}

function readBlock({ text }: YamlBlock, file: string | undefined): Known | undefined {
  const { value } = readDocument(text, file)
  return value?.kind === 'map' ? { value, parts: new Map() } : undefined
}

const coreTag = 'tag:yaml.org,2002:'

class Reader {
  readonly issues: ConfigIssue[] = []
  readonly #text: string
  readonly #file: string | undefined
  #lines = new LineCounter()
  /** Blanks that were put before lines. */
  #added: ReadonlyMap<number, number> = new Map()
  readonly #done = new Map<object, ConfigValue>()
  readonly #open = new Set<object>()
  readonly #anchors = new Set<string>()

  constructor(text: string, file: string | undefined) {
    this.#text = text
    this.#file = file
  }

  read(): ConfigValue | undefined {
    // Faucet's parser (libyaml) ends lines at these as well.
    let text = this.#text.replace(/^\uFEFF/, '').replace(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n')
    let document = this.#parse(text)
    const deeper = document.errors.length > 0 ? indented(text) : undefined
    const lines = this.#lines
    const other = deeper && this.#parse(deeper.text)
    if (deeper && other?.errors.length === 0) {
      text = deeper.text
      this.#added = deeper.added
      document = other
    } else this.#lines = lines
    for (const error of document.errors) {
      this.#fail(this.#at(error.pos[0]), error.message.split('\n')[0] ?? error.code, 'YAML 1.2')
    }
    this.#stricter(text, document)
    if (this.issues.length > 0) return undefined
    const value = this.#convert(document.contents, document, { file: this.#file, line: 1, column: 1 }, 0)
    return this.issues.length > 0 ? undefined : value
  }

  #parse(text: string): Document.Parsed {
    this.#lines = new LineCounter()
    return parseDocument(text, {
      lineCounter: this.#lines,
      schema: 'failsafe',
      version: '1.2',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      strict: true,
    })
  }

  // What Faucet's parser refuses though YAML 1.2 has it.
  #stricter(text: string, document: Document): void {
    // eslint-disable-next-line no-control-regex
    const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/.exec(text)
    if (control) this.#fail(this.#at(control.index), 'a control character', 'printable text')
    const version = /^%YAML[ \t]+(\S+)/m.exec(text)
    if (version && version.index === 0 && !/^1\.[12]$/.test(version[1] ?? '')) {
      this.#fail(this.#at(0), `YAML ${version[1] ?? ''} is not known`, 'YAML 1.2')
    }
    visit(document, {
      Scalar: (_, node, path) => {
        const inFlow = path.some((one) => isCollection(one) && one.flow === true)
        if (!inFlow || node.type !== 'PLAIN' || !String(node.value ?? '').includes(':')) return
        this.#fail(this.#at(node.range?.[0]), `${String(node.value)}: an unquoted colon within brackets`, 'quotes around it')
      },
    })
  }

  #at(offset: number | undefined): Place {
    if (offset === undefined) return { file: this.#file, line: undefined, column: undefined }
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col - (this.#added.get(line) ?? 0), 1) }
  }

  #fail(place: Place, message: string, expected: string): void {
    this.issues.push({ ...place, path: [], message, expected })
  }

  #convert(node: unknown, document: Document, fallback: Place, depth: number): ConfigValue {
    if (depth > 200) {
      this.#fail(fallback, 'nested more than 200 levels deep', 'a flatter configuration')
      return { kind: 'null', place: fallback }
    }
    if (isAlias(node)) {
      const place = this.#at(node.range?.[0])
      const target = node.resolve(document)
      if (target && !this.#open.has(target)) return this.#convert(target, document, place, depth + 1)
      const why = target ? 'contains itself' : 'is not defined before'
      this.#fail(place, `the alias *${node.source} ${why}`, 'an anchor defined before it')
      return { kind: 'null', place }
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return { kind: 'null', place: fallback }
    const known = this.#done.get(node)
    if (known) return known
    this.#open.add(node)
    if (node.anchor !== undefined) {
      if (this.#anchors.has(node.anchor)) {
        this.#fail(this.#at(node.range?.[0]), `the anchor &${node.anchor} is there twice`, 'each anchor once')
      }
      this.#anchors.add(node.anchor)
    }
    const place = node.range ? this.#at(node.range[0]) : fallback
    let value: ConfigValue
    if (reservedText(node) !== undefined) {
      this.#fail(place, `${String(reservedText(node))} is no value of YAML`, 'quotes around it')
      value = { kind: 'null', place }
    } else if (isScalar(node)) value = this.#scalar(String(node.value ?? ''), node.type === 'PLAIN', node.tag, place)
    else if (isMap(node)) value = this.#map(node, document, place, depth)
    else value = { kind: 'list', items: node.items.map((item) => this.#convert(item, document, place, depth + 1)), place }
    if (!isScalar(node) && node.tag !== undefined && node.tag !== `${coreTag}${isMap(node) ? 'map' : 'seq'}`) {
      this.#fail(place, `unknown tag ${node.tag}`, 'a value without a tag')
    }
    this.#open.delete(node)
    this.#done.set(node, value)
    return value
  }

  #scalar(text: string, plain: boolean, tag: string | undefined, place: Place): ConfigValue {
    let value: ConfigValue | undefined
    if (tag === undefined || (tag === '!' && plain)) {
      value = plain ? plainScalar(text, place) : { kind: 'str', value: text, place }
    } else if (tag === `${coreTag}str` || tag === '!') value = { kind: 'str', value: text, place }
    else if (tag === `${coreTag}int`) value = intValue(text, place)
    else if (tag === `${coreTag}float`) value = floatValue(text, place)
    else if (tag === `${coreTag}null`) value = { kind: 'null', place }
    else if (tag === `${coreTag}bool` && /^(?:yes|no|y|n|true|false|on|off)$/i.test(text)) {
      value = { kind: 'bool', value: /^(?:yes|y|true|on)$/i.test(text), place }
    } else if (tag === `${coreTag}binary` || tag === `${coreTag}timestamp`) value = { kind: 'other', value: text, place }
    if (value) return value
    this.#fail(place, `${text === '' ? 'an empty value' : text} is no ${tag ?? 'number'}`, 'a value of YAML 1.2')
    return { kind: 'null', place }
  }

  #map(node: YAMLMap, document: Document, place: Place, depth: number): ConfigMap {
    const own: ConfigEntry[] = []
    let merged: ConfigEntry[] | undefined
    for (const pair of node.items) {
      const reserved = reservedText(pair.key)
      let key: ConfigValue =
        reserved === undefined
          ? this.#convert(pair.key, document, place, depth + 1)
          : { kind: 'str', value: reserved, place: this.#at((pair.key as Scalar).range?.[0]) }
      const value = this.#convert(pair.value, document, key.place, depth + 1)
      if (reserved === '<<') {
        if (merged) this.#fail(key.place, 'a second merge key <<', 'one merge key with a list')
        merged = this.#merge(value)
        continue
      }
      if (key.kind === 'map') this.#fail(key.place, 'a mapping as a key', 'text or a number as a key')
      if (key.kind === 'list') key = { kind: 'other', value: JSON.stringify(key.items.map(display)), place: key.place }
      own.push({ key, value })
    }
    if (!merged) {
      const seen = new Set<string>()
      for (const { key } of own) {
        const id = keyId(key)
        if (seen.has(id)) this.#fail(key.place, `the key ${display(key)} is there twice`, 'each key once')
        seen.add(id)
      }
      return { kind: 'map', entries: own, place }
    }
    // With a merge key Faucet's parser lets a later entry win instead.
    const entries = new Map<string, ConfigEntry>()
    for (const entry of [...merged, ...own]) {
      const id = keyId(entry.key)
      entries.set(id, { key: entries.get(id)?.key ?? entry.key, value: entry.value })
    }
    return { kind: 'map', entries: [...entries.values()], place }
  }

  #merge(value: ConfigValue): ConfigEntry[] {
    if (value.kind === 'map') return [...value.entries]
    if (value.kind === 'list' && value.items.every((item) => item.kind === 'map')) {
      return [...value.items].reverse().flatMap((item) => (item.kind === 'map' ? item.entries : []))
    }
    this.#fail(value.place, 'the merge key << takes a mapping or a list of mappings', 'an alias of a mapping')
    return []
  }
}

/** `<<` or `=` where it is unquoted: YAML gives both a meaning as a key, and neither as a value. */
function reservedText(node: unknown): '<<' | '=' | undefined {
  if (!isScalar(node) || node.type !== 'PLAIN' || node.tag !== undefined) return undefined
  return node.value === '<<' || node.value === '=' ? node.value : undefined
}
