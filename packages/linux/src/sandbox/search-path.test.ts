import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findProgram, searchPath, seekProgram } from './search-path.js'

describe('searchPath', () => {
  it('keeps what is there, and adds the folders of administrators', () => {
    expect(searchPath('/a::/usr/bin')).toBe('/a:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin')
  })

  it('begins with the PATH of this process, which may have none', () => {
    vi.stubEnv('PATH', '/mine')
    expect(searchPath()).toMatch(/^\/mine:\/usr\/local\/sbin:/)
    vi.stubEnv('PATH', undefined)
    expect(searchPath()).toMatch(/^\/usr\/local\/sbin:/)
    vi.unstubAllEnvs()
  })
})

describe('findProgram', () => {
  let folder = ''
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sb-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it('finds what may be executed', () => {
    writeFileSync(join(folder, 'mine'), '')
    expect(seekProgram('mine', folder)).toBeUndefined()
    chmodSync(join(folder, 'mine'), 0o755)
    expect(findProgram('mine', 'x', folder)).toBe(join(folder, 'mine'))
    symlinkSync(join(folder, 'mine'), join(folder, 'link'))
    expect(seekProgram('link', folder)).toBe(join(folder, 'link'))
  })

  it('says what to install', () => {
    expect(() => findProgram('no-such-program', 'its-package', folder)).toThrow(expect.objectContaining({
      code: 'missing',
      message: expect.stringContaining('the program "no-such-program" is not installed: install it with "apt-get install its-package"') as string,
    }))
  })
})
