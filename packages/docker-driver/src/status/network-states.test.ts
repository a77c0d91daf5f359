import { describe, expect, it } from 'vitest'
import { networksJson, networkStates } from './network-states.js'
import { sampleEndpoint, sampleNetwork } from './sample.test-support.js'

describe('networkStates', () => {
  it('has all that dovesnap has, spelled as there', () => {
    const network = sampleNetwork('testnet', {
      dpid: 0xffffffffffffffffn,
      options: {
        mode: 'nat',
        controllers: ['tcp:127.0.0.1:6653', 'tcp:127.0.0.1:6654'],
        addPorts: [{ name: 'eth1', ofport: 8, acls: ['denyall'], vlan: undefined }, { name: 'eth2', ofport: undefined, acls: [], vlan: 20 }],
        addCoproPorts: [{ name: 'eth3', ofport: undefined, acls: [], vlan: undefined }],
        natAcl: [{ network: undefined, value: 'a,b' }, { network: 'testnet', value: 'c' }],
        preallocatePorts: 10,
      },
      ports: new Map([['eth1', 8], ['eth2', 1]]),
      foreignPorts: new Map([['vnet0', { name: 'vnet0', ofport: 5, mac: '52:54:00:00:00:01' }]]),
      patches: new Map([['odsmirX-0', { name: 'odsmirX-0', ofport: 99, purpose: 'mirror', peer: { bridge: 'odsmir0A1B2C', name: 'odsX', ofport: 3 } }]]),
      endpoints: new Map([
        sampleEndpoint('con1', 2, { labels: { a: 'b' }, acls: ['denyall'], mirror: true, portMappings: [{ protocol: 'tcp', containerPort: 80, hostPort: 8080, hostAddress: undefined }] }),
        [sampleEndpoint('con2', 3)[0], { ...sampleEndpoint('con2', 3)[1], joined: undefined }],
      ]),
    })
    const states = networkStates([network], {
      shortEngineId: '0A1B2C',
      macOf: (name) => (name === 'eth1' ? '00:00:00:00:00:08' : undefined),
      interfaceOf: () => 'eth0',
      otherBridges: { odsmir0A1B2C: { Kind: 'mirror', Interfaces: { mirrorout: { Direction: 'out' } } }, odslb0A1B2C: { Kind: 'loopback', Interfaces: {} } },
    })
    expect(states).toEqual({
      [network.id]: {
        NetworkName: 'testnet',
        BridgeName: 'odsbrtestn',
        BridgeDpid: '0xffffffffffffffff',
        BridgeDpidUint: 0xffffffffffffffffn,
        BridgeVLAN: 100,
        MTU: 1500,
        PreAllocatePorts: 10,
        Mode: 'nat',
        AddPorts: 'eth1/8/denyall,eth2///20',
        AddCoproPorts: 'eth3',
        Gateway: '10.9.0.1',
        GatewayMask: '24',
        FlatBindInterface: '',
        UseDHCP: false,
        Userspace: false,
        NATAcl: 'a,b/testnet:c',
        VLANOutAcl: '',
        DefaultAcl: '',
        OvsLocalMac: '',
        Controller: 'tcp:127.0.0.1:6653,tcp:127.0.0.1:6654',
        GatewayIPv6: '',
        Subnet: '10.9.0.0/24',
        SubnetIPv6: '',
        Internal: true,
        DynamicNetworkStates: {
          ShortEngineId: '0A1B2C',
          Containers: {
            [sampleEndpoint('con1', 2)[0]]: {
              Name: '/con1',
              Id: 'con1'.padEnd(64, 'c'),
              OFPort: 2,
              MacAddress: '0e:00:00:00:00:02',
              HostIP: '10.9.0.3',
              Labels: { a: 'b' },
              IfName: 'eth0',
              HostIPv6: '',
              Acls: ['denyall'],
              Mirror: true,
              PortMappings: ['0.0.0.0:8080->80/tcp'],
            },
          },
          ExternalPorts: {
            eth1: { Name: 'eth1', OFPort: 8, MacAddress: '00:00:00:00:00:08' },
            eth2: { Name: 'eth2', OFPort: 1, MacAddress: '' },
            odsbrtestn: { Name: 'odsbrtestn', OFPort: 4294967294, MacAddress: '' },
            vnet0: { Name: 'vnet0', OFPort: 5, MacAddress: '52:54:00:00:00:01' },
          },
          OtherBridgePorts: { 'odsmirX-0': { Name: 'odsmirX-0', PeerName: 'odsX', OFPort: 99, PeerOFPort: 3, PeerBridgeName: 'odsmir0A1B2C' } },
          OtherBridges: { odsmir0A1B2C: { Kind: 'mirror', Interfaces: { mirrorout: { Direction: 'out' } } } },
        },
      },
    })
  })

  it('prefers IPv4 for the gateway, and has the daemon\'s controllers where there are none', () => {
    const ipv6 = { pool: 'fd00::/64', gateway: 'fd00::1/64' }
    const [both, six, none] = Object.values(
      networkStates([sampleNetwork('both', { addresses: { ipv4: { pool: '10.0.0.0/8', gateway: '10.0.0.1/8' }, ipv6 } }), sampleNetwork('six', { addresses: { ipv4: undefined, ipv6 } }), sampleNetwork('none', { addresses: { ipv4: undefined, ipv6: undefined } })], {
        shortEngineId: '000001',
        defaultControllers: ['tcp:10.0.0.1:6653'],
      }),
    )
    expect(both).toMatchObject({ Gateway: '10.0.0.1', GatewayMask: '8', GatewayIPv6: 'fd00::1/64', Controller: 'tcp:10.0.0.1:6653' })
    expect(six).toMatchObject({ Gateway: 'fd00::1', GatewayMask: '64' })
    expect(none).toMatchObject({ Gateway: '', GatewayMask: '', Subnet: '' })
  })
})

describe('networksJson', () => {
  it('writes all digits of a datapath id, and only that as a number', () => {
    const labels = { 'a"b': '\u2028\ud800', dpid: '18446744073709551615n' }
    const text = networksJson([sampleNetwork('net', { dpid: 0xffffffffffffffffn, endpoints: new Map([sampleEndpoint('con', 1, { labels })]) })], { shortEngineId: '000001' })
    expect(text).toContain('"BridgeDpidUint":18446744073709551615,')
    const [state] = Object.values(JSON.parse(text) as Record<string, { DynamicNetworkStates: { Containers: Record<string, { Labels: unknown }> } }>)
    expect(Object.values(state?.DynamicNetworkStates.Containers ?? {})[0]?.Labels).toEqual(labels)
    expect(networksJson([], { shortEngineId: '000001' })).toBe('{}')
  })
})
