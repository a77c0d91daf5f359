import { expect, it } from 'vitest'
import { connectedNetwork, networkOf } from '../core/network.test-support.js'
import { oneDp } from '../switching/switching.test-support.js'
import { affectedHosts } from './affected.js'
import { dpOf, macOf, packetFrom, portIs, Steps } from './learning.test-support.js'

const access = 'native_vlan: v100'
const yaml = oneDp({ 1: access, 2: `${access}, permanent_learn: True`, 3: access })
const learned = () => new Steps(connectedNetwork(yaml)).at(10, packetFrom(1, 1), packetFrom(2, 2), packetFrom(3, 3), packetFrom(2, 3))
const hosts = (was: Steps['network'], is: Steps['network']) => [...affectedHosts(dpOf(was), dpOf(is))].map(([key]) => key).sort()
const key = (host: number) => `100 ${macOf(host)}`

it('are those that were learned, and those at ports that changed', () => {
  const steps = learned()
  const { network } = steps
  expect(hosts(network, network)).toEqual([])
  expect(hosts(network, learned().at(11, packetFrom(4, 1)).network)).toContain(key(4))
  expect(hosts(network, steps.at(12, portIs(1, false)).network)).toEqual([key(1)])
  // The second host is blocked there.
  expect(hosts(steps.network, learned().at(12, portIs(1, false)).at(13, portIs(3, false)).network)).toEqual(expect.arrayContaining([key(2), key(3)]))
})

it('are all with another configuration', () => {
  const { network } = learned()
  const [other] = networkOf(yaml).dps.values()
  if (!other) throw new Error('no dataplane')
  const dps = new Map(network.dps).set('sw1', { ...dpOf(network), dp: other.dp })
  expect(hosts(network, { ...network, dps })).toEqual([key(1), key(2), key(3)])
})
