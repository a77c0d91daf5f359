import { describe, expect, it } from 'vitest'
import { parseFaucetConfig } from '../../config/parse.js'
import { resolveFaucetConfig } from '../../config/resolve.js'
import type { NetworkEvent, SwitchConnected } from '../core/event.js'
import { connectedNetwork, flowsOf, networkOf } from '../core/network.test-support.js'
import { wantedOf } from '../core/wanted.js'
import { oneDp } from '../switching/switching.test-support.js'
import { dpOf, macOf, packetFrom, portIs, Steps } from './learning.test-support.js'

const access = 'native_vlan: v100'
const ports = { 1: access, 2: access, 3: 'tagged_vlans: [v100, v200]' }
const config = (yaml: string): NetworkEvent => ({ type: 'config', config: resolveFaucetConfig(parseFaucetConfig(yaml)) })
const known = (host: number, port: number, vid = 100): NetworkEvent => ({ type: 'hosts', hosts: [{ dpId: 1n, port, vid, mac: macOf(host) }] })
const hostFlows = (steps: Steps, host: number) => flowsOf(steps.network).filter((line) => line.includes(macOf(host)))

describe('a change of configuration', () => {
  const learned = () => new Steps(connectedNetwork(oneDp(ports))).at(10, packetFrom(1, 1), packetFrom(2, 2))

  it('leaves the hosts alone that can stay', () => {
    const changed = learned().at(20, config(oneDp({ ...ports, 2: 'native_vlan: v200', 4: access })))
    expect(changed.events.filter((event) => 'L2_EXPIRE' in event)).toEqual([{ L2_EXPIRE: { port_no: 2, vid: 100, eth_src: macOf(2) } }])
    expect(changed.changes.some((line) => line.includes(macOf(1)))).toBe(false)
    expect(changed.changes.filter((line) => line.includes(macOf(2))).map((line) => line.slice(0, 13))).toEqual(['delete_strict', 'delete_strict'])
  })
})

describe('a host that is known from a plan', () => {
  it('has flows without an end before it speaks', () => {
    const planned = new Steps(connectedNetwork(oneDp(ports))).at(5, known(1, 1))
    expect(planned.changes).toEqual([
      'add table=1, priority=8191,in_port=1,dl_vlan=100,dl_src=02:00:00:00:00:01 actions=goto_table:2',
      'add table=2, priority=8192,dl_vlan=100,dl_dst=02:00:00:00:00:01 actions=pop_vlan,output:1',
    ])
    expect(planned.at(6, known(1, 1)).effects).toEqual([])
    expect(planned.at(10_000, { type: 'tick' }).events).toEqual([])
  })

  it('is there again with its port', () => {
    const planned = new Steps(connectedNetwork(oneDp(ports))).at(5, known(1, 1)).at(6, portIs(1, false))
    expect(hostFlows(planned, 1)).toEqual([])
    expect(hostFlows(planned.at(7, portIs(1, true)), 1)).toHaveLength(2)
  })

  it('is like any other once it is seen elsewhere', () => {
    const moved = new Steps(connectedNetwork(oneDp(ports))).at(5, known(1, 1)).at(6, packetFrom(1, 2))
    expect(moved.events).toMatchObject([{ L2_LEARN: { port_no: 2, previous_port_no: 1 } }])
    expect(moved.at(1000, { type: 'tick' }).events).toMatchObject([{ L2_EXPIRE: { port_no: 2 } }])
  })

  it('is left out where it cannot be', () => {
    const planned = new Steps(connectedNetwork(oneDp(ports))).at(5, known(1, 1, 200), known(2, 9))
    expect(planned.effects.map(({ type }) => type)).toEqual(['log', 'log'])
  })
})

describe('the flows of a switch that was there before', () => {
  const yaml = oneDp({ ...ports, 4: `${access}, hairpin: True` })
  const flowsAt = (steps: Steps, age: number): SwitchConnected['flows'] =>
    [...wantedOf({ network: steps.network, state: dpOf(steps.network) }).flows.values()].map(({ flow }) => ({
      tableId: 0, priority: 0, match: [], cookie: 0n, idleTimeout: 0, hardTimeout: 0, flags: 0, ...flow, instructions: (flow.instructions ?? []) as never, durationSec: age,
    }))
  const connect = (flows: SwitchConnected['flows']): NetworkEvent => ({
    type: 'connected', dpId: 1n, ports: [1, 2, 3, 4].map((portNo) => ({ portNo, state: 4 })), flows,
  })

  it('tell where its hosts are', () => {
    const before = new Steps(connectedNetwork(yaml)).at(10, packetFrom(1, 1), packetFrom(2, 3, 200), packetFrom(3, 4))
    const after = new Steps(networkOf(yaml)).at(100, connect(flowsAt(before, 30)))
    expect(flowsOf(after.network)).toEqual(flowsOf(before.network))
    expect([...dpOf(after.network).learning.hosts.values()].map(({ seen }) => seen)).toEqual([70, 70, 70])
  })

  it('that lead to a host are kept though nothing comes from it', () => {
    const before = new Steps(connectedNetwork(yaml)).at(10, packetFrom(1, 1))
    const flows = flowsAt(before, 400).filter(({ priority }) => priority !== 8191)
    const after = new Steps(networkOf(yaml)).at(500, connect(flows))
    expect(hostFlows(after, 1)).toEqual(hostFlows(before, 1).filter((line) => line.includes('priority=8192')))
    expect(after.at(501, { type: 'tick' }).events).toEqual([])
  })

  it('count less than what is known', () => {
    const before = new Steps(connectedNetwork(yaml)).at(10, packetFrom(1, 1))
    const after = new Steps(networkOf(yaml)).at(50, known(1, 2)).at(100, connect(flowsAt(before, 30)))
    expect(hostFlows(after, 1).some((line) => line.includes('in_port=2'))).toBe(true)
  })
})
