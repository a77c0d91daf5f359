import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
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
    plugins: folder,
    systemctl: async (...args) => {
      calls.push(args.join(' '))
      if (fails !== undefined && args.includes(fails)) throw new Error(`${fails} failed`)
    },
  }
}

const options = { name: 'lab', command: ['/usr/bin/node', '/x.js'] }
const unit = 'streambed-docker-driver-lab.service'
const socket = 'streambed-docker-driver-lab.socket'

describe('installService', () => {
  it('writes the units, enables and starts them, also a second time', async () => {
    expect(await installService(options, manager())).toEqual([join(folder, socket), join(folder, unit)])
    await installService(options, manager())
    expect(readFileSync(join(folder, socket), 'utf8')).toContain('ListenStream=/run/docker/plugins/lab.sock')
    expect(readFileSync(join(folder, unit), 'utf8')).toContain('ExecStart=/usr/bin/node /x.js')
    expect(statSync(join(folder, unit)).mode & 0o777).toBe(0o644)
    expect(calls.slice(0, 4)).toEqual(['daemon-reload', `enable ${socket} ${unit}`, `stop ${socket} ${unit}`, `start ${socket} ${unit}`])
  })

  it('leaves nothing when the service does not start', async () => {
    fails = 'start'
    await expect(installService(options, manager())).rejects.toThrow('start failed')
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves a driver alone that somebody has started by hand', async () => {
    const byHand = createServer((call) => call.destroy())
    byHand.listen(join(folder, 'lab.sock'))
    await once(byHand, 'listening')
    await expect(installService(options, manager())).rejects.toMatchObject({ code: 'conflict' })
    expect(calls).not.toContain(`start ${socket} ${unit}`)
    expect(readdirSync(folder)).toEqual(['lab.sock'])
    await new Promise((closed) => byHand.close(closed))
  })

  it('says that there is no systemd', async () => {
    await expect(installService(options, { ...manager(), folder: join(folder, 'none') })).rejects.toMatchObject({ code: 'missing' })
  })
})

describe('uninstallService', () => {
  it('removes it, also when it is not there', async () => {
    await installService(options, manager())
    fails = 'disable'
    calls = []
    for (let round = 0; round < 2; round++) await uninstallService('lab', manager())
    expect(readdirSync(folder)).toEqual([])
    // Else a call of Docker's starts the service again.
    expect(calls.slice(0, 2)).toEqual([`disable --now ${socket}`, `disable --now ${unit}`])
  })
})
