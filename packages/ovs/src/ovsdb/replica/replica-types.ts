import type { Condition } from '../condition.js'
import type { AnyTables, Tables } from '../row.js'
import type { RowChange } from '../update.js'
import type { Atom, Uuid, Value } from '../value.js'

/** Which columns and rows of a table a replica has. */
export interface TableSelection<Row> {
  /** Defaults to every column except `_version`. `_uuid` is always there. */
  readonly columns?: readonly (keyof Row & string)[]
  /**
   * The rows for which one of the conditions holds (an OR, unlike in operations); none for an empty list. Defaults to
   * all.
   */
  readonly where?: readonly Condition<Row>[]
  /** Goes without the table, or without those of the columns, that the schema lacks, instead of failing. */
  readonly optional?: boolean
}

/** The tables of a replica: `true` for all columns, a list of columns, or a {@link TableSelection}. */
export type ReplicaTables<T extends Tables = AnyTables> = {
  readonly [K in keyof T]?: true | readonly (keyof T[K] & string)[] | TableSelection<T[K]>
}

/** The tables that a replica has. */
export type ReplicaTable<T extends Tables, S> = keyof S & keyof T & string

type AllColumns<Row> = Exclude<keyof Row, '_version'>
type SelectedColumns<Row, Selection> = Selection extends readonly (infer C)[]
  ? C
  : Selection extends { readonly columns: readonly (infer C)[] }
    ? C
    : AllColumns<Row>

/** A row of a replica: the chosen columns, and `_uuid`. */
export type ReplicaRow<T extends Tables, S, K> = K extends keyof T & keyof S
  ? Pick<T[K], SelectedColumns<T[K], S[K]> & keyof T[K]> & { readonly _uuid: Uuid }
  : never

/** A change of a row of a replica. */
export type ReplicaChange<T extends Tables, S> = {
  [K in ReplicaTable<T, S>]: RowChange<ReplicaRow<T, S, K>, K>
}[ReplicaTable<T, S>]

/**
 * Changes that became visible together.
 *
 * - `update`: one transaction of the database, or several that the server put together
 * - `initial`: every row as an insertion, the first batch of a feed that asked for it
 * - `resync`: the difference between what the replica had and what the database has, found after a reconnect, a change
 *   of the schema or an inconsistency; empty when there is none
 */
export interface ChangeBatch<Change = RowChange> {
  readonly type: 'update' | 'initial' | 'resync'
  readonly changes: readonly Change[]
  /** The transaction that the database has got to; absent unless it is clustered (ovsdb-server(7) §4.1.15). */
  readonly transaction?: Uuid
}

/** The indexes of the user's choice, by table and name: columns, `column:key` for a key of a map, or a function. */
export type ReplicaIndexes<T extends Tables, S> = {
  readonly [K in ReplicaTable<T, S>]?: {
    readonly [name: string]:
      | readonly IndexPartOf<ReplicaRow<T, S, K>>[]
      | ((row: ReplicaRow<T, S, K>) => Atom | readonly Atom[] | undefined)
  }
}

type IndexPartOf<Row> = (keyof Row & string) | `${keyof Row & string}:${string}`

type PartValue<Row, Part> = Part extends keyof Row
  ? Row[Part]
  : Part extends `${infer C}:${string}`
    ? C extends keyof Row
      ? Row[C] extends Readonly<Record<string, infer V>>
        ? V
        : Atom
      : Value
    : Value

/** What a lookup takes: the value of each part of the index, or one key of its function. */
export type LookupKey<Row, Definition> = Definition extends (row: never) => infer Keys
  ? [key: Keys extends readonly (infer Key)[] ? Key : Exclude<Keys, undefined>]
  : Definition extends readonly unknown[]
    ? { -readonly [I in keyof Definition]: PartValue<Row, Definition[I]> }
    : Value[]

/** Conditions of a replica's tables; see {@link TableSelection.where}. `true` is for every row. */
export type ReplicaConditions<T extends Tables, S> = {
  readonly [K in ReplicaTable<T, S>]?: true | readonly Condition<T[K]>[]
}
