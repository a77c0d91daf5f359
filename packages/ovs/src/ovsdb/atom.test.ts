import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atomToJson, checkAtom, compareAtoms, defaultAtom, formatAtom, parseAtom } from './atom.js'
import type { BaseType } from './column-type.js'

const integer: BaseType = { type: 'integer' }
const id = '01010e57-a2a8-4008-ab23-e08632936a37'

describe('parseAtom', () => {
  it.each([
    [integer, 1000, 1000n],
    [integer, -(2n ** 63n), -(2n ** 63n)],
    [{ type: 'integer', enum: [1, 2] }, 2, 2],
    [{ type: 'real' }, 2n ** 60n, 2 ** 60],
    [{ type: 'real' }, -0, 0],
    [{ type: 'string' }, '\u0001é🎉', '\u0001é🎉'],
    [{ type: 'uuid' }, ['uuid', id.toUpperCase()], id],
  ] as const)('%j reads %s', (base, json, atom) => {
    expect(parseAtom(base, json)).toBe(atom)
  })

  it.each([
    [integer, 0.5, 'expected integer'],
    [integer, 1e20, 'expected integer'],
    [integer, 2n ** 63n, 'expected integer'],
    [{ type: 'boolean' }, 'true', 'expected boolean'],
    [{ type: 'string' }, 1, 'expected string'],
    [{ type: 'uuid' }, id, 'expected ["uuid", <string>]'],
    [{ type: 'uuid' }, ['uuid', 'x'], '"x" is not a valid UUID'],
    [{ type: 'uuid' }, ['named-uuid', 'x'], 'expected ["uuid", <string>]'],
  ] as const)('%j refuses %s', (base, json, details) => {
    expect(() => parseAtom(base, json)).toThrow(
      expect.objectContaining({ code: 'malformed', detail: expect.objectContaining({ error: 'syntax error', details }) }),
    )
  })

  it('takes a named uuid where there are names', () => {
    expect(parseAtom({ type: 'uuid' }, ['named-uuid', 'x'], (name) => `the uuid of ${name}`)).toBe('the uuid of x')
    expect(() => parseAtom({ type: 'uuid' }, ['named-uuid', '0'], () => '')).toThrow(/is not a valid <id>/)
  })

  it('checks constraints', () => {
    expect(() => parseAtom({ type: 'integer', maxInteger: 3 }, 4)).toThrow(
      expect.objectContaining({ code: 'constraint', detail: expect.objectContaining({ error: 'constraint violation' }) }),
    )
  })
})

describe('checkAtom', () => {
  it.each([
    [{ type: 'integer', minInteger: 5 }, 4n, '4 is less than minimum allowed value 5'],
    [{ type: 'integer', maxInteger: -1 }, 0n, '0 is greater than maximum allowed value -1'],
    [{ type: 'real', minReal: -2.5, maxReal: 1.75 }, 3, '3 is not in the valid range -2.5 to 1.75 (inclusive)'],
    [{ type: 'string', minLength: 2 }, '𝄞', '"𝄞" length 1 is less than minimum allowed length 2'],
    [{ type: 'string', maxLength: 2 }, 'abc', '"abc" length 3 is greater than maximum allowed length 2'],
    [{ type: 'string', enum: ['def', 'a b'] }, 'x', 'x is not one of the allowed values (["a b", def])'],
    [{ type: 'boolean', enum: [false] }, true, 'true is not one of the allowed values ([false])'],
    [{ type: 'string' }, '\ud800', 'not a valid UTF-8 string: "\\ud800" has half a surrogate pair'],
  ] as const)('%j has something against %s', (base, atom, objection) => {
    expect(checkAtom(base, atom)).toBe(objection)
  })

  it.each([
    [{ type: 'integer', minInteger: 5 }, 5n],
    [{ type: 'integer', enum: [1, 2] }, 2n],
    [{ type: 'string', minLength: 1, maxLength: 1 }, '𝄞'],
    [{ type: 'uuid' }, id],
  ] as const)('%j has nothing against %s', (base, atom) => expect(checkAtom(base, atom)).toBeUndefined())
})

describe('compareAtoms', () => {
  it('orders strings as their bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareAtoms(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
    expect(compareAtoms('\uffff', '🎉')).toBeLessThan(0)
  })

  it('orders what is no string by size', () => {
    expect([55n, 0n, -1n, 2n ** 60n].sort(compareAtoms)).toEqual([-1n, 0n, 55n, 2n ** 60n])
    expect(compareAtoms(1, 1n)).toBe(0)
    expect([true, false, true].sort(compareAtoms)).toEqual([false, true, true])
    expect(compareAtoms(0, -0)).toBe(0)
  })
})

describe('atoms as text and JSON', () => {
  it.each([
    ['br0', 'br0'],
    ['a-b.c', 'a-b.c'],
    ['two words', '"two words"'],
    ['', '""'],
    ['true', '"true"'],
    ['0a', '"0a"'],
    [id, id],
    [1e37, '1e+37'],
    [0.00390625, '0.00390625'],
    [0.00001, '1e-05'],
    [1e15, '1e+15'],
    [2n ** 63n - 1n, '9223372036854775807'],
    [false, 'false'],
  ])('formatAtom(%s)', (atom, text) => expect(formatAtom(atom)).toBe(text))

  it('has a default for each type', () => {
    for (const type of ['integer', 'real', 'boolean', 'string', 'uuid'] as const) {
      const atom = defaultAtom({ type })
      expect(parseAtom({ type }, atomToJson({ type }, atom))).toBe(atom)
    }
  })
})
