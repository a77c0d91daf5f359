import { describe, expect, it } from 'vitest'
import type { ResolvedDp } from '../../config/index.js'
import { networkOf } from '../core/network.test-support.js'
import { globalVid, matchedVids, routedVids, routes, vlanTowards } from './router.js'
import { twoNetworks } from './routing.test-support.js'
import { ipOf } from './vip.js'

function dpOf(yaml: string): ResolvedDp {
  const dp = networkOf(yaml).dps.get('sw1')?.dp
  if (!dp) throw new Error('no dataplane')
  return dp
}

describe('routers', () => {
  it('join VLANs', () => {
    const dp = dpOf(twoNetworks())
    expect(routedVids(dp, 100)).toEqual([100, 200])
    expect(matchedVids(dp, 200)).toEqual([100, 200])
  })

  it('are one for each VLAN where none is configured', () => {
    const dp = dpOf(twoNetworks({ routers: '' }))
    expect(routedVids(dp, 100)).toEqual([100])
  })

  it('put all packets into one VLAN when it is configured', () => {
    const dp = dpOf(twoNetworks({ dp: 'global_vlan: 2000' }))
    expect(globalVid(dp)).toBe(2000)
    expect(matchedVids(dp, 100)).toEqual([2000])
    expect(globalVid(dpOf(twoNetworks({ dp: 'global_vlan: 2000', routers: '' })))).toBeUndefined()
  })

  it('know where a host is', () => {
    const dp = dpOf(twoNetworks())
    const from = dp.vlans.get(100)
    if (!from) throw new Error('no VLAN')
    expect(vlanTowards(dp, from, ipOf('10.0.2.7'))?.vlan.vid).toBe(200)
    expect(vlanTowards(dp, from, ipOf('fe80::7'))?.vlan.vid).toBe(100)
    expect(vlanTowards(dp, from, ipOf('10.0.3.7'))).toBeUndefined()
    const alone = dpOf(twoNetworks({ routers: '' }))
    expect(vlanTowards(alone, alone.vlans.get(100) ?? from, ipOf('10.0.2.7'))).toBeUndefined()
  })

  it('may speak one version of IP only', () => {
    const dp = dpOf('vlans: {100: {faucet_vips: ["10.0.1.254/24"]}}\ndps: {sw1: {dp_id: 1, hardware: Open vSwitch, interfaces: {1: {native_vlan: 100}}}}')
    expect([routes(dp, 4), routes(dp, 6)]).toEqual([true, false])
  })
})
