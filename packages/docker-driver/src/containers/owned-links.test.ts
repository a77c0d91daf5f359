import { expect, it } from 'vitest'
import { linkAlias } from './owned-links.js'
import { formatOwner, surroundings } from './owner.js'

it('the alias of a link fits into the kernel, whatever the testbed is called, and is another one for each', () => {
  const owner = formatOwner({ ...surroundings().self, machine: 'm'.repeat(64), pid: 4194304, started: '9'.repeat(12) })
  const aliases = ['', 'a', 'a'.repeat(1000), 'two\nlines "日本語"'].map((testbed) => linkAlias({ owner, testbed }))
  for (const alias of aliases) expect(alias).toMatch(/^streambed\.owner=\S{1,180} streambed\.testbed=[0-9a-f]{16}$/)
  for (const alias of aliases) expect(Buffer.byteLength(alias)).toBeLessThan(256)
  expect(new Set(aliases).size).toBe(aliases.length)
  expect(linkAlias({ owner })).toBe(linkAlias({ owner, testbed: '' }))
})
