import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { initialDatabase, openVSwitchSchemaText } from '@streambed/ovs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const installedSchema = '/usr/share/openvswitch/vswitch.ovsschema'
const bridges = [
  {
    name: 'br0',
    datapath_type: 'netdev',
    fail_mode: 'standalone',
    datapath_id: '00000000000000ab',
    external_ids: { a: 'b' },
  },
] as const

let dir: string
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'ovs-db-'))))
afterAll(() => rm(dir, { recursive: true }))

async function ovsdbTool(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('ovsdb-tool', [command, join(dir, 'db'), ...args])
  return stdout
}

describe.each([
  ['the schema of this package', async () => openVSwitchSchemaText],
  ['the installed schema', () => readFile(installedSchema, 'utf8')],
])('initialDatabase with %s', (_what, schemaText) => {
  beforeAll(async () => writeFile(join(dir, 'db'), initialDatabase({ schemaText: await schemaText(), bridges })))

  it('has the version and the check sum of its schema', async () => {
    const schema = JSON.parse(await schemaText()) as { version: string; cksum: string }
    expect((await ovsdbTool('db-version')).trim()).toBe(schema.version)
    expect((await ovsdbTool('db-cksum')).trim()).toBe(schema.cksum)
  })

  it('is a log that ovsdb-tool reads to the end', async () => {
    const log = await ovsdbTool('show-log')
    expect(log).toContain('record 0: "Open_vSwitch" schema')
    expect(log).toMatch(/record 1: .*"streambed: initial database"/)
    expect(log).not.toContain('record 2')
  })

  it('holds the bridge', async () => {
    const select = {
      op: 'select',
      table: 'Bridge',
      where: [],
      columns: ['name', 'datapath_type', 'fail_mode', 'other_config', 'external_ids'],
    }
    const [result] = JSON.parse(await ovsdbTool('query', JSON.stringify(['Open_vSwitch', select]))) as [
      { rows: unknown[] },
    ]
    expect(result.rows).toEqual([
      {
        name: 'br0',
        datapath_type: 'netdev',
        fail_mode: 'standalone',
        other_config: ['map', [['datapath-id', '00000000000000ab']]],
        external_ids: ['map', [['a', 'b']]],
      },
    ])
  })
})
