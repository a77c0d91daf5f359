import { duplexPair, SwitchDouble } from '@streambed/ovs/testing'
import { Datapath, OpenFlowConnection, type FlowStats } from '@streambed/ovs/openflow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseFaucetConfig } from '../../config/parse.js'
import { resolveFaucetConfig } from '../../config/resolve.js'
import type { FaucetEvent } from '../core/faucet-event.js'
import { wantedOf } from '../core/wanted.js'
import { TestClock } from './clock.test-support.js'
import { Controller, type LogRecord } from './controller.js'

const yaml = `
vlans: {office: {vid: 100}}
dps:
  sw1: {dp_id: 1, interfaces: {1: {native_vlan: office}, 2: {native_vlan: office}, 3: {native_vlan: office}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: office}, 2: {native_vlan: office}, 3: {native_vlan: office}}}
`
const frame = Uint8Array.from(Buffer.from('ffffffffffff0200000000aa0800'.padEnd(128, '0'), 'hex'))

let clock: TestClock
let controller: Controller
let events: FaucetEvent[]
let counts: string[]
let logs: LogRecord[]
let ups: string[]

beforeEach(() => {
  clock = new TestClock()
  events = []
  counts = []
  logs = []
  ups = []
  controller = new Controller(configOf(yaml), clock, {
    event: (_, __, event) => events.push(event),
    count: ({ metric }) => counts.push(metric),
    observed: ({ metric }) => counts.push(metric),
    log: (record) => logs.push(record),
    up: (name) => ups.push(name),
  })
})

afterEach(() => controller.close())

function configOf(text: string) {
  return resolveFaucetConfig(parseFaucetConfig(text))
}

async function connect(double: SwitchDouble): Promise<{ readonly datapath: Datapath; readonly served: Promise<void> }> {
  const [ours, its] = duplexPair()
  const [connection] = await Promise.all([OpenFlowConnection.open(ours, { probeInterval: 0 }), double.connect(its)])
  const datapath = await Datapath.open(connection)
  return { datapath, served: controller.serve(datapath) }
}

async function statsOf(datapath: Datapath): Promise<readonly FlowStats[]> {
  const stats: FlowStats[] = []
  for await (const flow of datapath.flows()) stats.push(flow)
  return stats
}

function wantedFlows(name: string): number {
  const { network } = controller
  const state = network.dps.get(name)
  if (!state) throw new Error(`no ${name}`)
  return wantedOf({ network, state }).flows.size
}

describe('Controller', () => {
  it('brings a switch up, and knows its ports', async () => {
    const double = new SwitchDouble({ datapathId: 1n, ports: [1, 2, { portNo: 3, up: false }] })
    const { datapath, served } = await connect(double)
    await served
    expect(ups).toEqual(['sw1'])
    const ports = controller.network.dps.get('sw1')?.ports ?? new Map()
    expect([...ports].map(([number, { up }]) => [number, up])).toEqual([[1, true], [2, true], [3, false]])
    expect(await statsOf(datapath)).toHaveLength(wantedFlows('sw1'))
    expect(events).toContainEqual({ DP_CHANGE: { reason: 'cold_start' } })
    expect(counts).toContain('of_dp_connections')
  })

  it('learns from a packet, and follows a port that goes down', async () => {
    const double = new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3] })
    const { datapath, served } = await connect(double)
    await served
    const before = wantedFlows('sw1')
    double.receive(1, frame)
    await datapath.barrier()
    controller.flush()
    expect(events).toContainEqual({ L2_LEARN: expect.objectContaining({ port_no: 1, vid: 100, eth_src: '02:00:00:00:00:aa' }) })
    await controller.session('sw1')?.settled()
    expect(wantedFlows('sw1')).toBeGreaterThan(before)
    expect(counts).toContain('faucet_packet_in_secs')
    expect(await statsOf(datapath)).toHaveLength(wantedFlows('sw1'))

    double.setLink(1, false)
    await datapath.barrier()
    controller.flush()
    await controller.session('sw1')?.settled()
    expect(controller.network.dps.get('sw1')?.ports.get(1)?.up).toBe(false)
    expect(await statsOf(datapath)).toHaveLength(wantedFlows('sw1'))
  })

  it('touches nothing when a switch comes back with its flows', async () => {
    const double = new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3] })
    const first = await connect(double)
    await first.served
    await first.datapath.close()
    controller.flush()
    expect(controller.network.dps.get('sw1')?.connected).toBe(false)
    logs.length = 0
    const again = await connect(double)
    await again.served
    expect(controller.network.dps.get('sw1')?.connected).toBe(true)
    expect(logs.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^up: 0 changes/))
  })

  it('sends a switch away that is not in the configuration', async () => {
    const { datapath, served } = await connect(new SwitchDouble({ datapathId: 9n }))
    await served
    await datapath.connection.closed
    expect(logs).toMatchObject([{ level: 'error', text: expect.stringContaining('0x0000000000000009') }])
    expect(counts).toEqual(['of_unknown_datapaths'])
  })

  it('goes by the newest connection of a switch', async () => {
    const double = new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3] })
    const old = await connect(double)
    await old.served
    const second = await connect(double)
    await second.served
    expect(old.datapath.connection.isOver).toBe(true)
    expect(controller.session('sw1')?.datapath).toBe(second.datapath)
    expect(events.filter((event) => 'DP_CHANGE' in event)).toEqual([
      { DP_CHANGE: { reason: 'cold_start' } }, { DP_CHANGE: { reason: 'disconnect' } }, { DP_CHANGE: { reason: 'cold_start' } },
    ])
    // What the old one still says counts for nothing.
    await old.datapath.connection.closed
    controller.flush()
    expect(controller.network.dps.get('sw1')?.connected).toBe(true)
  })

  it('closes the connection of a dataplane that is taken out of the configuration', async () => {
    const double = new SwitchDouble({ datapathId: 2n, ports: [1, 2, 3] })
    const { datapath, served } = await connect(double)
    await served
    controller.configure(configOf(yaml.replace(/.*sw2.*\n/, '')))
    await datapath.connection.closed
    expect([...controller.network.dps.keys()]).toEqual(['sw1'])
    expect(controller.session('sw2')).toBeUndefined()
  })

  it('changes only what another configuration makes different', async () => {
    const one = new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3] })
    const { datapath, served } = await connect(one)
    await served
    const session = controller.session('sw1')
    const before = session?.changes ?? 0
    controller.configure(configOf(yaml.replace('1: {native_vlan: office}', '1: {native_vlan: 200}')))
    await session?.settled()
    const changes = (session?.changes ?? 0) - before
    expect(changes).toBeGreaterThan(0)
    expect(changes).toBeLessThan(wantedFlows('sw1'))
    expect(await statsOf(datapath)).toHaveLength(wantedFlows('sw1'))
  })

  it('compares when the tables have other numbers', async () => {
    const { datapath, served } = await connect(new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3] }))
    await served
    const acl = 'acls: {a: [{rule: {dl_type: 0x800, actions: {allow: true}}}]}\n'
    controller.configure(configOf(acl + yaml.replace('1: {native_vlan: office}', '1: {native_vlan: office, acl_in: a}')))
    await controller.session('sw1')?.settled()
    expect(await statsOf(datapath)).toHaveLength(wantedFlows('sw1'))
    expect(logs.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^compared: /))
  })

  it('lets time go by each second while it is open', async () => {
    expect(clock.timers).toBe(1)
    await controller.close()
    expect(clock.timers).toBe(0)
  })

  it('goes on when one event cannot be dealt with', async () => {
    const { served } = await connect(new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3] }))
    await served
    controller.post({ type: 'config', config: undefined as never })
    controller.post({ type: 'disconnected', dpId: 1n })
    controller.flush()
    expect(logs).toContainEqual({ level: 'error', dpName: '', text: expect.stringMatching(/^internal error at config/) })
    expect(controller.network.dps.get('sw1')?.connected).toBe(false)
  })
})
