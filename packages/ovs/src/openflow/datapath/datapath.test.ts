import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { OvsError } from '../../errors.js'
import { duplexPair } from '../../testing/duplex-pair.js'
import type { OpenFlowConnectionOptions } from '../connection/connection-options.js'
import { OpenFlowConnection } from '../connection/openflow-connection.js'
import { OpenFlowSwitchConnection, refusal, type SwitchHandlers } from '../connection/openflow-switch-connection.js'
import { OFPCML } from '../constants.js'
import type { Message } from '../message.js'
import type { Port } from '../port.js'
import { Datapath, type DatapathOptions } from './datapath.js'

afterEach(() => void vi.useRealTimers())

/** A datapath whose switch is a handful of handlers, and everything that the switch got. */
async function connected(
  handlers: SwitchHandlers = {},
  options: DatapathOptions = {},
  connectionOptions: OpenFlowConnectionOptions = {},
) {
  const [a, b] = duplexPair({ chunkBytes: 7 })
  const got: Message[] = []
  const sink = (message: Message) => void got.push(message)
  const [connection, far] = await Promise.all([
    OpenFlowConnection.open(a, { probeInterval: 0, ...connectionOptions }),
    OpenFlowSwitchConnection.open(b, {
      features: { datapathId: 0xabn, nTables: 254 },
      probeInterval: 0,
      handlers: {
        flow_mod: sink,
        group_mod: sink,
        set_config: sink,
        set_async: sink,
        packet_out: sink,
        nxt_set_packet_in_format: sink,
        onf_flow_monitor_cancel: sink,
        ...handlers,
      },
    }),
  ])
  const datapath = await Datapath.open(connection, options)
  return { datapath, far, got, stream: b }
}

const port = (portNo: number, change: Partial<Port> = {}): Port => ({
  portNo,
  hwAddr: '02:00:00:00:00:01',
  name: `p${portNo}`,
  config: 0,
  state: 0,
  curr: 0,
  advertised: 0,
  supported: 0,
  peer: 0,
  currSpeed: 0,
  maxSpeed: 0,
  ...change,
})

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('Datapath', () => {
  it('knows who the switch is', async () => {
    const { datapath } = await connected()
    expect(datapath.dpid).toBe('00000000000000ab')
    expect(datapath.features.nTables).toBe(254)
  })

  it('takes flows as objects and as text', async () => {
    const { datapath, got } = await connected()
    await datapath.addFlow({ priority: 3 })
    expect(await datapath.addFlows(['priority=4,arp,actions=drop', { priority: 5 }])).toBe(2)
    await datapath.deleteFlows('arp')
    expect(got).toMatchObject([
      { command: 'add', priority: 3 },
      { command: 'add', priority: 4, match: [{ field: 'eth_type', value: 0x806 }] },
      { command: 'add', priority: 5 },
      { command: 'delete', tableId: 255, match: [{ field: 'eth_type', value: 0x806 }] },
    ])
  })

  it('rejects with the message that the switch refuses', async () => {
    const { datapath } = await connected({
      flow_mod: () => {
        throw refusal({ type: 'error', errorType: 'flow_mod_failed', code: 'table_full' })
      },
    })
    await expect(datapath.addFlow({ tableId: 2 })).rejects.toMatchObject({
      code: 'peer',
      detail: { errorType: 'flow_mod_failed', code: 'table_full', request: { type: 'flow_mod', tableId: 2 } },
    })
  })

  it('is refused what a switch has no handler for', async () => {
    const { datapath } = await connected()
    const refused = (promise: Promise<unknown>, code: string) =>
      expect(promise).rejects.toMatchObject({ detail: { errorType: 'bad_request', code } })
    await refused(datapath.description(), 'bad_multipart')
    await refused(datapath.queues(), 'bad_type')
    await refused(datapath.tlvTable.get(), 'bad_exp_type')
    await refused(datapath.bundle((bundle) => bundle.addFlow({})), 'bad_exp_type')
    await expect(datapath.bundle((bundle) => bundle.addFlow({}))).rejects.toThrow('it has no bundles')
  })
})

describe('ports', () => {
  it('follows what changes while it asks, and afterwards', async () => {
    const { datapath, far } = await connected({
      port_desc_request: async function (_, connection) {
        await connection.send({ type: 'port_status', reason: 'modify', desc: port(1, { state: 1 }) })
        return [
          { type: 'port_desc_reply', flags: 1, ports: [port(1, { state: 1 })] },
          { type: 'port_status', reason: 'add', desc: port(3), xid: 0 },
          { type: 'port_desc_reply', flags: 0, ports: [port(2)] },
          { type: 'port_status', reason: 'delete', desc: port(2), xid: 0 },
        ]
      },
    })
    const ports = await datapath.ports()
    expect(await datapath.ports()).toBe(ports)
    // What came in the same chunk as the answer.
    await turn()
    expect([...ports].map(({ portNo, state }) => [portNo, state])).toEqual([
      [1, 1],
      [3, 0],
    ])
    const changes = ports.changes()
    await far.send({ type: 'port_status', reason: 'modify', desc: port(3, { state: 4 }) })
    expect((await changes.next()).value).toMatchObject({ reason: 'modify', port: { state: 4 }, old: { state: 0 } })
    expect(ports.get(3)?.state).toBe(4)
    expect(ports.named('p3')?.portNo).toBe(3)
    expect(ports.size).toBe(2)
  })

  it('switches asynchronous messages on where this side has dialled, without packets until they are wanted', async () => {
    const masks = { packetInMask: [3, 0], portStatusMask: [7, 7], flowRemovedMask: [15, 0] } as const
    const { datapath, got } = await connected(
      {
        get_async_request: () => ({ type: 'get_async_reply', ...masks }),
        port_desc_request: () => ({ type: 'port_desc_reply', ports: [] }),
      },
      { service: true },
    )
    await datapath.ports()
    expect(got).toMatchObject([{ type: 'set_async', packetInMask: [0, 0], portStatusMask: [7, 7] }, { type: 'set_config' }])
    got.length = 0
    await datapath.packetIns().ready
    expect(got).toMatchObject([
      { type: 'set_async', ...masks },
      { type: 'set_config', missSendLen: OFPCML.NO_BUFFER },
    ])
  })
})

describe('packets', () => {
  it('come in every format, as one', async () => {
    const { datapath, far, got } = await connected()
    const packets = datapath.packetIns({ format: 'nxt_packet_in2', missSendLen: 100 })
    await packets.ready
    expect(got).toMatchObject([{ type: 'nxt_set_packet_in_format', format: 'nxt_packet_in2' }, { type: 'set_config', missSendLen: 100 }])
    const data = Uint8Array.of(1, 2, 3)
    await far.send({ type: 'packet_in', reason: 'action', match: [{ field: 'in_port', value: 7 }], data })
    await far.send({
      type: 'nxt_packet_in2',
      properties: [
        { type: 'packet', data },
        { type: 'reason', reason: 'no_match' },
        { type: 'metadata', match: [{ field: 'nxm_of_in_port', value: 0xfffe }] },
        { type: 'userdata', data: Uint8Array.of(9) },
      ],
    })
    expect((await packets.next()).value).toMatchObject({ inPort: 7, reason: 'action', data, userdata: new Uint8Array(0) })
    expect((await packets.next()).value).toMatchObject({ inPort: 0xfffffffe, reason: 'no_match', data, userdata: Uint8Array.of(9) })
  })

  it('end with the error when the switch does not want to send any', async () => {
    const { datapath } = await connected({
      set_config: () => {
        throw refusal({ type: 'error', errorType: 'switch_config_failed', code: 'bad_len' })
      },
    })
    const packets = datapath.packetIns()
    await expect(packets.next()).rejects.toMatchObject({ detail: { errorType: 'switch_config_failed' } })
    await expect(packets.ready).rejects.toMatchObject({ code: 'peer' })
  })
})

describe('bundles', () => {
  /** Answers bundle control messages, except what `answer` does otherwise. */
  const bundles = (log: string[], answer?: (control: string | number) => void): SwitchHandlers => ({
    onf_bundle_control: ({ control, bundleId, flags }) => {
      log.push(String(control))
      answer?.(control)
      const reply = String(control).replace('request', 'reply') as 'open_reply'
      return { type: 'onf_bundle_control', bundleId, flags, control: reply }
    },
    onf_bundle_add: ({ message, flags, xid }) => {
      log.push(`${message.type} ${flags} ${message.xid === xid}`)
      if (message.type === 'flow_mod' && message.tableId === 99)
        throw refusal({ type: 'error', errorType: 'flow_mod_failed', code: 'bad_table_id' })
    },
  })

  it('go out when the function is done: open, add, close, commit', async () => {
    const log: string[] = []
    const { datapath } = await connected(bundles(log))
    await datapath.bundle(
      async (bundle) => {
        bundle.addFlow('actions=drop')
        await turn()
        expect(log).toEqual([])
        bundle.add({ type: 'group_mod', command: 'delete', groupId: 1 })
      },
      { ordered: false },
    )
    expect(log).toEqual(['open_request', 'flow_mod 1 true', 'group_mod 1 true', 'close_request', 'commit_request'])
  })

  it('are discarded when a message is refused, and never committed', async () => {
    const log: string[] = []
    const { datapath } = await connected(bundles(log))
    const failing = datapath.bundle((bundle) => {
      bundle.addFlow({ tableId: 1 })
      bundle.addFlow({ tableId: 99 })
      bundle.addFlow({ tableId: 2 })
    })
    await expect(failing).rejects.toMatchObject({ code: 'peer', detail: { request: { message: { tableId: 99 } } } })
    await datapath.barrier()
    expect(log.at(-1)).toBe('discard_request')
    expect(log).not.toContain('commit_request')
  })

  it('are not committed when the switch has given them up meanwhile', async () => {
    const log: string[] = []
    let open = 0
    const { datapath } = await connected({
      ...bundles(log),
      onf_bundle_control: async (message, connection) => {
        log.push(String(message.control))
        if (message.control === 'open_request') open = message.xid
        if (message.control === 'close_request')
          await connection.send({ type: 'error', xid: open, errorType: 'experimenter', experimenter: 0x4f4e4600, expType: 2315 })
        return { ...message, control: String(message.control).replace('request', 'reply') as 'open_reply' }
      },
    })
    await expect(datapath.bundle((bundle) => bundle.addFlow({}))).rejects.toMatchObject({
      code: 'peer',
      detail: { request: { type: 'onf_bundle_control', control: 'open_request' } },
    })
    await datapath.barrier()
    expect(log).toEqual(['open_request', 'flow_mod 3 true', 'close_request', 'discard_request'])
  })

  it('have an outcome that is not known when the connection ends in the middle of the commit', async () => {
    const { datapath, far } = await connected(
      bundles([], (control) => {
        if (control === 'commit_request') far.abort()
      }),
    )
    await expect(datapath.bundle((bundle) => bundle.addFlow({}))).rejects.toMatchObject({ code: 'outcome-unknown' })
  })

  it('may take the switch longer than an echo may take', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    let finish: (() => void) | undefined
    const { datapath, stream } = await connected(
      {
        ...bundles([]),
        onf_bundle_control: async (message) => {
          if (message.control === 'commit_request') await new Promise<void>((resolve) => (finish = resolve))
          return { ...message, control: String(message.control).replace('request', 'reply') as 'open_reply' }
        },
      },
      {},
      { probeInterval: 1000 },
    )
    const committed = datapath.bundle((bundle) => bundle.addFlow({}))
    while (!finish) await turn()
    // Busy: it does not even read.
    stream.pause()
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(1000)
      await turn()
    }
    expect(datapath.connection.isOver).toBe(false)
    stream.resume()
    finish()
    await committed
  })

  it('have changed nothing when the connection ends before', async () => {
    const { datapath, far } = await connected(
      bundles([], (control) => {
        if (control === 'close_request') far.abort()
      }),
    )
    await expect(datapath.bundle((bundle) => bundle.addFlow({}))).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('sync', () => {
  it('sends nothing when nothing differs, and stays within its scope', async () => {
    const flow = { tableId: 4, priority: 1, cookie: 5n, match: [], instructions: [], idleTimeout: 0, hardTimeout: 0, flags: 0 }
    const counters = { durationSec: 0, durationNsec: 0, packetCount: 0n, byteCount: 0n }
    const asked: Message[] = []
    const { datapath, got } = await connected({
      flow_stats_request: (message) => {
        asked.push(message)
        return { type: 'flow_stats_reply', stats: [{ ...flow, ...counters }] }
      },
    })
    // Without a table and a cookie it gets those of the scope.
    expect(await datapath.sync(['priority=1,actions=drop'], { tableId: 4, cookie: 5n })).toMatchObject({ unchanged: 1 })
    expect(asked).toMatchObject([{ tableId: 4, cookie: 5n, cookieMask: 0xffffffffffffffffn }])
    expect(got).toEqual([])
    await expect(datapath.sync([{ tableId: 1 }], { tableId: 4 })).rejects.toThrow('tableId of a wanted flow is 1')
    await expect(datapath.sync([{ cookie: 6n }], { cookie: 5n })).rejects.toThrow('cookie of a wanted flow is 0x6')
    await datapath.sync([], { bundle: false })
    expect(got).toMatchObject([{ command: 'delete_strict', tableId: 4, priority: 1, cookie: 5n }])
  })
})

describe('flows', () => {
  const stats = (priority: number) => ({
    tableId: 0,
    priority,
    cookie: 0n,
    match: [],
    instructions: [],
    idleTimeout: 0,
    hardTimeout: 0,
    flags: 0,
    durationSec: 0,
    durationNsec: 0,
    packetCount: 0n,
    byteCount: 0n,
  })

  it('are handed out part by part, and hold the switch back', async () => {
    let sent = 0
    const { datapath } = await connected(
      {
        flow_stats_request: async function* () {
          for (let part = 0; part < 100; part++) {
            sent = part
            yield { type: 'flow_stats_reply', flags: part < 99 ? 1 : 0, stats: Array.from({ length: 20 }, (_, i) => stats(20 * part + i)) }
            await turn()
          }
        } as never,
      },
      {},
      { maxBacklogBytes: 4096 },
    )
    const flows = datapath.flows()
    expect((await flows.next()).value).toMatchObject({ priority: 0 })
    for (let i = 0; i < 300; i++) await turn()
    expect(sent).toBeLessThan(60)
    expect((await collect(flows)).map(({ priority }) => priority)).toEqual(Array.from({ length: 1999 }, (_, index) => index + 1))
  })
})

describe('flow monitor', () => {
  it('hands out updates, those of the answer and later ones, and cancels when the loop is left', async () => {
    const update = (priority: number, type: 'added' | 'deleted') =>
      ({ type, reason: 'delete', priority, idleTimeout: 0, hardTimeout: 0, tableId: 0, cookie: 0n, match: [], instructions: [] }) as const
    const { datapath, far, got } = await connected({
      onf_flow_monitor_request: () => ({ type: 'onf_flow_monitor_reply', updates: [update(1, 'added'), update(2, 'added')] }),
    })
    const updates = datapath.flowMonitor()
    const seen: string[] = []
    for await (const item of updates) {
      seen.push('priority' in item ? `${item.type} ${item.priority}` : item.type)
      if (seen.length === 2) {
        await far.send({ type: 'onf_flow_monitor_paused' })
        await far.send({ type: 'onf_flow_monitor_reply', updates: [update(1, 'deleted')] })
      }
      if (seen.length === 4) break
    }
    expect(seen).toEqual(['added 1', 'added 2', 'paused', 'deleted 1'])
    await datapath.barrier()
    expect(got).toMatchObject([{ type: 'onf_flow_monitor_cancel', id: 1 }])
  })

  it('ends with the error when the switch has none', async () => {
    const { datapath } = await connected()
    const failure: unknown = await datapath.flowMonitor().next().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(OvsError)
    expect(failure).toMatchObject({ code: 'peer', detail: { request: { type: 'onf_flow_monitor_request' } } })
  })
})

describe('roles', () => {
  it('count elections up', async () => {
    let generation = 0xffffffffffffffffn
    const asked: bigint[] = []
    const { datapath, far } = await connected({
      role_request: ({ role, generationId }) => {
        if (role !== 'nochange') {
          asked.push(generationId)
          generation = generationId
        }
        return { type: 'role_reply', role: role === 'nochange' ? 'equal' : role, generationId: generation }
      },
    })
    expect(await datapath.role()).toBe('equal')
    await datapath.setRole('master')
    await datapath.setRole('slave')
    await datapath.setRole('master', { generationId: 40n })
    expect(asked).toEqual([0n, 1n, 40n])
    const changes = datapath.roleChanges()
    await far.send({ type: 'onf_role_status', role: 'slave', reason: 'master_request', generationId: 41n })
    expect((await changes.next()).value).toMatchObject({ role: 'slave', generationId: 41n })
  })
})
