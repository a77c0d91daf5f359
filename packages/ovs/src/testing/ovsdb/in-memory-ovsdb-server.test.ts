import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../jsonrpc/json.js'
import { JsonRpcPeer } from '../../jsonrpc/peer.js'
import { InMemoryOvsdbServer } from './in-memory-ovsdb-server.js'

const strong = { type: 'uuid', refTable: 'child' }
const weak = { type: 'uuid', refTable: 'root', refType: 'weak' }
const any = { min: 0, max: 'unlimited' }
const schemaTexts = [
  JSON.stringify({
    name: 'db',
    version: '1.0.0',
    tables: {
      root: {
        isRoot: true,
        maxRows: 3,
        indexes: [['name']],
        columns: {
          name: { type: 'string' },
          n: { type: 'integer' },
          tags: { type: { key: 'string', ...any } },
          kids: { type: { key: strong, ...any } },
          friends: { type: { key: weak, ...any } },
          best: { type: { key: weak, min: 0 } },
        },
      },
      child: { columns: { label: { type: 'string', mutable: false } } },
      boss: { isRoot: true, columns: { of: { type: { key: weak } } } },
    },
  }),
]

const zero = '00000000-0000-0000-0000-000000000000'
const id = (at: number) => `00000000-0000-4000-8000-00000000000${at}`
const uuid = (at: number): JsonValue => ['uuid', id(at)]
const insert =
  (at: number, row: object, table = 'root'): JsonValue => ({ op: 'insert', table, uuid: id(at), row: row as JsonValue })
const root = (at: number, row: object = {}) => insert(at, { name: `r${at}`, ...row })
const select = (table: string, ...columns: string[]): JsonValue => ({ op: 'select', table, where: [], columns })

/** A client that collects what it is told. */
function dial(server: InMemoryOvsdbServer, stream: Duplex = server.connect({ chunkBytes: 7 })) {
  const heard: (readonly [string, readonly JsonValue[]])[] = []
  const waiting = new Set<() => void>()
  const peer = new JsonRpcPeer(stream, {
    onNotification: (method, params) => {
      heard.push([method, params])
      for (const each of waiting) each()
    },
  })
  const next = () => new Promise<void>((resolve) => void waiting.add(resolve))
  const transact = (...operations: readonly JsonValue[]) => peer.request('transact', ['db', ...operations])
  const request = (method: string, ...params: readonly JsonValue[]) => peer.request(method, params)
  return { peer, heard, next, transact, request }
}

const failure = (error: string, details: string | RegExp) =>
  expect.objectContaining({ error, details: typeof details === 'string' ? details : expect.stringMatching(details) })

describe('InMemoryOvsdbServer: transactions', () => {
  it.each<[string, JsonValue[], unknown]>([
    [
      'inserts with a name, before or after the row that uses it',
      [
        { op: 'insert', table: 'root', uuid: id(1), row: { name: 'a', kids: ['named-uuid', 'kid'] } },
        { op: 'insert', table: 'child', 'uuid-name': 'kid', row: { label: 'x' } },
        select('child', 'label'),
      ],
      [{ uuid: uuid(1) }, { uuid: ['uuid', expect.any(String)] }, { rows: [{ label: 'x' }] }],
    ],
    [
      'leaves null after a failure',
      [root(1), { op: 'abort' }, { op: 'comment', comment: 'x' }],
      [{ uuid: uuid(1) }, failure('aborted', 'aborted by request'), null],
    ],
    [
      'adds one element when the commit fails',
      [root(1), insert(2, { name: 'r1' })],
      [{ uuid: uuid(1) }, { uuid: uuid(2) }, failure('constraint violation', /identical values \(r1\) for index on column "name"/)],
    ],
    [
      'counts what it changes, and reads its own changes',
      [
        root(1, { n: 1 }),
        { op: 'mutate', table: 'root', where: [['n', '==', 1]], mutations: [['n', '+=', 2]] },
        { op: 'update', table: 'root', where: [['n', '==', 1]], row: { name: 'x' } },
        select('root', 'n', 'name'),
        { op: 'delete', table: 'root', where: [['n', '>', 2], true] },
      ],
      [{ uuid: uuid(1) }, { count: 1 }, { count: 0 }, { rows: [{ n: 3, name: 'r1' }] }, { count: 1 }],
    ],
    [
      'refuses too many rows',
      [root(1), root(2), root(3), root(4)],
      [...[1, 2, 3, 4].map((at) => ({ uuid: uuid(at) })), failure('constraint violation', /"root" table to contain 4 rows/)],
    ],
    [
      'refuses a strong reference to nothing',
      [root(1, { kids: uuid(9) })],
      [{ uuid: uuid(1) }, failure('referential integrity violation', /column kids row .*1 references nonexistent row .*9/)],
    ],
    [
      'drops weak references to nothing',
      [root(1, { friends: ['set', [uuid(1), uuid(9)]], best: uuid(8) })],
      [{ uuid: uuid(1) }],
    ],
    [
      'refuses to drop one that must be there',
      [insert(1, {}, 'boss')],
      [{ uuid: uuid(1) }, failure('constraint violation', /Weak reference column "of" .* contained all-zeros UUID/)],
    ],
    [
      'waits without a timeout of its own only when it must',
      [{ op: 'wait', table: 'root', where: [], columns: ['n'], until: '==', rows: [], timeout: 0 }],
      [{}],
    ],
    [
      'says that a wait failed',
      [{ op: 'wait', table: 'root', where: [], columns: ['n'], until: '!=', rows: [], timeout: 0 }],
      [failure('timed out', '"where" clause test failed')],
    ],
    ['knows who has a lock', [{ op: 'assert', lock: 'l' }], [failure('not owner', 'Asserted lock l not held.')]],
    [
      'protects columns that cannot change',
      [{ op: 'update', table: 'child', where: [], row: { label: 'x' } }],
      [failure('constraint violation', 'Cannot update immutable column label in table child.')],
    ],
    ['reads strictly', [{ op: 'select', table: 'root' }], [failure('syntax error', /Required 'where' member is missing/)]],
  ])('%s', async (_what, operations, results) => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const client = dial(server)
    expect(await client.transact(...operations)).toEqual(results)
  })

  it('keeps rows as long as something refers to them', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const parents = [root(1, { kids: uuid(5) }), root(2, { kids: uuid(5), best: uuid(1) })]
    server.transact('db', [insert(5, { label: 'a' }, 'child'), ...parents])
    const remove = (name: string) =>
      server.transact('db', [{ op: 'delete', table: 'root', where: [['name', '==', name]] }])
    expect(server.transact('db', [{ op: 'delete', table: 'child', where: [] }]).at(-1)).toEqual(
      failure('referential integrity violation', `cannot delete child row ${id(5)} because of 2 remaining reference(s)`),
    )
    remove('r1')
    expect(server.rows('db', 'child')).toHaveLength(1)
    expect(server.rows('db', 'root')).toMatchObject([{ name: 'r2', best: undefined, kids: [id(5)] }])
    remove('r2')
    expect(server.rows('db', 'child')).toEqual([])
  })

  it('lets a transaction wait for another one', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const client = dial(server)
    const wait = { op: 'wait', table: 'root', where: [], columns: ['n'], until: '==', rows: [{ n: 7 }] }
    const waiting = client.transact(wait, select('root', 'n'))
    expect(await client.transact({ ...wait, timeout: 1 })).toEqual([failure('timed out', /"wait" timed out after \d+ ms/)])
    server.transact('db', [root(1, { n: 7 })])
    expect(await waiting).toEqual([{}, { rows: [{ n: 7 }] }])
  })

  it('throws when it would have to wait itself', () => {
    const wait = { op: 'wait', table: 'root', where: [], columns: ['n'], until: '==', rows: [{ n: 7 }] }
    const server = new InMemoryOvsdbServer({ schemaTexts })
    expect(() => server.transact('db', [wait])).toThrow(expect.objectContaining({ code: 'transaction' }))
    expect(() => server.transact('nope', [])).toThrow(/there is no database nope: there are db, _Server/)
  })
})

describe('InMemoryOvsdbServer: monitors', () => {
  it('sends an update before the answer, in the three forms', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const client = dial(server)
    const requests = { root: [{ columns: ['n', 'tags'] }] }
    await client.transact(root(1, { n: 1, tags: ['set', ['a', 'b']] }))
    expect(await client.request('monitor', 'db', 1, requests)).toEqual({
      root: { [id(1)]: { new: { n: 1, tags: ['set', ['a', 'b']] } } },
    })
    expect(await client.request('monitor_cond', 'db', 2, requests)).toEqual({
      root: { [id(1)]: { initial: { n: 1, tags: ['set', ['a', 'b']] } } },
    })
    expect(await client.request('monitor_cond_since', 'db', 3, requests, id(9))).toMatchObject([false, zero, {}])
    await client.transact(root(2), {
      op: 'mutate',
      table: 'root',
      where: [['_uuid', '==', uuid(1)]],
      mutations: [['tags', 'delete', 'a'], ['tags', 'insert', 'c']], // prettier-ignore
    })
    const modified = { [id(1)]: { modify: { tags: ['set', ['a', 'c']] } }, [id(2)]: { insert: {} } }
    expect(client.heard).toEqual([
      [
        'update',
        [
          1,
          {
            root: {
              [id(1)]: { old: { tags: ['set', ['a', 'b']] }, new: { n: 1, tags: ['set', ['b', 'c']] } },
              [id(2)]: { new: { n: 0, tags: ['set', []] } },
            },
          },
        ],
      ],
      ['update2', [2, { root: modified }]],
      ['update3', [3, zero, { root: modified }]],
    ])
  })

  it('shows the rows that meet one of the conditions, also when those change', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const client = dial(server)
    const where = (...conditions: readonly JsonValue[]) => ({ root: [{ columns: ['n'], where: conditions }] })
    await client.request('monitor_cond', 'db', 'a', where(['n', '==', 1], ['n', '==', 2]))
    await client.transact(root(1, { n: 1 }), root(2, { n: 3 }))
    await client.transact({ op: 'mutate', table: 'root', where: [], mutations: [['n', '+=', -1]] })
    await client.request('monitor_cond_change', 'a', 'b', where(['n', '<', 1]))
    await client.request('monitor_cond_change', 'b', 'b', where(false))
    await expect(client.request('monitor_cond_change', 'a', 'c', where())).rejects.toThrow(/unknown monitor session/)
    expect(client.heard.map(([, [name, updates]]) => [name, updates])).toEqual([
      ['a', { root: { [id(1)]: { insert: { n: 1 } } } }],
      ['a', { root: { [id(1)]: { delete: null }, [id(2)]: { insert: { n: 2 } } } }],
      ['b', { root: { [id(1)]: { insert: {} }, [id(2)]: { delete: null } } }],
      ['b', { root: { [id(1)]: { delete: null } } }],
    ])
    expect(await client.request('monitor_cancel', 'b')).toEqual({})
    await expect(client.request('monitor_cancel', 'b')).rejects.toThrow(/unknown monitor/)
  })

  it('sends only what was selected', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const client = dial(server)
    await client.request('monitor', 'db', 1, { root: { columns: ['n'], select: { insert: false, modify: false } } })
    await client.transact(root(1))
    await client.transact({ op: 'update', table: 'root', where: [], row: { n: 5 } })
    await client.transact({ op: 'delete', table: 'root', where: [] })
    expect(client.heard).toEqual([['update', [1, { root: { [id(1)]: { old: { n: 5 } } } }]]])
  })
})

describe('InMemoryOvsdbServer: the other methods', () => {
  it('lists databases, schemas and itself', async () => {
    await using server = new InMemoryOvsdbServer()
    const client = dial(server)
    expect(await client.request('list_dbs')).toEqual(['Open_vSwitch', '_Server'])
    expect(await client.request('get_schema', 'Open_vSwitch')).toMatchObject({ name: 'Open_vSwitch', version: '8.3.1' })
    expect(await client.request('get_server_id')).toMatch(/^[0-9a-f-]{36}$/)
    await expect(client.request('get_schema', 'x')).rejects.toThrow(/unknown database: get_schema request specifies/)
    await expect(client.request('nope')).rejects.toThrow(/unknown method/)
  })

  it('passes locks on', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const [a, b] = [dial(server), dial(server)]
    expect(await a.request('lock', 'l')).toEqual({ locked: true })
    expect(await a.transact({ op: 'assert', lock: 'l' })).toEqual([{}])
    expect(await b.request('lock', 'l')).toEqual({ locked: false })
    const passed = b.next()
    a.peer.abort()
    await passed
    const c = dial(server)
    const stolen = b.next()
    expect(await c.request('steal', 'l')).toEqual({ locked: true })
    await stolen
    const back = b.next()
    await c.request('unlock', 'l')
    await back
    expect(b.heard.map(([method]) => method)).toEqual(['locked', 'stolen', 'locked'])
  })

  it('says in _Server who leads', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    const client = dial(server)
    const requests = { Database: [{ columns: ['leader'], where: [['name', '==', 'db']] }] }
    expect(await client.request('monitor_cond', '_Server', 's', requests)).toMatchObject({ Database: {} })
    const told = client.next()
    server.setDatabaseState('db', { leader: false, sid: id(1) })
    await told
    const { Database } = client.heard[0]?.[1][1] as { Database: object }
    expect(Object.values(Database)).toEqual([{ modify: { leader: false } }])
  })

  it('converts a database and cuts off those who cannot live with that', async () => {
    await using server = new InMemoryOvsdbServer({ schemaTexts })
    server.transact('db', [root(1, { n: 5 })])
    const [aware, unaware] = [dial(server), dial(server)]
    await aware.request('set_db_change_aware', true)
    await aware.request('monitor', 'db', 'm', {})
    const columns = { n: { type: 'integer' }, added: { type: 'string' } }
    const told = aware.next()
    await aware.request('convert', 'db', { name: 'db', version: '2.0.0', tables: { root: { columns } } })
    await told
    await unaware.peer.closed
    expect(aware.heard).toEqual([['monitor_canceled', ['m']]])
    expect(await aware.transact(select('root', 'n', 'added'))).toEqual([{ rows: [{ n: 5, added: '' }] }])
  })

  it('ends connections, well or badly', async () => {
    const server = new InMemoryOvsdbServer({ schemaTexts })
    const [a, b] = [dial(server), dial(server)]
    await a.request('echo')
    expect(server.connections).toBe(2)
    server.disconnect()
    await Promise.all([a.peer.closed, b.peer.closed])
    const c = dial(server)
    await server.close()
    await server.close()
    await c.peer.closed
    expect(server.connections).toBe(0)
    await dial(server).peer.closed
  })
})
