import { expect, it } from 'vitest'
import { PastRequests } from './past-requests.js'

it('remembers the latest and forgets the oldest', () => {
  const past = new PastRequests<string>(2)
  past.add(1, 'a')
  past.add(2, 'b')
  past.add(1, 'again')
  past.add(3, 'c')
  expect([1, 2, 3].map((xid) => past.get(xid))).toEqual(['again', undefined, 'c'])
})
