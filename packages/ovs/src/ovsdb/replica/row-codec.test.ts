import { describe, expect, it, vi } from 'vitest'
import { parseJson } from '../../jsonrpc/json.js'
import { openVSwitchSchemaText } from '../schema/open-vswitch-schema.gen.js'
import { parseSchema, tableSchema } from '../schema.js'
import type { Uuid } from '../value.js'
import { RowCodec } from './row-codec.js'
import { rowShape } from './row-shape.js'

const id = '01010e57-a2a8-4008-ab23-e08632936a37' as Uuid
const port = tableSchema(parseSchema(parseJson(openVSwitchSchemaText)), 'Port')
const codec = new RowCodec(port, ['_uuid', 'name', 'tag', 'trunks', 'external_ids'])

describe('RowCodec', () => {
  it('makes plain frozen rows with the defaults filled in', () => {
    const row = codec.decode(id, { name: 'p' })
    expect(row).toStrictEqual({ _uuid: id, name: 'p', tag: undefined, trunks: [], external_ids: {} })
    expect(Object.isFrozen(row)).toBe(true)
    expect(() => Object.assign(row, { name: 'q' })).toThrow(TypeError)
    expect({ ...row }).toStrictEqual(row)
  })

  it('asks for its columns but not for the uuid, which comes anyway', () => {
    expect(codec.wireColumns).toEqual(['name', 'tag', 'trunks', 'external_ids'])
  })

  it('modifies a copy, and shares what did not change', () => {
    const old = codec.decode(id, { name: 'p', trunks: ['set', [1, 2]], external_ids: ['map', [['k', 'v']]] })
    const row = codec.modify(old, { trunks: 2, tag: 5 })
    expect(row).toMatchObject({ trunks: [1], tag: 5, name: 'p' })
    expect(row.external_ids).toBe(old.external_ids)
    expect(old.trunks).toEqual([1, 2])
    expect(Object.isFrozen(row)).toBe(true)
  })

  it('gives the old row back when nothing is different', () => {
    const old = codec.decode(id, { name: 'p', trunks: ['set', [1, 2]] })
    expect(codec.merge(old, codec.decode(id, { trunks: ['set', [2, 1]], name: 'p' }))).toBe(old)
    expect(codec.replace(old, { name: 'p' })).toBe(old)
    expect(codec.adopt(old, codec.decode(id, { name: 'p', trunks: ['set', [1, 2]] }))).toBe(old)
    expect(codec.replace(old, { name: 'q' })).toMatchObject({ name: 'q', trunks: [1, 2] })
  })

  it('refuses a column that was not asked for, and what is no row', () => {
    expect(() => codec.decode(id, { interfaces: ['set', []] })).toThrow(/Port.interfaces, which was not asked for/)
    expect(() => codec.decode(id, [])).toThrow(/no object for a row of Port/)
    expect(() => new RowCodec(port, ['nope'])).toThrow(/no column nope/)
  })
})

describe('rowShape', () => {
  it('does the same where code may not be compiled from strings, and for the one name that needs care', () => {
    const spy = vi.spyOn(globalThis, 'Function').mockImplementation(function () {
      throw new EvalError('forbidden')
    })
    const initial = { a: 1, b: undefined }
    try {
      expect(rowShape(initial).create()).toStrictEqual(initial)
      expect(rowShape(initial).copy({ a: 2, b: 'x' })).toStrictEqual({ a: 2, b: 'x' })
    } finally {
      spy.mockRestore()
    }
    const odd = Object.fromEntries([['__proto__', 'x']])
    expect(Object.entries(rowShape(odd).create())).toEqual([['__proto__', 'x']])
    expect(rowShape(initial).create()).toStrictEqual(initial)
  })
})
