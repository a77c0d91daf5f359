import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { OvsError } from '../../errors.js'
import type { JsonValue } from '../../jsonrpc/json.js'
import { JsonRpcPeer } from '../../jsonrpc/peer.js'
import { duplexPair } from '../../testing/index.js'
import { OvsdbClient } from '../client.js'
import type { ChangeBatch } from './replica-types.js'
import { ReplicaMonitor } from './replica-monitor.js'
import { type AnySelection, fullSelection } from './table-selection.js'

const schemaText = (columns: object) =>
  JSON.stringify({ name: 'D', version: '1.0.0', tables: { T: { columns }, U: { columns: { n: { type: 'integer' } } } } })
const columns = { name: { type: 'string' }, set: { type: { key: 'integer', min: 0, max: 'unlimited' } } }
const uuid = (n: number) => `01010e57-a2a8-4008-ab23-${String(n).padStart(12, '0')}`
const txn = uuid(99)
const zero = '00000000-0000-0000-0000-000000000000'

interface Script {
  /** Answers to monitors, one after the other; then it has no rows. */
  readonly answers?: readonly JsonValue[]
  readonly kinds?: readonly string[]
  /** Gives the schema each time that it is asked for. */
  readonly schema?: () => string
  /** A method that is never answered. */
  readonly stall?: string
}

/** A server that gives the answers that it was told to. */
function scripted({ answers = [], kinds, schema = () => schemaText(columns), stall }: Script = {}) {
  const [stream, own] = duplexPair()
  const asked: (readonly JsonValue[])[] = []
  const left = [...answers]
  let id: JsonValue = null
  const peer = new JsonRpcPeer(own, {
    onRequest: (method, params) => {
      if (method === 'get_schema') return JSON.parse(schema()) as JsonValue
      asked.push([method, ...params])
      if (method === stall) return new Promise<never>(() => {})
      if (method === 'monitor_cancel' || method === 'monitor_cond_change') return {}
      if (kinds && !kinds.includes(method)) throw new Error('unknown method')
      id = params[1] as JsonValue
      return left.shift() ?? (method === 'monitor_cond_since' ? [false, zero, {}] : {})
    },
  })
  return {
    stream,
    asked,
    /** Of the latest monitor. */
    id: () => id,
    notify: (method: string, ...params: JsonValue[]) => peer.notify(method, params),
    /** Resolves when the client has dealt with everything that was sent before. */
    probe: () => peer.request('echo', []),
    abort: () => peer.abort(),
  }
}

function replica(selection: AnySelection = true) {
  const batches: ChangeBatch[] = []
  const monitor = new ReplicaMonitor({
    selections: new Map([['T', fullSelection(selection)]]),
    indexes: {},
    onBatch: (batch) => void batches.push(batch),
  })
  const names = () => [...monitor.tables.get('T')!.rows.values()].map((row) => row['name'])
  return { monitor, batches, names }
}

async function connect(monitor: ReplicaMonitor, server: { readonly stream: Duplex }, followsSchema = true) {
  const client = new OvsdbClient(server.stream)
  const controller = new AbortController()
  void client.closed.then(() => controller.abort())
  const schema = await client.getSchema('D')
  await monitor.synchronise({ client, db: 'D', schema, signal: controller.signal, followsSchema })
  return client
}

const summary = (batches: readonly ChangeBatch[]) =>
  batches.map(({ type, changes }) => [type, ...changes.map((change) => `${change.type} ${change.uuid.slice(-1)}`)])

describe('ReplicaMonitor', () => {
  it('resumes where it was when the server can', async () => {
    const { monitor, batches, names } = replica()
    const first = scripted({ answers: [[false, uuid(50), { T: { [uuid(1)]: { initial: { name: 'a' } } } }]] })
    await connect(monitor, first)
    first.notify('update3', first.id(), txn, { T: { [uuid(2)]: { insert: { name: 'b' } } } })
    await first.probe()
    expect(names()).toEqual(['a', 'b'])
    expect(batches).toMatchObject([{ type: 'resync', changes: [] }, { type: 'update', transaction: txn }])
    first.abort()
    const second = scripted({ answers: [[true, uuid(77), { T: { [uuid(1)]: { delete: null } } }]] })
    await connect(monitor, second)
    expect(second.asked[0]?.at(-1)).toBe(txn)
    expect(names()).toEqual(['b'])
    expect(summary(batches.slice(2))).toEqual([['resync', 'delete 1']])
    expect(batches.at(-1)?.transaction).toBe(uuid(77))
  })

  it('finds the true difference when the server sends everything', async () => {
    const { monitor, batches, names } = replica()
    const rows = { [uuid(1)]: { initial: { name: 'a' } }, [uuid(2)]: { initial: { name: 'b' } } }
    const first = scripted({ answers: [[false, uuid(0), { T: rows }]] })
    await connect(monitor, first)
    first.abort()
    const now = { [uuid(2)]: { initial: { name: 'b' } }, [uuid(3)]: { initial: { name: 'c' } } }
    await connect(monitor, scripted({ answers: [[false, uuid(0), { T: now }]] }))
    expect(names()).toEqual(['b', 'c'])
    expect(summary(batches.slice(1))).toEqual([['resync', 'delete 1', 'insert 3']])
  })

  it('asks for everything again when an update does not fit', async () => {
    const { monitor, batches, names } = replica()
    const answers = [
      [false, txn, { T: { [uuid(1)]: { initial: { name: 'a' } } } }],
      [false, txn, { T: { [uuid(2)]: { initial: { name: 'b' } } } }],
    ]
    const server = scripted({ answers })
    await connect(monitor, server)
    const old = server.id()
    server.notify('update3', old, txn, { T: { [uuid(1)]: { insert: { name: 'x' } }, [uuid(2)]: { modify: { name: 'b' } } } })
    server.notify('update3', old, txn, { T: { [uuid(1)]: { modify: { name: 'ignored' } } } })
    await server.probe()
    await monitor.settled()
    expect(monitor.synchronised).toBe(true)
    expect(names()).toEqual(['b'])
    expect(summary(batches.slice(1))).toEqual([['resync', 'delete 1', 'insert 2']])
    expect(server.asked.map(([method]) => method)).toEqual(['monitor_cond_since', 'monitor_cancel', 'monitor_cond_since'])
    expect(server.asked[2]?.at(-1)).toBe(zero)
  })

  it.each([
    ['monitor_cond', { T: { [uuid(1)]: { initial: { name: 'a' } } } }, 'update2', { [uuid(1)]: { modify: { name: 'b' } } }],
    [
      'monitor',
      { T: { [uuid(1)]: { new: { name: 'a', set: ['set', []] } } } },
      'update',
      { [uuid(1)]: { old: { name: 'a' }, new: { name: 'b', set: ['set', []] } } },
    ],
  ] as const)('falls back to %s', async (kind, initial, notification, update) => {
    const { monitor, names } = replica()
    const server = scripted({ kinds: [kind], answers: [initial] })
    await connect(monitor, server)
    expect(names()).toEqual(['a'])
    server.notify(notification, server.id(), { T: update })
    await server.probe()
    expect(names()).toEqual(['b'])
  })

  it('needs a server with conditions when it has any', async () => {
    const server = scripted({ kinds: ['monitor'] })
    const { monitor } = replica({ where: [['name', '==', 'a']] })
    await expect(connect(monitor, server)).rejects.toMatchObject({ code: 'peer' })
    const other = replica()
    await connect(other.monitor, scripted({ kinds: ['monitor'] }))
    await expect(other.monitor.setConditions({ T: [] })).rejects.toMatchObject({ code: 'peer' })
  })

  it('asks for everything again when the connection ended during a change of conditions', async () => {
    const { monitor } = replica({ columns: ['name'], where: [['name', '==', 'a']] })
    const first = scripted({ answers: [[false, txn, {}]], stall: 'monitor_cond_change' })
    await connect(monitor, first)
    const [, , , requests] = first.asked[0] as readonly JsonValue[]
    expect(requests).toEqual({ T: [{ columns: ['name'], where: [['name', '==', 'a']] }] })
    const done = monitor.setConditions({ T: [['name', '==', 'b']] })
    await first.probe()
    first.abort()
    const second = scripted({ answers: [[false, txn, { T: { [uuid(2)]: { initial: { name: 'b' } } } }]] })
    await connect(monitor, second)
    await done
    expect(second.asked[0]?.[3]).toEqual({ T: [{ columns: ['name'], where: [['name', '==', 'b']] }] })
    expect(second.asked[0]?.at(-1)).toBe(zero)
    await expect(monitor.setConditions({ T: [['name', '==', 1]] as never })).rejects.toMatchObject({ code: 'schema' })
    await expect(monitor.setConditions({ U: true })).rejects.toMatchObject({ code: 'schema' })
  })

  it('follows a schema that changes on a single connection', async () => {
    const { monitor, batches } = replica()
    const changing = { ...columns, more: { type: 'boolean' } }
    const texts = [schemaText(columns), schemaText(changing)]
    const answer = [false, txn, { T: { [uuid(1)]: { initial: { name: 'a' } } } }]
    const server = scripted({ answers: [answer, answer], schema: () => texts.shift() ?? schemaText(changing) })
    await connect(monitor, server, false)
    server.notify('monitor_canceled', server.id())
    await server.probe()
    await monitor.settled()
    expect(monitor.tables.get('T')!.rows.get(uuid(1) as never)).toEqual({ _uuid: uuid(1), name: 'a', set: [], more: false })
    expect(summary(batches.slice(1))).toEqual([['resync', 'modify 1']])
  })

  it('keeps its conditions when the first connection ends before it has any rows', async () => {
    const { monitor, batches } = replica({ where: [['name', '==', 'a']] })
    const first = scripted({ stall: 'monitor_cond_since' })
    const failed = connect(monitor, first)
    await first.probe()
    await first.probe()
    first.abort()
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/closed|aborted/) as string })
    const second = scripted()
    await connect(monitor, second)
    expect(second.asked[0]?.[3]).toEqual({ T: [{ columns: ['name', 'set'], where: [['name', '==', 'a']] }] })
    expect(batches).toHaveLength(1)
    await monitor.close(new OvsError('closed', 'over'))
    await expect(connect(monitor, scripted())).rejects.toMatchObject({ code: 'closed' })
  })

  it('asks for everything when an optional table appears', async () => {
    const monitor = new ReplicaMonitor({
      selections: new Map([
        ['T', fullSelection(true)],
        ['V', fullSelection({ optional: true, where: [['n', '>', 1]] })],
      ]),
      indexes: {},
      onBatch: () => undefined,
    })
    const first = scripted({ answers: [[false, txn, {}]] })
    await connect(monitor, first)
    first.abort()
    const schema = JSON.parse(schemaText(columns)) as { tables: object }
    const more = { ...schema, tables: { ...schema.tables, V: { columns: { n: { type: 'integer' } } } } }
    const second = scripted({ schema: () => JSON.stringify(more) })
    await connect(monitor, second)
    expect(second.asked[0]?.[3]).toMatchObject({ V: [{ columns: ['n'], where: [['n', '>', 1]] }] })
    expect(second.asked[0]?.at(-1)).toBe(zero)
  })

  it('tells what the database lacks, or goes without it when that is optional', async () => {
    await expect(connect(replica(['nope']).monitor, scripted())).rejects.toMatchObject({ code: 'schema' })
    const { monitor } = replica({ columns: ['name', 'nope'], optional: true })
    await connect(monitor, scripted())
    expect(monitor.tables.get('T')!.codec.columns).toEqual(['_uuid', 'name'])
    const missing = new ReplicaMonitor({
      selections: new Map([['Z', fullSelection({ optional: true })]]),
      indexes: {},
      onBatch: () => undefined,
    })
    await connect(missing, scripted())
    expect(missing.tables.size).toBe(0)
  })

  it('ends with its connection, and rejects what waits when it is closed', async () => {
    const { monitor } = replica()
    const server = scripted()
    const client = await connect(monitor, server)
    client.abort()
    await client.closed
    await Promise.resolve()
    expect(monitor.synchronised).toBe(false)
    const waiting = monitor.setConditions({ T: [] })
    await monitor.close(new OvsError('closed', 'over'))
    await expect(waiting).rejects.toMatchObject({ code: 'closed' })
  })
})
