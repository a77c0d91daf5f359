import { describe, expect, it } from 'vitest'
import { parseJson } from '../jsonrpc/json.js'
import { columnKind, columnSchema, isBigint, parseSchema, tableSchema } from './schema.js'
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
