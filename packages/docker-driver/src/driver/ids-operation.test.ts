import { expect, it } from 'vitest'
import { idsOperation } from './switch-database.js'

it('changes nothing but the keys that it is given', () => {
  expect(idsOperation('Interface', 'odsve1', { a: '1', b: '2' })).toEqual({
    op: 'mutate', table: 'Interface', where: [['name', '==', 'odsve1']],
    mutations: [['external_ids', 'delete', ['a', 'b']], ['external_ids', 'insert', { a: '1', b: '2' }]],
  })
})
