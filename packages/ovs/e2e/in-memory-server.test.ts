import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { JsonFramer, type JsonValue, parseJson, stringifyJson } from '@streambed/ovs'
import { InMemoryOvsdbServer } from '@streambed/ovs/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
const zeroUuid = '00000000-0000-0000-0000-000000000000'

const small = { type: 'integer', minInteger: 0, maxInteger: 10 }
const any = { min: 0, max: 'unlimited' }
const strong = { type: 'uuid', refTable: 'child' }
const schemaText = JSON.stringify({
  name: 'Oracle',
  version: '1.0.0',
  tables: {
    root: {
      isRoot: true,
      columns: {
        name: { type: 'string' },
        n: { type: 'integer' },
        r: { type: 'real' },
        b: { type: 'boolean' },
        opt: { type: { key: small, min: 0 } },
        few: { type: { key: 'integer', min: 1, max: 2 } },
        tags: { type: { key: { type: 'string', enum: ['set', ['x', 'y', 'z']] }, min: 0, max: 2 } },
        m: { type: { key: 'string', value: 'integer', ...any } },
        one: { type: { key: 'string', value: 'integer', min: 0, max: 1 } },
        kids: { type: { key: strong, ...any } },
        kid: { type: { key: strong, min: 0 } },
        byName: { type: { key: 'string', value: strong, ...any } },
        friends: { type: { key: { type: 'uuid', refTable: 'root', refType: 'weak' }, ...any } },
        friendOf: { type: { key: 'string', value: { type: 'uuid', refTable: 'root', refType: 'weak' }, ...any } },
      },
      indexes: [['name'], ['n', 'b']],
    },
    child: {
      columns: {
        label: { type: 'string' },
        next: { type: { key: strong, min: 0 } },
        weak: { type: { key: { type: 'uuid', refTable: 'child', refType: 'weak' } } },
        weaks: { type: { key: { type: 'uuid', refTable: 'child', refType: 'weak' }, ...any } },
      },
    },
    limited: {
      isRoot: true,
      maxRows: 2,
      columns: { v: { type: { key: { type: 'integer', minInteger: 1 } } }, fixed: { type: 'string', mutable: false } },
    },
  },
})

/** A connection that speaks the wire form: what comes before an answer comes with it. */
class Wire {
  readonly #stream: Duplex
  readonly #framer = new JsonFramer()
  readonly #inbox: { readonly id?: JsonValue; readonly [member: string]: unknown }[] = []
  #arrived: (() => void) | undefined
  #nextId = 1
  #closed = false

  constructor(stream: Duplex) {
    this.#stream = stream
    stream.on('data', (chunk: Uint8Array) => {
      for (const text of this.#framer.push(chunk)) this.#inbox.push(parseJson(text) as Record<string, JsonValue>)
      this.#arrived?.()
    })
    stream.once('close', () => {
      this.#closed = true
      this.#arrived?.()
    })
  }

  async call(method: string, params: readonly unknown[]) {
    const id = this.#nextId++
    this.#stream.write(stringifyJson({ method, params, id }))
    const find = () => this.#inbox.findIndex((message) => message.id === id)
    let at = find()
    for (; at === -1; at = find()) {
      if (this.#closed) throw new Error(`the server closed the connection at ${stringifyJson([method, ...params])}`)
      await new Promise<void>((resolve) => (this.#arrived = resolve))
    }
    const notifications = this.#inbox.splice(0, at)
    const { result, error } = this.#inbox.shift() ?? {}
    return { result, error, notifications: notifications.map(({ method: name, params: rest }) => [name, rest]) }
  }

  close(): void {
    this.#stream.destroy()
  }
}

let dir: string
let server: ChildProcess
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ovs-e2e-oracle-'))
  await writeFile(join(dir, 'schema'), schemaText)
  await promisify(execFile)('ovsdb-tool', ['create', join(dir, 'db'), join(dir, 'schema')], { env })
  const args = [`--remote=punix:${dir}/sock`, `--unixctl=${dir}/ctl`, '--no-chdir', '-vconsole:off', join(dir, 'db')]
  server = spawn('setpriv', ['--pdeathsig', 'KILL', 'ovsdb-server', ...args], { env, stdio: 'ignore' })
})
afterAll(async () => {
  const closed = once(server, 'exit')
  server.kill('SIGKILL')
  await closed
  await rm(dir, { recursive: true })
})

async function dial(): Promise<Duplex> {
  for (const deadline = performance.now() + 10_000; ; await sleep(2)) {
    const socket = connect(join(dir, 'sock'))
    try {
      await once(socket, 'connect')
      return socket
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
  }
}

let real: Wire
let memory: InMemoryOvsdbServer
let double: Wire
beforeEach(async () => {
  real = new Wire(await dial())
  memory = new InMemoryOvsdbServer({ schemaTexts: [schemaText] })
  double = new Wire(memory.connect())
  const tables = ['root', 'child', 'limited'].map((table) => ({ op: 'delete', table, where: [] }))
  await real.call('transact', ['Oracle', ...tables])
  return async () => {
    real.close()
    double.close()
    await memory.close()
  }
})

/** The same request to both. What they say must be the same, as far as it can be. */
async function both(method: string, ...params: readonly unknown[]) {
  const [theirs, ours] = await Promise.all([real.call(method, params), double.call(method, params)])
  expect(comparable(ours), stringifyJson([method, ...params])).toEqual(comparable(theirs))
  return theirs
}

const inDetails = /[0-9a-f]{8}-[0-9a-f-]{27}/
/** What can be wrong with a value: of several columns or rows, a server names the first in an order of its own. */
const valueErrors = ['syntax error', 'constraint violation', 'ovsdb error', 'range error', 'domain error']

/**
 * Without what a server chooses: versions, the sign of zero, the order of rows, and which of several rows
 * that break a rule it names.
 */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(comparable)
    const unordered =
      value.length > 0 && value.every((item) => typeof item === 'object' && !Array.isArray(item) && item)
    const notifications = value.every((item) => Array.isArray(item) && /^update/.test(String(item[0])))
    return notifications || (unordered && 'name' in (value[0] as object)) ? items.sort(byText) : items
  }
  // A row that nobody inserts has a uuid that the server made up.
  if (typeof value === 'string' && /^(?!00000000-)[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) return '*'
  if (typeof value === 'number') return value + 0
  if (typeof value !== 'object' || value === null) return value
  const { error, details } = value as { readonly error?: unknown; readonly details?: unknown }
  if (valueErrors.includes(String(error)) && !/^(transaction causes|Weak|Deletion)/i.test(String(details)))
    return { error: 'refused' }
  const entries = Object.entries(value).map(([name, member]) => {
    if (name === '_version') return [name, '*']
    // ovsdb-server prints 15 digits.
    if (name === 'r' && (typeof member === 'number' || typeof member === 'bigint'))
      return [name, Number(Number(member).toPrecision(15)) + 0]
    if (name === 'details' && inDetails.test(String(member))) return [name, '*']
    if (name === 'rows' && Array.isArray(member)) return [name, member.map(comparable).sort(byText)]
    return [name, comparable(member)]
  })
  return Object.fromEntries(entries.filter(([name]) => name !== 'syntax').sort(byText))
}

function byText(a: unknown, b: unknown): number {
  return stringifyJson(a) < stringifyJson(b) ? -1 : 1
}

/** A few uuids for each table, so that they meet often. */
const uuidsOf = (name: string) => {
  const own = name.charCodeAt(0) % 10
  return [1, 2, 3, 4, 5].map((at) => `00000000-0000-4000-8000-0000000${own}000${at}`)
}
const someUuid = (name: string) => fc.constantFrom(...uuidsOf(name))
const reference = (name: string) =>
  fc.oneof(
    { weight: 4, arbitrary: someUuid(name).map((uuid) => ['uuid', uuid]) },
    { weight: 1, arbitrary: fc.constantFrom('p', 'q').map((symbol) => ['named-uuid', symbol]) },
  )
const [toRoot, toChild] = [reference('root'), reference('child')]
const text = fc.constantFrom('', 'a', 'b', 'é')
const integer =
  fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n))
const set = (atom: fc.Arbitrary<unknown>) => fc.array(atom, { maxLength: 3 }).map((atoms) => ['set', atoms])
const map = (key: fc.Arbitrary<unknown>, value: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(key, value), { maxLength: 3 }).map((pairs) => ['map', pairs])

const columns: Record<string, Record<string, fc.Arbitrary<unknown>>> = {
  root: {
    name: text,
    n: integer,
    r: fc.constantFrom(0, -0.5, 1.5, 3),
    b: fc.boolean(),
    opt: fc.oneof(fc.integer({ min: -1, max: 11 }), set(fc.integer({ min: 0, max: 10 }))),
    few: fc.oneof(integer, set(integer)),
    tags: set(fc.constantFrom('x', 'y', 'z', 'w')),
    m: map(text, integer),
    one: map(text, integer),
    kids: set(toChild),
    kid: fc.oneof(toChild, set(toChild)),
    byName: map(text, toChild),
    friends: set(toRoot),
    friendOf: map(text, toRoot),
  },
  child: { label: text, next: fc.oneof(toChild, set(toChild)), weak: toChild, weaks: set(toChild) },
  limited: { v: integer, fixed: text },
}
const table = fc.constantFrom('root', 'root', 'root', 'child', 'child', 'limited')
const valueOf = (name: string) => {
  const all = columns[name] as Record<string, fc.Arbitrary<unknown>>
  return fc.constantFrom(...Object.keys(all)).chain((column) =>
    // Now and then a value of another column, which mostly has the wrong type.
    fc
      .oneof(
        { weight: 30, arbitrary: all[column] as fc.Arbitrary<unknown> },
        { weight: 1, arbitrary: fc.constantFrom(...Object.values(all)).chain((value) => value) },
      )
      .map((value) => [column, value] as const),
  )
}
const row = (name: string) => fc.array(valueOf(name), { maxLength: 4 }).map(Object.fromEntries)
const fn = fc.constantFrom('==', '!=', 'includes', 'excludes', '<', '<=', '>', '>=')
const condition = (name: string) =>
  fc.oneof(
    { weight: 3, arbitrary: someUuid(name).map((uuid) => ['_uuid', '==', ['uuid', uuid]]) },
    { weight: 4, arbitrary: fc.tuple(valueOf(name), fn).map(([[column, value], test]) => [column, test, value]) },
    { weight: 1, arbitrary: fc.boolean() },
  )
const where = (name: string) => fc.array(condition(name), { maxLength: 2 })
const mutator = fc.constantFrom('insert', 'insert', 'delete', 'delete', '+=', '-=', '*=', '/=', '%=')
const mutation = (name: string) =>
  fc
    .oneof(
      fc.tuple(valueOf(name), mutator).map(([[column, value], change]) => [column, change, value]),
      fc.tuple(fc.constantFrom('n', 'r', 'opt', 'few'), mutator, fc.integer({ min: -1, max: 3 })),
      fc.tuple(fc.constantFrom('m', 'byName'), fc.constant('delete'), set(text)),
    )
    // ovsdb-server 3.1 refuses (2^63 - 1) * 1, takes -2^63 * -1 for -2^63, and dies of a negative integer times 0.
    .map(([column, change, value]) => [column, change, change === '*=' ? 2 : value])
const operation = table.chain((name) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .record({ uuid: someUuid(name), 'uuid-name': fc.constantFrom('p', 'q', undefined, undefined), row: row(name) })
        .map((members) => ({ op: 'insert', table: name, ...members })),
    },
    { weight: 1, arbitrary: where(name).map((each) => ({ op: 'select', table: name, where: each })) },
    {
      weight: 3,
      arbitrary: fc.tuple(where(name), row(name)).map(([each, set]) => ({ op: 'update', table: name, where: each, row: set })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(where(name), fc.array(mutation(name), { maxLength: 2 }))
        .map(([each, mutations]) => ({ op: 'mutate', table: name, where: each, mutations })),
    },
    { weight: 2, arbitrary: where(name).map((each) => ({ op: 'delete', table: name, where: each })) },
    {
      weight: 1,
      arbitrary: fc
        .record({ where: where(name), until: fc.constantFrom('==', '!='), rows: fc.array(row(name), { maxLength: 2 }) })
        .map((members) => ({ op: 'wait', table: name, timeout: 0, columns: Object.keys(columns[name] ?? {}).slice(0, 2), ...members })),
    },
    { weight: 1, arbitrary: fc.constantFrom({ op: 'comment', comment: 'x' }, { op: 'assert', lock: 'l' }, { op: 'abort' }) },
  ),
)
const transaction = fc.array(operation, { minLength: 1, maxLength: 4 })

describe('InMemoryOvsdbServer beside ovsdb-server', () => {
  it('answers random transactions alike and sends the same updates', async () => {
    const all = { root: [{}], child: [{}], limited: [{}] }
    await both('monitor', 'Oracle', 'v1', all)
    await both('monitor_cond', 'Oracle', 'v2', { ...all, root: [{ where: [['n', '<', 5], ['b', '==', true]] }] })
    await both('monitor_cond_since', 'Oracle', 'v3', all, zeroUuid)
    await fc.assert(
      fc.asyncProperty(fc.array(transaction, { minLength: 5, maxLength: 40 }), async (transactions) => {
        for (const operations of transactions) await both('transact', 'Oracle', ...operations)
        const selects = ['root', 'child', 'limited'].map((name) => ({ op: 'select', table: name, where: [] }))
        await both('transact', 'Oracle', ...selects)
      }),
      // Each run goes on from where the last one ended, so a smaller example would be another one.
      { numRuns: 150, endOnFailure: true },
    )
  })

  it('changes conditions alike', async () => {
    const insert = (n: number, at: number) =>
      ({ op: 'insert', table: 'root', uuid: uuidsOf('root')[at], row: { n, name: `r${n}` } }) as const
    await both('transact', 'Oracle', insert(1, 0), insert(2, 1), insert(3, 2))
    await both('monitor_cond', 'Oracle', 'c', { root: [{ columns: ['n'], where: [['n', '==', 1], ['n', '==', 2]] }] })
    const change = (old: string, id: string, ...conditions: unknown[]) =>
      both('monitor_cond_change', old, id, { root: [{ where: conditions }] })
    await change('c', 'c', ['n', '==', 2], ['n', '==', 1])
    const { notifications } = await change('c', 'd', ['n', '>=', 2])
    expect(notifications).toMatchObject([['update2', ['d', { root: {} }]]])
    await change('d', 'd', false)
    await change('d', 'd', true)
    await change('d', 'd')
    await change('nope', 'e', true)
    await both('monitor_cond_change', 'd', 'd', { child: [{ where: [] }] })
    await both('monitor_cond', 'Oracle', 'd', {})
    await both('monitor_cancel', 'd')
    await both('monitor_cancel', 'd')
  })

  it('knows the other methods', async () => {
    await both('get_schema', 'Oracle')
    await both('get_schema', 'nope')
    await both('list_dbs')
    await both('echo', 1, [2])
    await both('nope')
    await both('transact', 'nope')
    await both('transact')
    await both('transact', 'Oracle', 3, { op: 'abort' })
    await both('monitor', 'Oracle', 'x', { nope: {} })
    await both('monitor', 'Oracle', 'x', { root: { columns: ['nope'] } })
    await both('monitor', 'Oracle', 'x', { root: { select: { initial: false } }, child: [{ columns: ['label'] }] })
    await both('monitor', 'Oracle', 'x', {})
    await both('monitor_cancel', 'y')
    await both('lock', 'l')
    await both('transact', 'Oracle', { op: 'assert', lock: 'l' })
    await both('lock', 'l')
    await both('unlock', 'l')
    await both('unlock', 'l')
    await both('steal', 'l')
    await both('set_db_change_aware', true)
    await both('set_db_change_aware', 1)
  })
})
