import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  dial,
  OvsdbClient,
  OvsdbSession,
  type OvsdbSessionOptions,
  parseTarget,
  type SessionStatus,
} from '@streambed/ovs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PrivateOvsdb, schema, widerSchema, Workshop } from './private-ovsdb.js'

let shop: Workshop
let open: AsyncDisposable[]
beforeEach(async () => {
  shop = await Workshop.open()
  open = []
})
afterEach(async () => {
  for (const item of open.reverse()) await item[Symbol.asyncDispose]()
  await shop.close()
})

const quick = { min: 50, max: 200 }

function kept<T extends AsyncDisposable>(item: T): T {
  open.push(item)
  return item
}

async function session(remotes: string | readonly string[], options: Partial<OvsdbSessionOptions> = {}) {
  return kept(await OvsdbSession.open({ remotes, db: 'Shop', shuffle: false, backoff: quick, ...options }))
}

async function client(server: PrivateOvsdb): Promise<OvsdbClient> {
  return kept(new OvsdbClient(await dial({ type: 'unix', path: server.socket })))
}

const insert = (name: string, price = 1) => ({ op: 'insert', table: 'Item', row: { name, price } }) as const
const select = { op: 'select', table: 'Item', where: [], columns: ['name'] } as const
const rows = [{ name: 'never' }] as const
const never = { op: 'wait', table: 'Item', where: [], columns: ['name'], until: '==', rows } as const

async function names(held: { transact: OvsdbSession['transact'] }): Promise<unknown[]> {
  const [{ rows }] = await held.transact([select])
  return rows.map(({ name }) => name).sort()
}

/** Resolves with the first status that fits, the present one or a later one. */
async function status(
  held: OvsdbSession,
  wanted: SessionStatus['type'] | ((status: SessionStatus) => boolean),
): Promise<SessionStatus> {
  const fits = typeof wanted === 'string' ? ({ type }: SessionStatus) => type === wanted : wanted
  for await (const value of held.statusChanges()) if (fits(value)) return value
  throw new Error('the session ended and was never in the expected status')
}

describe('OvsdbSession reaches a server', () => {
  it('on a unix socket, and finds the only database by itself', async () => {
    const server = await shop.server('a')
    const held = kept(await OvsdbSession.open({ remotes: server.unix }))
    expect(held.db).toBe('Shop')
    await held.transact([insert('pen')])
    expect(await server.client('dump', 'Shop', 'Item', 'name')).toContain('pen')
  })

  it('over TCP', async () => {
    const server = await shop.server('a', ['ptcp:0:127.0.0.1'])
    const held = await session(`tcp:127.0.0.1:${server.port()}`)
    await held.transact([insert('pen')])
    expect(await names(held)).toEqual(['pen'])
  })

  it('over TLS, where each side shows a certificate', async () => {
    const { ours, theirs } = await shop.tls('ours', 'theirs')
    const server = await shop.server('a', ['pssl:0:127.0.0.1'], theirs)
    const remote = `ssl:127.0.0.1:${server.port()}`
    const held = await session(remote, { tls: ours })
    await held.transact([insert('pen')])
    expect(await names(held)).toEqual(['pen'])
    await expect(session(remote, { tls: { ca: ours.ca }, timeout: 400 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(session(remote, { tls: { ...ours, ca: ours.certificate }, timeout: 400 })).rejects.toThrow(
      /could not connect to ssl:127.0.0.1:\d+/,
    )
  })

  it.each(['tcp', 'ssl'] as const)('that connects to us (%s), and connects again', async (type) => {
    const port = await freePort()
    const { ours, theirs } = await shop.tls('ours', 'theirs')
    const held = kept(
      OvsdbSession.start({ remotes: `p${type}:${port}:127.0.0.1`, db: 'Shop', backoff: quick, tls: ours }),
    )
    await status(held, 'listening')
    const server = await shop.server('a', [`${type}:127.0.0.1:${port}`], theirs)
    await held.transact([insert('pen')])
    await server.kill()
    await server.start()
    expect(await names(held)).toEqual(['pen'])
  })

  it('that connects to our unix socket', async () => {
    const path = join(shop.dir, 'ours.sock')
    const held = kept(OvsdbSession.start({ remotes: `punix:${path}`, db: 'Shop' }))
    await status(held, 'listening')
    await shop.server('a', [`unix:${path}`])
    await held.transact([insert('pen')])
    expect(await names(held)).toEqual(['pen'])
  })

  it('by the first of several remotes that serves the database', async () => {
    const server = await shop.server('a')
    const missing = join(shop.dir, 'missing.sock')
    const held = await session([`unix:${missing}`, server.unix, `unix:${missing}`])
    expect(held.connection?.remote).toEqual({ type: 'unix', path: server.socket })
    await expect(session([server.unix], { db: 'Other', timeout: 300 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('does not serve the database Other, only Shop'),
    })
  })

  it('and says why when none does', async () => {
    await expect(session(`unix:${join(shop.dir, 'missing.sock')}`, { timeout: 300 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/within 300 ms; last: .*missing\.sock: connect ENOENT/),
      cause: { code: 'connect' },
    })
    const controller = new AbortController()
    const opening = session(`unix:${join(shop.dir, 'missing.sock')}`, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(opening).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('OvsdbSession heals', () => {
  it('when the server is started again, and sends what waited', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix)
    await held.transact([insert('pen')])
    await server.kill()
    await status(held, 'backoff')
    const waiting = held.transact([insert('ink')])
    await server.start()
    expect(await waiting).toHaveLength(1)
    expect(await names(held)).toEqual(['ink', 'pen'])
  })

  it('runs connection handlers before anything is sent, again on each connection', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix)
    const seen: number[] = []
    const remove = await held.onConnection(async ({ client, generation, db, schema: { version } }) => {
      const [{ rows }] = await client.transact(db, [select])
      expect(version).toBe('1.0.0')
      seen.push(generation, rows.length)
    })
    expect(seen).toEqual([1, 0])
    await server.kill()
    await status(held, 'backoff')
    const waiting = held.transact([insert('ink')])
    await server.start()
    await waiting
    expect(seen).toEqual([1, 0, 2, 0])
    remove()
    held.reconnect()
    await names(held)
    expect(seen).toEqual([1, 0, 2, 0])
  })

  it('finds a silent server by a probe, on a unix socket too, and goes to the next', async () => {
    const [a, b] = [await shop.server('a'), await shop.server('b')]
    const held = await session([a.unix, b.unix], { probeInterval: 200 })
    await held.transact([insert('of a')])
    a.freeze()
    const last = await status(held, 'backoff')
    expect(last).toMatchObject({ error: { code: 'timeout', message: expect.stringContaining('is silent') } })
    expect(await names(held)).toEqual([])
    a.thaw()
  })

  it('stays connected to a server that is quiet but alive', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix, { probeInterval: 50 })
    const waiting = held.transact([never], { timeout: 600 })
    await expect(waiting).rejects.toMatchObject({ code: 'timeout' })
    expect(held.connection?.generation).toBe(1)
  })

  it('says that the outcome is unknown when the server dies after the transaction was sent', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix)
    server.freeze()
    const pending = expect(held.transact([insert('pen')])).rejects.toMatchObject({ code: 'outcome-unknown' })
    const reading = held.transact([select])
    // Both have been handed to the socket by now.
    await new Promise((resolve) => setImmediate(resolve))
    await server.kill()
    await pending
    await server.start()
    expect(await reading).toHaveLength(1)
  })

  it('rejects everything that waits when it is closed or aborted', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix)
    await server.kill()
    await status(held, 'backoff')
    const waiting = [held.transact([insert('pen')]), held.ready(), held.lock('never'), held.onConnection(() => {})]
    const settled = Promise.allSettled(waiting)
    await held.close()
    for (const { status, ...rest } of await settled) {
      expect(status).toBe('rejected')
      expect(rest).toMatchObject({ reason: { code: 'closed' } })
    }
    expect(await held.closed).toBeUndefined()
    expect(held.status()).toEqual({ type: 'closed' })
    await expect(held.transact([])).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('locks', () => {
  it('go from one client to the next, and are stolen', async () => {
    const server = await shop.server('a')
    const [one, two] = [await client(server), await client(server)]
    const first = await one.lock('till')
    const second = await two.lock('till')
    expect([first.held, second.held]).toEqual([true, false])
    await expect(second.acquired({ timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(two.transact('Shop', [{ op: 'assert', lock: 'till' }])).rejects.toMatchObject({ code: 'transaction' })
    const got = second.acquired()
    await first.close()
    await got
    await two.transact('Shop', [{ op: 'assert', lock: 'till' }, insert('pen')])

    const lost = new Promise((resolve) => second.onChange(resolve))
    const thief = await one.lock('till', { steal: true })
    expect(thief.held).toBe(true)
    expect(await lost).toBe(false)
    // The victim is next in the queue.
    const again = second.acquired()
    await thief.close()
    await again
    await expect(two.lock('till')).rejects.toMatchObject({ code: 'peer' })
    expect(second.held).toBe(true)
  })

  it('of a session are asked for again on the next connection', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix)
    const lock = await held.lock('till')
    await lock.acquired()
    const changes: boolean[] = []
    lock.onChange((value) => changes.push(value))
    await server.kill()
    await server.start()
    await held.ready()
    await held.transact([{ op: 'assert', lock: 'till' }])
    expect(changes).toEqual([false, true])
    const other = await client(server)
    const stolen = await other.lock('till', { steal: true })
    await lock.close()
    expect(stolen.held).toBe(true)
  })
})

describe('what Open vSwitch adds to RFC 7047', () => {
  it('convert disconnects clients that are not change-aware, and only those', async () => {
    const server = await shop.server('a')
    const [plain, aware] = [await client(server), await client(server)]
    await aware.setDbChangeAware()
    await Promise.all([plain, aware].map((held) => held.monitor('Shop', { Item: ['name'] })))
    const events: string[] = []
    aware.onNotification((method) => void events.push(method))
    const held = await session(server.unix)
    await held.transact([insert('pen')])
    const before = held.connection?.client
    const followed = status(held, (value) => value.type === 'ready' && value.generation === 2)
    const converter = await client(server)
    await converter.convert('Shop', JSON.parse(JSON.stringify(widerSchema)))
    expect(await plain.closed).toMatchObject({ code: 'closed' })
    await aware.echo()
    expect(events).toContain('monitor_canceled')
    // The session follows the new schema on the same connection.
    await followed
    expect(held.connection?.client).toBe(before)
    await held.transact([{ op: 'insert', table: 'Item', row: { name: 'ink', colour: 'blue' } }], { timeout: 5000 })
    expect(await names(held)).toEqual(['ink', 'pen'])
    expect((await converter.getSchema('Shop')).version).toBe('1.1.0')
    expect(await aware.listDbs()).toContain('Shop')
    const misnamed = JSON.parse(JSON.stringify({ ...schema, name: 'Nope' }))
    await expect(converter.convert('Shop', misnamed)).rejects.toMatchObject({ code: 'peer' })
  })

  it('a transaction that waits is cancelled by convert, and the session sends it again', async () => {
    const server = await shop.server('a')
    const held = await session(server.unix)
    const until = { ...never, until: '!=', rows: [] } as const
    const waiting = held.transact([until, { op: 'insert', table: 'Item', row: { name: 'ink', price: 1 } }])
    const other = await client(server)
    await other.convert('Shop', JSON.parse(JSON.stringify(widerSchema)))
    await other.transact('Shop', [insert('pen')])
    await waiting
    expect(await names(held)).toEqual(['ink', 'pen'])
  })

  it('get_server_id changes with the process', async () => {
    const server = await shop.server('a')
    const first = await (await client(server)).getServerId()
    expect(await (await client(server)).getServerId()).toBe(first)
    await server.kill()
    await server.start()
    expect(await (await client(server)).getServerId()).not.toBe(first)
  })

  it('cancel: a transaction that is given up does not take place later', async () => {
    const server = await shop.server('a')
    const one = await client(server)
    const until = { ...never, until: '!=', rows: [] } as const
    const controller = new AbortController()
    const doomed = one.transact('Shop', [until, insert('late')], { signal: controller.signal })
    const other = await client(server)
    await one.echo()
    controller.abort()
    await expect(doomed).rejects.toMatchObject({ code: 'aborted' })
    await one.echo()
    await other.transact('Shop', [insert('pen')])
    await one.echo()
    const [{ rows }] = await other.transact('Shop', [select])
    expect(rows).toEqual([{ name: 'pen' }])
  })

  it('a session leaves a server whose database is removed', async () => {
    const [a, b] = [await shop.server('a'), await shop.server('b')]
    const held = await session([a.unix, b.unix])
    const left = status(held, 'backoff')
    await a.appctl('ovsdb-server/remove-db', 'Shop')
    const message = expect.stringContaining('no longer serves the database Shop')
    expect(await left).toMatchObject({ error: { message } })
    await held.transact([insert('pen')])
    expect(held.connection?.remote).toEqual(parseTarget(b.unix))
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
