import { describe, expect, it } from 'vitest'
import { networksJson } from '../status/network-states.js'
import { sampleEndpoint, sampleNetwork } from '../status/sample.test-support.js'
import { diagramModel } from './model.js'
import { parseNetworkStates } from './states.js'

describe('parseNetworkStates', () => {
  it('reads what a daemon of ours tells', () => {
    const text = networksJson([sampleNetwork('net', { dpid: 0xffffffffffffffffn, endpoints: new Map([sampleEndpoint('con', 1)]) })], { shortEngineId: '0A1B2C' })
    const [state] = Object.values(parseNetworkStates(text))
    expect(state).toMatchObject({ NetworkName: 'net', BridgeDpidUint: 0xffffffffffffffffn, MTU: 1500, DynamicNetworkStates: { ShortEngineId: '0A1B2C' } })
    expect(Object.values(state?.DynamicNetworkStates.Containers ?? {})).toMatchObject([{ Name: '/con', HostIP: '10.9.0.2', OFPort: 1 }])
  })

  it('reads what dovesnap tells, which has less', () => {
    const state = {
      NetworkName: 'testnet', BridgeName: 'odsbr12345', BridgeDpid: '0x1', BridgeDpidUint: 1, BridgeVLAN: 100, MTU: 1500, Mode: 'flat', AddPorts: '', Controller: '',
      DynamicNetworkStates: {
        ShortEngineId: '0A1B2C',
        Containers: { e: { Name: '/con', Id: 'c', OFPort: 1, MacAddress: 'm', HostIP: '', Labels: { 'dovesnap.faucet.portacl': 'denyall', 'dovesnap.faucet.mirror': 'true' }, IfName: 'eth0' } },
        ExternalPorts: null,
        OtherBridgePorts: { p: { Name: 'p', PeerName: 'q', OFPort: 99, PeerOFPort: 3, PeerBridgeName: 'odsmir0A1B2C' } },
      },
    }
    const { nodes } = diagramModel([parseNetworkStates(JSON.stringify({ n: state }))])
    expect(nodes.map(({ kind, title, sections }) => [kind, title, sections[0]?.lines])).toEqual([
      ['network', 'testnet', ['odsbr12345', 'dpid: 0x1', 'vlan: 100', 'mode: flat']],
      ['container', 'con', ['eth0', 'm', 'portacl: denyall', 'mirror: true']],
      ['mirror', 'odsmir0A1B2C', ['Mirror bridge']],
    ])
  })

  it.each(['', 'not authorized', '[]', 'null', '5'])('refuses %j', (text) => {
    expect(() => parseNetworkStates(text)).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining('GET /networks') as string }) as Error)
  })

  it('takes what is of another type as missing', () => {
    expect(() => diagramModel([parseNetworkStates('{"a":{"NetworkName":5,"DynamicNetworkStates":{"Containers":[1],"OtherBridges":{"x":{"Interfaces":5}}}},"b":7}')])).not.toThrow()
  })
})
