import type { ConfigEntry, ConfigValue, Place } from './value.js'

/** A top-level key of a text with all that belongs to it. */
export interface YamlBlock {
  readonly text: string
  /** How many lines come before it. */
  readonly line: number
}

/**
 * Takes a long text apart at its top-level keys, so that each part can be read for itself. `undefined` where it cannot
 * be said without reading: anchors, markers of documents, or whatever else begins a line and is no plain key.
 */
export function yamlBlocks(text: string): readonly YamlBlock[] | undefined {
  if (/[&*\t\r\uFEFF\u0085\u2028\u2029]/.test(text)) return undefined
  const blocks: YamlBlock[] = []
  let lines: string[] = []
  let start = 0
  let hasKey = false
  for (const [index, line] of text.split('\n').entries()) {
    if (/^[A-Za-z_][\w-]*:(?: |$)/.test(line)) {
      // What stands before the first key is part of its block.
      if (hasKey) {
        blocks.push({ text: `${lines.join('\n')}\n`, line: start })
        lines = []
        start = index
      }
      hasKey = true
    } else if (line !== '' && line[0] !== '#' && (line[0] !== ' ' || (!hasKey && line.trim() !== ''))) return undefined
    lines.push(line)
  }
  return hasKey ? [...blocks, { text: lines.join('\n'), line: start }] : undefined
}

/** The entries of a section, a top-level key whose value is a mapping in lines of their own. */
export interface YamlSection {
  readonly key: string
  /** How many lines come before the key. */
  readonly line: number
  readonly entries: readonly YamlBlock[]
}

/**
 * Takes a block further apart, at the keys of its mapping: each part is indented as it was. `undefined` where it cannot be
 * said without reading.
 */
export function yamlSection({ text, line: start }: YamlBlock): YamlSection | undefined {
  const lines = text.split('\n')
  const head = lines.findIndex((line) => line !== '' && line[0] !== '#' && line.trim() !== '')
  const key = /^([A-Za-z_][\w-]*): *$/.exec(lines[head] ?? '')?.[1]
  const first = lines.slice(head + 1).find((line) => /^ *[^ #]/.test(line))
  const indent = first === undefined ? 0 : first.search(/[^ ]/)
  if (key === undefined || indent === 0) return undefined
  const isKey = new RegExp(`^ {${String(indent)}}[A-Za-z0-9_][\\w-]*:(?: |$)`)
  const entries: YamlBlock[] = []
  let from = head + 1
  let hasKey = false
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const column = line.search(/[^ ]/)
    if (column < 0 || line[column] === '#' || column > indent) continue
    if (!isKey.test(line)) return undefined
    if (hasKey) {
      entries.push({ text: `${lines.slice(from, index).join('\n')}\n`, line: start + from })
      from = index
    }
    hasKey = true
  }
  return { key, line: start + head, entries: [...entries, { text: lines.slice(from).join('\n'), line: start + from }] }
}

/** What a value was before it was moved. */
const origins = new WeakMap<ConfigValue, ConfigValue>()

/** The same value so many lines further down. What it consists of is moved when somebody looks at it. */
export function movedDown(value: ConfigValue, lines: number): ConfigValue {
  if (lines === 0) return value
  const result = moved(value, lines)
  origins.set(result, origins.get(value) ?? value)
  return result
}

function moved(value: ConfigValue, lines: number): ConfigValue {
  const place = movedPlace(value.place, lines)
  if (value.kind === 'list') {
    let items: readonly ConfigValue[] | undefined
    return {
      kind: 'list',
      get items() {
        return (items ??= value.items.map((item) => movedDown(item, lines)))
      },
      place,
    }
  }
  if (value.kind === 'map') {
    let entries: readonly ConfigEntry[] | undefined
    return {
      kind: 'map',
      get entries() {
        return (entries ??= value.entries.map((entry) => ({ key: movedDown(entry.key, lines), value: movedDown(entry.value, lines) })))
      },
      place,
    }
  }
  return { ...value, place }
}

function movedPlace(place: Place, lines: number): Place {
  return place.line === undefined ? place : { ...place, line: place.line + lines }
}

/** Whether two values say the same, wherever they stand. Those of the same text are known for it. */
export function saysTheSame(one: ConfigValue, other: ConfigValue): boolean {
  if (one === other || (origins.get(one) ?? one) === (origins.get(other) ?? other)) return true
  if (one.kind === 'map' && other.kind === 'map') return sameEntries(one.entries, other.entries)
  if (one.kind === 'list' && other.kind === 'list') {
    return one.items.length === other.items.length && one.items.every((item, index) => saysTheSame(item, other.items[index] as ConfigValue))
  }
  if (one.kind === 'list' || one.kind === 'map' || other.kind === 'list' || other.kind === 'map') return false
  // NaN is no number of a configuration that counts.
  return one.kind === other.kind && (one.kind === 'null' || (other.kind !== 'null' && one.value === other.value))
}

/** Whether two mappings have the same entries in the same order. */
export function sameEntries(one: readonly ConfigEntry[], other: readonly ConfigEntry[]): boolean {
  return one.length === other.length && one.every((entry, index) => {
    const there = other[index]
    return there !== undefined && (there === entry || (saysTheSame(entry.key, there.key) && saysTheSame(entry.value, there.value)))
  })
}
