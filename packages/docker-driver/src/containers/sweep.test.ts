import { expect, it } from 'vitest'
import type { Ask } from './ask.js'
import { labelled } from './sweep.js'

it('does not trust an engine with a filter', async () => {
  const ask: Ask = (_method, path) => {
    expect(decodeURIComponent(path)).toBe('/containers/json?all=1&filters={"label":["streambed.owner=me","streambed.testbed=t"]}')
    return Promise.resolve({ status: 200, body: [{ Id: 'a', Labels: { 'streambed.owner': 'me', 'streambed.testbed': 't' } }, { Id: 'b', Labels: { 'streambed.owner': 'you' } }, { Id: 'c', Labels: null }, { Id: 'd' }] })
  }
  expect(await labelled(ask, 'containers', { owner: 'me', testbed: 't' })).toEqual([{ id: 'a', owner: 'me' }])
})
