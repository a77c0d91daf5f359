import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { FakeOvsdbServer, type FakeOvsdbServerOptions, success } from '../testing/index.js'
import { OvsdbClient, type OvsdbClientOptions } from './client.js'
import { namedUuid, type Uuid } from './value.js'

const id = (n: number) => `00000000-0000-0000-0000-${n.toString().padStart(12, '0')}`

function connected(server: FakeOvsdbServerOptions = {}, client: OvsdbClientOptions = {}) {
  const fake = new FakeOvsdbServer({ chunkBytes: 7, ...server })
  return { fake, client: new OvsdbClient(fake.stream, client) }
}

describe('OvsdbClient', () => {
  it('lists databases, and asks for a schema once', async () => {
    const { client, fake } = connected()
    expect(await client.listDbs()).toEqual(['Open_vSwitch'])
    const schema = await client.getSchema('Open_vSwitch')
    expect(schema.tables.get('Bridge')?.isRoot).toBe(false)
    expect(await client.getSchema('Open_vSwitch')).toBe(schema)
    expect(fake.requests.filter(({ method }) => method === 'get_schema')).toHaveLength(1)
  })

  it('answers the echo of the server, and sends its own', async () => {
    const { client, fake } = connected()
    await fake.probe()
    await client.echo()
    await fake.close()
    await expect(client.echo()).rejects.toMatchObject({ code: 'closed' })
  })

  it('encodes operations and decodes results, both typed by table', async () => {
    const rows = [{ name: 'p1', ofport: 5, statistics: ['map', [['rx_bytes', 2n ** 62n]]] }]
    const { client, fake } = connected({
      transact: (ops) => ops.map((op, index) => (op.op === 'select' ? { rows } : success(op, index))),
    })
    const results = await client.transact('Open_vSwitch', [
      { op: 'insert', table: 'Interface', 'uuid-name': 'i', row: { name: 'p1' } },
      { op: 'insert', table: 'Port', row: { name: 'p1', interfaces: [namedUuid('i')] } },
      { op: 'select', table: 'Interface', where: [['name', '==', 'p1']], columns: ['name', 'ofport', 'statistics'] },
      { op: 'delete', table: 'Port', where: [] },
    ])
    expect(results).toEqual([
      { uuid: id(0) },
      { uuid: id(1) },
      { rows: [{ name: 'p1', ofport: 5n, statistics: { rx_bytes: 2n ** 62n } }] },
      { count: 1 },
    ])
    expectTypeOf(results[0].uuid).toEqualTypeOf<Uuid>()
    expectTypeOf(results[2].rows).toEqualTypeOf<
      readonly {
        readonly name: string
        readonly ofport: bigint | undefined
        readonly statistics: Readonly<Record<string, bigint>>
      }[]
    >()
    expectTypeOf(results[3]).toEqualTypeOf<{ readonly count: number }>()
    expect(fake.requests.at(-1)?.params.slice(0, 3)).toEqual([
      'Open_vSwitch',
      { op: 'insert', table: 'Interface', 'uuid-name': 'i', row: { name: 'p1' } },
      { op: 'insert', table: 'Port', row: { name: 'p1', interfaces: ['named-uuid', 'i'] } },
    ])
  })

  it('sends nothing when an operation does not fit the schema', async () => {
    const { client, fake } = connected()
    await expect(
      client.transact('Open_vSwitch', [{ op: 'insert', table: 'Port', row: { nope: 1 } } as never]),
    ).rejects.toMatchObject({ code: 'schema' })
    expect(fake.requests.map(({ method }) => method)).toEqual(['get_schema'])
  })

  it('rejects with the operation that failed', async () => {
    const { client } = connected({ transact: () => [{ error: 'constraint violation', details: 'why' }] })
    await expect(client.transact('Open_vSwitch', [{ op: 'insert', table: 'Port', row: {} }])).rejects.toMatchObject({
      code: 'constraint',
      message: '[constraint] operation 0 (insert Port) failed: constraint violation: why; nothing was changed',
    })
  })

  it('cancels a transaction that it gives up (RFC 7047 §4.1.4)', async () => {
    const { client, fake } = connected({ transact: () => new Promise(() => {}) })
    await expect(client.transact('Open_vSwitch', [], { timeout: 10 })).rejects.toMatchObject({ code: 'timeout' })
    const controller = new AbortController()
    const call = client.transact('Open_vSwitch', [], { signal: controller.signal })
    setTimeout(() => controller.abort(), 5)
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    await turn()
    await turn()
    expect(fake.notifications).toEqual([
      { method: 'cancel', params: [1] },
      { method: 'cancel', params: [2] },
    ])
  })

  it('gives up after its default timeout', async () => {
    const { client } = connected({ transact: () => new Promise(() => {}) }, { timeout: 10 })
    await expect(client.transact('Open_vSwitch', [])).rejects.toMatchObject({ code: 'timeout' })
  })

  it('rejects what waits, and what comes later, when the connection ends', async () => {
    const { client, fake } = connected({ transact: () => new Promise(() => {}) })
    await using monitor = await client.monitor('Open_vSwitch', { Open_vSwitch: ['cur_cfg'] })
    const pending = [client.transact('Open_vSwitch', []), monitor.until(() => undefined)]
    await turn()
    await fake.close()
    for (const call of pending) await expect(call).rejects.toMatchObject({ code: 'closed' })
    await expect(client.listDbs()).rejects.toMatchObject({ code: 'closed' })
    expect(await client.closed).toMatchObject({ code: 'closed' })
  })

  it('is disposed by await using', async () => {
    const { client } = connected()
    {
      await using held = client
      await held.listDbs()
    }
    expect(await client.closed).toBeUndefined()
  })

  it('aborts with a reason', async () => {
    const { client } = connected({ transact: () => new Promise(() => {}) })
    const call = client.transact('Open_vSwitch', [])
    const cause = new Error('enough')
    client.abort(cause)
    await expect(call).rejects.toMatchObject({ code: 'closed', cause })
    expect(await client.closed).toMatchObject({ cause })
  })
})

describe('OvsdbClient.monitor', () => {
  const requests = { Interface: ['name', 'ofport'] } as const
  const v2 = { Interface: { [id(1)]: { initial: { name: 'p1' } } } }
  const v1 = { Interface: { [id(1)]: { new: { name: 'p1', ofport: ['set', []] } } } }

  it.each([
    ['monitor_cond_since', ['monitor', 'monitor_cond', 'monitor_cond_since'], v2, { modify: { ofport: 5 } }],
    ['monitor_cond', ['monitor', 'monitor_cond'], v2, { modify: { ofport: 5 } }],
    ['monitor', ['monitor'], v1, { old: { ofport: ['set', []] }, new: { name: 'p1', ofport: 5 } }],
  ] as const)('uses %s when that is the best that the server knows', async (method, monitors, initial, change) => {
    const { client, fake } = connected({ monitors, initial })
    const monitor = await client.monitor('Open_vSwitch', requests)
    expect(fake.requests.at(-1)?.method).toBe(method)
    expect([...monitor.rows('Interface').values()]).toEqual([{ name: 'p1', ofport: undefined }])
    fake.update({ Interface: { [id(1)]: change } })
    expect(await monitor.until(() => [...monitor.rows('Interface').values()][0]?.ofport)).toBe(5n)
  })

  it('applies an update that the server sends before the answer to a transaction, before that resolves', async () => {
    const transact: FakeOvsdbServerOptions['transact'] = (ops, server) => {
      server.update({ Interface: { [id(1)]: { modify: { ofport: 9 } } } })
      return ops.map(success)
    }
    const { client } = connected({ initial: v2, transact })
    const monitor = await client.monitor('Open_vSwitch', requests)
    await client.transact('Open_vSwitch', [{ op: 'comment', comment: 'x' }])
    expect([...monitor.rows('Interface').values()]).toEqual([{ name: 'p1', ofport: 9n }])
  })

  it('applies an update that comes in one chunk with the answer that starts the monitor', async () => {
    const { client, fake } = connected({ chunkBytes: Infinity, initial: v2 })
    await client.getSchema('Open_vSwitch')
    const starting = client.monitor('Open_vSwitch', requests)
    fake.stream.pause()
    await turn()
    await turn()
    fake.update({ Interface: { [id(1)]: { modify: { ofport: 3 } } } })
    fake.stream.resume()
    const monitor = await starting
    expect([...monitor.rows('Interface').values()]).toEqual([{ name: 'p1', ofport: 3n }])
  })

  it('refuses a table that the server does not know, and a server without monitors', async () => {
    const { client } = connected({ monitors: [] })
    await expect(client.monitor('Open_vSwitch', requests)).rejects.toMatchObject({ code: 'peer' })
  })

  it('ends the connection on an update that it cannot apply', async () => {
    const { client, fake } = connected({ initial: v2 })
    const monitor = await client.monitor('Open_vSwitch', requests)
    const waiting = monitor.until(() => undefined)
    fake.update({ Interface: { [id(7)]: { modify: { ofport: 3 } } } })
    await expect(waiting).rejects.toMatchObject({ code: 'closed', cause: { code: 'malformed' } })
  })

  it('stays quiet about updates of a monitor that was closed, and about other notifications', async () => {
    const { client, fake } = connected({ initial: v2 })
    const monitor = await client.monitor('Open_vSwitch', requests)
    const closing = monitor.close()
    fake.update({ Interface: { [id(1)]: { delete: null } } })
    fake.notify('locked', ['x'])
    await closing
    await monitor.close()
    expect(monitor.rows('Interface').size).toBe(1)
    expect(fake.requests.at(-1)).toEqual({ method: 'monitor_cancel', params: ['streambed-0'] })
    expect(await client.listDbs()).toHaveLength(1)
  })
})
