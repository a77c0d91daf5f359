import { createServer } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { InMemoryOvsdbServer } from '../../testing/index.js'
import { OvsdbClient } from '../client.js'
import type { BridgeRow } from '../schema/open-vswitch.gen.js'
import { OvsdbSession } from '../session.js'
import type { Uuid } from '../value.js'
import { OvsdbReplica } from './replica.js'
import { Transaction } from './transaction.js'

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step()
})

const tables = { Bridge: true, Port: ['name', 'external_ids'], Open_vSwitch: ['bridges', 'next_cfg'] } as const
const indexes = { Port: { owner: ['external_ids:owner'], first: (row: { readonly name: string }) => row.name[0] } } as const
const root = [{ op: 'insert', table: 'Open_vSwitch', row: {} }]

/** A replica on a single connection. */
async function open() {
  const server = new InMemoryOvsdbServer()
  server.transact('Open_vSwitch', root)
  const client = new OvsdbClient(server.connect({ chunkBytes: 100 }))
  const replica = await OvsdbReplica.open(client, { db: 'Open_vSwitch', tables, indexes })
  cleanup.push(() => client.abort())
  return { server, client, replica }
}

/** A session to a server behind a socket. */
async function session() {
  const server = new InMemoryOvsdbServer()
  server.transact('Open_vSwitch', root)
  const dir = mkdtempSync(join(tmpdir(), 'replica-'))
  const listener = createServer((socket) => server.serve(socket))
  await new Promise<void>((resolve) => listener.listen(join(dir, 'sock'), resolve))
  cleanup.push(() => {
    server.abort()
    listener.close()
    rmSync(dir, { recursive: true })
  })
  const made = await OvsdbSession.open({
    remotes: `unix:${join(dir, 'sock')}`,
    db: 'Open_vSwitch',
    backoff: { min: 1, max: 2 },
  })
  cleanup.push(() => made.close())
  return { server, session: made, path: join(dir, 'sock') }
}

const bridge = (name: string) => [
  { op: 'insert', table: 'Bridge', row: { name }, 'uuid-name': 'b' },
  { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', ['named-uuid', 'b']]] },
]
const names = (rows: Iterable<{ readonly name: string }>) => [...rows].map(({ name }) => name)

describe('OvsdbReplica, rows', () => {
  it('are typed, frozen and plain, and there when a transaction resolves', async () => {
    const { replica } = await open()
    const transaction = new Transaction<import('../schema/open-vswitch.gen.js').OpenVSwitch>()
    const wire = transaction.insert('Interface', { name: 'p1' })
    const port = transaction.insert('Port', { name: 'p1', interfaces: [wire], external_ids: { owner: 'x' } })
    const inserted = transaction.insert('Bridge', { name: 'br0', ports: [port] })
    transaction.mutate('Open_vSwitch', [], [['bridges', 'insert', [inserted]]])
    await replica.transact(transaction)
    const row = replica.row('Bridge', inserted.uuid)
    expectTypeOf(row).toEqualTypeOf<(Omit<BridgeRow, '_version'> & { readonly _uuid: Uuid }) | undefined>()
    expect(row).toMatchObject({ _uuid: inserted.uuid, name: 'br0', ports: [port.uuid], other_config: {} })
    expect(Object.isFrozen(row)).toBe(true)
    expect(replica.rows('Port').get(port.uuid)).toStrictEqual({ _uuid: port.uuid, name: 'p1', external_ids: { owner: 'x' } })
    expect(names(replica.lookup('Port', 'owner', 'x'))).toEqual(['p1'])
    expect(names(replica.lookup('Port', 'first', 'p'))).toEqual(['p1'])
    expect(names(replica.find('Bridge', [['name', '==', 'br0']]))).toEqual(['br0'])
    const [, { count }] = await replica.transact([
      { op: 'comment', comment: 'why' },
      { op: 'update', table: 'Port', where: [['name', '==', 'p1']], row: { external_ids: { owner: 'y' } } },
    ])
    expect(count).toBe(1)
    expect(names(replica.lookup('Port', 'owner', 'y'))).toEqual(['p1'])
    expect(replica.lookup('Port', 'owner', 'x')).toEqual([])
  })

  it('refuses a table that the replica does not have', async () => {
    const { replica } = await open()
    expect(() => replica.rows('Mirror' as 'Port')).toThrow(/does not have the table Mirror: it has Bridge, Port/)
  })
})

describe('OvsdbReplica, changes', () => {
  it('come as an iterator from the moment of the call, or from the beginning, and to listeners', async () => {
    const { server, replica } = await open()
    server.transact('Open_vSwitch', bridge('br0'))
    await replica.until(() => replica.find('Bridge', []).length === 1)
    const seen: string[] = []
    const stop = replica.onChange(({ changes }) => seen.push(...changes.map(({ type, table }) => `${type} ${table}`)))
    const whole = replica.changes({ initial: true })
    const later = replica.changes()
    await replica.transact([{ op: 'delete', table: 'Bridge', where: [] }, { op: 'update', table: 'Open_vSwitch', where: [], row: { bridges: [] } }])
    stop()
    expect(seen.sort()).toEqual(['delete Bridge', 'modify Open_vSwitch'])
    const first = await whole.next()
    expect(first.value.type).toBe('initial')
    expect(first.value.changes.map((change: { table: string }) => change.table).sort()).toEqual(['Bridge', 'Open_vSwitch'])
    expect((await whole.next()).value).toEqual((await later.next()).value)
    await replica.close()
    expect(await later.next()).toEqual({ done: true, value: undefined })
    expect(await replica.changes().next().catch((error: unknown) => error)).toMatchObject({ code: 'closed' })
  })

  it('until() ends by its signal, its timeout, what its test throws, and the end of the connection', async () => {
    const { client, replica } = await open()
    const never = () => undefined
    await expect(replica.until(never, { timeout: 1 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(replica.until(never, { signal: AbortSignal.abort('x') })).rejects.toMatchObject({ code: 'aborted' })
    const fails = () => {
      throw new Error('broken')
    }
    await expect(replica.until(fails)).rejects.toThrow('broken')
    const [waiting, next] = [replica.until(never), replica.changes().next()]
    client.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'closed' })
    await expect(next).rejects.toMatchObject({ code: 'closed' })
    await expect(replica.transact([])).rejects.toMatchObject({ code: 'closed' })
    await expect(replica.until(never)).rejects.toMatchObject({ code: 'closed' })
    await replica.close()
  })

  it('a consumer that wants to hold the connection back does not hold back its own transactions', async () => {
    const { replica } = await open()
    const feed = replica.changes({ limit: 0, overflow: 'pause' })
    const count = { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1n]] } as const
    for (let n = 0; n < 5; n++) await replica.transact([count])
    for (let n = 0; n < 5; n++) expect((await feed.next()).value.changes).toHaveLength(1)
  })
})

describe('OvsdbReplica, setConditions', () => {
  it('resolves when the rows are those that were asked for', async () => {
    const { server, replica } = await open()
    for (const name of ['a', 'b', 'c']) server.transact('Open_vSwitch', bridge(name))
    await replica.setConditions({ Bridge: [['name', '==', 'a'], ['name', '==', 'c']] })
    expect(names(replica.rows('Bridge').values()).sort()).toEqual(['a', 'c'])
    await Promise.all([replica.setConditions({ Bridge: [] }), replica.setConditions({ Bridge: [['name', '==', 'b']] })])
    expect(names(replica.rows('Bridge').values())).toEqual(['b'])
    await replica.setConditions({ Bridge: true })
    expect(replica.rows('Bridge').size).toBe(3)
  })
})

describe('OvsdbReplica, update', () => {
  const increment = async (replica: Awaited<ReturnType<typeof open>>['replica'], attempts?: number) =>
    replica.update(
      async (transaction) => {
        const [row] = transaction.find('Open_vSwitch', [])
        await Promise.resolve()
        transaction.update('Open_vSwitch', row!._uuid, { next_cfg: row!.next_cfg + 1n })
        return row!.next_cfg
      },
      attempts === undefined ? {} : { attempts },
    )

  it('runs again until what it has read holds', async () => {
    const { server, replica } = await open()
    const other = await OvsdbReplica.open(new OvsdbClient(server.connect()), { db: 'Open_vSwitch', tables, indexes })
    cleanup.push(() => other.close())
    await Promise.all([replica, other].flatMap((one) => Array.from({ length: 4 }, () => increment(one))))
    expect(server.rows('Open_vSwitch', 'Open_vSwitch')[0]?.['next_cfg']).toBe(8n)
  })

  it('gives up after so many attempts', async () => {
    const { replica } = await open()
    const results = await Promise.allSettled(Array.from({ length: 3 }, () => increment(replica, 1)))
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'transaction' } })
  })

  it('guards that a row does not exist, and sends nothing when there is nothing to do', async () => {
    const { server, replica } = await open()
    let runs = 0
    const ensure = (name: string) =>
      replica.update((transaction) => {
        if (transaction.find('Bridge', [['name', '==', name]]).length > 0) return undefined
        // Another client is faster, once.
        if (runs++ === 0) server.transact('Open_vSwitch', bridge(name))
        const inserted = transaction.insert('Bridge', { name })
        transaction.mutate('Open_vSwitch', [], [['bridges', 'insert', [inserted]]])
        return inserted
      })
    expect(await ensure('br0')).toBeUndefined()
    expect((await ensure('br1'))?.uuid).toMatch(/^[0-9a-f-]{36}$/)
    expect(names(replica.rows('Bridge').values()).sort()).toEqual(['br0', 'br1'])
  })

  it('passes on what goes wrong otherwise', async () => {
    const { replica } = await open()
    const twice = replica.update((transaction) => {
      for (const name of ['x', 'x']) {
        const inserted = transaction.insert('Bridge', { name })
        transaction.mutate('Open_vSwitch', [], [['bridges', 'insert', [inserted]]])
      }
    })
    await expect(twice).rejects.toMatchObject({ code: 'constraint' })
    await expect(replica.update(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
  })
})

describe('OvsdbReplica on a session', () => {
  it('survives the end of a connection, and reports what happened meanwhile', async () => {
    const { server, session: link } = await session()
    server.transact('Open_vSwitch', bridge('br0'))
    const replica = await OvsdbReplica.open(link, { db: 'Open_vSwitch', tables })
    const feed = replica.changes()
    const conditions = replica.setConditions({ Port: [] })
    server.disconnect()
    server.transact('Open_vSwitch', bridge('br1'))
    await conditions
    await replica.until(() => replica.synchronised && replica.rows('Bridge').size === 2)
    const { value: batch } = await feed.next()
    expect(batch.type).toBe('resync')
    expect(batch.changes.map(({ type, table }: { type: string; table: string }) => `${type} ${table}`).sort()).toEqual([
      'insert Bridge',
      'modify Open_vSwitch',
    ])
    await replica.close()
    await expect(link.transact([])).resolves.toEqual([])
  })

  it('is its own when only remotes were given', async () => {
    const { server, path } = await session()
    const replica = await OvsdbReplica.open({ remotes: `unix:${path}` }, { db: 'Open_vSwitch', tables: { Open_vSwitch: true } })
    expect(server.connections).toBe(2)
    expect(replica.rows('Open_vSwitch').size).toBe(1)
    await using _closed = replica
    const missing = OvsdbReplica.open({ remotes: `unix:${path}` }, { db: 'Open_vSwitch', tables: { Port: ['nope' as 'name'] } })
    await expect(missing).rejects.toMatchObject({ code: 'schema' })
  })
})
