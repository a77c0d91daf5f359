import { expect, it } from 'vitest'
import { userOfStatus } from './switch-user.js'

const status = 'Name:\tovs-vswitchd\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t7\nUid:\t0\t976\t976\t976\nGid:\t0\t974\t974\t974\n'

it('reads whom a process acts as', () => {
  expect(userOfStatus(status, 'ovs-vswitchd')).toEqual({ uid: 976, gid: 974 })
  expect(userOfStatus(status, 'ovsdb-server')).toBeUndefined()
  expect(userOfStatus('', 'ovs-vswitchd')).toBeUndefined()
})
