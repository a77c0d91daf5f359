import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BaseType, ColumnType } from './column-type.js'
import { formatValueText, parseAtomOrRangeText, parseAtomText, parseValueText } from './value-text.js'

const id = '550e8400-e29b-41d4-a716-446655440000'
const ints: ColumnType = { key: { type: 'integer' }, min: 0, max: Infinity }
const texts: ColumnType = { key: { type: 'string' }, min: 0, max: Infinity }
const map: ColumnType = { key: { type: 'string' }, value: { type: 'string' }, min: 0, max: Infinity }

describe('parseAtomText', () => {
  it.each([
    [{ type: 'integer' }, '+1000', 1000n],
    [{ type: 'real' }, '-1.25', -1.25],
    [{ type: 'boolean' }, 'yes', true],
    [{ type: 'boolean' }, 'off', false],
    [{ type: 'string' }, 'bare', 'bare'],
    [{ type: 'string' }, '"a \\"b\\" \\u00e9"', 'a "b" é'],
    [{ type: 'uuid' }, id, id],
  ] as const)('%o %s', (base, text, atom) => expect(parseAtomText(base, text)).toBe(atom))

  it.each([
    [{ type: 'integer' }, '0.5', 'is not a valid integer'],
    [{ type: 'integer' }, '9223372036854775808', 'is not a valid integer'],
    [{ type: 'real' }, '1e999', 'is not a valid real number'],
    [{ type: 'boolean' }, '"true"', 'use "true" or "false"'],
    [{ type: 'string' }, '', 'must be written ""'],
    [{ type: 'string' }, '"asdf', 'is not a quoted string'],
    [{ type: 'string' }, '"as"df"', 'is not a quoted string'],
    [{ type: 'string' }, '"asdf\\"', 'is not a quoted string'],
    [{ type: 'uuid' }, '1234-5678', 'is not a valid UUID'],
    [{ type: 'uuid' }, '@x', 'is not a valid UUID'],
    [{ type: 'integer', maxInteger: 4 }, '5', '5 is greater than maximum allowed value 4'],
  ] as const)('%o refuses %s', (base, text, message) => {
    expect(() => parseAtomText(base, text)).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringContaining(message) }),
    )
  })

  it('finds named uuids', () => expect(parseAtomText({ type: 'uuid' }, '@x', (name) => `uuid of ${name}`)).toBe('uuid of x'))
})

describe('parseAtomOrRangeText', () => {
  const integer: BaseType = { type: 'integer' }
  it.each([
    ['-1000--10', [-1000n, -10n]],
    ['+10-+1000', [10n, 1000n]],
    ['-2000-2095', [-2000n, 2095n]],
    ['-5', -5n],
  ])('%s', (text, range) => expect(parseAtomOrRangeText(integer, text)).toEqual(range))

  it.each(['10--10', '100-10', '1-4097', '-2000-2096'])('refuses %s', (text) => {
    expect(() => parseAtomOrRangeText(integer, text)).toThrow(/range/)
  })

  it('checks every integer of a range', () => {
    expect(() => parseAtomOrRangeText({ type: 'integer', enum: [8, 10] }, '8-10')).toThrow(/9 is not one of/)
  })
})

describe('parseValueText', () => {
  it.each([
    [ints, '0, 1,2 3', [0n, 1n, 2n, 3n]],
    [ints, '[5-7]', [5n, 6n, 7n]],
    [ints, '[]', []],
    [ints, '', []],
    [texts, '"zzz",short,"a b"', ['a b', 'short', 'zzz']],
    [{ ...texts, max: 1 }, '[]', undefined],
    [{ ...texts, min: 1, max: 1 }, '"[]"', '[]'],
    [map, '{a=b, "c d"= "e=f"}', { a: 'b', 'c d': 'e=f' }],
    [map, 'a=1 b=2,c=3,', { a: '1', b: '2', c: '3' }],
    [map, '{}', {}],
  ])('%o %s', (type, text, value) => expect(parseValueText(type, text)).toEqual(value))

  it.each([
    [ints, '1, 1', 'set contains duplicate'],
    [ints, '[1', '] expected at the end'],
    [ints, '{1}', 'a set is written [a, b, …]'],
    [ints, '1=2', 'a value expected, not ='],
    [map, 'a', '= expected after the key'],
    [map, 'a=', 'a value expected, not the end'],
    [map, '[a=b]', 'a map is written {key=value, …}'],
    [map, 'a=b a=c', 'map contains duplicate key'],
    [{ ...ints, max: 2 }, '1,2,3', '3 values given, the column takes at most 2'],
    [{ ...ints, min: 1 }, '[]', '0 values given, the column takes at least 1'],
    [texts, '"a', 'a quoted string extends past the end'],
  ])('%o refuses %s', (type, text, message) => {
    expect(() => parseValueText(type, text)).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringContaining(message) }),
    )
  })
})

describe('formatValueText', () => {
  it.each([
    [ints, [1n, 2n], '[1, 2]'],
    [{ ...ints, max: 1 }, 1n, '1'],
    [{ ...ints, max: 1 }, undefined, '[]'],
    [map, { b: 'x y', a: '' }, '{a="", b="x y"}'],
    [{ ...map, max: 1 }, { a: 'b' }, 'a=b'],
  ])('%o %o', (type, value, text) => expect(formatValueText(type, value)).toBe(text))

  it('is read back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (value) => {
        expect(parseValueText(map, formatValueText(map, value))).toEqual({ ...value })
      }),
    )
  })
})
