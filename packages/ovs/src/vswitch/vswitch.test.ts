import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../jsonrpc/json.js'
import { OvsdbClient } from '../ovsdb/client.js'
import { FakeOvsdbServer, success } from '../testing/index.js'
import { addPorts } from './port.js'
import { Vswitch } from './vswitch.js'

const root = '00000000-0000-0000-0000-0000000000ff'
const row = (n: number) => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`

/** A server on which the first transaction gets the configuration number 8. */
async function opened(afterwards: (server: FakeOvsdbServer) => void = () => {}) {
  const initial = {
    Open_vSwitch: { [root]: { initial: { cur_cfg: 7, next_cfg: 7 } } },
    Port: { [row(90)]: { initial: { name: 'old' } } },
  }
  const fake = new FakeOvsdbServer({
    initial,
    transact: (operations, server) => {
      const inserted = operations.flatMap(({ op, table, row: columns }, index) =>
        op === 'insert'
          ? [[table as string, row(index), { insert: { name: (columns as { name: string }).name } }] as const]
          : [],
      )
      const updates: Record<string, Record<string, JsonValue>> = {
        Open_vSwitch: { [root]: { modify: { next_cfg: 8 } } },
      }
      for (const [table, uuid, update] of inserted) updates[table] = { ...updates[table], [uuid]: update }
      server.update(updates)
      setImmediate(() => afterwards(server))
      return operations.map((operation, index) =>
        operation.op === 'select' ? { rows: [{ next_cfg: 8 }] } : success(operation, index),
      )
    },
  })
  const client = new OvsdbClient(fake.stream)
  return { fake, client, vswitch: await Vswitch.open(client, { timeout: 1000 }) }
}

const two = addPorts('br0', [{ name: 'p1' }, { name: 'p2' }])

describe('Vswitch.commit', () => {
  it('counts next_cfg up in the same transaction, and waits for cur_cfg and every ofport', async () => {
    const { fake, vswitch } = await opened((server) => {
      server.update({ Interface: { [row(1)]: { modify: { ofport: 11 } } } })
      server.update({ Open_vSwitch: { [root]: { modify: { cur_cfg: 8 } } } })
      setImmediate(() => server.update({ Interface: { [row(3)]: { modify: { ofport: 12 } } } }))
    })
    const { ofports, results } = await vswitch.commit(two)
    expect(ofports).toEqual(
      new Map([
        ['p1', 11],
        ['p2', 12],
      ]),
    )
    expect(results).toHaveLength(two.length)
    expect(results[2]).toEqual({ uuid: row(2) })
    expect(fake.requests.filter(({ method }) => method === 'transact')).toHaveLength(1)
    expect(fake.requests.at(-1)?.params.slice(-2)).toEqual([
      { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
      { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
    ])
  })

  it('monitors once, however often it commits', async () => {
    const { fake, vswitch } = await opened((server) =>
      server.update({ Open_vSwitch: { [root]: { modify: { cur_cfg: 8 } } } }),
    )
    await vswitch.commit([])
    await vswitch.commit([])
    expect(fake.requests.filter(({ method }) => method.startsWith('monitor'))).toHaveLength(1)
  })

  it('rejects with the interfaces that failed', async () => {
    const { vswitch } = await opened((server) =>
      server.update({
        Open_vSwitch: { [root]: { modify: { cur_cfg: 8 } } },
        Interface: {
          [row(1)]: { modify: { ofport: 1 } },
          [row(3)]: { modify: { ofport: -1, error: 'No such device' } },
        },
      }),
    )
    await expect(vswitch.commit(two)).rejects.toMatchObject({
      code: 'interface',
      detail: { interfaces: new Map([['p2', 'No such device']]) },
    })
  })

  it('says what is missing at the timeout', async () => {
    const { vswitch } = await opened()
    await expect(vswitch.commit(two, { timeout: 20 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('cur_cfg is 7, awaited is 8; without a port number: p1, p2'),
    })
  })

  it('stops with its signal, and with the end of the connection', async () => {
    const { vswitch, fake } = await opened()
    await expect(vswitch.commit(two, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ code: 'aborted' })
    const pending = vswitch.commit([])
    setTimeout(() => fake.abort(), 5)
    await expect(pending).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('Vswitch', () => {
  it('knows the uuids of ports by name', async () => {
    const { vswitch, fake } = await opened()
    expect(vswitch.portUuids(['old'])).toEqual([row(90)])
    // In one update a row replaces another of the same name.
    fake.update({ Port: { [row(91)]: { insert: { name: 'old' } }, [row(90)]: { delete: null } } })
    await expect(vswitch.commit([], { timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
    expect(vswitch.portUuids(['old'])).toEqual([row(91)])
    expect(() => vswitch.portUuids(['none'])).toThrow(expect.objectContaining({ code: 'schema' }))
    expect(() => vswitch.bridgeUuids(['none'])).toThrow('the table Bridge has no row with the name none')
  })

  it('ready() waits for what the database asks for now', async () => {
    const { vswitch } = await opened()
    expect(await vswitch.ready()).toEqual(new Map())
    await vswitch.close()
    await vswitch.close()
  })
})
