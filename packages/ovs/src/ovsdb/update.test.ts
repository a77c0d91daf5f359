import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../jsonrpc/json.js'
import type { AnyRow } from './row.js'
import { parseSchema } from './schema.js'
import { readUpdates, type UpdateNotation } from './update.js'
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

function read(notation: UpdateNotation, update: JsonValue, before?: AnyRow) {
  const row = () => before
  return readUpdates({ schema, columns: new Map([['T', columns]]), row }, notation, { T: { [id]: update } })
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
    ['a row that is none', { T: { [id]: 1 } }],
    ['a uuid that is none', { T: { x: { delete: null } } }],
    ['an unknown column', { T: { [id]: { insert: { nope: 1 } } } }],
  ])('refuses %s', (_what, updates) => {
    const monitored = { schema, columns: new Map(), row: () => undefined }
    expect(() => readUpdates(monitored, 'v2', updates)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('refuses a table that the schema does not have', () => {
    expect(() => readUpdates({ schema, columns: new Map(), row: () => undefined }, 'v2', { U: {} })).toThrow(
      /has no table U/,
    )
  })
})
