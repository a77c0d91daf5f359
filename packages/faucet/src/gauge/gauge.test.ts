import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MetricFamily } from '../metrics/family.js'
import type { GaugeConfig, GaugeDb, GaugeWatcher } from './gauge-config.js'
import { Gauge } from './gauge.js'
import { TestClock, testDp, testFlow, testMeter, testPort, testPortStats, TestSwitch } from './gauge.test-support.js'

const prom: GaugeDb = { type: 'prometheus', name: 'prom', addr: '127.0.0.1', port: 0 }
const watcher = (type: GaugeWatcher['type'], ...dbs: GaugeDb[]): GaugeWatcher => ({ name: type, type, dps: ['sw1'], interval: 10, dbs: [prom, ...dbs] })
const value = (families: readonly MetricFamily[], name: string) => families.find((family) => family.name === name)?.samples.map((sample) => Number(sample.value))

let folder: string
let clock: TestClock
let gauge: Gauge
let logs: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gauge-'))
  clock = new TestClock()
  logs = []
})
afterEach(async () => {
  await gauge.close()
  await rm(folder, { recursive: true })
})

function make(...watchers: GaugeWatcher[]): { readonly config: GaugeConfig; readonly source: TestSwitch } {
  const config = { dps: [testDp()], watchers }
  gauge = new Gauge(config, { clock, onLog: (level, logger, text) => logs.push(`${level} ${logger} ${text}`) })
  return { config, source: new TestSwitch() }
}

describe('Gauge', () => {
  it('reads at once, after each interval, and when somebody asks', async () => {
    const { source } = make(watcher('port_stats'), watcher('meter_stats'), watcher('flow_table'))
    source.stats = [testPortStats(1, { rxPackets: 5n })]
    source.meterList = [testMeter]
    source.flowList = [testFlow('table=0,priority=1,in_port=1,actions=drop', 8n)]
    expect(value(gauge.families(), 'dp_status')).toEqual([0])
    const stop = gauge.watch(0xabn, source)
    // Everything was asked for before this.
    const first = await gauge.collect()
    expect(source.asked).toBe(3)
    expect(['dp_status', 'of_port_rx_packets', 'of_meter_flow_count', 'flow_packet_count_vlan'].map((name) => value(first, name))).toEqual([[1], [5], [2], [8]])
    source.stats = [testPortStats(1, { rxPackets: 6n })]
    clock.move(9)
    expect(source.asked).toBe(3)
    clock.move(1)
    expect(source.asked).toBe(6)
    expect(value(await gauge.collect(), 'of_port_rx_packets')).toEqual([6])
    source.stats = [testPortStats(1, { rxPackets: 7n })]
    expect(value(await gauge.collect(), 'of_port_rx_packets')).toEqual([7])
    stop()
    expect(clock.timers).toBe(0)
    expect(value(gauge.families(), 'dp_status')).toEqual([0])
    expect(value(gauge.families(), 'of_port_rx_packets')).toEqual([])
  })

  it('follows the state of ports', async () => {
    const file = join(folder, 'state.log')
    const { source } = make(watcher('port_state', { type: 'text', name: 'log', file, path: undefined, compress: false }))
    source.portList = [testPort(1)]
    gauge.watch(0xabn, source)
    await until(() => source.watched && value(gauge.families(), 'of_port_state')?.[0] === 4)
    source.change({ reason: 'modify', port: testPort(1, 1), old: testPort(1) })
    expect(value(gauge.families(), 'of_port_state')).toEqual([1])
    expect(value(gauge.families(), 'of_port_reason')).toEqual([2])
    const lines = await until(async () => {
      const text = await readFile(file, 'utf8').catch(() => '')
      return text.split('\n').length > 2 ? text : undefined
    })
    expect(lines).toMatch(/^Nov 2\d \d\d:50:24\tDPID 171 \(0xab\) port 1 added\nNov 2\d \d\d:50:24\tDPID 171 \(0xab\) port 1 down\n$/)
  })

  it('writes dumps of flows, each into a file of its own', async () => {
    const { source } = make(watcher('flow_table', { type: 'text', name: 'dumps', file: undefined, path: folder, compress: true }))
    source.flowList = [testFlow('table=0,priority=1,actions=drop')]
    gauge.watch(0xabn, source)
    await gauge.collect()
    await gauge.collect()
    const names = (await readdir(folder)).sort()
    expect(names).toEqual(['sw1--flowtable--2026-11-21T14:50:24--1.json', 'sw1--flowtable--2026-11-21T14:50:24.json'])
    const text = gunzipSync(await readFile(join(folder, names[0] ?? ''))).toString()
    expect(JSON.parse(text)).toMatchObject({ OFPFlowStatsReply: { body: [{ OFPFlowStats: { priority: 1, table_id: 0 } }] } })
  })

  it('says when a switch does not answer, and goes on', async () => {
    const { source } = make(watcher('port_stats'))
    source.failure = new Error('too busy')
    gauge.watch(0xabn, source)
    await gauge.collect()
    expect(logs).toContain('error port_stats DPID 171 (0xab) port_stats: too busy')
    source.failure = undefined
    source.stats = [testPortStats(1, { rxPackets: 1n })]
    expect(value(await gauge.collect(), 'of_port_rx_packets')).toEqual([1])
  })

  it('does not ask again before there was an answer', async () => {
    const { source } = make(watcher('port_stats'))
    let answer = () => {}
    const slow = new Promise<never[]>((resolve) => (answer = () => resolve([])))
    source.portStats = () => slow
    gauge.watch(0xabn, source)
    clock.move(10)
    expect(logs).toContain('info port_stats DPID 171 (0xab) no response to port_stats within 10 s')
    answer()
    await gauge.collect()
  })

  it('begins anew with another configuration, and with another connection', async () => {
    const { config, source } = make(watcher('port_stats'))
    gauge.watch(0xabn, source)
    await gauge.collect()
    gauge.configure({ ...config, watchers: [{ ...watcher('port_stats'), interval: 3 }] })
    await gauge.collect()
    const asked = source.asked
    clock.move(3)
    expect(source.asked).toBe(asked + 1)
    const other = new TestSwitch()
    const stop = gauge.watch(0xabn, other)
    await gauge.collect()
    clock.move(3)
    expect([source.asked, other.asked, clock.timers]).toEqual([asked + 1, 2, 1])
    stop()
    gauge.configure({ ...config, watchers: [] })
    expect(gauge.families().find(({ name }) => name === 'dp_status')?.samples).toEqual([])
  })
})

/** Waits for what happens in this process, one turn of the event loop after the other. */
async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((next) => setImmediate(next))
  }
}
