import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InMemoryOvsdbServer, type InMemoryOvsdbServerOptions } from '../testing/index.js'
import { listen } from '../transport/listen.js'
import { OvsdbSession } from './session.js'
import type { OvsdbSessionOptions, SessionStatus } from './session-types.js'

const cid = '11111111-1111-1111-1111-111111111111'

let dir: string
let open: AsyncDisposable[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ovs-unit-'))
  open = []
})
afterEach(async () => {
  for (const item of open.reverse()) await item[Symbol.asyncDispose]()
  await rm(dir, { recursive: true })
})

const schema = (name: string) =>
  JSON.stringify({ name, version: '1.0.0', tables: { T: { columns: { n: { type: 'string' } }, isRoot: true } } })

async function server(name: string, options: InMemoryOvsdbServerOptions = {}) {
  const path = join(dir, name)
  const memory = new InMemoryOvsdbServer({ schemaTexts: [schema('Db')], ...options })
  open.push(memory)
  open.push(await listen({ type: 'punix', path }, { onConnection: (stream) => memory.serve(stream) }))
  return { memory, remote: `unix:${path}`, target: { type: 'unix', path } }
}

function start(options: OvsdbSessionOptions) {
  const session = OvsdbSession.start({ shuffle: false, backoff: { min: 10, max: 20 }, ...options })
  open.push(session)
  const seen: SessionStatus[] = [session.status()]
  session.onStatus((status) => seen.push(status))
  const until = async (fits: (status: SessionStatus) => boolean) => {
    for await (const status of session.statusChanges()) if (fits(status)) return status
    throw new Error('never')
  }
  return { session, seen, until }
}

const insert = { op: 'insert', table: 'T', row: { n: 'x' } } as const
const select = { op: 'select', table: 'T', where: [] } as const

describe('OvsdbSession with a cluster', () => {
  it('goes to the leader, and follows it when it moves', async () => {
    const [a, b] = [await server('a'), await server('b')]
    a.memory.setDatabaseState('Db', { model: 'clustered', leader: false, cid, index: 5 })
    b.memory.setDatabaseState('Db', { model: 'clustered', leader: true, cid, index: 5 })
    const { session, seen, until } = start({ remotes: [a.remote, b.remote], db: 'Db' })
    expect((await session.ready()).remote).toEqual(b.target)
    const message = expect.stringContaining('is not the leader of the database Db')
    expect(seen).toContainEqual(
      expect.objectContaining({ type: 'backoff', error: expect.objectContaining({ message }) }),
    )
    a.memory.setDatabaseState('Db', { model: 'clustered', leader: true, cid, index: 6 })
    b.memory.setDatabaseState('Db', { model: 'clustered', leader: false, cid, index: 6 })
    await until((status) => status.type === 'ready' && status.generation === 2)
    expect(session.connection?.remote).toEqual(a.target)
  })

  it('stays with any member when the leader does not matter, unless that is cut off', async () => {
    const [a, b] = [await server('a'), await server('b')]
    for (const { memory } of [a, b])
      memory.setDatabaseState('Db', { model: 'clustered', leader: false, cid, index: 5 })
    const { session, until } = start({ remotes: [a.remote, b.remote], db: 'Db', leaderOnly: false })
    expect((await session.ready()).remote).toEqual(a.target)
    a.memory.setDatabaseState('Db', { model: 'clustered', connected: false, cid, index: 5 })
    await until((status) => status.type === 'ready' && status.generation === 2)
    expect(session.connection?.remote).toEqual(b.target)
  })

  it('leaves a member that shows older data than has been seen', async () => {
    const [a, b] = [await server('a'), await server('b')]
    a.memory.setDatabaseState('Db', { model: 'clustered', leader: true, cid, index: 9 })
    b.memory.setDatabaseState('Db', { model: 'clustered', leader: true, cid, index: 8 })
    const { session, seen, until } = start({ remotes: [a.remote, b.remote], db: 'Db' })
    await session.ready()
    session.reconnect()
    await until((status) => status.type === 'ready' && status.generation === 2)
    expect(session.connection?.remote).toEqual(a.target)
    const reasons = seen.map((status) => (status.type === 'backoff' ? status.error?.message : ''))
    expect(reasons).toContainEqual(expect.stringContaining('is behind (at 8, we have seen 9)'))
  })

  it('refuses another cluster', async () => {
    const a = await server('a')
    a.memory.setDatabaseState('Db', { model: 'clustered', leader: true, cid, index: 1 })
    const { session } = start({ remotes: a.remote, clusterId: cid.replaceAll('1', '2') })
    await expect(session.ready({ timeout: 50 })).rejects.toThrow(`belongs to the cluster ${cid} and not to 2222`)
  })
})

describe('OvsdbSession', () => {
  it('takes the only database, and asks when there are several', async () => {
    const one = await server('one')
    const { session } = start({ remotes: one.remote })
    expect(() => session.db).toThrow('not known before ready()')
    await session.ready()
    expect(session.db).toBe('Db')
    const two = await server('two', { schemaTexts: [schema('Db'), schema('Other')] })
    await expect(OvsdbSession.open({ remotes: two.remote })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('say which with db (Db, Other)'),
    })
  })

  it('goes through its states', async () => {
    const a = await server('a')
    const { session, seen, until } = start({ remotes: a.remote })
    await session.ready()
    a.memory.disconnect()
    await until((status) => status.type === 'ready' && status.generation === 2)
    await session.close()
    const types = seen.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1])
    expect(types).toEqual([
      'connecting',
      'synchronising',
      'ready',
      'backoff',
      'connecting',
      'synchronising',
      'ready',
      'closed',
    ])
  })

  it('sends what has not been sent on the next connection, and what only reads a second time', async () => {
    let broken = false
    const a = await server('a', {
      onRequest: (method) => {
        if (method !== 'transact' || broken) return
        broken = true
        a.memory.disconnect()
      },
    })
    const { session } = start({ remotes: a.remote })
    await session.ready()
    expect(await session.transact([select])).toEqual([{ rows: [] }])
    expect(broken).toBe(true)
    await session.transact([insert])
    broken = false
    await expect(session.transact([insert])).rejects.toMatchObject({ code: 'outcome-unknown' })
    const waiting = session.transact([insert])
    expect(await waiting).toHaveLength(1)
  })

  it('runs handlers before it is ready; one that fails at first is removed and says so', async () => {
    const a = await server('a')
    const generations: number[] = []
    const onConnected = ({ generation }: { readonly generation: number }) => void generations.push(generation)
    const { session, until } = start({ remotes: a.remote, onConnected })
    await session.ready()
    await expect(session.onConnection(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
    session.reconnect()
    await until((status) => status.type === 'ready' && status.generation === 2)
    expect(generations).toEqual([1, 2])
  })

  it('ends when its first handler fails', async () => {
    const a = await server('a')
    const failing = OvsdbSession.open({ remotes: a.remote, onConnected: () => Promise.reject(new Error('mine')) })
    await expect(failing).rejects.toMatchObject({ code: 'aborted', cause: { message: 'mine' } })
  })

  it('tries the next connection when a handler fails later', async () => {
    const a = await server('a')
    const { session, until } = start({ remotes: a.remote })
    const generations: number[] = []
    await session.onConnection(({ generation }) => {
      generations.push(generation)
      if (generation === 2) throw new Error('inconsistent')
    })
    session.reconnect()
    await until((status) => status.type === 'ready' && status.generation === 3)
    expect(generations).toEqual([1, 2, 3])
  })

  it('runs a first handler again when the connection ends under it', async () => {
    const a = await server('a')
    const { session } = start({ remotes: a.remote })
    await session.ready()
    let runs = 0
    const remove = await session.onConnection(async ({ client, signal }) => {
      if (++runs > 1) return
      a.memory.disconnect()
      await client.closed
      expect(signal.aborted).toBe(true)
      throw new Error('of no interest')
    })
    expect(runs).toBe(2)
    remove()
  })

  it('rejects with its reason after abort, and when its signal fires', async () => {
    const controller = new AbortController()
    const { session } = start({ remotes: `unix:${join(dir, 'nobody')}`, signal: controller.signal })
    const waiting = Promise.allSettled([session.ready(), session.transact([insert]), session.lock('l')])
    controller.abort(new Error('enough'))
    for (const result of await waiting)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } })
    expect(await session.closed).toMatchObject({ code: 'aborted' })
    expect(session.status()).toMatchObject({ type: 'closed', error: { code: 'aborted' } })
  })

  it('gives up one call with its signal, and goes on', async () => {
    const a = await server('a')
    const { session } = start({ remotes: a.remote })
    await expect(session.transact([insert], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    expect(await session.transact([insert])).toHaveLength(1)
  })
})

describe('locks', () => {
  it('queue, are stolen, and come back', async () => {
    const a = await server('a')
    const one = start({ remotes: a.remote }).session
    const two = start({ remotes: a.remote }).session
    const first = await one.lock('l')
    const second = await two.lock('l')
    expect([first.held, second.held]).toEqual([true, false])
    const changes: boolean[] = []
    second.onChange((held) => changes.push(held))
    await first.close()
    await second.acquired()
    const thief = await one.lock('l', { steal: true })
    await two.connection?.client.echo()
    expect([thief.held, second.held]).toEqual([true, false])
    a.memory.disconnect()
    await Promise.race([second.acquired(), thief.acquired()])
    expect(changes.slice(0, 2)).toEqual([true, false])
    await one.close()
    await second.acquired()
    await expect(thief.acquired()).rejects.toMatchObject({ code: 'closed' })
    await expect(two.lock('1 bad name')).rejects.toMatchObject({ code: 'invalid' })
  })

  it('stop waiting at a timeout, with a signal, and when given up', async () => {
    const a = await server('a')
    const { session } = start({ remotes: a.remote })
    const other = start({ remotes: a.remote }).session
    const held = await session.lock('l')
    const waiting = await other.lock('l')
    await expect(waiting.acquired({ timeout: 5 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(waiting.acquired({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    const last = expect(waiting.acquired()).rejects.toMatchObject({ code: 'closed' })
    await waiting.close()
    await last
    await held.acquired()
  })
})
