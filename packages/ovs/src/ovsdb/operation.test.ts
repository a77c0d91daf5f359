import { describe, expect, it } from 'vitest'
import { parseJson } from '../jsonrpc/json.js'
import { encodeOperation, type Operation } from './operation.js'
import { openVSwitchSchemaText } from './schema/open-vswitch-schema.gen.js'
import type { OpenVSwitch } from './schema/open-vswitch.gen.js'
import { parseSchema } from './schema.js'
import { namedUuid, parseUuid } from './value.js'

const schema = parseSchema(parseJson(openVSwitchSchemaText))
const encode = (operation: Operation<OpenVSwitch>) => encodeOperation(schema, operation)
const uuid = parseUuid('01010e57-a2a8-4008-ab23-e08632936a37')

describe('encodeOperation (RFC 7047 §5.2)', () => {
  it('insert', () => {
    const row = { name: 'p1', interfaces: [namedUuid('i1')], tag: 5, trunks: [], external_ids: { a: 'b' } }
    expect(encode({ op: 'insert', table: 'Port', 'uuid-name': 'p1', uuid, row })).toEqual({
      op: 'insert',
      table: 'Port',
      'uuid-name': 'p1',
      uuid,
      row: {
        name: 'p1',
        interfaces: ['named-uuid', 'i1'],
        tag: 5,
        trunks: ['set', []],
        external_ids: ['map', [['a', 'b']]],
      },
    })
  })

  it('select', () => {
    expect(
      encode({ op: 'select', table: 'Interface', where: [['ofport', '>', 0]], columns: ['name', '_uuid'] }),
    ).toEqual({
      op: 'select',
      table: 'Interface',
      where: [['ofport', '>', 0]],
      columns: ['name', '_uuid'],
    })
  })

  it('update, an optional column emptied by undefined', () => {
    expect(encode({ op: 'update', table: 'Port', where: [['_uuid', '==', uuid]], row: { tag: undefined } })).toEqual({
      op: 'update',
      table: 'Port',
      where: [['_uuid', '==', ['uuid', uuid]]],
      row: { tag: ['set', []] },
    })
  })

  it('mutate', () => {
    const mutations = [
      ['ports', 'insert', [uuid]],
      ['external_ids', 'delete', ['a', 'b']],
      ['flood_vlans', 'insert', [1, 2]],
    ] as const
    expect(encode({ op: 'mutate', table: 'Bridge', where: [], mutations })).toEqual({
      op: 'mutate',
      table: 'Bridge',
      where: [],
      mutations: [
        ['ports', 'insert', ['uuid', uuid]],
        ['external_ids', 'delete', ['set', ['a', 'b']]],
        ['flood_vlans', 'insert', ['set', [1, 2]]],
      ],
    })
  })

  it('delete and wait', () => {
    expect(encode({ op: 'delete', table: 'Port', where: [['tag', '==', undefined]] })).toEqual({
      op: 'delete',
      table: 'Port',
      where: [['tag', '==', ['set', []]]],
    })
    const wait = {
      op: 'wait',
      table: 'Bridge',
      where: [],
      columns: ['name'],
      until: '!=',
      rows: [{ name: 'x' }],
      timeout: 0,
    } as const
    expect(encode(wait)).toEqual({ ...wait })
  })

  it.each([
    { op: 'commit', durable: true },
    { op: 'abort' },
    { op: 'comment', comment: 'x' },
    { op: 'assert', lock: 'l' },
  ] as const)('$op is sent as it is', (operation) => expect(encode(operation)).toEqual(operation))

  it('names the table and column that do not fit', () => {
    const wrong = (operation: object) => () => encodeOperation(schema, operation as { op: string })
    expect(wrong({ op: 'insert', table: 'Ports', row: {} })).toThrow(/has no table Ports/)
    expect(wrong({ op: 'insert', table: 'Port', row: { nam: 'x' } })).toThrow(/table Port has no column nam/)
    expect(wrong({ op: 'insert', table: 'Port', row: { tag: 'x' } })).toThrow(
      '[schema] Port.tag: expected an integer, got "x"',
    )
    expect(wrong({ op: 'delete', table: 'Port', where: [['tag', '==', 'x']] })).toThrow(/Port.tag: expected an integer/)
  })

  it('is checked by the compiler', () => {
    // @ts-expect-error no such table
    const table: Operation<OpenVSwitch> = { op: 'insert', table: 'Ports', row: {} }
    // @ts-expect-error a tag is a number
    const column: Operation<OpenVSwitch> = { op: 'insert', table: 'Port', row: { tag: 'x' } }
    // @ts-expect-error a name cannot be absent
    const required: Operation<OpenVSwitch> = { op: 'insert', table: 'Port', row: { name: undefined } }
    // @ts-expect-error no such mode
    const literal: Operation<OpenVSwitch> = { op: 'update', table: 'Port', where: [], row: { vlan_mode: 'both' } }
    expect([table, column, required, literal]).toHaveLength(4)
  })
})
