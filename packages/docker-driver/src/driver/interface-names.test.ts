import { expect, it, vi } from 'vitest'
import type { Endpoint } from '../model/network.js'
import { InterfaceNames } from './interface-names.js'

const endpoint = (id: string, joined = true) => ({ id, joined: joined ? {} : undefined }) as unknown as Endpoint

it('looks once, again for what was not found, and forgets what is gone', async () => {
  const find = vi.fn(({ id }: Endpoint) => (id === 'late' && find.mock.calls.length < 3 ? Promise.reject(new Error('no')) : Promise.resolve(`eth-${id}`)))
  const names = new InterfaceNames(find)
  await names.look([endpoint('a'), endpoint('late'), endpoint('waiting', false)])
  expect([endpoint('a'), endpoint('late'), endpoint('waiting')].map((one) => names.nameOf(one))).toEqual(['eth-a', undefined, undefined])
  await names.look([endpoint('a'), endpoint('late')])
  expect([endpoint('a'), endpoint('late')].map((one) => names.nameOf(one))).toEqual(['eth-a', 'eth-late'])
  expect(find).toHaveBeenCalledTimes(3)
  await names.look([])
  expect(names.nameOf(endpoint('a'))).toBeUndefined()
})
