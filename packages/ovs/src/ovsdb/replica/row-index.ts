import type { AnyRow } from '../row.js'
import type { Atom, Uuid, Value } from '../value.js'

/** What rows are found by: one key, several (the row is found by each of them), or `undefined` for none. */
export type IndexKeys = Atom | readonly Atom[] | undefined

/** Makes the keys of a row. It must look at nothing but the row. */
export type KeyFunction = (row: AnyRow) => IndexKeys

/**
 * A part of an index over columns: the name of a column, or `column:key` for what a map has under that key, such as
 * `external_ids:owner`.
 */
export type IndexPart = string

/** Finds rows by a key. Built when it is first asked, and kept up to date from then on. */
export class RowIndex {
  readonly #keysOf: KeyFunction
  readonly #rows: ReadonlyMap<Uuid, AnyRow>
  /** One uuid stands for itself: most keys have one row, and a set for each would cost ten times the memory. */
  #uuids: Map<Atom, Uuid | Set<Uuid>> | undefined

  /** @param rows those of the table, which the owner changes before it calls {@link changed} */
  constructor(keysOf: KeyFunction, rows: ReadonlyMap<Uuid, AnyRow>) {
    this.#keysOf = keysOf
    this.#rows = rows
  }

  /** The rows that have the key. */
  get(key: Atom): AnyRow[] {
    const found = (this.#uuids ??= this.#build()).get(key)
    if (found === undefined) return []
    const uuids = typeof found === 'string' ? [found] : [...found]
    return uuids.map((uuid) => this.#rows.get(uuid)).filter((row) => row !== undefined)
  }

  /** Says that a row has changed: `old` is absent after its insertion, `row` after its deletion. */
  changed(uuid: Uuid, old: AnyRow | undefined, row: AnyRow | undefined): void {
    const uuids = this.#uuids
    if (!uuids) return
    const before = old ? this.#keysOf(old) : undefined
    const after = row ? this.#keysOf(row) : undefined
    if (before === after) return
    for (const key of keys(before)) remove(uuids, key, uuid)
    for (const key of keys(after)) add(uuids, key, uuid)
  }

  /** Forgets everything, to build it anew when it is next asked. */
  clear(): void {
    this.#uuids = undefined
  }

  #build(): Map<Atom, Uuid | Set<Uuid>> {
    const uuids = new Map<Atom, Uuid | Set<Uuid>>()
    for (const [uuid, row] of this.#rows) for (const key of keys(this.#keysOf(row))) add(uuids, key, uuid)
    return uuids
  }
}

function keys(value: IndexKeys): readonly Atom[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value : [value]
}

function add(uuids: Map<Atom, Uuid | Set<Uuid>>, key: Atom, uuid: Uuid): void {
  const there = uuids.get(key)
  if (there === undefined) uuids.set(key, uuid)
  else if (typeof there !== 'string') there.add(uuid)
  else if (there !== uuid) uuids.set(key, new Set([there, uuid]))
}

function remove(uuids: Map<Atom, Uuid | Set<Uuid>>, key: Atom, uuid: Uuid): void {
  const there = uuids.get(key)
  if (there === uuid) uuids.delete(key)
  else if (typeof there === 'object' && there.delete(uuid) && there.size === 0) uuids.delete(key)
}

/** The keys of rows by columns. A row that lacks a map's key is not in the index. */
export function columnKeys(parts: readonly IndexPart[]): KeyFunction {
  const readers = parts.map(partReader)
  return (row) => {
    const values: Value[] = []
    for (const read of readers) {
      const value = read(row)
      if (value === absent) return undefined
      values.push(value)
    }
    return columnKey(values)
  }
}

/** The key of rows that have these values in the columns of an index, in their order. */
export function columnKey(values: readonly Value[]): Atom {
  const [first] = values
  if (values.length === 1 && first !== undefined && typeof first !== 'object') return first
  // No OVSDB string contains U+0000: the text cannot be taken for one.
  return `\0${JSON.stringify(values.map(plain))}`
}

const absent = Symbol('absent')

function partReader(part: IndexPart): (row: AnyRow) => Value | typeof absent {
  const colon = part.indexOf(':')
  if (colon < 0) return (row) => row[part]
  const [column, key] = [part.slice(0, colon), part.slice(colon + 1)]
  return (row) => {
    const map = row[column] as Readonly<Record<string, Atom>> | undefined
    return map && Object.hasOwn(map, key) ? map[key] : absent
  }
}

/** What JSON tells apart: an integer from a string, an absent value from an empty one, maps whatever their order. */
function plain(value: Value): unknown {
  if (value === undefined) return null
  if (typeof value === 'bigint') return { integer: value.toString() }
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return (value as readonly Atom[]).map(plain)
  const map = value as Readonly<Record<string, Atom>>
  return { map: Object.keys(map).sort().map((key) => [key, plain(map[key])]) }
}
