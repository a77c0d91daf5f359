import { describe, expect, it } from 'vitest'
import { parseJson } from '../jsonrpc/json.js'
import { decodeResults } from './result.js'
import { openVSwitchSchemaText } from './schema/open-vswitch-schema.gen.js'
import { parseSchema } from './schema.js'

const schema = parseSchema(parseJson(openVSwitchSchemaText))
const id = '01010e57-a2a8-4008-ab23-e08632936a37'

describe('decodeResults', () => {
  it('decodes uuids and rows', () => {
    const operations = [
      { op: 'insert', table: 'Port' },
      { op: 'select', table: 'Port' },
      { op: 'delete', table: 'Port' },
      { op: 'comment' },
    ]
    const answer = [
      { uuid: ['uuid', id] },
      { rows: [{ _uuid: ['uuid', id], tag: ['set', []], trunks: 5 }] },
      { count: 2 },
      {},
    ]
    expect(decodeResults(schema, operations, answer)).toEqual([
      { uuid: id },
      { rows: [{ _uuid: id, tag: undefined, trunks: [5] }] },
      { count: 2 },
      {},
    ])
  })

  it.each([
    ['an insert without a uuid', 'insert', {}],
    ['a uuid that is none', 'insert', { uuid: ['uuid', 'x'] }],
    ['a select without rows', 'select', {}],
    ['a row that is no object', 'select', { rows: [1] }],
    ['a column that is unknown', 'select', { rows: [{ nope: 1 }] }],
  ])('refuses %s', (_what, op, result) => {
    expect(() => decodeResults(schema, [{ op, table: 'Port' }], [result])).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    )
  })
})
