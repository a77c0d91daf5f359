import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { hostsFolder, makeHostsFile, removeHostsFile, removeHostsFiles } from './hosts-files.js'

const root = mkdtempSync(join(tmpdir(), 'streambed-hosts-'))
afterAll(() => rmSync(root, { recursive: true }))

it('are one for each container, know localhost, and go with their testbed or their owner', () => {
  const [one, same, other] = [makeHostsFile({ owner: 'me/1', testbed: 'a' }, root), makeHostsFile({ owner: 'me/1', testbed: 'a' }, root), makeHostsFile({ owner: 'me/1', testbed: 'b' }, root)] as const
  expect(new Set([one, same, other]).size).toBe(3)
  expect(readFileSync(one ?? '', 'utf8')).toMatch(/^127\.0\.0\.1 localhost\n::1 localhost/)
  removeHostsFile(one ?? '')
  expect([one, same].map((file) => existsSync(file ?? ''))).toEqual([false, true])
  removeHostsFiles({ owner: 'me/1', testbed: 'a' }, root)
  expect([same, other].map((file) => existsSync(file ?? ''))).toEqual([false, true])
  removeHostsFiles({ owner: 'me/1' }, root)
  expect(existsSync(hostsFolder({ owner: 'me/1' }, root))).toBe(false)
  removeHostsFiles({ owner: 'me/1', testbed: 'a' }, root)
})

it('are not made where they cannot be', () => {
  expect(makeHostsFile({ owner: 'me' }, '/proc/none')).toBeUndefined()
})
