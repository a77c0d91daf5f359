import { describe, expect, it } from 'vitest'
import { endpoint, mapping, network } from './networks.fixture.js'
import { checkMappings, describeMapping, fulfils, mappingFamilies, overlap, portRange } from './port-mapping.js'

const both = { id: 'new', ipv4: '10.9.0.9/24', ipv6: 'fd09::9/64' }
const at = (hostAddress: string | undefined) => mapping(8080, { hostAddress })

describe('overlap', () => {
  it.each([
    [undefined, undefined, true],
    [undefined, '192.0.2.1', true],
    [undefined, '::', true],
    ['0.0.0.0', '192.0.2.1', true],
    ['0.0.0.0', '::', false],
    ['::', '2001:db8::1', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8::1', '2001:DB8:0::0:1', true],
    ['2001:db8::1', '2001:db8::2', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect([overlap(at(a), at(b)), overlap(at(b), at(a))]).toEqual([expected, expected])
  })

  it('needs the same protocol and port', () => {
    expect(overlap(mapping(80), mapping(80, { protocol: 'udp' }))).toBe(false)
    expect(overlap(mapping(80), mapping(81))).toBe(false)
  })
})

it('knows the families that a mapping can be carried out in', () => {
  expect(mappingFamilies(at(undefined), both)).toEqual([4, 6])
  expect(mappingFamilies(at('0.0.0.0'), both)).toEqual([4])
  expect(mappingFamilies(at('::'), both)).toEqual([6])
  expect(mappingFamilies(at('::'), { ipv4: '10.9.0.9/24', ipv6: undefined })).toEqual([])
})

it('writes a mapping as docker run does', () => {
  expect([at(undefined), at('192.0.2.1'), at('::1')].map(describeMapping)).toEqual(['8080:80/tcp', '192.0.2.1:8080:80/tcp', '[::1]:8080:80/tcp'])
})

describe('checkMappings', () => {
  const lab = network('nat', 'br1', '10.9.0', 'fd09', [endpoint('web', '10.9.0.2/24', undefined, [mapping(8080)])])

  it('takes what fits', () => {
    expect(() => { checkMappings([lab], both, [mapping(8081), mapping(8080, { protocol: 'udp' }), mapping(8080, { protocol: 'sctp' })]) }).not.toThrow()
    expect(() => { checkMappings([lab], { ...both, id: 'web' }, [mapping(8080)]) }).not.toThrow()
  })

  it.each([
    ['conflict', [mapping(8080)], 'container web on network nat has 8080:80/tcp already'],
    ['conflict', [mapping(8080, { hostAddress: '127.0.0.1' })], 'container web on network nat'],
    ['conflict', [mapping(1), mapping(1, { hostAddress: '192.0.2.1' })], '1:80/tcp and 192.0.2.1:1:80/tcp'],
    ['invalid', [mapping(0)], 'hostPort is 0'],
    ['invalid', [mapping(1, { containerPort: 65536 })], 'containerPort is 65536'],
    ['invalid', [mapping(1, { hostAddress: 'web' })], "'web' is not an IP address"],
    ['invalid', [mapping(1, { hostAddress: '0:0::1' })], 'publish at 127.0.0.1'],
  ])('%s: %j', (code, mappings, words) => {
    expect(() => { checkMappings([lab], both, mappings) }).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) as string }))
  })

  it.each([
    [{ id: 'new', ipv4: '10.9.0.9/24', ipv6: undefined }, '2001:db8::1', 'no IPv6 address'],
    [{ id: 'new', ipv4: undefined, ipv6: 'fd09::9/64' }, '192.0.2.1', 'no IPv4 address'],
    [{ id: 'new', ipv4: undefined, ipv6: undefined }, undefined, 'no address on this network'],
  ])('refuses an address that nothing can be forwarded from: %j %s', (of, hostAddress, words) => {
    expect(() => { checkMappings([lab], of, [mapping(1, { hostAddress })]) }).toThrow(words)
  })
})

it.each([
  [mapping(0), [49153, 65535]],
  [mapping(8000, { hostPortEnd: 8010 }), [8000, 8010]],
  [mapping(8000, { hostPortEnd: 8000 }), undefined],
  [mapping(8000), undefined],
])('knows the ports to choose from: %j', (of, range) => {
  expect(portRange(of)).toEqual(range)
})

it.each([
  [mapping(8003), mapping(8000, { hostPortEnd: 8010 }), true],
  [mapping(8011), mapping(8000, { hostPortEnd: 8010 }), false],
  [mapping(8003, { hostAddress: '192.0.2.1' }), mapping(8000, { hostPortEnd: 8010, hostAddress: '192.0.2.2' }), false],
  [mapping(8003, { protocol: 'udp' }), mapping(8000, { hostPortEnd: 8010 }), false],
  [mapping(8003, { containerPort: 81 }), mapping(8000, { hostPortEnd: 8010 }), false],
  [mapping(49153), mapping(0), true],
  [mapping(8080), mapping(8080), true],
  [mapping(8081), mapping(8080), false],
])('knows what a container has already: %j for %j', (held, wanted, expected) => {
  expect(fulfils(held, wanted)).toBe(expected)
})
