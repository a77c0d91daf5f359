import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InMemoryOvsdbServer } from '../../testing/index.js'
import { dial } from '../../transport/dial.js'
import { listen, type Listener } from '../../transport/listen.js'
import { parseArguments } from './arguments.js'
import { runOvsdb } from './run.js'

const schema = {
  name: 'Shop',
  version: '1.0.0',
  tables: {
    Item: {
      columns: {
        name: { type: 'string' },
        sold: { type: 'integer' },
        colour: { type: { key: 'string', min: 0 } },
        tags: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
      },
      isRoot: true,
    },
  },
}

let dir: string
let server: InMemoryOvsdbServer
let listener: Listener
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ovs-unit-'))
  server = new InMemoryOvsdbServer({ schemaTexts: [JSON.stringify(schema)] })
  const path = join(dir, 's')
  listener = await listen({ type: 'punix', path }, { onConnection: (stream) => server.serve(stream) })
  const row = { name: 'pen', sold: 9007199254740993n, tags: ['map', [['a', 'b c']]] }
  server.transact('Shop', [{ op: 'insert', table: 'Item', row }])
})
afterEach(async () => {
  await listener.close()
  await server.close()
  await rm(dir, { recursive: true })
})

function started(argv: readonly string[], { input = '', target = `unix:${dir}/s` } = {}) {
  const lines: string[] = []
  const controller = new AbortController()
  let wake = () => {}
  const [command = '', ...rest] = argv
  const done = runOvsdb(parseArguments([command, target, ...rest]), {
    print: async (text) => {
      lines.push(text)
      wake()
    },
    readInput: async () => input,
    signal: controller.signal,
  })
  const until = async (count: number) => {
    while (lines.length < count) await new Promise<void>((resolve) => (wake = resolve))
  }
  return { lines, done, until, stop: () => controller.abort() }
}

async function output(argv: readonly string[], input = ''): Promise<string> {
  const { done, lines } = started(argv, { input })
  await done
  return lines.join('\n')
}

describe('streambed-ovsdb', () => {
  it('dumps tables as people and programs like them', async () => {
    expect(await output(['dump', 'Shop', 'Item', 'name,sold', 'colour', 'tags'])).toBe(
      [
        'Item table',
        'name sold             colour tags',
        '---- ---------------- ------ ---------',
        'pen  9007199254740993 []     {a="b c"}',
      ].join('\n'),
    )
    expect(await output(['dump', 'Item', 'name', 'sold', 'colour', 'tags', '-f', 'json'])).toBe(
      '{"Item":[{"name":"pen","sold":9007199254740993,"colour":null,"tags":{"a":"b c"}}]}',
    )
    expect(Object.keys(JSON.parse(await output(['dump', '--format=json'])).Item[0])).toContain('_uuid')
    await expect(output(['dump', 'Nope'])).rejects.toMatchObject({ code: 'schema' })
    await expect(output(['dump', 'Item', 'nope'])).rejects.toMatchObject({ code: 'schema' })
  })

  it('runs transactions, and fails when one does', async () => {
    const insert = '["Shop",{"op":"insert","table":"Item","row":{"name":"ink","sold":9007199254740995}}]'
    expect(await output(['transact', insert])).toMatch(/^\{"uuid":\["uuid","[-0-9a-f]{36}"\]\}$/)
    const select = '["Shop",{"op":"select","table":"Item","where":[["name","==","ink"]],"columns":["sold"]}]'
    expect(await output(['transact', '-', '-f', 'json'], select)).toBe('[{"rows":[{"sold":9007199254740995}]}]')
    await expect(output(['transact', '["Shop",{"op":"abort"}]'])).rejects.toMatchObject({ code: 'transaction' })
    await expect(output(['transact', '{"op":"abort"}'])).rejects.toThrow('is an array')
    await expect(output(['transact', 'nonsense'])).rejects.toThrow('not JSON')
    await expect(output(['transact'])).rejects.toThrow('one argument')
  })

  it('prints the schema and types', async () => {
    expect(JSON.parse(await output(['schema', '-f', 'json']))).toMatchObject({ name: 'Shop', version: '1.0.0' })
    expect(await output(['schema', 'Shop'])).toContain('Item  colour')
    const types = await output(['types', '--from', './uuid.js'])
    expect(types).toMatch(/import type \{ Uuid \} from '.\/uuid.js'[^]*interface ItemRow/)
  })

  it('monitors until it is stopped', async () => {
    const { lines, done, stop, until } = started(['monitor', 'Item', 'name', '-f', 'json'])
    await until(1)
    server.transact('Shop', [
      { op: 'update', table: 'Item', where: [], row: { name: 'ink' } },
      { op: 'delete', table: 'Item', where: [] },
    ])
    server.transact('Shop', [{ op: 'insert', table: 'Item', row: { name: 'cap' } }])
    await until(3)
    stop()
    await done
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { table: 'Item', action: 'initial', new: { name: 'pen' } },
      { action: 'delete', old: { name: 'pen' } },
      { action: 'insert', new: { name: 'cap' } },
    ])
  })

  it('says that the server went away while it monitored', async () => {
    const { done, until, lines } = started(['monitor', 'Item', 'name'])
    await until(1)
    expect(lines[0]).toMatch(/^Item +action +name\n-+ -+ -+\n[-0-9a-f]{36} initial pen\n$/)
    server.disconnect()
    await expect(done).rejects.toMatchObject({ code: 'closed' })
    await expect(output(['monitor'])).rejects.toThrow('needs a table')
  })

  it('waits for a server on a passive target', async () => {
    const path = join(dir, 'passive')
    const { done, lines } = started(['dump', 'Item', 'name'], { target: `punix:${path}` })
    for (;;) {
      const stream = await dial({ type: 'unix', path }).catch(() => undefined)
      if (stream) {
        server.serve(stream)
        break
      }
    }
    await done
    expect(lines[0]).toContain('pen')
    const waiting = started(['dump'], { target: `punix:${path}` })
    waiting.stop()
    await expect(waiting.done).rejects.toMatchObject({ code: 'aborted' })
  })
})
