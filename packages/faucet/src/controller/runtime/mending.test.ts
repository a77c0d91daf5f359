import { OFPM, parseFlow, type BundleMessage, type FlowStats, type GroupInput, type MeterInput } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import type { Flow } from '../core/flow.js'
import type { Inventory } from './inventory.js'
import { mendingOf } from './mending.js'
import { textOf } from './refusal.js'

const nothing: Inventory = { flows: [], groups: [], meters: [] }

function wanted(...texts: readonly string[]): ReadonlyMap<string, Flow> {
  return new Map(texts.map((text) => [text, flowOf(text)]))
}

function flowOf(text: string, since = 0): Flow {
  const { type: _, command: __, ...flow } = parseFlow(text, { command: 'add' })
  return { key: text, flow: { ...flow, cookie: flow.cookie ?? 0n }, since }
}

function has(text: string, durationSec = 0): FlowStats {
  const { match = [], instructions = [], tableId = 0, priority = 0x8000, cookie = 0n, idleTimeout = 0, hardTimeout = 0 } = flowOf(text).flow
  const counters = { packetCount: 0n, byteCount: 0n, durationSec, durationNsec: 0, flags: 0 }
  // A switch lists the fields in an order of its own.
  return { ...counters, match: match.toReversed(), instructions, tableId, priority, cookie, idleTimeout, hardTimeout } as FlowStats
}

function texts(messages: readonly BundleMessage[]): readonly string[] {
  return messages.map((message) => textOf(message))
}

describe('mendingOf', () => {
  it('adds everything to a switch that has nothing', () => {
    const { messages, unchanged } = mendingOf(nothing, { flows: wanted('in_port=1,actions=output:2', 'actions=drop'), groups: [], meters: [] }, 1)
    expect(texts(messages)).toEqual(['add in_port=1 actions=output:2', 'add actions=drop'])
    expect(unchanged).toBe(0)
  })

  it('changes what differs, removes what is not wanted, and leaves the rest', () => {
    const flows = [has('in_port=1,dl_vlan=5,actions=output:2'), has('in_port=2,actions=output:1'), has('cookie=9,in_port=3,actions=drop')]
    const { messages, unchanged } = mendingOf(
      { ...nothing, flows },
      { flows: wanted('in_port=1,dl_vlan=5,actions=output:2', 'in_port=2,actions=output:3'), groups: [], meters: [] },
      1,
    )
    expect(texts(messages)).toEqual([expect.stringMatching(/^delete_strict .*in_port=3/), 'modify_strict in_port=2 actions=output:3'])
    expect(unchanged).toBe(1)
  })

  it('adds a flow anew whose time is to begin later than it did', () => {
    const text = 'hard_timeout=300,in_port=1,dl_vlan=5,actions=output:2'
    const mend = (since: number) => mendingOf({ ...nothing, flows: [has(text, 100)] }, { flows: new Map([['x', flowOf(text, since)]]), groups: [], meters: [] }, 1000)
    expect(mend(900)).toMatchObject({ messages: [], unchanged: 1 })
    expect(mend(901)).toMatchObject({ messages: [], unchanged: 1 })
    expect(mend(950)).toMatchObject({ messages: [{ command: 'add' }], unchanged: 0 })
  })

  it('makes everything anew where the same flow is wanted in two ways', () => {
    const flows = new Map([['a', flowOf('in_port=1,actions=output:2')], ['b', flowOf('in_port=1,actions=output:3')]])
    const { messages } = mendingOf({ ...nothing, flows: [has('in_port=9,actions=drop')] }, { flows, groups: [], meters: [] }, 1)
    expect(messages.map((message) => 'command' in message && message.command)).toEqual(['delete', 'add', 'add'])
  })

  it('knows groups that are the same, though the switch writes them in another way', () => {
    const group: GroupInput = { groupId: 1, groupType: 'ff', buckets: [{ watchPort: 2, actions: [{ type: 'output', port: 2 }] }] }
    const there = { groupId: 1, groupType: 'ff', buckets: [{ weight: 0, watchPort: 2, watchGroup: 0xffffffff, actions: [{ type: 'output', port: 2, maxLen: 0 }] }] }
    const other = { groupId: 5, groupType: 'all', buckets: [] }
    const mend = (wanted: readonly GroupInput[]) =>
      mendingOf({ ...nothing, groups: [there, other] as Inventory['groups'] }, { flows: new Map(), groups: wanted, meters: [] }, 1).messages
    expect(mend([group, { groupId: 5 }])).toEqual([])
    expect(mend([{ ...group, groupType: 'all' }, { groupId: 6 }])).toMatchObject([
      { type: 'group_mod', command: 'modify', groupId: 1 }, { command: 'add', groupId: 6 }, { command: 'delete', groupId: 5 },
    ])
  })

  it('knows meters, those for packets to the controller too', () => {
    const meter: MeterInput = { meterId: OFPM.CONTROLLER, flags: 2, bands: [{ type: 'drop', rate: 10, burstSize: 0 }] }
    const there: Inventory['meters'] = [{ meterId: OFPM.CONTROLLER, flags: 2, bands: [{ type: 'drop', rate: 10, burstSize: 10 }] }, { meterId: 3, flags: 1, bands: [] }]
    const mend = (wanted: readonly MeterInput[]) => mendingOf({ ...nothing, meters: there }, { flows: new Map(), groups: [], meters: wanted }, 1).messages
    expect(mend([meter])).toMatchObject([{ type: 'meter_mod', command: 'delete', meterId: 3 }])
    expect(mend([{ ...meter, flags: 1 }, { meterId: 4 }])).toMatchObject([
      { command: 'modify', meterId: OFPM.CONTROLLER }, { command: 'add', meterId: 4 }, { command: 'delete', meterId: 3 },
    ])
  })
})
