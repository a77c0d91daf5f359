import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openVSwitchSchemaText } from '../ovsdb/schema/open-vswitch-schema.gen.js'
import { initialDatabase } from './initial-database.js'

/** Reads the file as ovsdb(5) describes it. */
function records(bytes: Uint8Array): unknown[] {
  let text = Buffer.from(bytes)
  const found: unknown[] = []
  while (text.length > 0) {
    const newline = text.indexOf('\n')
    const [, length, sha1] = /^OVSDB JSON (\d+) ([0-9a-f]{40})$/.exec(text.subarray(0, newline).toString()) ?? []
    const body = text.subarray(newline + 1, newline + 1 + Number(length))
    expect(body.length).toBe(Number(length))
    expect(createHash('sha1').update(body).digest('hex')).toBe(sha1)
    expect(body.at(-1)).toBe(0x0a)
    found.push(JSON.parse(body.toString()))
    text = text.subarray(newline + 1 + Number(length))
  }
  return found
}

describe('initialDatabase (ovsdb(5))', () => {
  it('has the schema, then the row in Open_vSwitch', () => {
    const [schema, transaction, ...rest] = records(initialDatabase({ date: new Date(1700000000000) }))
    expect(schema).toEqual(JSON.parse(openVSwitchSchemaText))
    expect(rest).toEqual([])
    expect(transaction).toEqual({
      _date: 1700000000000,
      _comment: expect.any(String),
      Open_vSwitch: {
        [Object.keys((transaction as { Open_vSwitch: object }).Open_vSwitch)[0] as string]: {
          next_cfg: 1,
          bridges: ['set', []],
        },
      },
    })
  })

  it('has bridges with their local ports, every reference a uuid of a row', () => {
    const bridges = [
      {
        name: 'br0',
        datapath_type: 'netdev',
        fail_mode: 'standalone',
        datapath_id: '0000000000000001',
        external_ids: { a: 'b' },
      },
      { name: 'br1' },
    ] as const
    const [, transaction] = records(
      initialDatabase({ bridges, other_config: { 'n-handler-threads': '1' }, external_ids: { 'system-id': 'x' } }),
    )
    const tables = transaction as Record<string, Record<string, Record<string, unknown>>>
    const [root] = Object.values(tables.Open_vSwitch ?? {})
    const [br0] = Object.values(tables.Bridge ?? {})
    expect(root).toEqual({
      next_cfg: 1,
      bridges: ['set', Object.keys(tables.Bridge ?? {}).map((uuid) => ['uuid', uuid])],
      other_config: ['map', [['n-handler-threads', '1']]],
      external_ids: ['map', [['system-id', 'x']]],
    })
    expect(br0).toEqual({
      name: 'br0',
      datapath_type: 'netdev',
      fail_mode: 'standalone',
      ports: ['uuid', Object.keys(tables.Port ?? {})[0]],
      external_ids: ['map', [['a', 'b']]],
      other_config: ['map', [['datapath-id', '0000000000000001']]],
    })
    expect(Object.values(tables.Port ?? {})[1]).toEqual({
      name: 'br1',
      interfaces: ['uuid', Object.keys(tables.Interface ?? {})[1]],
    })
    expect(JSON.stringify(transaction)).not.toContain('named-uuid')
  })

  it('fits the schema that it is given', () => {
    const schemaText = '{"name":"Open_vSwitch","version":"1.0.0","tables":{"Open_vSwitch":{"columns":{"other":{"type":"string"}}}}}'
    expect(() => initialDatabase({ schemaText })).toThrow(/has no column next_cfg/)
  })
})
