import { describe, expect, it } from 'vitest'
import { parseJson } from '../jsonrpc/json.js'
import { columnKind, columnSchema, formatSchema, isBigint, parseSchema, tableSchema } from './schema.js'
import { openVSwitchSchemaText } from './schema/open-vswitch-schema.gen.js'

const schema = parseSchema(parseJson(openVSwitchSchemaText))

describe('parseSchema', () => {
  it('reads the schema of Open vSwitch', () => {
    expect(schema).toMatchObject({ name: 'Open_vSwitch', version: '8.3.1' })
    expect(schema.tables.size).toBe(19)
    expect(tableSchema(schema, 'Open_vSwitch')).toMatchObject({ maxRows: 1, isRoot: true })
    expect(tableSchema(schema, 'Port')).toMatchObject({ maxRows: Infinity, isRoot: false, indexes: [['name']] })
    expect(columnSchema(tableSchema(schema, 'Port'), 'tag').type).toEqual({
      key: { type: 'integer', minInteger: 0, maxInteger: 4095 },
      min: 0,
      max: 1,
    })
    expect(columnSchema(tableSchema(schema, 'Interface'), 'name')).toMatchObject({ mutable: false, ephemeral: false })
  })

  it('adds the implicit columns to every table', () => {
    const table = tableSchema(schema, 'Bridge')
    expect([...table.columns.keys()].slice(0, 2)).toEqual(['_uuid', '_version'])
    expect(columnSchema(table, '_uuid').type.key.type).toBe('uuid')
  })

  it.each([
    ['the schema', []],
    ['name', { tables: {} }],
    ['tables', { name: 'x' }],
    ['tables.t.columns', { name: 'x', tables: { t: {} } }],
    ['tables.t.columns.c.type', { name: 'x', tables: { t: { columns: { c: {} } } } }],
    ['tables.t.columns.c.type', { name: 'x', tables: { t: { columns: { c: { type: 'text' } } } } }],
    ['tables.t.columns.c.type.key', { name: 'x', tables: { t: { columns: { c: { type: { value: 'string' } } } } } }],
    [
      'tables.t.columns.c.type.max',
      { name: 'x', tables: { t: { columns: { c: { type: { key: 'string', max: 'many' } } } } } },
    ],
    ['tables.t.indexes', { name: 'x', tables: { t: { columns: {}, indexes: 'name' } } }],
  ])('names the place of a mistake: %s', (place, json) => {
    expect(() => parseSchema(json)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining(`: ${place} must be`) }),
    )
  })
})

describe('parseSchema as ovsdb-server', () => {
  const integer = { type: 'integer' }
  const refers = (refTable: string, more: object = {}) => ({ type: { key: { type: 'uuid', refTable, ...more } } })
  const of = (table: object) => ({ name: 'x', tables: { t: { columns: { a: integer, e: { ...integer, ephemeral: true } }, ...table } } })

  it.each([
    ['name must be an identifier', { name: 'a-b', tables: {} }],
    ['version must be of the form x.y.z, not "1.2"', { name: 'x', version: '1.2', tables: {} }],
    ['tables.t.columns must be at least one column', of({ columns: {} })],
    ['tables.t.columns._a must be another name', of({ columns: { _a: integer } })],
    ['tables.t.maxRows must be an integer from 1', of({ maxRows: 0 })],
    ['tables.t.isRoot must be true or false', of({ isRoot: 1 })],
    ['tables.t.indexes[1][0] must be a string', of({ indexes: [['a'], [0]] })],
    ['tables.t.indexes[0] must be a list of at least one column', of({ indexes: [[]] })],
    ['tables.t.indexes[0] must be a list of distinct columns', of({ indexes: [['a', 'a']] })],
    ['tables.t.indexes[0][0] must be a column of the table, not "x"', of({ indexes: [['x']] })],
    ['tables.t.indexes[0][0] must be a column that is kept: e is ephemeral', of({ indexes: [['e']] })],
    ['tables.t.columns.r.type must be of a table that exists: u does not', of({ columns: { r: refers('u') } })],
    ['tables.t.colums must be absent', of({ colums: {} })],
  ])('%s', (message, json) => {
    expect(() => parseSchema(json)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining(message) }),
    )
  })

  it('takes every table for a root when none is called one', () => {
    const tables = { a: { columns: { i: integer } }, b: { columns: { i: integer } } }
    expect([...parseSchema({ name: 'x', tables }).tables.values()].map(({ isRoot }) => isRoot)).toEqual([true, true])
    const some = parseSchema({ name: 'x', tables: { ...tables, b: { ...tables.b, isRoot: true } } })
    expect([...some.tables.values()].map(({ isRoot }) => isRoot)).toEqual([false, true])
  })

  it('keeps strong references that keep rows, and lets weak ones change', () => {
    const columns = {
      strong: { ...refers('a'), ephemeral: true },
      root: { ...refers('b'), ephemeral: true },
      weak: { ...refers('a', { refType: 'weak' }), mutable: false },
    }
    const { tables } = parseSchema({ name: 'x', tables: { a: { columns }, b: { columns: { i: integer }, isRoot: true } } })
    const column = (name: string) => tables.get('a')?.columns.get(name)
    expect([column('strong')?.ephemeral, column('root')?.ephemeral, column('weak')?.mutable]).toEqual([false, true, true])
  })

  it('is undone by formatSchema', () => {
    const json = {
      name: 'x',
      version: '1.2.3',
      cksum: '1 2',
      tables: {
        a: { columns: { i: { ...integer, mutable: false } }, isRoot: true, maxRows: 2, indexes: [['i']], mutable: false },
        b: { columns: { r: { ...refers('a'), ephemeral: true } } },
      },
    }
    expect(formatSchema(parseSchema(json))).toEqual(json)
    expect(formatSchema(parseSchema(formatSchema(schema)))).toEqual(formatSchema(schema))
  })
})

describe('tableSchema and columnSchema', () => {
  it('list what there is when there is no such thing', () => {
    expect(() => tableSchema(schema, 'Bridges')).toThrow(/has no table Bridges: it has .*Bridge, Port/)
    expect(() => columnSchema(tableSchema(schema, 'Port'), 'tags')).toThrow(
      /table Port has no column tags: it has .*tag/,
    )
  })
})

describe('columnKind', () => {
  it.each([
    ['scalar', { key: { type: 'string' as const }, min: 1, max: 1 }],
    ['optional', { key: { type: 'string' as const }, min: 0, max: 1 }],
    ['set', { key: { type: 'string' as const }, min: 0, max: Infinity }],
    ['set', { key: { type: 'string' as const }, min: 1, max: 2 }],
    ['map', { key: { type: 'string' as const }, value: { type: 'string' as const }, min: 0, max: 1 }],
  ])('%s', (kind, type) => expect(columnKind(type)).toBe(kind))
})

describe('isBigint', () => {
  it('is true for integers that the schema does not keep small', () => {
    expect(isBigint({ type: 'integer' })).toBe(true)
    expect(isBigint({ type: 'integer', minInteger: 0 })).toBe(true)
    expect(isBigint({ type: 'integer', minInteger: 0, maxInteger: 2n ** 63n - 1n })).toBe(true)
    expect(isBigint({ type: 'integer', minInteger: 0, maxInteger: 4095 })).toBe(false)
    expect(isBigint({ type: 'integer', enum: [1, 2] })).toBe(false)
    expect(isBigint({ type: 'integer', enum: [1, 2n ** 60n] })).toBe(true)
    expect(isBigint({ type: 'real' })).toBe(false)
  })
})
