import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../jsonrpc/json.js'
import { datumToJson, parseDatum } from './datum.js'
import { applyMutation, encodeMutation, formatMutation, type Mutator, parseMutation } from './mutation.js'
import { parseTable } from './schema.js'

const largest = 2n ** 63n - 1n
const table = parseTable(
  't',
  {
    columns: {
      i: { type: 'integer' },
      small: { type: { key: { type: 'integer', minInteger: 0, maxInteger: 2 } } },
      r: { type: 'real' },
      s: { type: 'string' },
      set: { type: { key: 'integer', min: 0, max: 3 } },
      few: { type: { key: 'integer', min: 1, max: 2 } },
      map: { type: { key: 'string', value: 'integer', min: 0, max: 'unlimited' } },
      fixed: { type: 'integer', mutable: false },
    },
  },
  't',
)

function mutate(column: string, mutator: string, argument: JsonValue, before: JsonValue): JsonValue {
  const mutation = parseMutation(table, [column, mutator, argument])
  return datumToJson(mutation.column.type, applyMutation(mutation, parseDatum(mutation.column.type, before)))
}

const map = (...pairs: readonly JsonValue[]): JsonValue => ['map', pairs]

describe('applyMutation (RFC 7047 §5.1)', () => {
  it.each<[string, string, JsonValue, JsonValue, JsonValue]>([
    ['i', '+=', 1, 2, 3],
    ['i', '/=', 4, -7, -1],
    ['i', '%=', 4, -7, -3],
    ['i', '-=', 1, largest, largest - 1n],
    ['small', '*=', 2, 1, 2],
    ['r', '/=', 4, 1, 0.25],
    ['set', '+=', 1, ['set', [1, 2]], ['set', [2, 3]]],
    ['set', 'insert', ['set', [2, 3]], ['set', [1, 2]], ['set', [1, 2, 3]]],
    ['set', 'delete', ['set', [2, 9, 8, 7]], ['set', [1, 2]], 1],
    ['map', 'insert', map(['a', 9], ['b', 2]), map(['a', 1]), map(['a', 1], ['b', 2])],
    ['map', 'delete', map(['a', 9], ['b', 2]), map(['a', 1], ['b', 2]), map(['a', 1])],
    ['map', 'delete', ['set', ['a', 'x']], map(['a', 1], ['b', 2]), map(['b', 2])],
    ['map', 'delete', 'a', map(['a', 1]), map()],
  ])('%s %s %o of %o', (column, mutator, argument, before, after) => {
    expect(mutate(column, mutator, argument, before)).toEqual(after)
  })

  it.each<[string, string, JsonValue, JsonValue, string]>([
    ['i', '/=', 0, 1, 'domain error: Division by zero.'],
    ['i', '%=', 0, 1, 'domain error: Division by zero.'],
    ['r', '/=', 0, 1, 'domain error: Division by zero.'],
    ['i', '+=', 1, largest, 'range error: Result of "+=" operation is out of range.'],
    ['i', '/=', -1, -largest - 1n, 'range error: Result of "/=" operation is out of range.'],
    ['i', '%=', -1, -largest - 1n, 'range error: Result of "%=" operation is out of range.'],
    ['r', '*=', 1e300, 1e300, 'range error: Result of "*=" operation is out of range.'],
    ['small', '+=', 1, 2, 'constraint violation: 3 is not in the valid range 0 to 2 (inclusive)'],
    ['set', '*=', 0, ['set', [1, 2]], 'constraint violation: Result of "*=" operation contains duplicates.'],
    ['set', 'insert', 4, ['set', [1, 2, 3]], 'Attempted to store 4 elements in set of up to 3 integers.'],
    ['few', 'delete', 1, 1, 'Attempted to store 0 elements in set of 1 to 2 integers.'],
  ])('%s %s %o of %o fails', (column, mutator, argument, before, message) => {
    expect(() => mutate(column, mutator, argument, before)).toThrow(message)
  })
})

describe('parseMutation', () => {
  it.each<[JsonValue, string]>([
    [['i', 'xxx', 1], 'unknown mutator: No mutator named xxx.'],
    [['i', 'insert', 1], '"insert" operator may not be applied to column i of type integer.'],
    [['s', '+=', 'a'], '"+=" operator may not be applied to column s of type string.'],
    [['r', '%=', 2], '"%=" operator may not be applied to column r of type real.'],
    [['map', '+=', 1], 'may not be applied to column map of type map of (string, integer) pairs.'],
    [['fixed', '+=', 1], 'constraint violation: Cannot mutate immutable column fixed in table t.'],
    [['x', '+=', 1], 'unknown column: No column x in table t.'],
    [['set', '+=', ['set', [1, 2]]], 'set must have exactly one member but 2 are present'],
    [['i', '+='], 'Parse error in mutation.'],
  ])('refuses %o', (json, message) => expect(() => parseMutation(table, json)).toThrow(message))

  it('is undone by formatMutation', () => {
    for (const json of [['i', '+=', 1], ['map', 'delete', ['set', ['a', 'b']]], ['map', 'insert', map(['a', 1])]] as const)
      expect(formatMutation(parseMutation(table, json))).toEqual(json)
  })
})

describe('encodeMutation', () => {
  it('lets an operand be what the column cannot hold', () => {
    expect(encodeMutation(table, ['small', '-=', 100n])).toEqual(['small', '-=', 100])
    expect(encodeMutation(table, ['few', 'delete', [1n, 2n, 3n]])).toEqual(['few', 'delete', ['set', [1, 2, 3]]])
  })

  it.each<[readonly [string, Mutator, unknown], string]>([
    [['fixed', '+=', 1], 't.fixed is fixed once the row exists'],
    [['s', '+=', 'a'], 't.s: += does not apply to a column of type string'],
    [['i', 'insert', 1], 't.i: insert does not apply to a column of type integer'],
    [['i', 'add' as Mutator, 1], 't.i: there is no mutator add: use +=, -=,'],
    [['i', '+=', 'x'], 't.i: expected an integer, got "x"'],
  ])('refuses %o', (mutation, message) => {
    expect(() => encodeMutation(table, mutation)).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringContaining(message) }),
    )
  })
})
