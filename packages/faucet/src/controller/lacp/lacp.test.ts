import { describe, expect, it } from 'vitest'
import { resolveFaucetConfig, parseFaucetConfig } from '../../config/index.js'
import { changesOf, connectedNetwork, flowsOf, networkOf, run } from '../core/network.test-support.js'
import { step } from '../core/step.js'
import { inSync, lacpArrives, lagChanges, lagOf, linkOf, outOfSync, sentLacp } from './lacp.test-support.js'

const yaml = (ports: string, options = '') => `
vlans: {100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    ${options}
    interfaces:
      1: {native_vlan: 100}
${ports}
`
const two = yaml(`
      3: {native_vlan: 100, lacp: 1}
      4: {native_vlan: 100, lacp: 1}`)
const guarded = (network: ReturnType<typeof networkOf>) => flowsOf(network).filter((flow) => /priority=90\d\d/.test(flow))
const tick = { type: 'tick' } as const

describe('link aggregation', () => {
  it('lets nothing pass until a partner is heard', () => {
    const network = connectedNetwork(two)
    expect(lagOf(network)).toEqual({ 3: [1, 2], 4: [1, 2] })
    expect(guarded(network)).toEqual([
      'priority=9001,in_port=3 actions=drop',
      'priority=9001,in_port=4 actions=drop',
      'priority=9099,in_port=3,dl_dst=01:80:c2:00:00:02,dl_type=0x8809 actions=CONTROLLER:124',
      'priority=9099,in_port=4,dl_dst=01:80:c2:00:00:02,dl_type=0x8809 actions=CONTROLLER:124',
    ])
  })

  it('forwards when the partner is in sync, and not when it is not', () => {
    const up = step(connectedNetwork(two), [lacpArrives(3, inSync)], 2)
    expect(lagOf(up.state)).toEqual({ 3: [3, 2], 4: [1, 2] })
    expect(lagChanges(up.effects)).toEqual(['sw1 3: 3 2'])
    expect(sentLacp(up.effects)).toEqual(['3: time aggr sync coll dist, 43'])
    expect(changesOf(up.effects)).toContain('delete_strict priority=9001,in_port=3 actions=drop')
    expect(guarded(up.state)).not.toContain('priority=9001,in_port=3 actions=drop')
    const down = step(up.state, [lacpArrives(3, outOfSync)], 3)
    expect(lagChanges(down.effects)).toEqual(['sw1 3: 5 2'])
    expect(guarded(down.state)).toContain('priority=9001,in_port=3 actions=drop')
  })

  it('tells of changes in the metrics and in the log', () => {
    const { effects } = step(connectedNetwork(two), [lacpArrives(3, inSync)], 2)
    expect(effects).toContainEqual({ type: 'count', metric: 'port_lacp_state_change_count', labels: { port: 3, port_description: '3' }, dpName: 'sw1' })
    expect(effects).toContainEqual({ type: 'log', level: 'info', dpName: 'sw1', text: 'port 3 of LAG 1: partner in sync, selected' })
  })

  it('answers what is new, and what is old after lacp_resp_interval', () => {
    const { effects } = run(connectedNetwork(two), [
      [2, lacpArrives(3, inSync)], [2.5, lacpArrives(3, inSync)], [3, lacpArrives(3, inSync)], [3.1, lacpArrives(3, inSync)],
      [3.2, lacpArrives(3, inSync | 0x80)],
    ])
    expect(sentLacp(effects)).toHaveLength(3)
  })

  it('leaves flows and forwarding alone while the partner says the same', () => {
    const up = step(connectedNetwork(two), [lacpArrives(3, inSync)], 2).state
    const again = step(up, [lacpArrives(3, inSync)], 9)
    expect(again.state.dps.get('sw1')?.lacp.ports).toBe(up.dps.get('sw1')?.lacp.ports)
    expect(changesOf(again.effects)).toEqual([])
  })

  it('gives up a partner that is silent for lacp_timeout', () => {
    const network = step(connectedNetwork(yaml('      3: {native_vlan: 100, lacp: 1}', 'lacp_timeout: 10')), [lacpArrives(3, inSync)], 2).state
    const still = step(network, [tick], 12)
    expect(lagChanges(still.effects)).toEqual([])
    expect(lagChanges(step(still.state, [tick], 12.5).effects)).toEqual(['sw1 3: 1 2'])
  })

  it('follows the link', () => {
    const up = step(connectedNetwork(two), [lacpArrives(3, inSync)], 2).state
    const down = step(up, [linkOf(3, false)], 3)
    expect(lagChanges(down.effects)).toEqual(['sw1 3: 0 2'])
    expect(lagChanges(step(down.state, [linkOf(3, true)], 4).effects)).toEqual(['sw1 3: 1 2'])
  })

  it('says nothing of a port that was never up', () => {
    const network = connectedNetwork(two, { down: [4] })
    expect(lagOf(network)).toEqual({ 3: [1, 2] })
    expect(guarded(network).filter((flow) => flow.includes('in_port=4'))).toEqual([])
  })

  it('speaks by itself when it is active, every fast_advertise_interval', () => {
    const network = networkOf(yaml('      3: {native_vlan: 100, lacp: 1, lacp_active: true}'))
    const { effects } = run(network, [
      [1, { type: 'connected', dpId: 1n, ports: [{ portNo: 3, state: 4 }], flows: [] }], [2, tick], [6, tick], [7, tick], [11, tick], [12, tick],
    ])
    expect(sentLacp(effects)).toEqual(Array(4).fill('3: acti time aggr sync coll dist, 0'))
  })

  it.each([
    ['lacp_selected: true', 2, 'time aggr sync coll dist'],
    ['lacp_unselected: true', 1, 'time aggr'],
    ['lacp_unselected: true, lacp_collect_and_distribute: true', 1, 'time aggr sync coll dist'],
    ['lacp_standby: true', 2, 'time aggr sync coll dist'],
  ])('takes %s', (option, role, bits) => {
    const { state, effects } = step(connectedNetwork(yaml(`      3: {native_vlan: 100, lacp: 1, ${option}}`)), [lacpArrives(3, inSync)], 2)
    expect(lagOf(state)).toEqual({ 3: [3, role] })
    expect(sentLacp(effects)).toEqual([`3: ${bits}, 43`])
    expect(guarded(state).some((flow) => flow.includes('drop'))).toBe(role !== 2)
  })

  it('is silent while a port of lacp_passthrough has no partner', () => {
    const network = connectedNetwork(yaml(`
      3: {native_vlan: 100, lacp: 1, lacp_passthrough: [4]}
      4: {native_vlan: 100, lacp: 2}`))
    const alone = step(network, [lacpArrives(3, inSync)], 2)
    expect(sentLacp(alone.effects)).toEqual([])
    const both = step(alone.state, [lacpArrives(4, inSync), lacpArrives(3, inSync)], 4)
    expect(sentLacp(both.effects)).toEqual(['4: time aggr sync coll dist, 44', '3: time aggr sync coll dist, 43'])
  })

  it('warns when the ports of an aggregate have different partners', () => {
    const { effects } = run(connectedNetwork(two), [[2, lacpArrives(3, inSync)], [3, lacpArrives(4, inSync, { system: '02:00:00:00:00:0b' })]])
    const texts = effects.flatMap((effect) => (effect.type === 'log' && effect.level === 'error' ? [effect.text] : []))
    expect(texts).toEqual([
      'LAG 1: the partner of port 4 is 02:00:00:00:00:0b, that of port 3 is 02:00:00:00:00:0a; both must be one system',
    ])
  })

  it('does not mind a frame that is no LACPDU, or comes from a port without lacp', () => {
    const network = connectedNetwork(two)
    const marker = lacpArrives(3, inSync)
    if (marker.type === 'packet_in') marker.data[14] = 2
    expect(step(network, [marker], 2).state).toBe(network)
    expect(step(network, [lacpArrives(1, inSync)], 2).state).toBe(network)
  })

  it('goes on where it was when the switch connects again in time', () => {
    const up = step(connectedNetwork(two), [lacpArrives(3, inSync)], 2).state
    const ports = [1, 3, 4].map((portNo) => ({ portNo, state: 4 }))
    const again = (now: number) => run(up, [[5, { type: 'disconnected', dpId: 1n }], [now, { type: 'connected', dpId: 1n, ports, flows: [] }]])
    expect(lagOf(again(30).network)).toEqual({ 3: [3, 2], 4: [1, 2] })
    expect(lagChanges(again(40).effects)).toEqual(['sw1 3: 1 2'])
  })

  it('keeps what is in the same aggregate when the configuration changes', () => {
    const up = run(connectedNetwork(two), [[2, lacpArrives(3, inSync)], [2, lacpArrives(4, inSync)]]).network
    const config = resolveFaucetConfig(parseFaucetConfig(two.replace('4: {native_vlan: 100, lacp: 1}', '4: {native_vlan: 100, lacp: 2}')))
    const changed = step(up, [{ type: 'config', config }], 3)
    expect(lagOf(changed.state)).toEqual({ 3: [3, 2] })
    expect(lagOf(step(changed.state, [tick], 4).state)).toEqual({ 3: [3, 2], 4: [1, 2] })
    const same = step(up, [{ type: 'config', config: resolveFaucetConfig(parseFaucetConfig(two)) }], 3)
    expect(same.state.dps.get('sw1')?.lacp).toBe(up.dps.get('sw1')?.lacp)
  })
})
