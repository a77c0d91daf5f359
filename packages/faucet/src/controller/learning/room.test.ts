import { describe, expect, it } from 'vitest'
import { connectedNetwork, flowsOf } from '../core/network.test-support.js'
import { oneDp } from '../switching/switching.test-support.js'
import { dpOf, macOf, packetFrom, portIs, Steps } from './learning.test-support.js'
import { banCount, hostCount } from './state.js'

const limits = 'timeout: 300\nlearn_ban_timeout: 10'
const two = '  v100: {vid: 100, max_hosts: 2}\n  v200: {vid: 200}'
const access = 'native_vlan: v100'
const steps = (ports: Readonly<Record<number, string>>, vlans?: string) => new Steps(connectedNetwork(oneDp(ports, limits, vlans)))
const flowsTo = (seen: Steps, host: number) => flowsOf(seen.network).filter((flow) => flow.includes(`dl_dst=${macOf(host)}`))

describe('a port with max_hosts', () => {
  const one = () => steps({ 1: `${access}, max_hosts: 1`, 2: access })

  it('takes another host after its link was down, in place of the one that is gone', () => {
    const changed = one().at(10, packetFrom(1, 1)).at(20, portIs(1, false)).at(21, portIs(1, true)).at(22, packetFrom(2, 1))
    expect(changed.events).toMatchObject([
      { L2_EXPIRE: { port_no: 1, vid: 100, eth_src: macOf(1) } },
      { L2_LEARN: { port_no: 1, previous_port_no: null, eth_src: macOf(2) } },
    ])
    expect(hostCount(dpOf(changed.network).learning, { port: 1 })).toBe(1)
    expect([flowsTo(changed, 1), flowsTo(changed, 2)]).toMatchObject([[], [expect.anything()]])
    expect(banCount(dpOf(changed.network).learning, 'port', 1)).toBe(0)
  })

  it('takes no other where the host was heard since', () => {
    const back = one().at(10, packetFrom(1, 1)).at(20, portIs(1, false)).at(21, portIs(1, true)).at(22, packetFrom(1, 1)).at(23, packetFrom(2, 1))
    expect(back.events).toEqual([])
    expect(banCount(dpOf(back.network).learning, 'port', 1)).toBe(1)
  })

  it('keeps a host that is there for ever, and one that somebody knows to be there', () => {
    const permanent = steps({ 1: `${access}, max_hosts: 1, permanent_learn: True`, 2: access })
    const known = one().at(5, { type: 'hosts', hosts: [{ dpId: 1n, port: 1, vid: 100, mac: macOf(1) }] })
    for (const seen of [permanent, known]) {
      const full = seen.at(10, packetFrom(1, 1)).at(20, portIs(1, false)).at(21, portIs(1, true)).at(22, packetFrom(2, 1))
      expect(hostCount(dpOf(full.network).learning, { port: 1 })).toBe(1)
      expect(flowsTo(full, 2)).toEqual([])
    }
  })
})

describe('a VLAN with max_hosts', () => {
  const ports = { 1: access, 2: access, 3: access }

  it('does not count hosts whose port is down: the longest silent goes', () => {
    const full = steps(ports, two).at(10, packetFrom(1, 1)).at(11, packetFrom(2, 2)).at(20, portIs(2, false), portIs(1, false))
    expect(full.at(30, packetFrom(3, 3)).events).toMatchObject([{ L2_EXPIRE: { eth_src: macOf(1) } }, { L2_LEARN: { eth_src: macOf(3) } }])
    expect(full.at(31, packetFrom(4, 3)).events).toMatchObject([{ L2_EXPIRE: { eth_src: macOf(2) } }, { L2_LEARN: { eth_src: macOf(4) } }])
    expect(full.at(32, packetFrom(5, 3)).events).toEqual([])
    expect(banCount(dpOf(full.network).learning, 'vlan', 100)).toBe(1)
  })

  it('forgets nobody while there is room, nor where the port has none', () => {
    const seen = steps({ ...ports, 3: `${access}, max_hosts: 1` }, two).at(10, packetFrom(1, 1)).at(20, portIs(1, false)).at(21, packetFrom(2, 3))
    expect(seen.events).toMatchObject([{ L2_LEARN: {} }])
    expect(hostCount(dpOf(seen.network).learning, { vid: 100 })).toBe(2)
    expect(seen.at(22, packetFrom(3, 3)).events).toEqual([])
    expect(hostCount(dpOf(seen.network).learning, { port: 1 })).toBe(1)
  })
})
