import { describe, expect, it } from 'vitest'
import type { OpenVSwitch } from '../schema/open-vswitch.gen.js'
import type { AnyRow } from '../row.js'
import type { Uuid } from '../value.js'
import { Reads } from './reads.js'
import { Transaction } from './transaction.js'

const id = '01010e57-a2a8-4008-ab23-e08632936a37' as Uuid

describe('Transaction', () => {
  it('names the rows that it inserts, and takes them wherever a uuid goes', () => {
    const transaction = new Transaction<OpenVSwitch>()
    const port = transaction.insert('Port', { name: 'p' })
    const bridge = transaction.insert('Bridge', { name: 'br0', ports: [port] }, id)
    transaction
      .mutate('Open_vSwitch', [], [['bridges', 'insert', [bridge]]])
      .update('Port', port, { tag: 5 })
      .delete('Bridge', id)
      .delete('Port', [['name', '==', 'q']])
      .comment('why')
      .assert('lock')
      .durable()
      .add({ op: 'abort' })
    expect(JSON.parse(JSON.stringify(transaction.operations))).toEqual([
      { op: 'insert', table: 'Port', row: { name: 'p' }, 'uuid-name': 'row0' },
      { op: 'insert', table: 'Bridge', row: { name: 'br0', ports: [{ namedUuid: 'row0' }] }, 'uuid-name': 'row1', uuid: id },
      { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', [{ namedUuid: 'row1' }]]] },
      { op: 'update', table: 'Port', where: [['_uuid', '==', { namedUuid: 'row0' }]], row: { tag: 5 } },
      { op: 'delete', table: 'Bridge', where: [['_uuid', '==', id]] },
      { op: 'delete', table: 'Port', where: [['name', '==', 'q']] },
      { op: 'comment', comment: 'why' },
      { op: 'assert', lock: 'lock' },
      { op: 'commit', durable: true },
      { op: 'abort' },
    ])
    expect(() => port.uuid).toThrow(expect.objectContaining({ code: 'invalid' }))
    transaction.settle([{ uuid: id }, { uuid: id.replace('0', '1') }])
    expect(port.uuid).toBe(id)
  })
})

describe('Reads', () => {
  const row: AnyRow = Object.freeze({ _uuid: id, name: 'a', tag: 1 })

  it('guards what was looked at, with one wait for each row and each search', () => {
    const reads = new Reads()
    expect(reads.row('Port', id, row)?.name).toBe('a')
    reads.row('Port', id, row)
    reads.row('Bridge', id, undefined)
    const [found] = reads.search('Port', [['name', '==', 'a']], [row])
    expect({ ...found }).toEqual(row)
    expect(reads.search('Port', [], [])).toEqual([])
    const wait = { op: 'wait', timeout: 0, until: '==' }
    expect(reads.operations()).toEqual([
      { ...wait, table: 'Port', where: [['_uuid', '==', id]], columns: ['_uuid', 'name'], rows: [{ _uuid: id, name: 'a' }] },
      { ...wait, table: 'Bridge', where: [['_uuid', '==', id]], columns: ['_uuid'], rows: [] },
      { ...wait, table: 'Port', where: [['name', '==', 'a']], columns: ['_uuid', 'name', 'tag'], rows: [row] },
      { ...wait, table: 'Port', where: [], columns: ['_uuid'], rows: [] },
    ])
    expect(reads.torn).toBe(false)
  })

  it('notices a row that changed between two looks', () => {
    const reads = new Reads()
    reads.row('Port', id, row)
    reads.row('Port', id, Object.freeze({ ...row, name: 'b' }))
    expect(reads.torn).toBe(true)
  })
})
