import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../jsonrpc/json.js'
import { RowCodec } from './replica/row-codec.js'
import type { AnyRow } from './row.js'
import { parseSchema, tableSchema } from './schema.js'
import { contentChanges, readContents, readUpdates, type UpdateNotation } from './update.js'
import type { Uuid } from './value.js'

const string = { type: 'string' }
const schema = parseSchema({
  name: 'D',
  tables: {
    T: {
      columns: {
        name: string,
        n: { type: 'integer' },
        opt: { type: { key: 'string', min: 0 } },
        set: { type: { key: 'integer', min: 0, max: 'unlimited' } },
        map: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
        map1: { type: { key: 'string', value: 'string', min: 0, max: 1 } },
      },
    },
  },
})
const id = '01010e57-a2a8-4008-ab23-e08632936a37' as Uuid
const columns = ['name', 'n', 'opt', 'set', 'map', 'map1']
const old: AnyRow = { name: 'a', n: 1n, opt: 'x', set: [1n, 2n], map: { k: 'v', l: 'w' }, map1: { k: 'v' } }

const codec = new RowCodec(tableSchema(schema, 'T'), columns)

function tables(...rows: [Uuid, AnyRow][]) {
  return new Map([['T', { codec, rows: new Map(rows) }]])
}

function read(notation: UpdateNotation, update: JsonValue, before?: AnyRow) {
  return readUpdates(before ? tables([id, before]) : tables(), notation, { T: { [id]: update } })
}

describe('readUpdates, <table-updates2> (ovsdb-server(7) §4.1.14)', () => {
  it.each(['initial', 'insert'])('%s fills in the defaults that were left out', (kind) => {
    const row = { name: 'a', n: 0n, opt: undefined, set: [], map: {}, map1: {} }
    expect(read('v2', { [kind]: { name: 'a' } })).toEqual([{ type: 'insert', table: 'T', uuid: id, new: row }])
  })

  it('modify replaces single values and takes the difference of sets and maps', () => {
    const modify = {
      n: 5,
      opt: ['set', []],
      set: ['set', [2, 3]],
      map: [
        'map',
        [
          ['k', 'v'],
          ['l', 'new'],
          ['m', 'x'],
        ],
      ],
      map1: ['map', [['k', 'other']]],
    }
    const row = { name: 'a', n: 5n, opt: undefined, set: [1n, 3n], map: { l: 'new', m: 'x' }, map1: { k: 'other' } }
    expect(read('v2', { modify }, old)).toEqual([{ type: 'modify', table: 'T', uuid: id, old, new: row }])
    expect(old.set).toEqual([1n, 2n])
  })

  it('modify takes a difference of one element as a bare atom', () => {
    expect(read('v2', { modify: { set: 2 } }, old)).toMatchObject([{ new: { set: [1n] } }])
  })

  it('delete has the row as it was; one that was never seen says nothing', () => {
    expect(read('v2', { delete: null }, old)).toEqual([{ type: 'delete', table: 'T', uuid: id, old }])
    expect(read('v2', { delete: null })).toEqual([])
  })

  it('initial of a row that is there already is a modification', () => {
    expect(read('v2', { initial: { name: 'a' } }, old)).toMatchObject([{ type: 'modify', old, new: { set: [] } }])
  })

  it('refuses to modify a row that is not there, and what is none of the four', () => {
    expect(() => read('v2', { modify: { n: 1 } })).toThrow(/never announced/)
    expect(() => read('v2', {})).toThrow(/none of initial, insert, modify, delete/)
  })
})

describe('readUpdates, <table-updates> (RFC 7047 §4.1.6)', () => {
  const wire = { name: 'a', n: 2, opt: 'x', set: ['set', []], map: ['map', []], map1: ['map', []] }

  it('new alone is an insertion, with old a modification, old alone a deletion', () => {
    expect(read('v1', { new: wire })).toMatchObject([{ type: 'insert', new: { n: 2n, set: [] } }])
    expect(read('v1', { old: { n: 1 }, new: wire }, old)).toMatchObject([
      { type: 'modify', old: { n: 1n }, new: { n: 2n } },
    ])
    expect(read('v1', { old: wire }, old)).toMatchObject([{ type: 'delete', old }])
  })
})

describe('readUpdates', () => {
  it.each([
    ['no object', 1],
    ['a table that is none', { T: 1 }],
    ['a table that was not asked for', { U: {} }],
    ['a row that is none', { T: { [id]: 1 } }],
    ['a uuid that is none', { T: { x: { delete: null } } }],
    ['an unknown column', { T: { [id]: { insert: { nope: 1 } } } }],
    ['a value of another type', { T: { [id]: { insert: { name: 1 } } } }],
  ])('refuses %s', (_what, updates) => {
    expect(() => readUpdates(tables(), 'v2', updates)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})

describe('contentChanges', () => {
  const other = id.replace('0', '1') as Uuid
  const rows = tables([id, codec.decode(id, { name: 'a', set: ['set', [2, 1]] })], [other, codec.decode(other, {})])
  const changes = (updates: JsonValue, notation: UpdateNotation = 'v2') =>
    contentChanges(rows, readContents(rows, notation, updates))

  it('is empty when everything is as it was, in whatever order the sets come', () => {
    expect(changes({ T: { [id]: { initial: { set: ['set', [1, 2]], name: 'a' } }, [other]: { initial: {} } } })).toEqual([])
  })

  it('deletes what is gone, and has each other difference once', () => {
    const third = id.replace('0', '2') as Uuid
    const updates = { T: { [id]: { initial: { name: 'b', set: ['set', [1, 2]] } }, [third]: { initial: { n: 1 } } } }
    const found = changes(updates)
    expect(found.map(({ type, uuid }) => [type, uuid])).toEqual([
      ['delete', other],
      ['modify', id],
      ['insert', third],
    ])
    const [, modified] = found
    if (modified?.type !== 'modify') throw new Error('no modification')
    expect(modified).toMatchObject({ old: { name: 'a' }, new: { name: 'b', set: [1n, 2n] } })
    expect(modified.new.set).toBe(modified.old.set)
    expect(changes({}).map(({ type }) => type)).toEqual(['delete', 'delete'])
  })

  it('takes the notation of RFC 7047 too', () => {
    const wire = { name: 'a', n: 0, opt: ['set', []], set: ['set', [1, 2]], map: ['map', []], map1: ['map', []] }
    expect(changes({ T: { [id]: { new: wire }, [other]: { new: { ...wire, name: '', set: ['set', []] } } } }, 'v1')).toEqual([])
  })

  it('refuses changes where rows belong', () => {
    expect(() => changes({ T: { [id]: { modify: {} } } })).toThrow(/none of initial, insert/)
  })

  it('has a change for every row whose columns are others since the schema changed', () => {
    const fewer = new RowCodec(tableSchema(schema, 'T'), ['name', 'n'])
    const converted = new Map([['T', { codec: fewer, rows: rows.get('T')!.rows, converted: true }]])
    const contents = readContents(converted, 'v2', { T: { [id]: { initial: { name: 'a' } }, [other]: { initial: {} } } })
    expect(contentChanges(converted, contents)).toMatchObject([
      { type: 'modify', new: { name: 'a', n: 0n } },
      { type: 'modify', new: { name: '', n: 0n } },
    ])
  })
})
