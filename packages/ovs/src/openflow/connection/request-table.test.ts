import { describe, expect, it, vi } from 'vitest'
import { OvsError } from '../../errors.js'
import { RequestTable } from './request-table.js'

const pending = (message: string, onError = vi.fn()) => ({ message, replyType: undefined, onError })

describe('RequestTable', () => {
  it('gives out xids that are free, and never 0', () => {
    const table = new RequestTable<string, string>(4, 0xfffffffd)
    table.add(1, pending('a'))
    expect([table.allocate(), table.allocate(), table.allocate()]).toEqual([0xfffffffe, 0xffffffff, 2])
    expect(() => table.check(1)).toThrow(/xid 1 has no answer yet/)
  })

  it('remembers what is settled', () => {
    const table = new RequestTable<string, string>(4)
    const request = pending('a')
    table.add(7, request)
    table.settle(7, request)
    expect(table.get(7)).toBeUndefined()
    expect(table.past(7)).toEqual({ message: 'a', replyType: undefined })
  })

  it('fails everything at the end, once', () => {
    const table = new RequestTable<string, string>(4)
    const onError = vi.fn()
    table.add(1, pending('a', onError))
    table.fail((message) => new OvsError('closed', `no answer to ${message}`))
    table.fail((message) => new OvsError('closed', `no answer to ${message}`))
    expect(onError).toHaveBeenCalledTimes(1)
    expect(onError.mock.calls[0]).toMatchObject([{ message: '[closed] no answer to a' }])
  })
})
