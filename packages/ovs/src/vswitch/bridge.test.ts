import { describe, expect, it } from 'vitest'
import { namedUuid, parseUuid } from '../ovsdb/value.js'
import { addBridge, removeBridges } from './bridge.js'

describe('addBridge', () => {
  it('inserts the bridge with its local port and refers to it from Open_vSwitch', () => {
    expect(addBridge({ name: 'br-0' })).toEqual([
      { op: 'insert', table: 'Interface', 'uuid-name': 'interface_br_2d_0', row: { name: 'br-0', type: 'internal' } },
      {
        op: 'insert',
        table: 'Port',
        'uuid-name': 'port_br_2d_0',
        row: { name: 'br-0', interfaces: [namedUuid('interface_br_2d_0')] },
      },
      {
        op: 'insert',
        table: 'Bridge',
        'uuid-name': 'bridge_br_2d_0',
        row: { name: 'br-0', ports: [namedUuid('port_br_2d_0')], other_config: {} },
      },
      {
        op: 'mutate',
        table: 'Open_vSwitch',
        where: [],
        mutations: [['bridges', 'insert', [namedUuid('bridge_br_2d_0')]]],
      },
    ])
  })

  it('takes everything that a bridge may have', () => {
    const operations = addBridge({
      name: 'br0',
      datapath_type: 'netdev',
      fail_mode: 'secure',
      datapath_id: '00000000000000ab',
      protocols: ['OpenFlow13'],
      controllers: ['unix:/run/a', 'tcp:127.0.0.1:6653'],
      other_config: { 'forward-bpdu': 'true' },
      external_ids: { owner: 'me' },
    })
    expect(
      operations.filter((operation) => operation.op === 'insert' && operation.table === 'Controller'),
    ).toMatchObject([{ row: { target: 'unix:/run/a' } }, { row: { target: 'tcp:127.0.0.1:6653' } }])
    expect(operations.at(-2)).toMatchObject({
      row: {
        datapath_type: 'netdev',
        fail_mode: 'secure',
        protocols: ['OpenFlow13'],
        controller: [namedUuid('bridge_br0_controller0'), namedUuid('bridge_br0_controller1')],
        other_config: { 'forward-bpdu': 'true', 'datapath-id': '00000000000000ab' },
        external_ids: { owner: 'me' },
      },
    })
  })
})

describe('removeBridges', () => {
  it('removes the references', () => {
    const uuid = parseUuid('01010e57-a2a8-4008-ab23-e08632936a37')
    expect(removeBridges([uuid])).toEqual([
      { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'delete', [uuid]]] },
    ])
  })
})
