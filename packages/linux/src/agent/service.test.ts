import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readServices, serviceOf } from './service.js'

const folder = mkdtempSync(join(tmpdir(), 'sb-service-'))
afterAll(() => rmSync(folder, { recursive: true }))

const descriptions = [{ name: 'first', pidFile: join(folder, 'first.pid') }, { name: 'last', logFile: join(folder, 'last.log') }]
const env = { STREAMBED_SERVICES: JSON.stringify(descriptions), STREAMBED_LAST_SERVICE: '42' }

describe('services', () => {
  it('are none without a word of the shell', () => {
    expect(readServices({})).toEqual([])
  })

  it('are known by their pid file, the last one by what the shell says', () => {
    const services = readServices(env)
    expect(services.map((service) => service.identify())).toEqual([undefined, 42])
    // The first one is still on its way: whoever ended as the last one with 111 reports it.
    expect(serviceOf(services, 42, 111)?.name).toBe('first')
    expect(serviceOf(services, 42, 1)?.name).toBe('last')
    expect(serviceOf(services, 7, 0)).toBeUndefined()
    writeFileSync(join(folder, 'first.pid'), '7\n')
    expect(serviceOf(services, 7, 0)?.name).toBe('first')
  })

  it('quote the end of their log', () => {
    writeFileSync(join(folder, 'last.log'), `${'x'.repeat(10_000)}end`)
    const [first, last] = readServices(env)
    expect(last?.log()).toMatch(/^x{3997}end$/)
    expect(first?.log()).toBe('')
  })
})
