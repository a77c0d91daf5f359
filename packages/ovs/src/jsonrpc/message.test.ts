import { describe, expect, it } from 'vitest'
import { parseMessage } from './message.js'

describe('parseMessage', () => {
  it('tells requests, notifications and responses apart', () => {
    expect(parseMessage({ id: 'echo', method: 'echo', params: [1] })).toEqual({
      type: 'request',
      id: 'echo',
      method: 'echo',
      params: [1],
    })
    expect(parseMessage({ id: null, method: 'update', params: [] })).toEqual({
      type: 'notification',
      method: 'update',
      params: [],
    })
    expect(parseMessage({ method: 'update', params: [] })).toEqual({
      type: 'notification',
      method: 'update',
      params: [],
    })
    expect(parseMessage({ id: 1, result: [], error: null })).toEqual({
      type: 'response',
      id: 1,
      result: [],
      error: null,
    })
  })

  it('takes an error answer without a result, as ovsdb-server sends it', () => {
    expect(parseMessage({ id: 1, error: 'canceled' })).toEqual({
      type: 'response',
      id: 1,
      result: null,
      error: 'canceled',
    })
  })

  it.each([
    ['an array', []],
    ['null', null],
    ['no id and no method', { result: 1 }],
    ['a method that is no string', { id: 1, method: 2, params: [] }],
    ['params that are no array', { id: 1, method: 'x', params: {} }],
    ['no params', { id: 1, method: 'x' }],
  ])('refuses %s', (_what, value) => {
    expect(() => parseMessage(value)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})
