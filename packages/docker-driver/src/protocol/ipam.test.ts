import { describe, expect, it } from 'vitest'
import { CALLS } from './calls.js'
import type { IpamDriver } from './ipam-driver.js'
import type { NetworkDriver } from './network-driver.js'
import { decodeCreateEndpoint, decodeRequestAddress, decodeRequestPool } from './requests.js'

const seen: unknown[] = []
const ipam: IpamDriver = {
  addressSpace: 'lab',
  requestPool: (request) => Promise.resolve({ poolId: 'p', pool: request.pool ?? '10.0.0.0/24' }),
  releasePool: (request) => Promise.resolve(void seen.push(request)),
  requestAddress: ({ address = '10.0.0.2' }) => Promise.resolve(`${address}/24`),
  releaseAddress: (request) => Promise.resolve(void seen.push(request)),
}
const signal = new AbortController().signal
const call = (path: string, body: unknown, driver: object) => CALLS.get(path)?.prepare(body, driver as NetworkDriver)({ signal })

describe('a driver that hands out addresses', () => {
  it('says so', async () => {
    expect(await call('/Plugin.Activate', undefined, { ipam })).toEqual({ Implements: ['NetworkDriver', 'IpamDriver'] })
    expect(await call('/Plugin.Activate', undefined, {})).toEqual({ Implements: ['NetworkDriver'] })
    expect(await call('/IpamDriver.GetDefaultAddressSpaces', undefined, { ipam })).toEqual({ LocalDefaultAddressSpace: 'lab', GlobalDefaultAddressSpace: 'lab-global' })
    expect(await call('/IpamDriver.GetCapabilities', undefined, { ipam })).toEqual({ RequiresMACAddress: false, RequiresRequestReplay: false })
  })

  it('is asked in its words, as Docker 20.10 sends it', async () => {
    expect(await call('/IpamDriver.RequestPool', { AddressSpace: 'lab', Pool: '10.9.0.0/24', SubPool: '', Options: {}, V6: false }, { ipam })).toEqual({ PoolID: 'p', Pool: '10.9.0.0/24', Data: {} })
    expect(await call('/IpamDriver.RequestAddress', { PoolID: 'p', Address: '10.9.0.7', Options: null }, { ipam })).toEqual({ Address: '10.9.0.7/24', Data: {} })
    expect(await call('/IpamDriver.ReleaseAddress', { PoolID: 'p', Address: '10.9.0.7' }, { ipam })).toEqual({})
    expect(await call('/IpamDriver.ReleasePool', { PoolID: 'p' }, { ipam })).toEqual({})
    expect(seen).toEqual([{ poolId: 'p', address: '10.9.0.7' }, { poolId: 'p' }])
    expect(decodeRequestAddress({ PoolID: 'p', Address: '', Options: { RequestAddressType: 'com.docker.network.gateway' } })).toEqual({ poolId: 'p', address: undefined, gateway: true })
    expect(decodeRequestPool({ Pool: 'fd00::/64', V6: true, Options: { a: 'b' } })).toEqual({ pool: 'fd00::/64', options: { a: 'b' }, v6: true })
    expect(() => decodeRequestPool({ Pool: 'x' })).toThrow('Pool has to be an IPv4 address')
    expect(() => decodeRequestAddress({ PoolID: 'p', Address: 'x' })).toThrow('Address has to be an IP address; it is "x"')
  })

  it('is not every driver', async () => {
    await expect((async () => call('/IpamDriver.RequestPool', { Pool: '' }, {}))()).rejects.toThrow('hands out no addresses')
  })
})

it('an endpoint has the options of --driver-opt', () => {
  const ids = { NetworkID: '3'.repeat(64), EndpointID: 'e'.repeat(64) }
  expect(decodeCreateEndpoint({ ...ids, Options: { 'streambed.host': 'web', 'com.docker.network.portmap': [] } }).driverOptions).toEqual({ 'streambed.host': 'web' })
  expect(decodeCreateEndpoint(ids).driverOptions).toBeUndefined()
})
