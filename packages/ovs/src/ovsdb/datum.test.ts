import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ColumnType } from './column-type.js'
import {
  applyDiff,
  compareData,
  datumOf,
  datumToJson,
  defaultDatum,
  diffData,
  equalData,
  excludesData,
  includesData,
  makeDatum,
  parseDatum,
  subtractData,
  unionData,
  valueOf,
} from './datum.js'

const ints: ColumnType = { key: { type: 'integer' }, min: 0, max: Infinity }
const upTo3: ColumnType = { key: { type: 'integer' }, min: 0, max: 3 }
const map: ColumnType = { key: { type: 'string' }, value: { type: 'integer' }, min: 0, max: Infinity }
const set = (...atoms: number[]) => parseDatum(ints, ['set', atoms])
const pairs = (...entries: readonly (readonly [string, number])[]) => parseDatum(map, ['map', entries])

describe('parseDatum', () => {
  it('sorts and writes what it reads', () => {
    expect(datumToJson(ints, set(3, 1, 2))).toEqual(['set', [1, 2, 3]])
    expect(datumToJson(ints, set(3))).toBe(3)
    expect(parseDatum(ints, 3)).toEqual(set(3))
    expect(datumToJson(map, pairs(['b', 1], ['a', 2]))).toEqual([
      'map',
      [
        ['a', 2],
        ['b', 1],
      ],
    ])
  })

  it.each([
    [ints, ['set', [1, 1]], 'ovsdb error: set contains duplicate'],
    [{ ...ints, key: { type: 'real' } }, ['set', [0, -0]], 'set contains duplicate'],
    [map, ['map', [['a', 1], ['a', 2]]], 'ovsdb error: map contains duplicate key'], // prettier-ignore
    [map, ['set', []], 'expected ["map", <array>]'],
    [map, ['map', [['a']]], 'expected 2-element array'],
    [ints, ['set'], 'expected ["set", <array>]'],
    [upTo3, ['set', [1, 2, 3, 4]], 'set must have 0 to 3 members but 4 are present'],
    [{ ...ints, min: 1, max: 1 }, ['set', []], 'set must have exactly one member but 0 are present'],
  ] as const)('%j refuses %j', (type, json, message) => {
    expect(() => parseDatum(type as ColumnType, json)).toThrow(message)
  })
})

describe('values of rows', () => {
  it.each([
    [{ key: { type: 'string' }, min: 1, max: 1 }, 'x'],
    [{ key: { type: 'string' }, min: 0, max: 1 }, undefined],
    [ints, [1n, 2n]],
    [map, { a: 1n, b: 2n }],
    [{ key: { type: 'boolean' }, value: { type: 'real' }, min: 0, max: 2 }, { false: 0.5, true: 1 }],
    [{ key: { type: 'real' }, value: { type: 'string' }, min: 0, max: 2 }, { '0.5': 'x' }],
    [{ key: { type: 'integer', minInteger: 0, maxInteger: 9 }, value: { type: 'string' }, min: 0, max: 2 }, { 1: 'x' }],
  ] as const)('%j goes both ways', (type, value) => {
    expect(valueOf(type, datumOf(type, value))).toEqual(value)
  })

  it('have defaults that may have to be there', () => {
    expect(defaultDatum({ ...map, min: 1 })).toEqual({ keys: [''], values: [0n] })
    expect(defaultDatum(map)).toEqual({ keys: [], values: [] })
    expect(defaultDatum({ ...ints, min: 1 })).toEqual({ keys: [0n] })
  })
})

describe('comparisons', () => {
  it('puts the smaller datum first', () => {
    expect(compareData(set(9), set(1, 2))).toBeLessThan(0)
    expect(compareData(set(1, 3), set(1, 2))).toBeGreaterThan(0)
    expect(compareData(pairs(['a', 1]), pairs(['a', 2]))).toBeLessThan(0)
  })

  it('includes and excludes pairs as a whole', () => {
    expect(includesData(set(1, 2), set(2))).toBe(true)
    expect(includesData(set(1, 2), set(2, 3))).toBe(false)
    expect(excludesData(set(1, 2), set(2, 3))).toBe(false)
    expect(excludesData(set(1, 2), set())).toBe(true)
    expect(includesData(pairs(['a', 1]), pairs(['a', 2]))).toBe(false)
    expect(excludesData(pairs(['a', 1]), pairs(['a', 2]))).toBe(true)
  })
})

describe('union and difference', () => {
  it('keeps the value of a key that is there', () => {
    expect(unionData(pairs(['a', 1]), pairs(['a', 2], ['b', 3]))).toEqual(pairs(['a', 1], ['b', 3]))
  })

  it('takes away pairs, or keys', () => {
    expect(subtractData(pairs(['a', 1], ['b', 2]), pairs(['a', 2], ['b', 2]))).toEqual(pairs(['a', 1]))
    expect(subtractData(pairs(['a', 1], ['b', 2]), { keys: ['a'] })).toEqual(pairs(['b', 2]))
  })
})

describe('diffData and applyDiff (ovsdb-server(7) §4.1.14)', () => {
  it.each([
    [upTo3, set(0, 1), set(1, 2), set(0, 2)],
    [upTo3, set(0, 1), set(1), set(0)],
    [upTo3, set(), set(0, 1), set(0, 1)],
    [{ ...ints, max: 1 }, set(1), set(2), set(2)],
    [{ ...ints, max: 1 }, set(1), set(), set()],
    [map, pairs(['a', 1]), pairs(['b', 2]), pairs(['a', 1], ['b', 2])],
    [map, pairs(['a', 1]), pairs(['a', 2]), pairs(['a', 2])],
    [map, pairs(['a', 1]), pairs(['a', 1]), pairs()],
  ])('%j', (type, before, after, difference) => {
    expect(diffData(type, before, after)).toEqual(difference)
    expect(applyDiff(type, before, difference)).toEqual(after)
  })

  it('refuses a result that is too large', () => {
    expect(() => applyDiff(upTo3, set(1, 2), set(3, 4))).toThrow(/Attempted to store 4 elements in set of up to 3 integers/)
  })

  it('goes from anywhere to anywhere', () => {
    const datum = fc.dictionary(fc.string({ maxLength: 2 }), fc.integer({ min: 0, max: 3 })).map((value) =>
      makeDatum(Object.keys(value), Object.values(value).map(BigInt)),
    )
    fc.assert(
      fc.property(datum, datum, (before, after) => {
        expect(equalData(applyDiff(map, before, diffData(map, before, after)), after)).toBe(true)
      }),
    )
  })
})
