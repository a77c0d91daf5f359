import { describe, expect, it } from 'vitest'
import { checkResults } from './error.js'

const operations = [{ op: 'insert', table: 'Interface' }, { op: 'insert', table: 'Port' }, { op: 'comment' }]
const inserted = { uuid: ['uuid', '01010e57-a2a8-4008-ab23-e08632936a37'] }

describe('checkResults (RFC 7047 §4.1.3)', () => {
  it('returns one result for each operation', () => {
    expect(checkResults(operations, [inserted, inserted, {}])).toEqual([inserted, inserted, {}])
    expect(checkResults([], [])).toEqual([])
  })

  it('names the operation that failed; those after it have null', () => {
    const answer = [inserted, { error: 'constraint violation', details: 'too long' }, null]
    expect(() => checkResults(operations, answer)).toThrow(
      expect.objectContaining({
        code: 'constraint',
        message: '[constraint] operation 1 (insert Port) failed: constraint violation: too long; nothing was changed',
        detail: {
          type: 'operation',
          index: 1,
          op: 'insert',
          table: 'Port',
          error: 'constraint violation',
          details: 'too long',
        },
      }),
    )
  })

  it('names the commit when it failed after every operation had succeeded', () => {
    const answer = [inserted, inserted, {}, { error: 'referential integrity violation', details: 'dangling' }]
    expect(() => checkResults(operations, answer)).toThrow(
      expect.objectContaining({
        code: 'constraint',
        message:
          '[constraint] the commit of 3 operations failed: referential integrity violation: dangling; nothing was changed',
        detail: expect.objectContaining({ index: undefined, op: undefined, table: undefined }),
      }),
    )
  })

  it('says what a wait without an explanation means', () => {
    expect(() => checkResults([{ op: 'wait', table: 'Bridge' }], [{ error: 'timed out' }])).toThrow(
      '[transaction] operation 0 (wait Bridge) failed: timed out: the rows are not as the transaction expects them',
    )
    expect(() => checkResults([{ op: 'abort' }], [{ error: 'aborted' }])).toThrow(
      '[transaction] operation 0 (abort) failed: aborted; nothing',
    )
  })

  it.each([
    ['no array', {}],
    ['too few results', [inserted]],
    ['null without an error', [inserted, null, null]],
    ['a result that is no object', [inserted, inserted, 1]],
  ])('refuses %s', (_what, answer) => {
    expect(() => checkResults(operations, answer as never)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})
