import { describe, expect, it } from 'vitest'
import { decodeCreateEndpoint, decodeCreateNetwork, decodeEndpointRequest, decodeJoin, decodeNetworkRequest, decodeProgramExternalConnectivity } from './requests.js'

const NETWORK = '3'.repeat(64)
const ENDPOINT = 'e'.repeat(64)
const ids = { NetworkID: NETWORK, EndpointID: ENDPOINT }

describe('decodeCreateNetwork', () => {
  it('reads what Docker 20.10 sends', () => {
    const request = {
      NetworkID: NETWORK,
      Options: { 'com.docker.network.enable_ipv6': false, 'com.docker.network.internal': true, 'com.docker.network.generic': { 'ovs.bridge.mode': 'nat' } },
      IPv4Data: [{ AddressSpace: 'LocalDefault', Gateway: '10.9.0.1/24', Pool: '10.9.0.0/24' }],
      IPv6Data: null,
    }
    expect(decodeCreateNetwork(request)).toEqual({
      networkId: NETWORK,
      options: { 'ovs.bridge.mode': 'nat' },
      internal: true,
      enableIpv6: false,
      ipv4: [{ AddressSpace: 'LocalDefault', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24', AuxAddresses: {} }],
      ipv6: [],
    })
  })

  it('does without options and addresses', () => {
    expect(decodeCreateNetwork({ NetworkID: NETWORK, Options: null })).toEqual({ networkId: NETWORK, options: {}, internal: false, enableIpv6: false, ipv4: [], ipv6: [] })
    expect(decodeCreateNetwork({ NetworkID: NETWORK, IPv4Data: [{ AddressSpace: 'null', Pool: '0.0.0.0/0' }] }).ipv4[0]).toMatchObject({ Pool: '0.0.0.0/0', Gateway: undefined })
  })

  it.each([
    [[], 'the request has to be an object; it is an array'],
    [{}, 'NetworkID has to be an id of Docker, 12 to 64 digits and small letters; it is absent'],
    [{ NetworkID: '../../etc' }, 'NetworkID has to be an id of Docker'],
    [{ NetworkID: NETWORK, Options: 'x' }, 'Options has to be an object; it is "x"'],
    [{ NetworkID: NETWORK, Options: { 'com.docker.network.generic': { mtu: 1500 } } }, 'Options["com.docker.network.generic"]["mtu"] has to be a string; it is 1500'],
    [{ NetworkID: NETWORK, Options: { 'com.docker.network.internal': 'true' } }, 'Options["com.docker.network.internal"] has to be true or false; it is "true"'],
    [{ NetworkID: NETWORK, IPv4Data: {} }, 'IPv4Data has to be an array; it is an object'],
    [{ NetworkID: NETWORK, IPv4Data: [null] }, 'IPv4Data[0] has to be an object; it is null'],
    [{ NetworkID: NETWORK, IPv4Data: [{ Gateway: '10.0.0.1' }] }, 'IPv4Data[0].Gateway has to be an IPv4 address with its prefix length, such as 10.9.0.2/24; it is "10.0.0.1"'],
    [{ NetworkID: NETWORK, IPv6Data: [{ Pool: '10.0.0.0/24' }] }, 'IPv6Data[0].Pool has to be an IPv6 address'],
  ])('names the field that is wrong: %j', (request, message) => {
    expect(() => decodeCreateNetwork(request)).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) as string }) as Error)
  })

  it('keeps names that mean something to JavaScript', () => {
    const request: unknown = JSON.parse(`{"NetworkID":"${NETWORK}","Options":{"com.docker.network.generic":{"__proto__":"x","constructor":"y"}}}`)
    expect(Object.entries(decodeCreateNetwork(request).options)).toEqual([['__proto__', 'x'], ['constructor', 'y']])
  })
})

describe('decodeCreateEndpoint', () => {
  it('reads addresses, and Go\'s empty strings as nothing', () => {
    const Interface = { Address: '10.9.0.2/24', AddressIPv6: 'fd00::2/64', MacAddress: '0E:00:00:00:00:23' }
    expect(decodeCreateEndpoint({ ...ids, Interface, Options: { 'com.docker.network.portmap': null } })).toEqual({
      networkId: NETWORK,
      endpointId: ENDPOINT,
      ipv4: '10.9.0.2/24',
      ipv6: 'fd00::2/64',
      mac: '0e:00:00:00:00:23',
      portMappings: [],
    })
    const nothing = { networkId: NETWORK, endpointId: ENDPOINT, ipv4: undefined, ipv6: undefined, mac: undefined, portMappings: [] }
    expect(decodeCreateEndpoint({ ...ids, Interface: { Address: '', AddressIPv6: '', MacAddress: '' } })).toEqual(nothing)
    expect(decodeCreateEndpoint({ ...ids, Interface: null, Options: null })).toEqual(nothing)
  })

  it.each([
    [{ Address: '10.9.0.2/33' }, 'Interface.Address has to be an IPv4 address'],
    [{ Address: 5 }, 'Interface.Address has to be a string; it is 5'],
    [{ AddressIPv6: 'fd00::/129' }, 'Interface.AddressIPv6 has to be an IPv6 address'],
    [{ MacAddress: '0e:00' }, 'Interface.MacAddress has to be a MAC address'],
    [{ MacAddress: '01:00:5e:00:00:01' }, 'Interface.MacAddress has to be the MAC address of one interface'],
  ])('names the field that is wrong: %j', (Interface, message) => {
    expect(() => decodeCreateEndpoint({ ...ids, Interface })).toThrow(message)
  })
})

describe('decodeJoin', () => {
  const join = (portmap: unknown) => decodeJoin({ ...ids, SandboxKey: '/var/run/docker/netns/0123456789ab', Options: { 'com.docker.network.portmap': portmap } })

  it('reads port mappings of all protocols', () => {
    const binding = { IP: '', Port: 80, HostIP: '', HostPort: 8080, HostPortEnd: 8080 }
    expect(join([{ ...binding, Proto: 6 }, { ...binding, Proto: 17, HostIP: '127.0.0.1' }, { ...binding, Proto: 132, HostIP: '0.0.0.0' }, { ...binding, Proto: 6, HostIP: '::' }])).toEqual({
      networkId: NETWORK,
      endpointId: ENDPOINT,
      sandboxKey: '/var/run/docker/netns/0123456789ab',
      portMappings: [
        { protocol: 'tcp', containerPort: 80, hostPort: 8080, hostAddress: undefined },
        { protocol: 'udp', containerPort: 80, hostPort: 8080, hostAddress: '127.0.0.1' },
        { protocol: 'sctp', containerPort: 80, hostPort: 8080, hostAddress: '0.0.0.0' },
        { protocol: 'tcp', containerPort: 80, hostPort: 8080, hostAddress: '::' },
      ],
    })
  })

  it('reads a port that Docker leaves to the driver', () => {
    expect(join([{ Proto: 6, Port: 80, HostPort: 0, HostPortEnd: 0 }]).portMappings).toEqual([{ protocol: 'tcp', containerPort: 80, hostPort: 0, hostAddress: undefined }])
    expect(join([{ Proto: 6, Port: 80, HostPort: 8000, HostPortEnd: 8010 }]).portMappings).toEqual([{ protocol: 'tcp', containerPort: 80, hostPort: 8000, hostPortEnd: 8010, hostAddress: undefined }])
  })

  it.each([
    [[{ Proto: 1, Port: 80 }], 'portmap"][0].Proto has to be 6 (tcp), 17 (udp) or 132 (sctp); it is 1'],
    [[{ Proto: 6, Port: 0 }], '[0].Port has to be a whole number, 1 to 65535; it is 0'],
    [[{ Proto: 6, Port: 80, HostPort: 65536 }], '[0].HostPort has to be a whole number, 0 to 65535'],
    [[{ Proto: 6, Port: 80, HostPort: 80, HostPortEnd: 79 }], '[0].HostPortEnd has to be at least HostPort'],
    [[{ Proto: 6, Port: 80, HostIP: 'localhost' }], '[0].HostIP has to be an IP address; it is "localhost"'],
    ['80', 'portmap"] has to be an array; it is "80"'],
  ])('names the field that is wrong: %j', (portmap, message) => {
    expect(() => join(portmap)).toThrow(message)
  })

  it('wants the path of a namespace', () => {
    expect(() => decodeJoin({ ...ids, SandboxKey: 'x' })).toThrow('SandboxKey has to be the absolute path of a network namespace; it is "x"')
    expect(() => decodeJoin(ids)).toThrow('SandboxKey has to be a string; it is absent')
  })
})

describe('the other requests', () => {
  it('have ids', () => {
    expect(decodeNetworkRequest({ NetworkID: NETWORK, More: 1 })).toEqual({ networkId: NETWORK })
    expect(decodeEndpointRequest(ids)).toEqual({ networkId: NETWORK, endpointId: ENDPOINT })
    expect(decodeProgramExternalConnectivity({ ...ids, Options: null })).toEqual({ networkId: NETWORK, endpointId: ENDPOINT, portMappings: [] })
    expect(() => decodeEndpointRequest({ NetworkID: NETWORK, EndpointID: ['x'] })).toThrow('EndpointID has to be an id of Docker, 12 to 64 digits and small letters; it is an array')
  })
})
