import { describe, expect, it } from 'vitest'
import { parseJson } from '../../jsonrpc/json.js'
import { openVSwitchSchemaText } from '../schema/open-vswitch-schema.gen.js'
import { parseSchema, tableSchema } from '../schema.js'
import type { Atom, Uuid } from '../value.js'
import { type IndexDefinition, ReplicaTable } from './replica-table.js'
import { RowCodec } from './row-codec.js'

const schema = parseSchema(parseJson(openVSwitchSchemaText))
const port = tableSchema(schema, 'Port')
const uuid = (n: number) => `01010e57-a2a8-4008-ab23-${String(n).padStart(12, '0')}` as Uuid

function table(indexes: Readonly<Record<string, IndexDefinition>> = {}) {
  const codec = new RowCodec(port, ['_uuid', 'name', 'tag', 'trunks', 'external_ids'])
  const made = new ReplicaTable(port, codec, indexes)
  const put = (n: number, wire: Parameters<RowCodec['decode']>[1]) => {
    const [old, row] = [made.rows.get(uuid(n)), codec.decode(uuid(n), wire)]
    if (old) made.apply({ type: 'modify', table: 'Port', uuid: uuid(n), old, new: row })
    else made.apply({ type: 'insert', table: 'Port', uuid: uuid(n), new: row })
  }
  const remove = (n: number) =>
    made.apply({ type: 'delete', table: 'Port', uuid: uuid(n), old: made.rows.get(uuid(n))! })
  return { made, put, remove }
}

const names = (rows: readonly object[]) => rows.map((row) => (row as { readonly name: Atom }).name)

describe('ReplicaTable, lookup', () => {
  const indexes: Readonly<Record<string, IndexDefinition>> = {
    owner: ['external_ids:owner'],
    both: ['name', 'tag'],
    tag: ['tag'],
    byTrunk: (row) => row.trunks as readonly Atom[],
    first: (row) => (row.name as string)[0],
  }

  it('follows insertions, modifications and deletions, before it was first asked and after', () => {
    const { made, put, remove } = table(indexes)
    put(1, { name: 'a', tag: 1, external_ids: ['map', [['owner', 'x']]], trunks: ['set', [1, 2]] })
    put(2, { name: 'b', external_ids: ['map', [['owner', 'x']]] })
    expect(names(made.lookup('owner', ['x']))).toEqual(['a', 'b'])
    expect(names(made.lookup('both', ['a', 1]))).toEqual(['a'])
    expect(names(made.lookup('tag', [undefined]))).toEqual(['b'])
    expect(names(made.lookup('byTrunk', [2]))).toEqual(['a'])
    expect(names(made.lookup('first', ['b']))).toEqual(['b'])
    put(1, { name: 'c', tag: 2, external_ids: ['map', [['owner', 'y']]], trunks: 2 })
    put(3, { name: 'd', trunks: 2 })
    expect(names(made.lookup('owner', ['x']))).toEqual(['b'])
    expect(names(made.lookup('owner', ['y']))).toEqual(['c'])
    expect(names(made.lookup('both', ['a', 1]))).toEqual([])
    expect(names(made.lookup('both', ['c', 2]))).toEqual(['c'])
    expect(names(made.lookup('byTrunk', [1]))).toEqual([])
    expect(names(made.lookup('byTrunk', [2]))).toEqual(['c', 'd'])
    remove(1)
    remove(2)
    expect(made.lookup('owner', ['x'])).toEqual([])
    expect(names(made.lookup('byTrunk', [2]))).toEqual(['d'])
    expect(names(made.lookup('tag', [undefined]))).toEqual(['d'])
  })

  it('refuses an index that is not there, or has a column that is not', () => {
    expect(() => table(indexes).made.lookup('nope', [1])).toThrow(/no index nope of the table Port: it has owner, both/)
    expect(() => table({ bad: ['mac'] })).toThrow(/index bad needs the column Port.mac/)
    expect(() => table({ bad: ['other_config:x'] })).toThrow(/index bad needs the column Port.other_config/)
  })
})

describe('ReplicaTable, find', () => {
  const { made, put } = table({ owner: ['external_ids:owner'], trunks: ['trunks'] })
  put(1, { name: 'a', tag: 1, external_ids: ['map', [['owner', 'x'], ['k', 'v']]], trunks: ['set', [1, 2]] })
  put(2, { name: 'b', tag: 2, external_ids: ['map', [['owner', 'y']]] })
  put(3, { name: 'c', tag: 3, external_ids: ['map', [['owner', 'x']]] })

  it.each<[string, Parameters<typeof made.find>[0], string[]]>([
    ['everything', [], ['a', 'b', 'c']],
    ['nothing', [false], []],
    ['the index of the schema', [['name', '==', 'b']], ['b']],
    ['an index and a further condition', [['name', '==', 'b'], ['tag', '==', 1]], []],
    ['an index over the key of a map', [['external_ids', 'includes', { owner: 'x' }]], ['a', 'c']],
    ['the same with another key', [['external_ids', 'includes', { owner: 'x', k: 'v' }]], ['a']],
    ['a map that must not have the key', [['external_ids', 'excludes', { owner: 'x' }]], ['b']],
    ['an index over a set, in any order', [['trunks', '==', [2, 1]]], ['a']],
    ['the uuid', [['_uuid', '==', uuid(3)]], ['c']],
    ['a comparison', [['tag', '>=', 2]], ['b', 'c']],
    ['an inequality', [['name', '!=', 'b']], ['a', 'c']],
  ])('by %s', (_what, conditions, expected) => {
    expect(names(made.find(conditions))).toEqual(expected)
  })

  it('refuses a condition that does not fit', () => {
    expect(() => made.find([['nope', '==', 1]])).toThrow(expect.objectContaining({ code: 'schema' }))
    expect(() => made.find([['tag', '==', 'x']])).toThrow(expect.objectContaining({ code: 'schema' }))
  })
})
