import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { remover, vanishingFolder } from './vanishing-folder.js'

/** A process that starts the remover of a folder, as the tests do, and goes on. */
const owner = `
  const [command, ...args] = JSON.parse(process.argv[1])
  require('node:child_process').spawn(command, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  console.log('started')
  setInterval(() => {}, 1e6)`

describe('a vanishing folder', () => {
  it('goes when it is removed, with what is in it', async () => {
    const { path, remove } = await vanishingFolder('vanishing-')
    writeFileSync(join(path, 'file'), '')
    await remove()
    expect(existsSync(path)).toBe(false)
    await remove()
  })

  it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT'])('goes when its process ends by %s', async (signal) => {
    const path = mkdtempSync(join(tmpdir(), 'vanishing-'))
    writeFileSync(join(path, 'file'), '')
    const child = spawn(process.execPath, ['-e', owner, JSON.stringify(remover(path))], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(existsSync(path)).toBe(true)
    child.kill(signal)
    await vi.waitFor(() => expect(existsSync(path)).toBe(false), { timeout: 30_000 })
  })
})
