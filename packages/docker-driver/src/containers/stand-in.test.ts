import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { driverOfSocket, standInFor } from './stand-in.js'

it.each([
  ['/run/docker/plugins/streambed-0a1b2c3d.sock', 'streambed-0a1b2c3d'],
  ['/run/docker/plugins/dovesnap.sock', undefined],
  ['/run/docker/plugins/../../streambed-00.sock', undefined],
  ['/etc/streambed-00.sock', undefined],
  ['/run/docker/plugins/streambed-00.sock.d/x', undefined],
])('knows the sockets of drivers that live in a process: %s', (path, driver) => {
  expect(driverOfSocket(path)).toBe(driver)
})

it('never touches another path, whatever a label says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sb-'))
  try {
    const leave = await standInFor([join(folder, 'streambed-00.sock')])
    expect(readdirSync(folder)).toEqual([])
    leave()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
