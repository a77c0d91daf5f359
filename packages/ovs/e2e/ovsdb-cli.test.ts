import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PrivateOvsdb, Workshop } from './private-ovsdb.js'

const program = fileURLToPath(new URL('../dist/cli/streambed-ovsdb.js', import.meta.url))
const insert = (name: string) => `["Shop",{"op":"insert","table":"Item","row":{"name":"${name}","price":3}}]`

let shop: Workshop
let server: PrivateOvsdb
beforeAll(async () => {
  shop = await Workshop.open()
  server = await shop.server('a')
})
afterAll(() => shop.close())

async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args])
  return stdout
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('streambed-ovsdb', () => {
  it('transacts, dumps, and prints the schema and types', async () => {
    await run('transact', server.unix, insert('pen'))
    expect(await run('dump', server.unix, 'Item', 'name', 'price')).toBe(
      'Item table\nname price\n---- -----\npen  3\n',
    )
    const json = await run('dump', server.unix, '-f', 'json', 'Item', 'name')
    expect(JSON.parse(json)).toEqual({ Item: [{ name: 'pen' }] })
    expect(await run('schema', server.unix)).toContain('Item  price  integer')
    expect(await run('types', server.unix)).toContain('export interface ItemRow')
  })

  it('works over TLS with the options of ovsdb-client', async () => {
    const { ours, theirs } = await shop.tls('ours', 'theirs')
    const secure = await shop.server('tls', ['pssl:0:127.0.0.1'], theirs)
    const target = `ssl:127.0.0.1:${secure.port()}`
    const tls = ['-p', ours.privateKey, '-c', ours.certificate, '-C', ours.ca]
    expect(await run(...tls, 'dump', target, 'Item', 'name')).toBe('Item table\nname\n----\n')
    const stderr = expect.stringContaining('could not connect')
    await expect(run('dump', target)).rejects.toMatchObject({ code: 1, stderr })
  })

  it('says in one line what is wrong, with exit status 1', async () => {
    await run('transact', server.unix, insert('cup'))
    const wrong = [['dump', 'unix:/nowhere'], ['dump', server.unix, 'Nope'], ['dump']]
    const stderr = expect.stringMatching(/^streambed-ovsdb: .+\n$/)
    for (const args of [...wrong, ['transact', server.unix, insert('cup')]])
      await expect(run(...args)).rejects.toMatchObject({ code: 1, stderr })
    await run('transact', server.unix, '["Shop",{"op":"delete","table":"Item","where":[["name","==","cup"]]}]')
  })

  it('monitors until it is interrupted', async () => {
    const child = start('monitor', server.unix, 'Item', 'name', '--format=json')
    const exit = once(child, 'exit')
    let output = ''
    let wake = () => {}
    child.stdout?.on('data', (text) => {
      output += text
      wake()
    })
    const lines = async (count: number) => {
      while (output.split('\n').length <= count) await new Promise<void>((resolve) => (wake = resolve))
    }
    await lines(1)
    await run('transact', server.unix, insert('ink'))
    await lines(2)
    child.kill('SIGINT')
    expect(await exit).toEqual([130, null])
    expect(output.trim().split('\n').map((line) => JSON.parse(line))).toMatchObject([
      { action: 'initial', new: { name: 'pen' } },
      { action: 'insert', new: { name: 'ink' } },
    ])
  })

  it('ends in silence when nobody reads its output any more', async () => {
    const child = start('monitor', server.unix, 'Item', 'name')
    const exit = once(child, 'exit')
    let complaints = ''
    child.stderr?.on('data', (text) => (complaints += text))
    await once(child.stdout as never, 'data')
    child.stdout?.destroy()
    await run('transact', server.unix, insert('cap'))
    expect(await exit).toEqual([0, null])
    expect(complaints).toBe('')
  })
})
