import { describe, expect, it } from 'vitest'
import { connectedNetwork, networkOf } from '../controller/core/network.test-support.js'
import { updateDp, type NetworkState } from '../controller/core/state.js'
import { hostKey } from '../controller/learning/state.js'
import { Counters } from './counters.js'
import { series, yaml } from './faucet-metrics.golden.js'
import { faucetMetrics, printFaucetMetrics } from './faucet-metrics.js'
import { freshInfo, type ControllerInfo } from './source.js'

const info: ControllerInfo = {
  configHash: { config_files: '/etc/faucet/faucet.yaml', hashes: '3fc374d5', error: '' },
  configLoadError: false,
  configReloadRequests: 1,
  lastEventId: 11,
  descriptions: new Map([
    ['sw1', { mfrDesc: 'Nicira, Inc.', hwDesc: 'Open vSwitch', swDesc: '3.1.0', serialNum: 'None', dpDesc: 'None' }],
  ]),
}

function withHosts(network: NetworkState, hosts: readonly (readonly [vid: number, mac: string, port: number])[]): NetworkState {
  return updateDp(network, 'sw1', (state) => {
    const rest = { seen: 1, known: false, lapsed: false, lag: undefined, withheld: undefined, blocked: [] }
    const all = hosts.reduce((map, [vid, mac, port]) => map.set(hostKey(vid, mac), { vid, mac, port, ...rest }), state.learning.hosts)
    return { ...state, learning: { ...state.learning, hosts: all } }
  })
}

describe('faucetMetrics', () => {
  it("has the series and values of the real Faucet's", () => {
    const network = withHosts(connectedNetwork(yaml), [
      [100, '00:00:00:00:00:01', 1], [100, '00:00:00:00:00:02', 2], [200, '00:00:00:00:00:03', 3],
    ])
    const counters = new Counters()
    const count = (metric: string, by: number) => void counters.add({ metric, dpName: 'sw1', by })
    for (const metric of ['of_packet_ins', 'of_vlan_packet_ins']) count(metric, 3)
    count('of_flowmsgs_sent', 75)
    count('of_dp_connections', 1)
    const text = printFaucetMetrics({ network, counters, info })
    const ours = text.split('\n').filter((line) => /^[a-z]/.test(line) && !/^(faucet_pbr_version|vlan_neighbors)/.test(line))
    expect(ours.sort()).toEqual(series)
  })

  it('has every metric of a network where nothing has happened, and no port', () => {
    const families = faucetMetrics(networkOf(yaml), new Counters(), freshInfo)
    expect(families).toHaveLength(52)
    const of = (name: string) => families.find((family) => family.name === name)?.samples
    expect(of('port_status')).toEqual([])
    expect(of('dp_status')).toEqual([{ labels: { dp_id: '0xab', dp_name: 'sw1' }, value: 0 }])
    expect(of('faucet_config_applied')).toEqual([{ labels: {}, value: 0 }])
  })

  it('names the port of a counter as the configuration does', () => {
    const counters = new Counters()
    counters.add({ metric: 'port_lacp_state_change_count', dpName: 'sw1', labels: { port: 1 } })
    counters.add({ metric: 'port_lacp_state_change_count', dpName: 'gone', labels: { port: 1 } })
    const families = faucetMetrics(networkOf(yaml), counters, freshInfo)
    expect(families.find(({ name }) => name === 'port_lacp_state_change_count_total')?.samples).toEqual([
      { labels: { dp_id: '0xab', dp_name: 'sw1', port: '1', port_description: 'the "first" port' }, value: 1 },
    ])
  })

  it('counts a port of a disconnected switch as down', () => {
    const network = updateDp(connectedNetwork(yaml), 'sw1', (state) => ({ ...state, connected: false }))
    const families = faucetMetrics(network, new Counters(), freshInfo)
    expect(families.find(({ name }) => name === 'port_status')?.samples.map(({ value }) => value)).toEqual([0, 0, 0])
  })
})
