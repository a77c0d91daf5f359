import { decodeMessage, encodeMessage, type FlowModInput } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import type { SwitchConnected } from '../core/event.js'
import { flowsOf, networkOf } from '../core/network.test-support.js'
import { step } from '../core/step.js'
import { wantedOf } from '../core/wanted.js'
import { alice, alice6, bob, frames, Lab, twoNetworks } from './routing.test-support.js'

const routes = ', routes: [{ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.1}, {ip_dst: 192.168.1.0/24, ip_gw: 10.0.1.4}]'

/** What a switch says of its flows. */
function presentFlows(lab: Lab, durationSec: number): SwitchConnected['flows'] {
  const state = lab.network.dps.get('sw1')
  if (!state) throw new Error('no dataplane')
  return [...wantedOf({ network: lab.network, state }).flows.values()].map(({ flow }) => {
    const input: FlowModInput = { ...flow, type: 'flow_mod', command: 'add' }
    const { tableId, priority, match, instructions, cookie, idleTimeout, hardTimeout, flags } = decodeMessage(encodeMessage(input)) as Extract<
      ReturnType<typeof decodeMessage>,
      { type: 'flow_mod' }
    >
    return { tableId, priority, match, instructions, cookie, idleTimeout, hardTimeout, flags, durationSec }
  })
}

describe.each([['', {}], [' with a global VLAN', { dp: 'global_vlan: 2000' }]])('a controller that is started anew%s', (_, options) => {
  const yaml = twoNetworks({ ...options, routes })
  const busy = () => {
    const lab = new Lab(yaml).frame(alice, frames.arpRequest(alice, '10.0.1.254')).frame(bob, frames.arpRequest(bob, '10.0.2.254'))
    return lab.frame(alice, frames.solicitation(alice6, 'fc00::1:254')).frame(alice, frames.udp(alice, '10.0.2.9'))
  }

  it('takes over the routes of the switch', () => {
    const lab = busy()
    const ports = [1, 2, 3].map((portNo) => ({ portNo, state: 4 }))
    const { state } = step(networkOf(yaml), [{ type: 'connected', dpId: 1n, ports, flows: presentFlows(lab, 7) }], 500)
    const routesOf = (flows: readonly string[]) => flows.filter((flow) => /_dst=/.test(flow))
    expect(routesOf(flowsOf(state))).toEqual(routesOf(flowsOf(lab.network)))
    const { routing } = state.dps.get('sw1') ?? {}
    expect(routing?.neighbours.get('100 4')?.entries.get('10.0.1.1')).toMatchObject({ mac: alice.mac, port: 1, since: 493, isHost: true })
    expect(routing?.fib.get('10.0.2.9/32')).toMatchObject([{ vid: 200, mac: undefined, since: 493 }])
  })

  it('knows better when it was not away itself', () => {
    const lab = busy()
    const flows = presentFlows(lab, 7)
    const moved = { ...alice, mac: '02:00:00:00:00:99' }
    lab.frame(moved, frames.arpRequest(moved, '10.0.1.254'))
    const before = lab.network.dps.get('sw1')?.routing.fib
    const ports = [1, 2, 3].map((portNo) => ({ portNo, state: 4 }))
    const { state } = step(lab.network, [{ type: 'connected', dpId: 1n, ports, flows }], 500)
    expect(state.dps.get('sw1')?.routing.fib).toBe(before)
  })

  it('leaves flows of others', () => {
    const lab = busy()
    const ports = [1, 2, 3].map((portNo) => ({ portNo, state: 4 }))
    const flows = presentFlows(lab, 7).map((flow) => ({ ...flow, cookie: 1n }))
    const { state } = step(networkOf(yaml), [{ type: 'connected', dpId: 1n, ports, flows }], 500)
    expect(state.dps.get('sw1')?.routing.fib.size).toBe(0)
  })
})
