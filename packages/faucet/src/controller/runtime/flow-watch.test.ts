import { match, type OnfFlowUpdate } from '@streambed/ovs/openflow'
import { expect, it } from 'vitest'
import { foreignChange } from './flow-watch.js'

function update(type: 'added' | 'deleted' | 'modified', reason: 'idle_timeout' | 'hard_timeout' | 'delete'): OnfFlowUpdate {
  return { type, reason, priority: 7, idleTimeout: 0, hardTimeout: 0, tableId: 2, cookie: 0n, match: match({ in_port: 3 }), instructions: [] }
}

it('tells what others do from what this connection does, and from flows that end by themselves', () => {
  expect(foreignChange([])).toBeUndefined()
  expect(foreignChange([{ type: 'abbrev', xid: 5 }, update('deleted', 'idle_timeout'), update('deleted', 'hard_timeout')])).toBeUndefined()
  expect(foreignChange([{ type: 'abbrev', xid: 5 }, update('deleted', 'delete')])).toBe('deleted table=2,priority=7,in_port=3')
  // What was not deleted has a reason that means nothing.
  expect(foreignChange([update('added', 'idle_timeout')])).toBe('added table=2,priority=7,in_port=3')
  expect(foreignChange([update('modified', 'hard_timeout'), update('added', 'delete')])).toBe('modified table=2,priority=7,in_port=3')
})
