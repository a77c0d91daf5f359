import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../model/network.js'
import { bridgeIds, endpointIds, key, readBridgeIds, readEndpoint } from './state.js'

const record = { options: { 'ovs.bridge.mode': 'nat' }, addresses: { ipv4: { pool: '10.9.0.0/24', gateway: '10.9.0.1/24' }, ipv6: undefined }, internal: true }
const endpoint: Endpoint = {
  id: 'e'.repeat(64), hostInterface: 'odsveeeeee', containerInterface: 'ethceeeee', mac: '02:00:00:00:00:01', ipv4: '10.9.0.2/24', ipv6: undefined,
  joined: { ofport: 7, containerId: 'c', containerName: 'web', labels: { a: 'b' }, sandboxKey: '/run/docker/netns/x', acls: ['allowall'], mirror: true, portMappings: [{ protocol: 'tcp', containerPort: 80, hostPort: 8080, hostAddress: undefined }] },
}

const ids = (name: string | undefined, pool: readonly number[] = []) => bridgeIds({ driver: 'dovesnap', engine: 'E', id: 'n1', name, pool }, record)

describe('state in external_ids', () => {
  it('comes back as it was', () => {
    expect(readBridgeIds(ids('lab', [3, 4]), 'dovesnap')).toEqual({ id: 'n1', name: 'lab', record, pool: [3, 4] })
    expect(readBridgeIds(ids(undefined), 'dovesnap')).toMatchObject({ name: undefined, pool: [] })
    expect(readEndpoint(endpointIds(endpoint), 'odsveeeeee', 7)).toEqual(endpoint)
    const waiting = { ...endpoint, joined: undefined }
    expect(readEndpoint(endpointIds(waiting), 'odsveeeeee', 7)).toEqual(waiting)
    const unclear = { ...waiting, macUnclear: true } as const
    expect(readEndpoint(endpointIds(unclear), 'odsveeeeee', 7)).toEqual(unclear)
  })

  it('is left alone when it is another driver’s, or damaged', () => {
    const own = ids('lab')
    expect(readBridgeIds(own, 'streambed')).toBeUndefined()
    for (const request of ['', '{', '[]', '"x"', '{"options": 1}']) expect(readBridgeIds({ ...own, [key.request]: request }, 'dovesnap')).toBeUndefined()
    for (const state of ['', 'null', '{"mac": 1}']) expect(readEndpoint({ ...endpointIds(endpoint), [key.state]: state }, 'x', 1)).toBeUndefined()
    expect(readEndpoint({}, 'x', 1)).toBeUndefined()
  })

  it('counts a port without a number as one that nobody has joined', () => {
    expect(readEndpoint(endpointIds(endpoint), 'odsveeeeee', undefined)?.joined).toBeUndefined()
  })
})
