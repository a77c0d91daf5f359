import { describe, expect, it } from 'vitest'
import {
  type AnyCondition,
  encodeCondition,
  formatClause,
  parseCondition,
  rowFilter,
  sortClauses,
} from './condition.js'
import { parseTable } from './schema.js'

const optional = { key: 'integer', min: 0 }
const set = { key: 'integer', min: 0, max: 'unlimited' }
const few = { key: 'integer', min: 1, max: 2 }
const table = parseTable(
  't',
  {
    columns: {
      i: { type: 'integer' },
      o: { type: optional },
      set: { type: set },
      few: { type: few },
      map: { type: { ...set, value: 'boolean' } },
      s: { type: 'string' },
      vlan: { type: { key: { type: 'integer', minInteger: 0, maxInteger: 4095 } } },
    },
  },
  't',
)

describe('encodeCondition', () => {
  it('writes conditions, and booleans as they are', () => {
    expect(encodeCondition(table, ['set', 'includes', [1n, 2n]])).toEqual(['set', 'includes', ['set', [1, 2]]])
    expect(encodeCondition(table, ['o', '==', undefined])).toEqual(['o', '==', ['set', []]])
    expect(encodeCondition(table, ['few', 'excludes', [1n, 2n, 3n]])).toEqual(['few', 'excludes', ['set', [1, 2, 3]]])
    expect(encodeCondition(table, true)).toBe(true)
  })

  it.each<[AnyCondition, string]>([
    [['s', '<', 'a'], '[schema] t.s: < compares integers and reals, not a string'],
    [['map', '>', {}], 'not a map of (integer, boolean) pairs'],
    [['o', '<', undefined], '[schema] t.o: < needs a number to compare with'],
    [['few', '==', []], '[schema] t.few: expected a set of 1 to 2 integers, got []'],
    [['vlan', '==', 4096], '[schema] t.vlan: 4096 is not in the valid range 0 to 4095 (inclusive)'],
    [['i', '=' as '==', 1], '[schema] t.i: there is no comparison =: use ==, !=, <,'],
  ])('refuses %o', (condition, message) => {
    expect(() => encodeCondition(table, condition)).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringContaining(message) }),
    )
  })
})

describe('parseCondition', () => {
  it.each([
    [['s', '<', 'a'], 'syntax error', 'Type mismatch: "<" operator may not be applied to column s of type string.'],
    [['o', '<', ['set', []]], 'syntax error', 'set must have exactly one member but 0 are present'],
    [['i', '?', 1], 'unknown function', 'No function named ?.'],
    [['x', '==', 1], 'unknown column', 'No column x in table t.'],
    [['i', '=='], 'syntax error', 'Parse error in condition.'],
    [['few', 'includes', ['set', [1, 2, 3]]], 'syntax error', 'set must have 0 to 2 members but 3 are present'],
  ] as const)('refuses %o', (json, error, details) => {
    expect(() => parseCondition(table, json)).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ error, details }) }),
    )
  })

  it('is undone by formatClause', () => {
    for (const json of [true, ['few', 'excludes', ['set', [1, 2, 3]]], ['set', 'includes', 1]] as const)
      expect(formatClause(parseCondition(table, json))).toEqual(json)
  })

  it('can put first what decides most', () => {
    const clauses = [['i', '!=', 8], ['i', '>=', 5], ['i', '==', 1], ['i', '<', 4], ['i', 'includes', 2]] as const
    const sorted = sortClauses(clauses.map((json) => parseCondition(table, json)))
    expect(sorted.map((clause) => typeof clause === 'object' && clause.fn)).toEqual(['==', 'includes', '<', '>=', '!='])
  })
})

describe('rowFilter', () => {
  const numbers = [0n, 1n, 2n].map((i) => ({ i }))
  const sets = [[], [0n], [0n, 1n]].map((each) => ({ set: each }))
  const maps = [{}, { 0: true }, { 0: false, 1: true }].map((each) => ({ map: each }))
  const optionals = [{ o: undefined }, { o: 1n }, { o: 5n }]
  it.each<[AnyCondition[], readonly object[], string]>([
    [[], numbers, 'TTT'],
    [[['i', '<', 1]], numbers, 'T--'],
    [[['i', '<=', 1]], numbers, 'TT-'],
    [[['i', '!=', 1]], numbers, 'T-T'],
    [[['i', '>', 0], ['i', '<', 2]], numbers, '-T-'], // prettier-ignore
    [[['i', '>=', 1], true], numbers, '-TT'],
    [[['i', '>=', 1], false], numbers, '---'],
    [[['set', '==', [1n, 0n]]], sets, '--T'],
    [[['set', 'includes', []]], sets, 'TTT'],
    [[['set', 'includes', [1n]]], sets, '--T'],
    [[['set', 'excludes', [1n]]], sets, 'TT-'],
    [[['map', 'includes', { 0: true }]], maps, '-T-'],
    [[['map', 'excludes', { 0: true }]], maps, 'T-T'],
    [[['o', '<', 3n]], optionals, '-T-'],
    [[['o', '>=', 0n]], optionals, '-TT'],
    [[['o', '==', undefined]], optionals, 'T--'],
  ])('%o', (conditions, rows, outcome) => {
    const filter = rowFilter(table, conditions)
    expect(rows.map((row) => (filter(row as never) ? 'T' : '-')).join('')).toBe(outcome)
  })

  it('can do with one of several conditions, as monitors do', () => {
    const count = (...conditions: AnyCondition[]) => numbers.filter(rowFilter(table, conditions, 'any')).length
    expect([count(['i', '==', 0], ['i', '==', 1]), count(), count(false), count(true, false)]).toEqual([2, 3, 0, 3])
  })
})
