import { describe, expect, it } from 'vitest'
import { OFPP } from '@streambed/ovs/openflow'
import { layoutOf } from '../controller/core/layout.js'
import { printMetrics } from '../metrics/print-metrics.js'
import { flowTableFamilies } from './flow-table.js'
import { flowTableJson } from './flow-json.js'
import { testDp, testFlow, testMeter, testPort, testPortStats } from './gauge.test-support.js'
import { localTime } from './local-time.js'
import { meterStatsLines, meterStatsSamples } from './meter-stats.js'
import { portStateSamples, portStateText } from './port-state.js'
import { portStatsLines, portStatsSamples } from './port-stats.js'

const dp = testDp()
const all = 0xffff_ffff_ffff_ffffn

describe('counters of ports', () => {
  const stats = [testPortStats(2, { rxPackets: 7n, txErrors: all }), testPortStats(OFPP.LOCAL), testPortStats(9)]

  it('carry the names of the configuration', () => {
    const samples = portStatsSamples(dp, stats)
    expect(samples.of_port_rx_packets).toEqual([
      { labels: { dp_id: '0xab', dp_name: 'sw1', port: 'two', port_description: 'two' }, value: 7n },
      { labels: { dp_id: '0xab', dp_name: 'sw1', port: 'LOCAL', port_description: 'LOCAL' }, value: 0n },
      { labels: { dp_id: '0xab', dp_name: 'sw1', port: '9', port_description: '9' }, value: 0n },
    ])
    // What a switch does not count.
    expect(samples.of_port_tx_errors?.[0]?.value).toBe(0n)
    expect(Object.keys(samples)).toHaveLength(8)
  })

  it('are lines in a file', () => {
    expect(portStatsLines('Nov 21 14:50:24', dp, stats.slice(0, 1)).split('\n')).toEqual([
      'Nov 21 14:50:24\tsw1-two-packets-out\t0',
      'Nov 21 14:50:24\tsw1-two-packets-in\t7',
      'Nov 21 14:50:24\tsw1-two-bytes-out\t0',
      'Nov 21 14:50:24\tsw1-two-bytes-in\t0',
      'Nov 21 14:50:24\tsw1-two-dropped-out\t0',
      'Nov 21 14:50:24\tsw1-two-dropped-in\t0',
      'Nov 21 14:50:24\tsw1-two-errors-out\t0',
      'Nov 21 14:50:24\tsw1-two-errors-in\t0',
      '',
    ])
  })
})

it('meters are told of, in metrics and in lines', () => {
  const labels = { dp_id: '0xab', dp_name: 'sw1', meter_id: '1' }
  expect(meterStatsSamples(dp, [testMeter])).toEqual({
    of_meter_flow_count: [{ labels, value: 2n }],
    of_meter_byte_in_count: [{ labels, value: 4n }],
    of_meter_packet_in_count: [{ labels, value: 3n }],
    of_meter_byte_band_count: [{ labels, value: 6n }],
    of_meter_packet_band_count: [{ labels, value: 5n }],
  })
  expect(meterStatsLines('t', dp, [{ ...testMeter, bands: [] }])).toBe(
    't\tsw1-1-flow-count\t2\nt\tsw1-1-byte-in-count\t4\nt\tsw1-1-packet-in-count\t3\nt\tsw1-1-byte-band-count\t0\nt\tsw1-1-packet-band-count\t0\n',
  )
})

it('the state of ports is told of, in metrics for those of the configuration', () => {
  const labels = { dp_id: '0xab', dp_name: 'sw1', port: '1', port_description: 'first' }
  const readings = [{ reason: 'modify' as const, port: testPort(1, 1) }, { reason: 'add' as const, port: testPort(9) }]
  expect(portStateSamples(dp, readings)).toEqual({
    of_port_reason: [{ labels, value: 2 }],
    of_port_state: [{ labels, value: 1 }],
    of_port_curr_speed: [{ labels, value: 10_000 }],
    of_port_max_speed: [{ labels, value: 1_000_000 }],
  })
})

it.each([
  ['add', 4, 'added'], ['delete', 4, 'deleted'], ['modify', 4, 'up'], ['modify', 5, 'down'], [7, 4, 'unknown state 7'],
] as const)('%s with the state %i is %j', (reason, state, words) => {
  expect(portStateText(dp, { reason, port: testPort(1, state) })).toBe(`DPID 171 (0xab) port 1 ${words}`)
})

describe('flows', () => {
  const layout = layoutOf(dp, false)

  // As the real Gauge 1.10.12 tells of the same flows.
  it('have labels for everything that a flow of their table matches', () => {
    const flows = [
      testFlow('cookie=0x5adc15c0,table=2,priority=12320,ip,dl_vlan=100,nw_dst=10.0.0.254,actions=goto_table:3', 1n, 42n),
      testFlow('cookie=0x5adc15c0,table=2,priority=12312,ip,dl_vlan=100,nw_dst=10.0.0.0/24,actions=goto_table:3'),
      testFlow('cookie=0x5adc15c0,table=2,priority=0,actions=drop'),
      testFlow('cookie=0x5adc15c0,table=0,priority=4096,in_port=1,vlan_tci=0x0000/0x1fff,actions=push_vlan:0x8100,set_field:4196->vlan_vid,goto_table:1', 2n),
      testFlow('table=99,actions=drop'),
    ]
    const text = printMetrics(flowTableFamilies([{ dp, layout, flows }]))
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'flow_byte_count_ipv4_fib{cookie="1524372928",dp_id="0xab",dp_name="sw1",eth_type="2048",inst_count="1",ipv4_dst="10.0.0.254",priority="12320",table_id="2",vlan="100",vlan_vid="4196"} 42',
      'flow_byte_count_ipv4_fib{cookie="1524372928",dp_id="0xab",dp_name="sw1",eth_type="2048",inst_count="1",ipv4_dst="10.0.0.0/255.255.255.0",priority="12312",table_id="2",vlan="100",vlan_vid="4196"} 0',
      'flow_byte_count_ipv4_fib{cookie="1524372928",dp_id="0xab",dp_name="sw1",eth_type="",inst_count="0",ipv4_dst="",priority="0",table_id="2",vlan="",vlan_vid=""} 0',
      'flow_packet_count_ipv4_fib{cookie="1524372928",dp_id="0xab",dp_name="sw1",eth_type="2048",inst_count="1",ipv4_dst="10.0.0.254",priority="12320",table_id="2",vlan="100",vlan_vid="4196"} 1',
      'flow_packet_count_ipv4_fib{cookie="1524372928",dp_id="0xab",dp_name="sw1",eth_type="2048",inst_count="1",ipv4_dst="10.0.0.0/255.255.255.0",priority="12312",table_id="2",vlan="100",vlan_vid="4196"} 0',
      'flow_packet_count_ipv4_fib{cookie="1524372928",dp_id="0xab",dp_name="sw1",eth_type="",inst_count="0",ipv4_dst="",priority="0",table_id="2",vlan="",vlan_vid=""} 0',
      'flow_byte_count_vlan{cookie="1524372928",dp_id="0xab",dp_name="sw1",in_port="1",inst_count="2",priority="4096",table_id="0",vlan="4096",vlan_vid="0"} 0',
      'flow_packet_count_vlan{cookie="1524372928",dp_id="0xab",dp_name="sw1",in_port="1",inst_count="2",priority="4096",table_id="0",vlan="4096",vlan_vid="0"} 2',
      '',
    ])
  })

  // As the real Gauge 1.10.12 writes the same flow.
  it("are written in os-ken's words", () => {
    const flow = testFlow('cookie=0x5adc15c0,table=3,priority=12320,ipv6,dl_vlan=100,ipv6_dst=fc00::1:0/112,actions=dec_ttl,set_field:4196->vlan_vid,CONTROLLER:96,goto_table:7', 1n, 2n)
    const field = (name: string, value: unknown, mask: unknown = null) => ({ OXMTlv: { field: name, value, mask } })
    expect(flowTableJson([flow])).toEqual({
      OFPFlowStatsReply: {
        body: [{
          OFPFlowStats: {
            byte_count: 2, cookie: 1524372928, duration_nsec: 16000000, duration_sec: 33, flags: 0, hard_timeout: 0, idle_timeout: 0,
            instructions: [
              {
                OFPInstructionActions: {
                  actions: [
                    { OFPActionDecNwTtl: { len: 8, type: 24 } },
                    { OFPActionSetField: { field: field('vlan_vid', 4196), len: 16, type: 25 } },
                    { OFPActionOutput: { len: 16, max_len: 96, port: 4294967293, type: 0 } },
                  ],
                  len: 48,
                  type: 4,
                },
              },
              { OFPInstructionGotoTable: { len: 8, table_id: 7, type: 1 } },
            ],
            length: 160,
            match: {
              OFPMatch: {
                length: 52,
                oxm_fields: [
                  field('eth_type', 0x86dd), field('vlan_vid', 4196),
                  field('ipv6_dst', 'fc00::1:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:0'),
                ],
                type: 1,
              },
            },
            packet_count: 1, priority: 12320, table_id: 3,
          },
        }],
        flags: 0,
        type: 1,
      },
    })
  })
})

it('writes the time as Faucet does', () => {
  expect(localTime(new Date(2026, 0, 2, 3, 4, 5).getTime() / 1000)).toBe('Jan 02 03:04:05')
})
