import { describe, expect, it } from 'vitest'
import { namedUuid, parseUuid } from '../ovsdb/value.js'
import { rowName } from './operation.js'
import { addPorts, removePorts, updatePort } from './port.js'

describe('addPorts', () => {
  it('checks the bridge, inserts interfaces and ports, and refers to them from the bridge', () => {
    const operations = addPorts('br0', [
      { name: 'p1', ofport_request: 1, tag: 100, external_ids: { host: 'a' }, other_config: { x: 'y' } },
      { name: 'v1', type: 'vxlan', options: { remote_ip: '10.0.0.1' }, trunks: [1, 2], vlan_mode: 'trunk' },
    ])
    expect(operations).toEqual([
      {
        op: 'wait',
        table: 'Bridge',
        where: [['name', '==', 'br0']],
        columns: ['name'],
        until: '==',
        rows: [{ name: 'br0' }],
        timeout: 0,
      },
      {
        op: 'insert',
        table: 'Interface',
        'uuid-name': 'interface_p1',
        row: { name: 'p1', ofport_request: 1, external_ids: { host: 'a' }, other_config: { x: 'y' } },
      },
      {
        op: 'insert',
        table: 'Port',
        'uuid-name': 'port_p1',
        row: { name: 'p1', interfaces: [namedUuid('interface_p1')], tag: 100 },
      },
      {
        op: 'insert',
        table: 'Interface',
        'uuid-name': 'interface_v1',
        row: { name: 'v1', type: 'vxlan', options: { remote_ip: '10.0.0.1' } },
      },
      {
        op: 'insert',
        table: 'Port',
        'uuid-name': 'port_v1',
        row: { name: 'v1', interfaces: [namedUuid('interface_v1')], trunks: [1, 2], vlan_mode: 'trunk' },
      },
      {
        op: 'mutate',
        table: 'Bridge',
        where: [['name', '==', 'br0']],
        mutations: [['ports', 'insert', [namedUuid('port_p1'), namedUuid('port_v1')]]],
      },
    ])
  })

  it('does nothing for no ports', () => expect(addPorts('br0', [])).toEqual([]))
})

describe('updatePort', () => {
  it('changes what is given, and empties what is undefined', () => {
    const update = (row: object) => [{ op: 'update', table: 'Port', where: [['name', '==', 'p1']], row }]
    expect(updatePort('p1', { tag: 5 })).toEqual(update({ tag: 5 }))
    expect(updatePort('p1', { tag: undefined, trunks: [], vlan_mode: undefined })).toEqual(
      update({ tag: undefined, trunks: [], vlan_mode: undefined }),
    )
    expect(updatePort('p1', {})).toEqual(update({}))
  })
})

describe('removePorts', () => {
  it('removes the references', () => {
    const uuid = parseUuid('01010e57-a2a8-4008-ab23-e08632936a37')
    expect(removePorts('br0', [uuid])).toEqual([
      { op: 'mutate', table: 'Bridge', where: [['name', '==', 'br0']], mutations: [['ports', 'delete', [uuid]]] },
    ])
  })
})

describe('rowName', () => {
  it('is an identifier, and another one for every name', () => {
    const names = ['a', 'a-b', 'a_b', 'a.b', 'a_2d_b', 'a b', 'ä', '🎉', '_']
    const made = names.map((name) => rowName('port', name))
    expect(new Set(made).size).toBe(names.length)
    for (const name of made) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/)
  })
})
