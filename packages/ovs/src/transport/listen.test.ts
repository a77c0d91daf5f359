import { once } from 'node:events'
import { access, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dial } from './dial.js'
import { listen } from './listen.js'
import type { ActiveTarget, PassiveTarget } from './target.js'
import { loadTls } from './tls.js'

let dir: string
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'ovs-unit-'))))
afterEach(() => rm(dir, { recursive: true }))

const echo = (stream: Duplex) => void stream.on('error', () => {}).pipe(stream)
const missing = (path: string) => access(path).then(() => false, () => true)

async function ask(target: ActiveTarget): Promise<string> {
  const stream = await dial(target)
  stream.write('hello')
  const [chunk] = await once(stream, 'data')
  stream.destroy()
  return String(chunk)
}

function dialled(target: PassiveTarget): ActiveTarget {
  if (target.type === 'punix') return { type: 'unix', path: target.path }
  return { type: 'tcp', host: target.host ?? '127.0.0.1', port: target.port }
}

describe('listen and dial', () => {
  it.each(['punix', 'ptcp', 'any'] as const)('connect over %s', async (type) => {
    const target =
      type === 'punix'
        ? ({ type, path: join(dir, 's') } as const)
        : ({ type: 'ptcp', port: 0, ...(type === 'any' ? {} : { host: '127.0.0.1' }) } as const)
    await using listener = await listen(target, { onConnection: echo })
    if (listener.target.type !== 'punix') expect(listener.target.port).toBeGreaterThan(0)
    expect(await ask(dialled(listener.target))).toBe('hello')
  })

  it('removes its socket file, which only its user may use', async () => {
    const path = join(dir, 's')
    const listener = await listen({ type: 'punix', path }, { onConnection: echo })
    expect((await stat(path)).mode & 0o777).toBe(0o700)
    await listener.close()
    await listener.close()
    expect(await missing(path)).toBe(true)
  })

  it('replaces a socket file that a dead process left, but no other file and no living socket', async () => {
    const path = join(dir, 's')
    const target = { type: 'punix', path } as const
    await using _first = await listen(target, { onConnection: echo })
    await expect(listen(target, { onConnection: echo })).rejects.toMatchObject({
      code: 'connect',
      message: expect.stringContaining('another process listens there'),
    })
    const file = join(dir, 'file')
    await writeFile(file, 'precious')
    await expect(listen({ type: 'punix', path: file }, { onConnection: echo })).rejects.toThrow('no socket')

    // A server that ends without closing leaves its file: imitated by renaming it away from its owner.
    const other = createServer().listen(join(dir, 'left'))
    await once(other, 'listening')
    const left = join(dir, 'stale')
    await rename(join(dir, 'left'), left)
    other.close()
    await once(other, 'close')
    await using second = await listen({ type: 'punix', path: left }, { onConnection: echo })
    expect(await ask(dialled(second.target))).toBe('hello')
  })

  it('stops with its signal', async () => {
    const controller = new AbortController()
    const path = join(dir, 's')
    await listen({ type: 'punix', path }, { onConnection: echo, signal: controller.signal })
    controller.abort()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await missing(path)).toBe(true)
    const again = listen({ type: 'punix', path }, { onConnection: echo, signal: controller.signal })
    await expect(again).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('dial', () => {
  it('names the target and the reason', async () => {
    await expect(dial({ type: 'unix', path: join(dir, 'nope') })).rejects.toMatchObject({
      code: 'connect',
      message: expect.stringMatching(/unix:.*nope: connect ENOENT/),
      cause: { code: 'ENOENT' },
    })
  })

  it('refuses a path that the system would cut', async () => {
    const path = join(dir, 'x'.repeat(120))
    await expect(dial({ type: 'unix', path })).rejects.toThrow(/has \d+ bytes and 107 is the most/)
    await expect(listen({ type: 'punix', path }, { onConnection: echo })).rejects.toThrow('107 is the most')
  })

  it('gives up with its signal, and at its timeout', async () => {
    const target = { type: 'unix', path: join(dir, 's') } as const
    await expect(dial(target, { signal: AbortSignal.abort('why') })).rejects.toMatchObject({
      code: 'aborted',
      cause: 'why',
    })
    // A server that accepts and never answers the handshake.
    const onConnection = (stream: Duplex) => void stream.on('error', () => {})
    await using listener = await listen({ type: 'ptcp', host: '127.0.0.1', port: 0 }, { onConnection })
    const { port } = listener.target as { readonly port: number }
    const silent = { type: 'ssl', host: '127.0.0.1', port } as const
    await expect(dial(silent, { timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
    const controller = new AbortController()
    const dialling = dial(silent, { signal: controller.signal })
    setImmediate(() => controller.abort())
    await expect(dialling).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('loadTls', () => {
  it('takes PEM text, bytes and paths', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\n'
    const path = join(dir, 'x.pem')
    await writeFile(path, pem)
    const loaded = await loadTls({ privateKey: pem, certificate: Buffer.from(pem), ca: [path, pem] })
    const bytes = Buffer.from(pem)
    expect(loaded).toMatchObject({ key: pem, cert: bytes, ca: [bytes, pem], minVersion: 'TLSv1.2' })
  })

  it('refuses half an identity, and a file that is not there', async () => {
    await expect(loadTls({ privateKey: 'x' })).rejects.toMatchObject({
      code: 'invalid',
      message: '[invalid] tls has privateKey but no certificate: give both, or neither',
    })
    await expect(loadTls({ ca: join(dir, 'nope') })).rejects.toThrow(/cannot read tls.ca from .*nope: ENOENT/)
  })
})
