import { deepStrictEqual } from 'node:assert'
import type { ChangeBatch } from '@streambed/ovs'
import type { Item, Items } from './replica-model.js'

type Row = Readonly<Record<string, unknown>>

/** Folds a feed into rows, and fails at the first change that cannot have taken place. */
export class Witness {
  readonly tables = new Map<string, Map<string, Row>>()
  readonly #history: readonly Items[]
  readonly #singleSteps: boolean
  #version = -1
  batches = 0
  resyncs = 0

  /** @param singleSteps whether the server shows every version */
  constructor(history: readonly Items[], singleSteps: boolean) {
    this.#history = history
    this.#singleSteps = singleSteps
  }

  get version(): number {
    return this.#version
  }

  take(batch: ChangeBatch): void {
    this.batches++
    if (batch.type === 'resync') this.resyncs++
    for (const change of batch.changes) {
      const rows = this.tables.get(change.table) ?? new Map<string, Row>()
      this.tables.set(change.table, rows)
      const before = rows.get(change.uuid)
      deepStrictEqual(before, change.type === 'insert' ? undefined : change.old, `${change.type} of another row than the one before`)
      if (change.type === 'delete') rows.delete(change.uuid)
      else {
        if (change.type === 'modify') differs(change.old, change.new)
        rows.set(change.uuid, change.new)
      }
    }
    this.#check(batch.type)
  }

  #check(type: ChangeBatch['type']): void {
    const [state] = this.tables.get('State')?.values() ?? []
    const version = Number(state?.['version'] ?? -1)
    if (type === 'update' && this.#singleSteps && version > this.#version + 1)
      throw new Error(`an update went from version ${this.#version} to ${version}`)
    if (version < this.#version) throw new Error(`version ${version} after ${this.#version}`)
    this.#version = version
    deepStrictEqual(itemsOf(this.tables.get('Item')?.values() ?? []), sorted(this.#history[version]?.values() ?? []))
  }
}

function differs(old: Row, row: Row): void {
  try {
    deepStrictEqual(old, row)
  } catch {
    return
  }
  throw new Error('a modification that modifies nothing')
}

/** The part of the rows that the model knows of, in the order of their names. */
export function itemsOf(rows: Iterable<Row>): Item[] {
  return sorted([...rows].map(({ name, n, label, tags, ext }) => ({ name, n, label, tags, ext }) as Item))
}

/** Items in the order of their names, tags in order. */
export function sorted(items: Iterable<Item>): Item[] {
  return [...items]
    .map((item) => ({ ...item, tags: [...item.tags].sort() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Rows as `ovsdb-client dump` prints them, in wire form, from those of a replica. */
export function wireRows(rows: Iterable<Row>): string[] {
  return [...rows].map((row) => JSON.stringify(Object.keys(row).sort().map((name) => [name, canonical(row[name])]))).sort()
}

/** The same from the dump itself. */
export function dumpRows(rows: readonly Row[]): string[] {
  const values = rows.map((row) =>
    JSON.stringify(
      Object.keys(row)
        .filter((name) => name !== '_version')
        .sort()
        .map((name) => [name, canonical(fromWire(row[name]))]),
    ),
  )
  return values.sort()
}

function fromWire(wire: unknown): unknown {
  if (!Array.isArray(wire)) return wire
  const [kind, content] = wire as [string, never]
  if (kind === 'map') return Object.fromEntries(content as [string, unknown][])
  return kind === 'set' ? (content as unknown[]).map(fromWire) : content
}

/** Sets in order; what is absent, empty; a set of one as its element, as on the wire. */
function canonical(value: unknown): unknown {
  if (value === undefined) return []
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) {
    const list = value.map(canonical).sort()
    return list.length === 1 ? list[0] : list
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
}
