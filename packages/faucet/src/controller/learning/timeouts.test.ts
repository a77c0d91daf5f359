import { describe, expect, it } from 'vitest'
import { networkOf } from '../core/network.test-support.js'
import { oneDp } from '../switching/switching.test-support.js'
import { dpOf, macOf } from './learning.test-support.js'
import { hostTimeouts } from './timeouts.js'

function timeoutsOf(options: string, host: number, port = '') {
  const { dp } = dpOf(networkOf(oneDp({ 1: `native_vlan: v100${port}` }, options)))
  const configured = dp.ports.get(1)
  if (!configured) throw new Error('no port')
  return hostTimeouts(dp, configured, macOf(host), false)
}

describe('the time limits of a host', () => {
  it('vary from host to host, as far as Faucet lets them, and not from time to time', () => {
    const all = Array.from({ length: 200 }, (_, host) => timeoutsOf('timeout: 300', host).source.hardTimeout)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(249)
    expect(Math.max(...all)).toBeLessThan(300)
    expect(new Set(all).size).toBeGreaterThan(30)
    expect(timeoutsOf('timeout: 300', 7)).toEqual(timeoutsOf('timeout: 300', 7))
  })

  it('let the flow to it live longer than the one from it, and neither less than the guard time', () => {
    const { source, destination } = timeoutsOf('timeout: 300\ncache_update_guard_time: 290', 3)
    expect(source.hardTimeout).toBeGreaterThanOrEqual(290)
    expect(destination.idleTimeout).toBe(source.hardTimeout + 290)
  })

  it('are never longer than OpenFlow can say', () => {
    expect(timeoutsOf('timeout: 65535', 3).destination.idleTimeout).toBe(65535)
  })

  it('are not there on a port with permanent_learn, and not for the flow to it without idle_dst', () => {
    expect(timeoutsOf('timeout: 300', 1, ', permanent_learn: True').source.hardTimeout).toBe(0)
    expect(timeoutsOf('timeout: 300\nidle_dst: False', 1).destination.idleTimeout).toBe(0)
  })
})
