import { expect, it } from 'vitest'
import { formatOwner, judge, parseOwner, surroundings, type Owner, type Surroundings } from './owner.js'

const self: Owner = { machine: 'm1', boot: 'b1', pidNamespace: '10', pid: 100, started: '5000' }
const around: Surroundings = {
  self,
  startOf: (pid) => (pid === 7 ? '70' : undefined),
  inhabited: (namespace) => ({ '20': true, '30': false })[namespace],
}

it('goes through its text', () => {
  expect(parseOwner(formatOwner(self))).toEqual(self)
  for (const text of ['', 'somebody', 'a/b/c/d/e', '/b/1/2/3', 'a/b/1/2/3/4']) expect(parseOwner(text)).toBeUndefined()
})

it.each<[string, Partial<Owner>, string]>([
  ['a process that is there', { pid: 7, started: '70' }, 'alive'],
  ['another process of its number', { pid: 7, started: '71' }, 'dead'],
  ['no process', { pid: 8, started: '70' }, 'dead'],
  ['before the machine was started', { boot: 'b0', pid: 7, started: '70' }, 'dead'],
  ['another machine', { machine: 'm2', boot: 'b0' }, 'unknown'],
  ['an empty pid namespace', { pidNamespace: '30', pid: 7, started: '70' }, 'dead'],
  ['a pid namespace with processes', { pidNamespace: '20' }, 'alive'],
  ['a pid namespace that cannot be seen', { pidNamespace: '40' }, 'unknown'],
])('%s', (_, change, verdict) => {
  expect(judge({ ...self, ...change }, around)).toBe(verdict)
})

it('is this process', () => {
  const here = surroundings()
  expect(here.self.pid).toBe(process.pid)
  expect(judge(here.self, here)).toBe('alive')
  expect(judge({ ...here.self, started: '1' }, here)).toBe('dead')
})
