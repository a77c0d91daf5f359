import { createHash, randomBytes } from 'node:crypto'
import { ContainerEngine, type LogLine } from '@streambed/docker-driver'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busybox, dockerSocket, sleeper } from './world/docker.js'
import { useDocker } from './world/world.js'

// What goes in and out of a container: its log, and files.
useDocker()
let engine: ContainerEngine
beforeAll(async () => void (engine = await ContainerEngine.connect({ socket: dockerSocket })))
afterAll(() => engine.close())

async function allLines(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = []
  for await (const line of lines) all.push(line)
  return all
}

describe('logs', () => {
  it('come line by line, also long ones, with their stream and time', async () => {
    const container = await engine.create({ image: busybox, command: ['sh', '-c', 'echo one; sleep 0.05; echo two >&2; head -c 50000 /dev/zero | tr "\\0" "ä"; echo; printf end'] })
    const started = Date.now()
    await container.start()
    await container.wait()
    const lines = await allLines(container.logs())
    // Docker copies the two streams side by side: only within each of them there is an order.
    const of = (wanted: string): unknown[] => lines.flatMap(({ stream, line }) => (stream === wanted ? [line.length > 99 ? line.length : line] : []))
    expect({ stdout: of('stdout'), stderr: of('stderr'), all: lines.length }).toEqual({ stdout: ['one', expect.any(Number), 'end'], stderr: ['two'], all: 4 })
    expect(Math.abs((lines[0]?.time.getTime() ?? 0) - started)).toBeLessThan(20_000)
    expect((await allLines(container.logs({ stdout: false }))).map(({ line }) => line)).toEqual(['two'])
    expect((await allLines(container.logs({ tail: 1 }))).map(({ line }) => line)).toEqual(['end'])
    expect((await allLines(container.logs({ since: new Date(Date.now() + 60_000) })))).toEqual([])
    await container.remove()
  })

  it('are followed until the container ends, or the reader has enough', async () => {
    const container = await engine.run({ image: busybox, command: ['sh', '-c', 'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo $i; sleep 0.02; done'] })
    const first: string[] = []
    for await (const { line } of container.logs({ follow: true })) if (first.push(line) === 3) break
    expect(first).toEqual(['1', '2', '3'])
    const stop = new AbortController()
    const some: string[] = []
    for await (const { line } of container.logs({ follow: true, signal: stop.signal })) if (some.push(line) === 2) stop.abort()
    expect(some.length).toBeGreaterThanOrEqual(2)
    expect((await allLines(container.logs({ follow: true }))).map(({ line }) => Number(line))).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
    await container.remove()
  })
})

describe('files', () => {
  it.each(['running', 'stopped'])('go in and out of a %s container', async (how) => {
    const container = await engine.create(sleeper)
    if (how === 'running') await container.start()
    const big = randomBytes(20 * 1024 * 1024)
    await container.writeFile('/data/deep/big', big, { mode: 0o600, uid: 5, gid: 6 })
    const back = await container.readFile('/data/deep/big')
    expect(hash(back)).toBe(hash(big))
    await container.putFiles('/data/more', { 'a.txt': 'A', 'sub/b': { content: 'B', mode: 0o755 }, 'link': { linkTo: 'a.txt' }, 'absolute': { linkTo: '/data/more/sub/b' }, 'empty': { folder: true } })
    expect(String(await container.readFile('/data/more/link'))).toBe('A')
    expect(String(await container.readFile('/data/more/absolute'))).toBe('B')
    const files = []
    for await (const { path, type, mode, linkTo, content } of container.getFiles('/data/more')) files.push([path, type, mode.toString(8), linkTo, String(content)])
    expect(files.sort()).toEqual([
      ['', 'folder', '755', undefined, ''],
      ['a.txt', 'file', '644', undefined, 'A'],
      ['absolute', 'symlink', '777', '/data/more/sub/b', ''],
      ['empty', 'folder', '755', undefined, ''],
      ['link', 'symlink', '777', 'a.txt', ''],
      ['sub', 'folder', '755', undefined, ''],
      ['sub/b', 'file', '755', undefined, 'B'],
    ])
    const archive = pack()
    archive.entry({ name: 'from-tar' }, 'T')
    archive.finalize()
    await container.putFiles('/data/tar', archive as never)
    expect(String(await container.readFile('/data/tar/from-tar'))).toBe('T')
    await container.putFiles('/data/again', await container.getArchive('/data/more'))
    expect(String(await container.readFile('/data/again/more/a.txt'))).toBe('A')
    await expect(container.readFile('/nowhere')).rejects.toMatchObject({ code: 'not-found' })
    await expect(container.readFile('/data')).rejects.toMatchObject({ code: 'invalid' })
    await expect(container.writeFile('relative', '')).rejects.toMatchObject({ code: 'invalid' })
    await expect(container.putFiles('/data', { '../out': '' })).rejects.toMatchObject({ code: 'invalid' })
    if (how === 'running') expect((await container.exec(['stat', '-c', '%a %u %g', '/data/deep/big'])).stdout).toBe('600 5 6\n')
    await container.remove()
  })

  it('reach a tmpfs, which Docker does not copy to', async () => {
    const container = await engine.run({ ...sleeper, mounts: [{ type: 'tmpfs', target: '/memory' }] })
    await container.writeFile('/memory/sub/x', 'here', { mode: 0o640 })
    expect((await container.exec(['stat', '-c', '%a', '/memory/sub/x'])).stdout).toBe('640\n')
    expect(String(await container.readFile('/memory/sub/x'))).toBe('here')
    await expect(container.readFile('/memory/no')).rejects.toMatchObject({ code: 'not-found' })
    await expect(container.putFiles('/memory', { a: '' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('tmpfs') })
    await container.remove()
  })
})

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
