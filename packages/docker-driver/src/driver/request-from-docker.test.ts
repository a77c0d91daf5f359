import { describe, expect, it } from 'vitest'
import type { DockerContainer, DockerNetwork } from '../docker/docker-engine.js'
import { chosenGateway, requestFromDocker } from './request-from-docker.js'

const id = 'a'.repeat(64)
const docker: DockerNetwork = {
  id, name: 'lab', options: {}, internal: true, enableIpv6: false, endpoints: new Map(),
  ipam: { driver: 'default', config: [{ subnet: '10.9.0.0/24', gateway: undefined, ipRange: undefined }] },
}

describe('requestFromDocker', () => {
  it('finds the gateway that Docker chose and does not tell', () => {
    expect(requestFromDocker(docker).ipv4).toEqual([{ AddressSpace: '', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24' }])
    const config = [{ subnet: '10.9.0.0/16', gateway: undefined, ipRange: '10.9.5.0/24' }, { subnet: 'fd00:9::/64', gateway: 'fd00:9::7', ipRange: undefined }]
    const both = requestFromDocker({ ...docker, ipam: { driver: 'default', config } })
    expect([both.ipv4[0]?.Gateway, both.ipv6[0]?.Gateway]).toEqual(['10.9.5.0/16', 'fd00:9::7/64'])
    expect(requestFromDocker({ ...docker, ipam: { driver: 'null', config } })).toMatchObject({ ipv4: [], ipv6: [] })
  })

  it('believes what Docker tells of containers', () => {
    const container = (networkId: string, gateway: string): DockerContainer => ({ id: 'c', name: 'c', labels: {}, state: 'exited', networks: new Map([['lab', { networkId, endpointId: '', gateway }]]) })
    expect(requestFromDocker(docker, [container('other', '10.9.0.9'), container(id, '10.9.0.77')]).ipv4[0]?.Gateway).toBe('10.9.0.77/24')
  })
})

it.each([
  ['10.9.0.0/24', undefined, '10.9.0.1'],
  // Given with an address inside of it, as Docker takes it too.
  ['10.9.0.5/24', undefined, '10.9.0.1'],
  ['10.9.0.16/28', undefined, '10.9.0.17'],
  ['10.9.0.0/24', '10.9.0.0/25', '10.9.0.1'],
  ['10.9.0.0/24', '10.9.0.128/25', '10.9.0.128'],
  ['10.9.0.0/16', '10.9.5.7/24', '10.9.5.0'],
  ['fd00:9::/64', undefined, 'fd00:9::1'],
  ['fd00:9::/64', 'fd00:9::ff00/120', 'fd00:9::ff00'],
])('%s, range %s: %s', (subnet, range, gateway) => expect(chosenGateway(subnet, range)).toBe(gateway))
