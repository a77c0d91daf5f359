import { describe, expect, it } from 'vitest'
import { OpenFlowConnection } from '../../openflow/connection/openflow-connection.js'
import type { FlowModInput } from '../../openflow/message/flow-mod.js'
import type { Message, MessageInput } from '../../openflow/message.js'
import { OFPFF } from '../../openflow/message/flow-mod.js'
import { duplexPair } from '../duplex-pair.js'
import { connectPorts, SwitchDouble, type SwitchDoubleOptions } from './switch-double.js'

const frame = Uint8Array.from(
  Buffer.from('0200000000020200000000010800' + '4500001e00004000401126ce0a0000010a000001' + '00351000000a7a416162', 'hex'),
)

interface Setup {
  readonly double: SwitchDouble
  readonly controller: OpenFlowConnection
  readonly heard: Message[]
  readonly add: (...messages: MessageInput[]) => Promise<void>
}

async function setUp(options: SwitchDoubleOptions = {}): Promise<Setup> {
  const double = new SwitchDouble({ ports: [1, 2, 3], ...options })
  const [ours, its] = duplexPair()
  const heard: Message[] = []
  const [controller] = await Promise.all([
    OpenFlowConnection.open(ours, { onMessage: (message) => void heard.push(message) }),
    double.connect(its),
  ])
  const add = async (...messages: MessageInput[]): Promise<void> => void (await controller.execute(messages))
  return { double, controller, heard, add }
}

function flow(options: Partial<FlowModInput>, ...ports: number[]): FlowModInput {
  const actions = ports.map((port) => ({ type: 'output' as const, port }))
  return { type: 'flow_mod', command: 'add', instructions: [{ type: 'apply_actions', actions }], ...options }
}

const ports = (double: SwitchDouble, from = 1): number[] => double.receive(from, frame).map(({ port }) => port)

describe('SwitchDouble', () => {
  it('forwards by the flow of the highest priority, and counts', async () => {
    const { double, controller, add } = await setUp()
    expect(ports(double)).toEqual([])
    await add(flow({ priority: 1 }, 2), flow({ priority: 2, match: [{ field: 'in_port', value: 1 }] }, 3))
    expect(ports(double)).toEqual([3])
    expect(ports(double, 3)).toEqual([2])
    const [reply] = await controller.collect({ type: 'flow_stats_request' })
    expect(reply?.stats.map(({ priority, packetCount, byteCount }) => [priority, packetCount, byteCount])).toEqual([
      [1, 1n, 44n],
      [2, 1n, 44n],
    ])
    await controller.close()
  })

  it('tells a controller of a table miss', async () => {
    const { double, controller, heard, add } = await setUp()
    await add(flow({ priority: 0, cookie: 7n }, 0xfffffffd))
    double.receive(2, frame)
    await controller.barrier()
    expect(heard).toMatchObject([{ type: 'packet_in', reason: 'no_match', tableId: 0, cookie: 7n, totalLen: 44, match: [{ field: 'in_port', value: 2 }] }])
    await controller.close()
  })

  it('lets flows expire by its clock', async () => {
    let now = 0
    const { double, controller, heard, add } = await setUp({ now: () => now })
    await add(
      flow({ priority: 1, idleTimeout: 5, flags: OFPFF.SEND_FLOW_REM }, 2),
      flow({ priority: 2, hardTimeout: 3, flags: OFPFF.SEND_FLOW_REM }, 3),
    )
    now = 3000
    double.tick()
    expect(ports(double)).toEqual([2])
    now = 8000
    double.tick()
    expect(ports(double)).toEqual([])
    await controller.barrier()
    expect(heard).toMatchObject([
      { type: 'flow_removed', reason: 'hard_timeout', durationSec: 3 },
      { type: 'flow_removed', reason: 'idle_timeout', durationSec: 8, packetCount: 1n },
    ])
    await controller.close()
  })

  it('traces a frame without changing anything', async () => {
    const { double, controller, add } = await setUp()
    await add(
      { type: 'flow_mod', command: 'add', instructions: [{ type: 'goto_table', tableId: 3 }] },
      flow({ tableId: 3 }, 0xfffffffb),
    )
    const trace = double.trace(1, frame)
    expect(trace.flows.map(({ tableId, packets }) => [tableId, packets])).toEqual([[0, 0], [3, 0]])
    expect(trace.outputs.map(({ port }) => port)).toEqual([2, 3])
    await controller.close()
  })

  it('fails over to another port when a link goes down', async () => {
    const { double, controller, add } = await setUp()
    const bucket = (port: number) => ({ watchPort: port, actions: [{ type: 'output' as const, port }] })
    await add(
      { type: 'group_mod', command: 'add', groupType: 'ff', groupId: 1, buckets: [bucket(2), bucket(3)] },
      { type: 'flow_mod', command: 'add', instructions: [{ type: 'apply_actions', actions: [{ type: 'group', groupId: 1 }] }] },
    )
    expect(ports(double)).toEqual([2])
    double.setLink(2, false)
    expect(ports(double)).toEqual([3])
    await controller.close()
  })

  it('drops what exceeds the rate of a meter', async () => {
    let now = 0
    const { double, controller, add } = await setUp({ now: () => now })
    await add(
      { type: 'meter_mod', command: 'add', flags: 2, meterId: 1, bands: [{ type: 'drop', rate: 2, burstSize: 0 }] },
      {
        type: 'flow_mod',
        command: 'add',
        instructions: [{ type: 'meter', meterId: 1 }, { type: 'apply_actions', actions: [{ type: 'output', port: 2 }] }],
      },
    )
    expect([ports(double), ports(double), ports(double)]).toEqual([[2], [2], []])
    now = 500
    expect([ports(double), ports(double)]).toEqual([[2], []])
    await controller.close()
  })

  it('matches conjunctions', async () => {
    const { double, controller, add } = await setUp()
    const clause = (n: number, match: FlowModInput['match']): FlowModInput => ({
      type: 'flow_mod',
      command: 'add',
      match: match ?? [],
      instructions: [{ type: 'apply_actions', actions: [{ type: 'nx_conjunction', id: 9, clause: n, clauses: 2 }] }],
    })
    await add(
      clause(0, [{ field: 'in_port', value: 1 }]),
      clause(0, [{ field: 'in_port', value: 3 }]),
      clause(1, [{ field: 'eth_type', value: 0x800 }]),
      flow({ match: [{ field: 'conj_id', value: 9 }] }, 2),
    )
    expect([ports(double, 1), ports(double, 2), ports(double, 3)]).toEqual([[2], [], [2]])
    await controller.close()
  })

  it('learns flows', async () => {
    const { double, controller, add } = await setUp()
    const subfield = (field: 'eth_src' | 'eth_dst' | 'in_port' | 'reg0', bits: number) => ({ field, offset: 0, bits })
    await add({
      type: 'flow_mod',
      command: 'add',
      instructions: [
        {
          type: 'apply_actions',
          actions: [
            {
              type: 'nx_learn',
              tableId: 1,
              specs: [
                { type: 'match', src: subfield('eth_src', 48), dst: subfield('eth_dst', 48) },
                { type: 'output', src: { field: 'nxm_of_in_port', offset: 0, bits: 16 } },
              ],
            },
          ],
        },
      ],
    })
    double.receive(3, frame)
    const [reply] = await controller.collect({ type: 'flow_stats_request', tableId: 1 })
    expect(reply?.stats).toMatchObject([
      {
        match: [{ field: 'eth_dst', value: '02:00:00:00:00:01' }],
        instructions: [{ type: 'apply_actions', actions: [{ type: 'output', port: 3 }] }],
      },
    ])
    await controller.close()
  })

  it('tracks connections, and translates addresses there and back', async () => {
    const { double, controller, add } = await setUp()
    const isIp = { field: 'eth_type', value: 0x800 } as const
    const nat = { type: 'nx_nat', flags: 1, ipv4Min: '192.168.7.9' } as const
    const ct = (match: FlowModInput['match'], flags: number, recircTable: number, actions: readonly (typeof nat | { type: 'nx_nat'; flags: number })[]): FlowModInput => ({
      type: 'flow_mod',
      command: 'add',
      match: [...(match ?? []), isIp],
      instructions: [{ type: 'apply_actions', actions: [{ type: 'nx_ct', flags, zone: 5, recircTable, alg: 0, actions }] }],
    })
    await add(
      ct([{ field: 'in_port', value: 1 }], 1, 1, [nat]),
      ct([{ field: 'in_port', value: 2 }], 0, 1, [{ type: 'nx_nat', flags: 0 }]),
      flow({ tableId: 1, match: [{ field: 'in_port', value: 1 }, { field: 'ct_state', value: 0x21, mask: 0x21 }] }, 2),
      flow({ tableId: 1, match: [{ field: 'in_port', value: 2 }, { field: 'ct_state', value: 0x2a, mask: 0x2a }] }, 1),
    )
    const [there] = double.receive(1, frame)
    expect(there?.port).toBe(2)
    expect(Buffer.from(there?.frame ?? []).toString('hex', 26, 34)).toBe('c0a807090a000001')
    const answer = Uint8Array.from(there?.frame ?? [])
    const swapped = Uint8Array.from(answer)
    swapped.set(answer.subarray(30, 34), 26)
    swapped.set(answer.subarray(26, 30), 30)
    swapped.set(answer.subarray(36, 38), 34)
    swapped.set(answer.subarray(34, 36), 36)
    const [back] = double.receive(2, swapped)
    expect(back?.port).toBe(1)
    expect(Buffer.from(back?.frame ?? []).toString('hex', 26, 34)).toBe('0a0000010a000001')
    await controller.close()
  })

  it('carries out a bundle as a whole or not at all', async () => {
    const { double, controller } = await setUp()
    const bundle = { type: 'onf_bundle_control', bundleId: 1, flags: 3 } as const
    await controller.request({ ...bundle, control: 'open_request' })
    const bad = flow({ match: [{ field: 'tcp_dst', value: 80 }] }, 2)
    for (const [i, message] of [flow({}, 2), bad].entries()) {
      await controller.send({ type: 'onf_bundle_add', bundleId: 1, flags: 3, xid: 5000 + i, message: { ...message, xid: 5000 + i } })
    }
    await expect(controller.request({ ...bundle, control: 'commit_request' })).rejects.toMatchObject({ code: 'peer' })
    expect(ports(double)).toEqual([])
    await controller.close()
  })

  it('obeys one master', async () => {
    const { double, controller } = await setUp()
    const [ours, its] = duplexPair()
    const [other] = await Promise.all([OpenFlowConnection.open(ours), double.connect(its)])
    await controller.request({ type: 'role_request', role: 'master', generationId: 1n })
    await other.request({ type: 'role_request', role: 'master', generationId: 2n })
    await expect(controller.execute([flow({}, 2)])).rejects.toMatchObject({ detail: { errorType: 'bad_request', code: 'is_slave' } })
    await expect(controller.request({ type: 'role_request', role: 'master', generationId: 1n })).rejects.toMatchObject({
      detail: { code: 'stale' },
    })
    await Promise.all([controller.close(), other.close()])
  })

  it('is joined to others by cables', async () => {
    const a = await setUp()
    const b = await setUp({ datapathId: 2n })
    connectPorts([a.double, 2], [b.double, 1])
    await a.add(flow({}, 2))
    await b.add(flow({}, 3))
    const arrived = new Promise((resolve) => b.double.onTransmitted(resolve))
    a.double.receive(1, frame)
    expect(await arrived).toMatchObject({ port: 3, frame })
    await Promise.all([a.controller.close(), b.controller.close()])
  })
})
