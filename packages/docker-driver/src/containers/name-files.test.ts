import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { makeNameFiles, ownersFolder, removeFolder, removeNameFiles } from './name-files.js'

const root = mkdtempSync(join(tmpdir(), 'streambed-names-'))
afterAll(() => rmSync(root, { recursive: true }))

it('are one for each container, know localhost, and go with their testbed or their owner', () => {
  const [one, same, other] = [makeNameFiles({ owner: 'me/1', testbed: 'a' }, root), makeNameFiles({ owner: 'me/1', testbed: 'a' }, root), makeNameFiles({ owner: 'me/1', testbed: 'b' }, root)] as const
  expect(new Set([one, same, other]).size).toBe(3)
  expect(readFileSync(join(one ?? '', 'hosts'), 'utf8')).toMatch(/^127\.0\.0\.1 localhost\n::1 localhost/)
  removeFolder(one ?? '')
  expect([one, same].map((file) => existsSync(file ?? ''))).toEqual([false, true])
  removeNameFiles({ owner: 'me/1', testbed: 'a' }, root)
  expect([same, other].map((file) => existsSync(file ?? ''))).toEqual([false, true])
  removeNameFiles({ owner: 'me/1' }, root)
  expect(existsSync(ownersFolder({ owner: 'me/1' }, root))).toBe(false)
  removeNameFiles({ owner: 'me/1', testbed: 'a' }, root)
})

it('are not made where they cannot be', () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  expect(makeNameFiles({ owner: 'me' }, file)).toBeUndefined()
})
