import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../message.js'
import type { GroupMod } from '../message/group-mod.js'
import { parseGroup, printGroup, printGroupMod, printGroupStats } from './group.js'

const roundTrip = (text: string) => decodeMessage(encodeMessage(parseGroup(text))) as GroupMod

// What ovs-ofctl 3.1.0 makes of the text.
test.each([
  ['group_id=1,type=all,bucket=output:10', 'ADD group_id=1,type=all,bucket=actions=output:10'],
  [
    'group_id=1,type=select,bucket=output:10,bucket=weight:5,output:11,bucket=weight=7,actions=output:3,output:4',
    'ADD group_id=1,type=select,bucket=actions=output:10,bucket=weight:5,actions=output:11,' +
      'bucket=weight:7,actions=output:3,output:4',
  ],
  [
    'add group_id=1,type=fast_failover,bucket=watch_port:1,output:10,bucket=watch_group:5,actions=output:3',
    'ADD group_id=1,type=ff,bucket=watch_port:1,actions=output:10,bucket=watch_group:5,actions=output:3',
  ],
  ['modify group_id=5,type=indirect,bucket=actions=drop', 'MOD group_id=5,type=indirect,bucket=actions=drop'],
  [
    'group_id=5,type=all,bucket=mod_vlan_vid:3,ct(commit,nat(src=1.2.3.4)),output:1',
    'ADD group_id=5,type=all,bucket=actions=push_vlan:0x8100,set_field:4099->vlan_vid,' +
      'ct(commit,nat(src=1.2.3.4)),output:1',
  ],
  ['delete', 'DEL group_id=4294967292,type=all'],
  ['delete group_id=5', 'DEL group_id=5,type=all'],
])('%s', (text, printed) => {
  const mod = roundTrip(text)
  expect(printGroupMod(mod)).toBe(printed)
  if (mod.command !== 'delete') expect(roundTrip(`${mod.command} ${printGroup(mod)}`)).toEqual(mod)
})

test('a weight that is not the usual one is printed', () => {
  const bucket = { weight: 0, watchPort: 0xffffffff, watchGroup: 0xffffffff, actions: [] }
  expect(printGroup({ groupId: 1, groupType: 'select', buckets: [bucket] })).toContain('bucket=weight:0,actions=drop')
  expect(printGroup({ groupId: 1, groupType: 9, buckets: [] })).toBe('group_id=1,type=unknown')
})

test('counters that the switch does not have are left out', () => {
  expect(
    printGroupStats({
      groupId: 1,
      refCount: 2,
      packetCount: 3n,
      byteCount: 4n,
      durationSec: 5,
      durationNsec: 0,
      buckets: [
        { packetCount: 1n, byteCount: 60n },
        { packetCount: 0xffffffffffffffffn, byteCount: 0n },
      ],
    }),
  ).toBe('group_id=1,duration=5s,ref_count=2,packet_count=3,byte_count=4,bucket0:packet_count=1,byte_count=60')
})

describe('errors show the place', () => {
  test.each([
    ['type=all,bucket=output:1', 'group_id must be given'],
    ['group_id=5,bucket=output:1', 'the type must be given'],
    ['group_id=5,type=foo,bucket=output:1', 'not foo (at character 17)'],
    ['group_id=5,type=all,bucket=weight:5,output:1', 'only the buckets of a group of type select have a weight'],
    ['group_id=5,type=ff,bucket=output:1', 'must have watch_port or watch_group (at character 27)'],
    ['group_id=5,type=indirect,bucket=output:1,bucket=output:2', 'at most one bucket'],
    ['group_id=5,type=all,bucket=weigt:5', 'there is no action "weigt"'],
    ['group_id=5,type=select,bucket=weight:5', 'a bucket must have actions'],
    ['delete group_id=5,bucket=output:1', 'a group to delete has no buckets (at character 19)'],
    ['group_id=4294967041,type=all', 'the group must be at most 4294967040, or all (at character 10)'],
  ])('%s', (text, message) => {
    expect(() => parseGroup(text)).toThrow(expect.objectContaining({ code: 'invalid' }))
    expect(() => parseGroup(text)).toThrow(message)
  })
})
