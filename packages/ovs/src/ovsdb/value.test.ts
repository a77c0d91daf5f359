import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, stringifyJson } from '../jsonrpc/json.js'
import type { AtomicType, BaseType, ColumnType } from './schema.js'
import { decodeValue, defaultValue, encodeValue, namedUuid, parseUuid, type ValueInput } from './value.js'

const id = '01010e57-a2a8-4008-ab23-e08632936a37'
const base = (type: AtomicType, more: Partial<BaseType> = {}): BaseType => ({ type, ...more })
const scalar = (key: BaseType): ColumnType => ({ key, min: 1, max: 1 })
const optional = (key: BaseType): ColumnType => ({ key, min: 0, max: 1 })
const set = (key: BaseType): ColumnType => ({ key, min: 0, max: Infinity })
const map = (key: BaseType, value: BaseType): ColumnType => ({ key, value, min: 0, max: Infinity })
const small = base('integer', { minInteger: 0, maxInteger: 4095 })

describe('values on the wire (RFC 7047 §5.1)', () => {
  it.each([
    ['a string', scalar(base('string')), 'x', 'x'],
    ['a boolean', scalar(base('boolean')), true, true],
    ['a real', scalar(base('real')), 1.5, 1.5],
    ['a bounded integer', scalar(small), 5, 5],
    ['an integer', scalar(base('integer')), 5, 5n],
    ['a large integer', scalar(base('integer')), 2n ** 63n - 1n, 2n ** 63n - 1n],
    ['a uuid', scalar(base('uuid')), ['uuid', id], id],
    ['an optional that is there', optional(small), 5, 5],
    ['an optional that is absent', optional(small), ['set', []], undefined],
    ['an empty set', set(base('string')), ['set', []], []],
    ['a set of one, as a bare atom', set(base('string')), 'x', ['x']],
    ['a set of one uuid', set(base('uuid')), ['uuid', id], [id]],
    ['a set', set(base('string')), ['set', ['x', 'y']], ['x', 'y']],
    ['an empty map', map(base('string'), base('string')), ['map', []], {}],
    [
      'a map',
      map(base('string'), base('integer')),
      [
        'map',
        [
          ['a', 1],
          ['b', 2n ** 60n],
        ],
      ],
      { a: 1n, b: 2n ** 60n },
    ],
    ['a map by integers', map(small, base('uuid')), ['map', [[1, ['uuid', id]]]], { 1: id }],
    ['a map by booleans', map(base('boolean'), base('real')), ['map', [[true, 0.5]]], { true: 0.5 }],
    ['a map by reals', map(base('real'), base('boolean')), ['map', [[0.5, true]]], { '0.5': true }],
  ])('%s goes both ways', (_what, type, wire, value) => {
    expect(decodeValue(type, wire)).toEqual(value)
    expect(encodeValue(type, value)).toEqual(wire)
  })

  it('takes a set of one in its long form too', () => {
    expect(decodeValue(set(base('string')), ['set', ['x']])).toEqual(['x'])
    expect(decodeValue(optional(base('string')), ['set', ['x']])).toBe('x')
  })

  it('writes named uuids, numbers for bigints, and a list of keys of a map', () => {
    expect(encodeValue(set(base('uuid')), [namedUuid('p1'), parseUuid(id)])).toEqual([
      'set',
      [
        ['named-uuid', 'p1'],
        ['uuid', id],
      ],
    ])
    expect(encodeValue(map(small, base('uuid')), { 0: namedUuid('q') })).toEqual(['map', [[0, ['named-uuid', 'q']]]])
    expect(encodeValue(scalar(base('integer')), 5)).toBe(5)
    expect(encodeValue(map(base('string'), base('string')), ['a', 'b'])).toEqual(['set', ['a', 'b']])
    expect(encodeValue(map(base('string'), base('string')), undefined)).toEqual(['map', []])
  })

  it.each([
    ['a string for an integer', base('integer'), '5'],
    ['an unsafe number for an integer', base('integer'), 2 ** 53],
    ['a fraction for an integer', base('integer'), 1.5],
    ['NaN for a real', base('real'), NaN],
    ['a number for a string', base('string'), 5],
    ['a text that is no uuid', base('uuid'), 'x'],
    ['a record for a string', base('string'), { a: 1 }],
  ])('refuses to write %s', (_what, key, value) => {
    expect(() => encodeValue(scalar(key), value)).toThrow(expect.objectContaining({ code: 'schema' }))
  })

  it.each<[string, ColumnType, ValueInput, string]>([
    ['an integer out of range', scalar(small), 4096, '4096 is not in the valid range 0 to 4095 (inclusive)'],
    ['an integer of more than 64 bits', scalar(base('integer')), 2n ** 63n, 'expected an integer'],
    ['another value than the listed ones', scalar(base('string', { enum: ['a', 'b'] })), 'c', '([a, b])'],
    ['a text that is too long', scalar(base('string', { maxLength: 1 })), 'ab', 'maximum allowed length 1'],
    ['half a surrogate pair', scalar(base('string')), '\ud800', 'not a valid UTF-8 string'],
    ['nothing for a scalar', scalar(base('string')), undefined, 'expected a string, got "nothing"'],
    ['too many elements', { key: small, min: 0, max: 2 }, [1, 2, 3], 'expected a set of up to 2 integers, got [1,2,3]'],
    ['an element twice', set(small), [1, 1], 'expected distinct elements'],
    ['keys for a map', map(small, small), [1], 'expected a map'],
    ['a value that breaks a rule in a map', map(small, small), { 1: 5000 }, '5000 is not in the valid range'],
  ])('refuses to store %s', (_what, type, value, message) => {
    expect(() => encodeValue(type, value, 'store')).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringContaining(message) }),
    )
  })

  it('refuses to write a key that is none', () => {
    expect(() => encodeValue(map(small, base('string')), { x: 'y' })).toThrow(/expected an integer, got "x"/)
    expect(() => encodeValue(map(base('boolean'), base('string')), { yes: 'y' })).toThrow(/expected boolean/)
    expect(() => encodeValue(map(base('string'), base('string')), 'x')).toThrow(/expected a map/)
  })

  it.each([
    ['a number for a string', scalar(base('string')), 5],
    ['a fraction for an integer', scalar(base('integer')), 1.5],
    ['a uuid without its text', scalar(base('uuid')), ['uuid']],
    ['an empty array', scalar(base('uuid')), []],
    ['a set without atoms', set(base('string')), ['set']],
    ['a set for a map', map(base('string'), base('string')), ['set', []]],
    ['a map with half a pair', map(base('string'), base('string')), ['map', [['a']]]],
    ['null', scalar(base('string')), null],
  ])('refuses to read %s', (_what, type, wire) => {
    expect(() => decodeValue(type, wire)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('loses nothing on the way through JSON', () => {
    const statistics = map(base('string'), base('integer'))
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (value) => {
        expect(decodeValue(statistics, parseJson(stringifyJson(encodeValue(statistics, value))))).toEqual({ ...value })
      }),
    )
  })
})

describe('defaultValue (RFC 7047 §5.2.1)', () => {
  it.each([
    [scalar(base('string')), ''],
    [scalar(base('integer')), 0n],
    [scalar(small), 0],
    [scalar(base('real')), 0],
    [scalar(base('boolean')), false],
    [scalar(base('uuid')), '00000000-0000-0000-0000-000000000000'],
    [optional(base('string')), undefined],
    [set(base('string')), []],
    [map(base('string'), base('string')), {}],
    [{ key: base('string'), min: 1, max: 3 }, ['']],
  ])('of %j', (type, value) => expect(defaultValue(type)).toEqual(value))
})

describe('parseUuid', () => {
  it('takes a uuid and nothing else', () => {
    expect(parseUuid(id)).toBe(id)
    for (const text of ['', id.toUpperCase(), `${id}0`, id.replaceAll('-', '')])
      expect(() => parseUuid(text)).toThrow(/is not a uuid/)
  })
})
