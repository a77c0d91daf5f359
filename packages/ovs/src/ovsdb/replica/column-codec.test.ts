import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../jsonrpc/json.js'
import { parseSchema, tableSchema } from '../schema.js'
import type { Value } from '../value.js'
import { columnCodec, equalValues } from './column-codec.js'

const unlimited = { min: 0, max: 'unlimited' }
const types = {
  integer: 'integer',
  small: { key: { type: 'integer', minInteger: 0, maxInteger: 4095 } },
  real: 'real',
  boolean: 'boolean',
  string: 'string',
  uuid: 'uuid',
  optional: { key: 'string', min: 0 },
  optionalUuid: { key: 'uuid', min: 0 },
  integers: { key: 'integer', ...unlimited },
  strings: { key: 'string', ...unlimited },
  uuids: { key: 'uuid', ...unlimited },
  some: { key: 'string', min: 1, max: 'unlimited' },
  map: { key: 'string', value: 'string', ...unlimited },
  intMap: { key: 'integer', value: 'uuid', ...unlimited },
  map1: { key: 'string', value: 'integer', min: 0, max: 1 },
}
const columns = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]))
const table = tableSchema(parseSchema({ name: 'D', tables: { T: { columns } } } as unknown as JsonValue), 'T')

function codec(name: keyof typeof types) {
  return columnCodec(table.columns.get(name)!)
}

const uuid = (digit: string) => `${digit}1010e57-a2a8-4008-ab23-e08632936a37`

describe('columnCodec, decode', () => {
  it.each<[keyof typeof types, JsonValue, Value]>([
    ['integer', 5, 5n],
    ['integer', 9223372036854775807n, 9223372036854775807n],
    ['small', 5, 5],
    ['real', 1, 1],
    ['real', 0.5, 0.5],
    ['boolean', true, true],
    ['string', '', ''],
    ['uuid', ['uuid', uuid('0')], uuid('0')],
    ['optional', 'x', 'x'],
    ['optional', ['set', ['x']], 'x'],
    ['optional', ['set', []], undefined],
    ['optionalUuid', ['uuid', uuid('0')], uuid('0')],
    ['optionalUuid', ['set', [['uuid', uuid('0')]]], uuid('0')],
    ['integers', 3, [3n]],
    ['integers', ['set', []], []],
    ['integers', ['set', [2, 1, 2]], [1n, 2n]],
    ['integers', ['set', [1, 9223372036854775807n]], [1n, 9223372036854775807n]],
    ['strings', 'set', ['set']],
    ['strings', ['set', ['a', 'set']], ['a', 'set']],
    ['uuids', ['uuid', uuid('0')], [uuid('0')]],
    ['uuids', ['set', [['uuid', uuid('0')], ['uuid', uuid('1')]]], [uuid('0'), uuid('1')]],
    ['map', ['map', []], {}],
    ['map', ['map', [['k', 'v']]], { k: 'v' }],
    ['intMap', ['map', [[7, ['uuid', uuid('0')]]]], { 7: uuid('0') }],
    ['map1', ['map', [['k', 1]]], { k: 1n }],
  ])('%s from case %#', (name, wire, expected) => {
    const value = codec(name).decode(wire)
    expect(value).toEqual(expected)
    expect(Object.isFrozen(value)).toBe(true)
  })

  it('keeps a key named __proto__ as a key', () => {
    const value = codec('map').decode(['map', [['__proto__', 'x']]])
    expect(Object.entries(value as object)).toEqual([['__proto__', 'x']])
  })

  it.each<[keyof typeof types, JsonValue]>([
    ['integer', 'x'],
    ['integer', 1.5],
    ['boolean', 1],
    ['uuid', 'x'],
    ['integers', ['set', ['x']]],
    ['map', ['set', []]],
    ['map', ['map', [['k']]]],
  ])('%s refuses case %#', (name, wire) => {
    expect(() => codec(name).decode(wire)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('has the default of each type, frozen', () => {
    const initial = Object.keys(types).map((name) => codec(name as keyof typeof types).initial)
    const zero = '00000000-0000-0000-0000-000000000000'
    expect(initial).toEqual([0n, 0, 0, false, '', zero, undefined, undefined, [], [], [], [''], {}, {}, {}])
    expect(initial.every(Object.isFrozen)).toBe(true)
  })
})

describe('columnCodec, modify (ovsdb-server(7) §4.1.14)', () => {
  it.each<[keyof typeof types, Value, JsonValue, Value]>([
    ['integer', 1n, 2, 2n],
    ['optional', 'a', ['set', []], undefined],
    ['map1', { k: 1n }, ['map', [['l', 2]]], { l: 2n }],
    ['integers', [1n, 2n], ['set', [2, 3]], [1n, 3n]],
    ['integers', [1n], 1, []],
    ['integers', [], ['set', [1, 2]], [1n, 2n]],
    ['integers', Object.freeze([1n]), ['set', []], [1n]],
    ['uuids', [uuid('1')], ['uuid', uuid('0')], [uuid('0'), uuid('1')]],
    ['map', { a: '1', b: '2' }, ['map', [['a', '1'], ['b', '3'], ['c', '4']]], { b: '3', c: '4' }],
    ['map', { a: '1' }, ['map', [['a', '1']]], {}],
  ])('%s, case %#', (name, old, difference, expected) => {
    const value = codec(name).modify(old, difference)
    expect(value).toEqual(expected)
    expect(Object.isFrozen(value)).toBe(true)
  })

  it('comes to the same, however large the difference', () => {
    let state = 1
    const random = (below: number) => (state = (state * 48271) % 2147483647) % below
    for (let round = 0; round < 300; round++) {
      const draw = (count: number) => [...new Set(Array.from({ length: random(count) }, () => random(60)))]
      const [old, difference] = [draw(50), draw(50)]
      const expected = [...old.filter((n) => !difference.includes(n)), ...difference.filter((n) => !old.includes(n))]
      const { decode, modify } = codec('integers')
      expect(modify(decode(['set', old]), ['set', difference])).toEqual(expected.sort((a, b) => a - b).map(BigInt))
    }
  })
})

describe('equalValues', () => {
  it('compares values of any kind', () => {
    expect(equalValues(undefined, undefined)).toBe(true)
    expect(equalValues(1n, 1n)).toBe(true)
    expect(equalValues(['a'], ['a'])).toBe(true)
    expect(equalValues({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true)
    expect(equalValues([], {})).toBe(false)
    expect(equalValues(undefined, [])).toBe(false)
    expect(equalValues({ a: '1' }, { a: '2' })).toBe(false)
    expect(equalValues({ a: '1' }, { toString: '1' })).toBe(false)
    expect(equalValues(['a'], ['a', 'b'])).toBe(false)
  })
})
