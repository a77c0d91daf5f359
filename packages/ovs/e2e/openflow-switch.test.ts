import type { ActionInput, FlowModInput, MessageInput } from '@streambed/ovs/openflow'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rounds } from './campaign.js'
import { strangeMessages } from './refused-messages.js'
import { difference, Examined } from './switch-comparison.js'
import { type Sent, startDouble, startOvs } from './switch-subject.js'

type FlowMod = FlowModInput
type Actions = readonly ActionInput[]

const udp = '0200000000020200000000010800' + '4500001e00004000401126ce0a0000010a000001' + '00351000000a7a416162'
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const flow = (options: Partial<FlowMod>, actions: Actions = []): FlowMod => ({
  type: 'flow_mod',
  command: 'add',
  instructions: [{ type: 'apply_actions', actions }],
  ...options,
})
const out = (port: number) => ({ type: 'output', port }) as const
const NORMAL = 0xfffffffa
const CONTROLLER = 0xfffffffd

/** The two ends of a UDP packet changed places. The checksums stay right. */
function answerTo(frame: string): Uint8Array {
  const there = bytes(frame)
  const back = Uint8Array.from(there)
  for (const [a, b, length] of [[0, 6, 6], [26, 30, 4], [34, 36, 2]] as const) {
    back.set(there.subarray(b, b + length), a)
    back.set(there.subarray(a, a + length), b)
  }
  return back
}

describe.each([
  { name: 'the double', start: startDouble },
  { name: 'Open vSwitch', start: startOvs },
])('a switch: $name', ({ start }) => {
  let examined: Examined
  beforeAll(async () => {
    examined = await Examined.of(await start())
  })
  afterAll(async () => {
    await examined?.connection.close()
    await examined?.subject.close()
  })
  beforeEach(async () => {
    await examined.clear()
    await examined.subject.sent()
    examined.heard()
  })

  async function receive(port: number, frame: Uint8Array): Promise<Sent> {
    await examined.subject.receive(port, frame)
    return examined.subject.sent()
  }

  /** Through which ports a frame leaves. */
  async function portsOf(port: number, frame = bytes(udp)): Promise<number[]> {
    return Object.keys(await receive(port, frame)).map(Number)
  }

  async function load(...messages: MessageInput[]): Promise<void> {
    expect(await examined.load(messages)).toEqual(messages.map(() => 'ok'))
  }

  it('drops what no flow matches, and forwards by the highest priority', async () => {
    expect(await portsOf(1)).toEqual([])
    await load(flow({ priority: 1 }, [out(2)]), flow({ priority: 2, match: [{ field: 'in_port', value: 1 }] }, [out(3)]))
    expect(await portsOf(1)).toEqual([3])
    expect(await portsOf(4)).toEqual([2])
  })

  it('changes what it forwards, with checksums', async () => {
    await load(
      flow({ match: [{ field: 'eth_type', value: 0x800 }, { field: 'ip_proto', value: 17 }] }, [
        { type: 'set_field', field: { field: 'ipv4_dst', value: '192.168.7.9' } },
        { type: 'set_field', field: { field: 'udp_dst', value: 7 } },
        { type: 'dec_nw_ttl' },
        { type: 'push_vlan', ethertype: 0x8100 },
        { type: 'set_field', field: { field: 'vlan_vid', value: 0x1005 } },
        out(2),
      ]),
    )
    expect(await receive(1, bytes(udp))).toEqual({
      2: ['020000000002020000000001' + '81000005' + '08004500001e000040003f116a1d0a000001c0a80709' + '00350007000acc896162'],
    })
  })

  it('goes from table to table with metadata, and carries out the action set in its order', async () => {
    await load(
      flow({
        instructions: [
          { type: 'write_metadata', metadata: 5n, metadataMask: 7n },
          { type: 'write_actions', actions: [out(2), { type: 'set_field', field: { field: 'eth_src', value: '02:00:00:00:00:09' } }] },
          { type: 'goto_table', tableId: 2 },
        ],
      }),
      flow({
        tableId: 2,
        match: [{ field: 'metadata', value: 5n }],
        instructions: [{ type: 'write_actions', actions: [out(3), { type: 'push_vlan', ethertype: 0x8100 }] }],
      }),
    )
    expect(await receive(1, bytes(udp))).toEqual({ 3: [`02000000000202000000000981000000${udp.slice(24)}`] })
  })

  it('floods at first as a learning switch, and then does not', async () => {
    await load(flow({}, [out(NORMAL)]))
    expect(await portsOf(1)).toEqual([2, 3, 4])
    expect(await portsOf(2, answerTo(udp))).toEqual([1])
    expect(await portsOf(1)).toEqual([2])
    expect(await portsOf(1, bytes(`0180c2000000${udp.slice(12)}`))).toEqual([])
  })

  it('fails over when a link goes down', async () => {
    const bucket = (port: number) => ({ watchPort: port, actions: [out(port)] })
    await load(
      { type: 'group_mod', command: 'add', groupType: 'ff', groupId: 1, buckets: [bucket(2), bucket(3)] },
      flow({}, [{ type: 'group', groupId: 1 }]),
    )
    expect(await portsOf(1)).toEqual([2])
    await examined.subject.setLink(2, false)
    expect(await portsOf(1)).toEqual([3])
    await examined.subject.setLink(2, true)
    expect(await portsOf(1)).toEqual([2])
  })

  it('chooses one live bucket of a select group', async () => {
    const bucket = (port: number) => ({ weight: 1, watchPort: port, actions: [out(port)] })
    await load(
      { type: 'group_mod', command: 'add', groupType: 'select', groupId: 1, buckets: [bucket(2), bucket(9)] },
      flow({}, [{ type: 'group', groupId: 1 }]),
    )
    expect(await portsOf(1)).toEqual([2])
  })

  it('matches conjunctions', async () => {
    const clause = (n: number, match: FlowMod['match']): FlowMod =>
      flow({ match: match ?? [] }, [{ type: 'nx_conjunction', id: 9, clause: n, clauses: 2 }])
    await load(
      clause(0, [{ field: 'in_port', value: 1 }]),
      clause(0, [{ field: 'in_port', value: 3 }]),
      clause(1, [{ field: 'eth_type', value: 0x800 }]),
      flow({ match: [{ field: 'conj_id', value: 9 }] }, [out(4)]),
    )
    expect([await portsOf(1), await portsOf(2), await portsOf(3)]).toEqual([[4], [], [4]])
  })

  it('learns flows from packets', async () => {
    await load(
      flow({}, [
        {
          type: 'nx_learn',
          tableId: 1,
          specs: [
            { type: 'match', src: { field: 'eth_src', offset: 0, bits: 48 }, dst: { field: 'eth_dst', offset: 0, bits: 48 } },
            { type: 'load', src: 3n, dst: { field: 'reg2', offset: 0, bits: 16 } },
            { type: 'output', src: { field: 'nxm_of_in_port', offset: 0, bits: 16 } },
          ],
        },
        { type: 'nx_resubmit_table', tableId: 1 },
        { type: 'nx_output_reg', src: { field: 'reg2', offset: 0, bits: 16 } },
      ]),
    )
    expect(await portsOf(1)).toEqual([])
    expect(await portsOf(2, answerTo(udp))).toEqual([1, 3])
  })

  it('tracks connections, and translates addresses there and back', async () => {
    const isUdp = [{ field: 'eth_type', value: 0x800 }, { field: 'ip_proto', value: 17 }] as const
    const ct = (port: number, flags: number, nat: { flags: number; ipv4Min?: string; ipv4Max?: string }): FlowMod =>
      flow({ match: [{ field: 'in_port', value: port }, ...isUdp] }, [
        { type: 'nx_ct', flags, zone: 5, recircTable: 1, alg: 0, actions: [{ type: 'nx_nat', ...nat }] },
      ])
    const state = (port: number, bits: number): FlowMod['match'] => [
      { field: 'in_port', value: port },
      { field: 'ct_state', value: bits, mask: bits },
    ]
    await load(
      ct(1, 1, { flags: 1, ipv4Min: '192.168.7.9', ipv4Max: '192.168.7.9' }),
      ct(2, 0, { flags: 0 }),
      flow({ tableId: 1, match: state(1, 0x21) ?? [] }, [out(2)]),
      flow({ tableId: 1, match: state(1, 0x22) ?? [] }, [out(3)]),
      flow({ tableId: 1, match: state(2, 0x2a) ?? [] }, [out(1)]),
    )
    const there = (await receive(1, bytes(udp)))[2]?.[0] ?? ''
    expect(there.slice(52, 68)).toBe('c0a807090a000001')
    const back = (await receive(2, answerTo(there)))[1]?.[0]
    expect(back).toBe(Buffer.from(answerTo(udp)).toString('hex'))
    expect(await portsOf(1)).toEqual([3])
  })

  it('tells the controller of table misses, with the port', async () => {
    await load(flow({ priority: 0, cookie: 7n }, [out(CONTROLLER)]))
    const arrived = new Promise((resolve) => {
      const off = examined.connection.onMessage((message) => {
        if (message.type !== 'packet_in') return false
        off()
        resolve(message)
        return undefined
      })
    })
    await examined.subject.receive(2, bytes(udp))
    expect(await arrived).toMatchObject({
      reason: 'no_match',
      tableId: 0,
      cookie: 7n,
      totalLen: 44,
      match: [{ field: 'in_port', value: 2 }],
    })
  })

  it('modifies and deletes by match, strictly or not, by cookie and by port', async () => {
    const one = { priority: 9, match: [{ field: 'in_port', value: 1 }], cookie: 1n } as const
    const two = { priority: 8, match: [{ field: 'in_port', value: 1 }, { field: 'eth_type', value: 0x800 }], cookie: 2n } as const
    const dump = async (): Promise<string[]> => {
      const parts = await examined.connection.collect({ type: 'flow_stats_request', tableId: 0 })
      const stats = parts.flatMap((part) => part.stats)
      return stats.map(({ priority, cookie, instructions }) => `${priority} ${cookie} ${JSON.stringify(instructions)}`).sort()
    }
    const shown = (port: number): string => JSON.stringify([{ type: 'apply_actions', actions: [{ type: 'output', port, maxLen: 0 }] }])
    await load(flow(one, [out(2)]), flow(two, [out(3)]))
    await load(flow({ command: 'modify', match: one.match, cookie: 2n, cookieMask: 2n }, [out(4)]))
    expect(await dump()).toEqual([`8 2 ${shown(4)}`, `9 1 ${shown(2)}`])
    await load(flow({ ...one, command: 'modify_strict', cookie: 77n }, [out(1)]))
    expect(await dump()).toEqual([`8 2 ${shown(4)}`, `9 1 ${shown(1)}`])
    await load({ type: 'flow_mod', command: 'delete_strict', priority: 8, match: one.match })
    await load({ type: 'flow_mod', command: 'delete', outPort: 3 })
    expect(await dump()).toHaveLength(2)
    await load({ type: 'flow_mod', command: 'delete', outPort: 4, tableId: 0xff })
    expect(await dump()).toEqual([`9 1 ${shown(1)}`])
    await load({ type: 'flow_mod', command: 'delete', match: one.match })
    expect(await dump()).toEqual([])
  })

  it('carries out a bundle as a whole or not at all', async () => {
    const { connection } = examined
    const bundle = { type: 'onf_bundle_control', bundleId: 1, flags: 3 } as const
    const send = async (messages: readonly FlowMod[]): Promise<void> => {
      await connection.request({ ...bundle, control: 'open_request' })
      for (const [i, message] of messages.entries()) {
        await connection.send({ type: 'onf_bundle_add', bundleId: 1, flags: 3, xid: 70_000 + i, message: { ...message, xid: 70_000 + i } })
      }
      await connection.request({ ...bundle, control: 'commit_request' })
    }
    const overlapping = flow({ match: [{ field: 'eth_type', value: 0x800 }], flags: 2 }, [out(2)])
    await expect(send([flow({ match: [{ field: 'in_port', value: 1 }] }, [out(2)]), overlapping])).rejects.toMatchObject({ code: 'peer' })
    expect(await portsOf(1)).toEqual([])
    await send([flow({}, [out(2)])])
    expect(await portsOf(1)).toEqual([2])
  })
})

describe('the double beside Open vSwitch', () => {
  let double: Examined
  let ovs: Examined
  beforeAll(async () => {
    ;[double, ovs] = await Promise.all([startDouble().then(Examined.of), startOvs().then(Examined.of)])
  })
  afterAll(async () => {
    for (const examined of [double, ovs]) {
      await examined?.connection.close()
      await examined?.subject.close()
    }
  })

  it('refuses the same messages with the same errors', async () => {
    const [ours, theirs] = await Promise.all([double.load(strangeMessages), ovs.load(strangeMessages)])
    const name = (errors: readonly string[]) => strangeMessages.map((message, i) => `${i} ${message.type}: ${errors[i]}`)
    expect(name(ours)).toEqual(name(theirs))
  })

  it(
    'does the same to random packets with random flow tables',
    async () => {
      for (let seed = 1; seed <= rounds(100, 2000); seed++) expect(await difference(double, ovs, seed, 60)).toBeUndefined()
    },
    rounds(60_000, 600_000),
  )
})
