import { once } from 'node:events'
import { connect } from 'node:net'
import { OvsError } from '@streambed/ovs'
import {
  decodeMessage,
  encodeMessage,
  type MessageInput,
  OpenFlowFramer,
  parseFlow,
  printMessage,
} from '@streambed/ovs/openflow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageGoldens } from '../src/openflow/message.golden.js'
import { rounds } from './campaign.js'
import { DummyOvs } from './dummy-ovs.js'
import { usedMemory } from './memory.js'
import { mutate, Random } from './random.js'

/** Messages of every type, and what a real switch sent. */
const corpus: Uint8Array[] = Object.values(messageGoldens).map(({ hex }) => Buffer.from(hex, 'hex'))
let recorded = 0
let ovs: DummyOvs

const flows = [
  'table=0,priority=10,tcp,nw_src=10.0.0.0/8,tcp_dst=80,actions=mod_vlan_vid:5,output:2',
  'table=1,ipv6,ipv6_src=fd00::/64,actions=ct(commit,zone=1,exec(set_field:1->ct_mark)),goto_table:2',
  'table=2,arp,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],learn(table=3,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])',
  'table=3,reg0=0x1/0xff,metadata=0x5,actions=write_actions(group:1),write_metadata:0x1/0x3',
]

const requests: MessageInput[] = [
  { type: 'hello' },
  { type: 'features_request' },
  { type: 'group_mod', command: 'add', groupId: 1, groupType: 'select', buckets: [{ weight: 1, actions: [{ type: 'output', port: 1 }] }] },
  { type: 'meter_mod', command: 'add', meterId: 1, flags: 1, bands: [{ type: 'drop', rate: 1000, burstSize: 10 }] },
  ...flows.map((text) => parseFlow(text)),
  { type: 'get_config_request' },
  { type: 'flow_stats_request' },
  { type: 'aggregate_stats_request' },
  { type: 'table_stats_request' },
  { type: 'table_features_request' },
  { type: 'port_stats_request' },
  { type: 'port_desc_request' },
  { type: 'queue_stats_request' },
  { type: 'group_stats_request' },
  { type: 'group_desc_request' },
  { type: 'group_features_request' },
  { type: 'meter_stats_request' },
  { type: 'meter_config_request' },
  { type: 'meter_features_request' },
  { type: 'desc_request' },
  { type: 'role_request', role: 'master', generationId: 1n },
  { type: 'get_async_request' },
  { type: 'nxt_tlv_table_request' },
  { type: 'onf_bundle_control', bundleId: 1, control: 'open_request', flags: 3 },
  { type: 'table_mod', tableId: 200, config: 7 },
  { type: 'barrier_request', xid: 0x7fffffff },
]

beforeAll(async () => {
  ovs = await DummyOvs.start()
  const socket = connect(ovs.management().slice('unix:'.length))
  await once(socket, 'connect')
  requests.forEach((request, index) => socket.write(encodeMessage({ xid: index + 1, ...request })))
  const framer = new OpenFlowFramer()
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (const message of framer.push(chunk)) {
      corpus.push(Uint8Array.from(message))
      recorded++
    }
    if (decodeMessage(corpus.at(-1) as Uint8Array).xid === 0x7fffffff) break
  }
})

afterAll(() => ovs.stop())

/** What a message of a switch has to survive: it is decoded, printed and encoded, or refused in good order. */
function survives(bytes: Uint8Array): boolean {
  try {
    const message = decodeMessage(bytes)
    printMessage(message)
    const again = encodeMessage(message)
    // What we write we read as the same.
    if (Buffer.compare(encodeMessage(decodeMessage(again)), again) !== 0) throw new Error('it changed when written again')
    return true
  } catch (error) {
    if (error instanceof OvsError && error.code === 'malformed') return false
    throw new Error(`after the message ${Buffer.from(bytes).toString('hex')}`, { cause: error })
  }
}

describe('OpenFlow, fuzzed', () => {
  it('has real traffic to begin with', () => {
    expect(recorded).toBeGreaterThan(25)
    expect(corpus.filter((bytes) => !survives(bytes))).toEqual([])
  })

  it('decodes or refuses any message, in bounded time, and keeps nothing of it', () => {
    const random = new Random(20261121)
    const count = rounds(20_000, 1_000_000)
    let decoded = 0
    let before = 0
    let slowest = 0
    for (let round = 0; round < count; round++) {
      if (round === Math.floor(count / 2)) before = usedMemory()
      const bytes = random.below(50) === 0 ? random.bytes(random.below(200)) : mutate(random, random.pick(corpus), random.pick(corpus))
      // Most mutations break the length in the header, which would hide what is behind it.
      if (bytes.length >= 8 && random.below(4) > 0) {
        bytes[0] = 4
        bytes[2] = bytes.length >> 8
        bytes[3] = bytes.length & 0xff
      }
      const start = performance.now()
      if (survives(bytes)) decoded++
      slowest = Math.max(slowest, performance.now() - start)
    }
    expect(decoded).toBeGreaterThan(count / 10)
    expect(decoded).toBeLessThan(count)
    expect(usedMemory() - before).toBeLessThan(4 * 1024 * 1024)
    // Far beyond what the longest message takes, far below what a loop without end would.
    expect(slowest).toBeLessThan(5_000)
  }, 1_800_000)

  it('cuts any stream into messages, or ends it', () => {
    const random = new Random(4)
    let messages = 0
    for (let round = 0; round < rounds(2_000, 100_000); round++) {
      const framer = new OpenFlowFramer()
      const stream = Buffer.concat(Array.from({ length: 4 }, () => mutate(random, random.pick(corpus), random.pick(corpus))))
      try {
        for (let at = 0; at < stream.length; ) {
          const length = 1 + random.below(random.pick([1, 8, 300]))
          for (const message of framer.push(stream.subarray(at, at + length))) {
            survives(message)
            messages++
          }
          at += length
        }
        framer.end()
      } catch (error) {
        if (!(error instanceof OvsError)) throw error
      }
    }
    expect(messages).toBeGreaterThan(100)
  }, 600_000)
})
