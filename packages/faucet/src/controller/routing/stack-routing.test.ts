import { describe, expect, it } from 'vitest'
import { connectedNetwork, flowsOf } from '../core/network.test-support.js'
import type { NetworkEvent } from '../core/event.js'
import { step } from '../core/step.js'
import { alice, bob, frames, type Host } from './routing.test-support.js'

const yaml = `
vlans:
  100: {faucet_vips: ["10.0.1.254/24"], faucet_mac: "0e:00:00:00:10:01"}
  200: {faucet_vips: ["10.0.2.254/24"], faucet_mac: "0e:00:00:00:20:02"}
routers: {r1: {vlans: [100, 200]}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    stack: {priority: 1}
    interfaces: {1: {native_vlan: 100}, 2: {native_vlan: 200}, 10: {stack: {dp: sw2, port: 10}}}
  sw2:
    dp_id: 2
    hardware: Open vSwitch
    interfaces: {1: {native_vlan: 100}, 2: {native_vlan: 200}, 10: {stack: {dp: sw1, port: 10}}}
`

/** A stack whose link carries packets. */
function stacked() {
  const links: NetworkEvent = { type: 'links', links: [[{ dpId: 1n, port: 10 }, { dpId: 2n, port: 10 }]] }
  return step(step(connectedNetwork(yaml), [links], 2).state, [{ type: 'tick' }], 2).state
}

function arriving(dpId: bigint, { port }: Pick<Host, 'port'>, data: Uint8Array): NetworkEvent {
  const cookie = [...stacked().dps.values()][0]?.dp.cookie ?? 0n
  return { type: 'packet_in', dpId, inPort: port, reason: 'action', cookie, data, totalLen: data.length }
}

const flowsTo = (network: ReturnType<typeof stacked>, dpName: string, address: string) =>
  flowsOf(network, dpName).filter((flow) => flow.includes(`nw_dst=${address} `)).length

describe('a stack that routes', () => {
  it('learns everywhere what one dataplane learns, and answers once', () => {
    const { state, effects } = step(stacked(), [arriving(2n, alice, frames.arpRequest(alice, '10.0.1.254'))], 3)
    expect(['sw1', 'sw2'].map((name) => flowsTo(state, name, '10.0.1.1'))).toEqual([2, 2])
    expect(effects.flatMap((effect) => (effect.type === 'packet_out' ? [[effect.dpId, effect.ports]] : []))).toEqual([[2n, [1]]])
    expect(state.dps.get('sw1')?.routing.neighbours.get('100 4')?.entries.get('10.0.1.1')?.port).toBe(10)
  })

  it.each([
    ['the root, from which it goes to everybody', 1n],
    ['another dataplane, from which it goes to the root', 2n],
  ])('asks for a host at %s', (_, dpId) => {
    const { state, effects } = step(stacked(), [arriving(dpId, alice, frames.udp(alice, '10.0.2.2'))], 3)
    const sent = effects.flatMap((effect) => (effect.type === 'packet_out' ? [[effect.dpId, effect.ports]] : []))
    expect(sent).toEqual([[dpId, [10]], [dpId, [2]]])
    expect(['sw1', 'sw2'].map((name) => flowsTo(state, name, '10.0.2.2'))).toEqual([2, 2])
  })

  it('leaves packets that have come over a link to the dataplane where they were first', () => {
    const { effects } = step(stacked(), [arriving(1n, { port: 10 }, frames.arpRequest(alice, '10.0.1.254'))], 3)
    expect(effects.some((effect) => effect.type === 'packet_out')).toBe(false)
  })

  it('knows everywhere the hosts that somebody knows', () => {
    const hosts = [{ dpId: 2n, port: 2, vid: 200, mac: bob.mac, addresses: [bob.ip] }]
    const { state } = step(stacked(), [{ type: 'hosts', hosts }], 3)
    expect(['sw1', 'sw2'].map((name) => flowsTo(state, name, bob.ip))).toEqual([2, 2])
  })
})
