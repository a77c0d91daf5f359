import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installService, uninstallService, type ServiceManager } from './service.js'

let folder: string
let calls: string[]
let fails: string | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streambed-unit-'))
  calls = []
  fails = undefined
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function manager(): ServiceManager {
  return {
    folder,
    systemctl: async (...args) => {
      calls.push(args.join(' '))
      if (fails !== undefined && args.includes(fails)) throw new Error(`${fails} failed`)
    },
  }
}

const options = { name: 'lab', command: ['/usr/bin/node', '/x.js'] }
const unit = 'streambed-docker-driver-lab.service'

describe('installService', () => {
  it('writes the unit, enables and starts it, also a second time', async () => {
    expect(await installService(options, manager())).toBe(join(folder, unit))
    await installService(options, manager())
    expect(readFileSync(join(folder, unit), 'utf8')).toContain('ExecStart=/usr/bin/node /x.js')
    expect(statSync(join(folder, unit)).mode & 0o777).toBe(0o644)
    expect(calls.slice(0, 3)).toEqual(['daemon-reload', `enable ${unit}`, `restart ${unit}`])
  })

  it('leaves nothing when the service does not start', async () => {
    fails = 'restart'
    await expect(installService(options, manager())).rejects.toThrow('restart failed')
    expect(existsSync(join(folder, unit))).toBe(false)
  })

  it('says that there is no systemd', async () => {
    await expect(installService(options, { ...manager(), folder: join(folder, 'none') })).rejects.toMatchObject({ code: 'missing' })
  })
})

describe('uninstallService', () => {
  it('removes it, also when it is not there', async () => {
    await installService(options, manager())
    fails = 'disable'
    for (let round = 0; round < 2; round++) await uninstallService('lab', manager())
    expect(existsSync(join(folder, unit))).toBe(false)
  })
})
