import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ScriptFolder } from './script.js'

it('is there as long as somebody uses it, also for one who comes while the last one goes', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'script-'))
  const path = join(parent, 'dhcp')
  const first = await ScriptFolder.open(path)
  const [second] = await Promise.all([ScriptFolder.open(path), first.close()])
  const [third] = await Promise.all([second.close(), second.close()]).then(() => Promise.all([ScriptFolder.open(path)]))
  const closing = third.close()
  const fourth = await ScriptFolder.open(path)
  await closing
  expect(readdirSync(path).sort()).toEqual(['bound', 'deconfig', 'leasefail', 'nak', 'renew'])
  await fourth.close()
  expect(existsSync(path)).toBe(false)
  await rm(parent, { recursive: true })
})
