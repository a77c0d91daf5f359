import { describe, expect, it } from 'vitest'
import { parseFaucetConfig, resolveFaucetConfig } from '../../config/index.js'
import { connectedNetwork, flowsOf, run } from '../core/network.test-support.js'
import type { NetworkState } from '../core/state.js'
import { step } from '../core/step.js'
import { heardFrom } from './heard.js'
import { beaconArrives, counted, logged, sentBeacons } from './lldp.test-support.js'

const yaml = (ports: string, beacon = 'send_interval: 5') => `
vlans: {100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    lldp_beacon: {${beacon}}
    interfaces:
${ports}
`
const listening = yaml(`
      1: {native_vlan: 100, receive_lldp: true, lldp_peer_mac: '0E:00:00:00:00:01'}
      2: {native_vlan: 100}`)
const stacked = `
vlans: {100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    stack: {priority: 1}
    interfaces:
      1: {native_vlan: 100}
      10: {stack: {dp: sw2, port: 20}, description: to the cellar}
  sw2:
    dp_id: 2
    hardware: Open vSwitch
    interfaces:
      1: {native_vlan: 100}
      20: {stack: {dp: sw1, port: 10}}
`
const tick = { type: 'tick' } as const
const ticks = (network: NetworkState, ...times: readonly number[]) => run(network, times.map((now) => [now, tick] as const))
const sw1 = (network: NetworkState) => {
  const state = network.dps.get('sw1')
  if (!state) throw new Error('no dataplane')
  return state
}

describe('LLDP flows', () => {
  it('take beacons to the controller', () => {
    expect(flowsOf(connectedNetwork(listening)).filter((flow) => flow.includes('88cc'))).toEqual([
      'priority=9099,in_port=1,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0,dl_type=0x88cc actions=CONTROLLER:128',
    ])
    expect(flowsOf(connectedNetwork(listening, { down: [1] })).filter((flow) => flow.includes('88cc'))).toEqual([])
  })

  it('are there on stack ports', () => {
    expect(flowsOf(connectedNetwork(stacked), 'sw2').filter((flow) => flow.includes('88cc'))).toEqual([
      'priority=9099,in_port=20,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0,dl_type=0x88cc actions=CONTROLLER:128',
    ])
  })
})

describe('beacons', () => {
  const two = yaml(`
      1: {native_vlan: 100, lldp_beacon: {enable: true, system_name: lab, port_descr: desk, org_tlvs: [{oui: 0x12bb, subtype: 2, info: '4142'}]}}
      2: {native_vlan: 100, lldp_beacon: {enable: true}, description: printer}
      3: {native_vlan: 100, lldp_beacon: {enable: false}}
      4: {native_vlan: 100}`)

  it('leave each interval from ports that have them', () => {
    const first = ['1: lab, desk, 12bb/2=AB, e0000/1=1', '2: sw1, printer, e0000/1=1']
    expect(sentBeacons(ticks(connectedNetwork(two), 2).effects)).toEqual(first)
    expect(sentBeacons(ticks(connectedNetwork(two), 2, 3, 6.9).effects)).toEqual(first)
    expect(sentBeacons(ticks(connectedNetwork(two), 2, 3, 7).effects)).toEqual([...first, ...first])
  })

  it('say of each port of a range what it is', () => {
    const range = yaml(`      1: {native_vlan: 100, description: desk}\n      2: {description: printer}\n    interface_ranges:\n      1-2: {native_vlan: 100, lldp_beacon: {enable: true}}`)
    expect(sentBeacons(ticks(connectedNetwork(range), 2).effects)).toEqual(['1: sw1, desk, e0000/1=1', '2: sw1, printer, e0000/1=1'])
  })

  it('leave a port soon after it comes up', () => {
    const network = ticks(connectedNetwork(two, { down: [2] }), 2).network
    const link = (state: number) => ({ type: 'port_status', dpId: 1n, portNo: 2, reason: 'modify', state }) as const
    expect(sentBeacons(run(network, [[3, link(4)], [4, tick]]).effects)).toEqual(['2: sw1, printer, e0000/1=1'])
  })

  it('are at most max_per_interval, those first that have waited longest', () => {
    const ports = [1, 2, 3].map((port) => `      ${String(port)}: {native_vlan: 100, lldp_beacon: {enable: true}}`).join('\n')
    const network = connectedNetwork(yaml(ports, 'send_interval: 5, max_per_interval: 2, system_name: rack'))
    const sent = sentBeacons(ticks(network, 2, 3, 7, 8, 12, 17).effects)
    expect(sent.map((text) => text[0]).join('')).toBe('12312131')
    expect(sent[0]).toBe('1: rack, 1, e0000/1=1')
  })

  it('tell the state of a stack port', () => {
    expect(sentBeacons(ticks(connectedNetwork(stacked), 2).effects)).toEqual(['10: sw1, to the cellar, e0000/1=1, e0000/2=1'])
  })

  it('are not sent without an advertising interval', () => {
    expect(sentBeacons(ticks(connectedNetwork(two.replace('    lldp_', '    fast_advertise_interval: 0\n    lldp_')), 2, 9).effects)).toEqual([])
  })

  it('are cut where a name is too long, and was not refused since Faucet sends none there', () => {
    const name = 'ü'.repeat(200)
    const ports = `      1: {opstatus_reconf: false, lldp_beacon: {enable: true, port_descr: ${name}}}\n      2: {native_vlan: 100}`
    expect(sentBeacons(ticks(connectedNetwork(yaml(ports)), 2).effects)).toEqual([`1: sw1, ${'ü'.repeat(127)}, e0000/1=1`])
  })
})

describe('what is heard', () => {
  it('is remembered', () => {
    const { state } = step(connectedNetwork(listening), [beaconArrives(1, { dpId: '18446744073709551615', from: '7', state: '3' })], 2)
    expect(heardFrom(sw1(state), 1)).toEqual({
      dpId: 18446744073709551615n, dpName: 'sw2', port: 7, stackState: 3, at: 2, mac: '0e:00:00:00:00:01', lost: false,
    })
    expect(heardFrom(sw1(state), 2)).toBeUndefined()
  })

  it('does not count when it does not say where it is from', () => {
    const network = connectedNetwork(listening)
    for (const said of [{ dpId: '0' }, { dpId: 'one' }, { from: 'eth0' }]) {
      expect(step(network, [beaconArrives(1, said)], 2).state).toBe(network)
    }
  })

  it('is forgotten after max_lldp_lost intervals', () => {
    const heard = step(connectedNetwork(listening), [beaconArrives(1)], 2)
    expect(logged(heard.effects, 'info')).toEqual(['LLDP on port 1 from 0e:00:00:00:00:01: dataplane 0x2 sw2, port 20'])
    const { network, effects } = ticks(heard.state, 17, 17.5, 18)
    expect(logged(effects, 'info')).toEqual(['no LLDP on port 1 for 15 seconds'])
    expect(heardFrom(sw1(network), 1)).toBeUndefined()
  })

  it('is kept for a stack port, as lost', () => {
    const heard = step(connectedNetwork(stacked), [beaconArrives(10)], 2).state
    const { network, effects } = ticks(heard, 18, 19)
    expect(heardFrom(sw1(network), 10)).toMatchObject({ at: 2, lost: true })
    expect(logged(effects, 'info').filter((text) => text.includes('LLDP'))).toEqual(['no LLDP on port 10 for 16 seconds'])
  })

  it('is warned of once when it is from another peer', () => {
    const { network, effects } = run(connectedNetwork(listening), [
      [2, beaconArrives(1, {}, '02:00:00:00:00:07')], [3, beaconArrives(1, {}, '02:00:00:00:00:07')], [4, beaconArrives(1)],
    ])
    expect(logged(effects, 'warning')).toEqual(['LLDP on port 1 is from 02:00:00:00:00:07, lldp_peer_mac says 0e:00:00:00:00:01'])
    expect(sw1(network).lldp.strangers.size).toBe(0)
  })

  it('is counted on a stack port, and compared with the configuration', () => {
    const right = step(connectedNetwork(stacked), [beaconArrives(10)], 2)
    expect(counted(right.effects)).toContain('stack_probes_received')
    expect(counted(right.effects)).not.toContain('stack_cabling_errors')
    const wrong = run(connectedNetwork(stacked), [[2, beaconArrives(10, { from: '21' })], [3, beaconArrives(10, { from: '21' })]])
    expect(counted(wrong.effects).filter((name) => name === 'stack_cabling_errors')).toHaveLength(2)
    expect(logged(wrong.effects, 'error').filter((text) => text.includes('connected to'))).toEqual([
      'port 10 is connected to sw2 port 21, the configuration says sw2 port 20',
    ])
  })

  it('changes no flow', () => {
    const { state, effects } = step(step(connectedNetwork(listening), [beaconArrives(1)], 2).state, [beaconArrives(1)], 7)
    expect(effects.filter((effect) => effect.type === 'change')).toEqual([])
    expect(heardFrom(sw1(state), 1)?.at).toBe(7)
  })

  it('holds when the configuration changes, as long as the port listens', () => {
    const { state } = step(connectedNetwork(listening), [beaconArrives(1)], 2)
    const config = (text: string) => ({ type: 'config', config: resolveFaucetConfig(parseFaucetConfig(text)) }) as const
    expect(sw1(step(state, [config(listening)], 3).state).lldp).toBe(sw1(state).lldp)
    const deaf = listening.replace('receive_lldp: true, ', '')
    expect(heardFrom(sw1(step(state, [config(deaf)], 3).state), 1)).toBeUndefined()
  })
})
