import { describe, expect, it } from 'vitest'
import { testEndpoints } from '../config/network.test-data.js'
import { patchNames } from '../options/index.js'
import { bridge, mirrorFlags, networkAt, networkBridge, planOf, port, stackFlags } from './machine.test-support.js'
import { planPatches, withPatches } from './plan-patches.js'

const mirror = planOf(mirrorFlags)
const stack = planOf(stackFlags)
const numbers = (patches: ReturnType<typeof planPatches>) => [...patches.values()].map(({ purpose, ofport, peer }) => [purpose, ofport, peer.bridge, peer.ofport])

describe('the links of a network', () => {
  it('are none without a plan', () => expect(planPatches(networkAt(1), undefined, [], []).size).toBe(0))

  it('lead to the mirror bridge at lbport', () => {
    const network = networkAt(1)
    const { own, peer } = patchNames(network.bridge, 'odsmir0A1B2C')
    expect([...planPatches(network, mirror, [], [])]).toEqual([[own, { name: own, ofport: 99, purpose: 'mirror', peer: { bridge: 'odsmir0A1B2C', name: peer, ofport: 3 } }]])
    expect(numbers(planPatches(networkAt(1, { lbport: '7' }), mirror, [], []))).toEqual([['mirror', 7, 'odsmir0A1B2C', 3]])
  })

  it('lead to the stack at the lowest free port, and to the loopback bridge at lbport', () => {
    expect(numbers(planPatches(networkAt(1), stack, [], []))).toEqual([['stack', 1, 'dovesnap0A1B2C', 2], ['loopback', 99, 'odslb0A1B2C', 1]])
    const busy = { ...networkAt(1, { add_ports: 'eth0/1', lbport: '2' }), preallocated: [3], endpoints: testEndpoints({ con1: { ofport: 4 } }) }
    expect(numbers(planPatches(busy, stack, [], [networkBridge(busy, [port('tap0', 5)])]))).toEqual([['stack', 6, 'dovesnap0A1B2C', 2], ['loopback', 2, 'odslb0A1B2C', 1]])
  })

  it('have ports of their own on the bridges of the machine', () => {
    const [one, two] = withPatches([networkAt(1), networkAt(2)], stack, [bridge('odslb0A1B2C', {}, [port('byhand', 2)])])
    expect(one && numbers(one.patches)).toEqual([['stack', 1, 'dovesnap0A1B2C', 2], ['loopback', 99, 'odslb0A1B2C', 1]])
    expect(two && numbers(two.patches)).toEqual([['stack', 1, 'dovesnap0A1B2C', 3], ['loopback', 99, 'odslb0A1B2C', 3]])
  })

  it('keep their numbers, in the database and in memory', () => {
    const network = networkAt(1)
    const { own, peer } = patchNames(network.bridge, 'dovesnap0A1B2C')
    const found = [networkBridge(network, [port(own, 8)]), bridge('dovesnap0A1B2C', {}, [port(peer, 9)])]
    const [restored] = withPatches([network], stack, found)
    expect(restored && numbers(restored.patches)[0]).toEqual(['stack', 8, 'dovesnap0A1B2C', 9])
    expect(restored && numbers(planPatches(restored, stack, [], []))[0]).toEqual(['stack', 8, 'dovesnap0A1B2C', 9])
  })

  it('go with the flags', () => {
    const [linked] = withPatches([networkAt(1)], mirror, [])
    expect(linked?.patches.size).toBe(1)
    expect(linked && withPatches([linked], undefined, [])[0]?.patches.size).toBe(0)
  })
})
