import { expect, it } from 'vitest'
import type { Endpoint } from '../model/network.js'
import { sampleEndpoint, sampleNetwork } from '../status/sample.test-support.js'
import { publishingNetworks } from './apply-nat.js'

it('has a container that is being admitted as it will be, as long as its network and endpoint are there', () => {
  const [id, joined] = sampleEndpoint('con1', 2)
  const waiting: Endpoint = { ...joined, joined: undefined }
  const [network, other] = [sampleNetwork('lab', { endpoints: new Map([[id, waiting]]) }), sampleNetwork('other')]
  const networks = new Map([network, other].map((one) => [one.id, one]))
  expect(publishingNetworks(networks, new Map())).toEqual([network, other])
  const [published, same] = publishingNetworks(networks, new Map([[id, joined]]))
  expect(published?.endpoints.get(id)).toBe(joined)
  expect(same).toBe(other)
  const gone = new Map([[network.id, { ...network, endpoints: new Map() }]])
  expect(publishingNetworks(gone, new Map([[id, joined]]))[0]?.endpoints.size).toBe(0)
})
