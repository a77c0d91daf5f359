import { describe, expect, it } from 'vitest'
import { deletionOf, filterOf, flowModOf, flowOf } from './flow-source.js'

describe('flows as text', () => {
  it('become flow-mods', () => {
    expect(flowModOf('table=2,priority=5,in_port=1,actions=drop', 'modify_strict')).toMatchObject({
      type: 'flow_mod',
      command: 'modify_strict',
      tableId: 2,
      priority: 5,
      match: [{ field: 'in_port', value: 1 }],
    })
    expect(flowModOf({ priority: 5 }, 'add')).toEqual({ type: 'flow_mod', command: 'add', priority: 5 })
    expect(() => flowModOf('nonsense=1,actions=drop', 'add')).toThrow(/nonsense/)
  })

  it('have a table only when they say so', () => {
    expect(flowOf('priority=5,actions=resubmit(,3)')).not.toHaveProperty('tableId')
    expect(flowOf('ip, table=0,actions=drop')).toHaveProperty('tableId', 0)
  })

  it('choose flows', () => {
    expect(filterOf('table=5,arp,out_port=3,cookie=0x1/-1')).toEqual({
      tableId: 5,
      match: [{ field: 'eth_type', value: 0x806 }],
      outPort: 3,
      cookie: 1n,
      cookieMask: 0xffffffffffffffffn,
    })
    expect(deletionOf('arp', 'delete')).toMatchObject({ tableId: 255, command: 'delete' })
    expect(deletionOf({}, 'delete')).toEqual({ type: 'flow_mod', command: 'delete', tableId: 255 })
  })
})
