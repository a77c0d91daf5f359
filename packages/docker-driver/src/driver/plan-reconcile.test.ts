import { describe, expect, it } from 'vitest'
import type { Endpoint, Network } from '../model/network.js'
import type { DockerContainer, DockerNetwork } from '../docker/docker-engine.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'
import { endpointAlias, networkAlias } from './link-alias.js'
import { planNetwork } from './network-plan.js'
import { planReconcile, type Observed } from './plan-reconcile.js'
import { key } from './state.js'
import type { BridgePort, BridgeState } from './switch-database.js'

const id = 'a'.repeat(64)
const eid = 'b'.repeat(64)
const request: CreateNetworkRequest = {
  networkId: id, options: { 'ovs.bridge.mode': 'nat' }, internal: true, enableIpv6: false, ipv6: [],
  ipv4: [{ AddressSpace: '', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24' }],
}
const endpoint: Endpoint = {
  id: eid, hostInterface: 'odsvebbbbb', containerInterface: 'ethcbbbbb', mac: '02:00:00:00:00:01', ipv4: '10.9.0.2/24', ipv6: undefined,
  joined: { ofport: 1, containerId: 'c1', containerName: 'web', labels: {}, sandboxKey: '', acls: [], mirror: false, portMappings: [] },
}
const network: Network = { ...planNetwork(request, { networks: [], dpids: new Set(), names: new Set() }), name: 'lab', unnamed: false, endpoints: new Map([[eid, endpoint]]) }
const port = (name: string, more: Partial<BridgePort> = {}): BridgePort => ({
  uuid: `uuid-${name}` as BridgePort['uuid'], name, type: '', ofport: 1, error: undefined, mac: undefined, ifindex: 1, options: {}, externalIds: {}, ...more,
})
const bridge: BridgeState = {
  uuid: 'uuid' as BridgeState['uuid'], name: network.bridge, dpid: 0xaaaaaaaaaaaan, controllers: ['unix:/run/x.sock'], failMode: 'secure',
  externalIds: { [key.driver]: 'dovesnap', [key.network]: id },
  ports: [port(network.bridge, { ofport: 65534 }), port('odsvebbbbb', { externalIds: { [key.endpoint]: eid } })],
}
const docker: DockerNetwork = {
  id, name: 'lab', options: request.options, internal: true, enableIpv6: false, ipam: { driver: 'default', config: [{ subnet: '10.9.0.0/24', gateway: undefined, ipRange: undefined }] },
  endpoints: new Map([[eid, { id: eid, containerId: 'c1', containerName: 'web', mac: endpoint.mac, ipv4: '10.9.0.2/24', ipv6: undefined }]]),
}
const container: DockerContainer = { id: 'c1', name: 'web', labels: {}, state: 'running', networks: new Map([['lab', { networkId: id, endpointId: eid }]]) }
const link = (name: string, addresses: readonly string[] = [], index = 5) => [name, { name, index, up: true, mac: undefined, addresses }] as const
const veth = (name: string, alias: string) => [name, { ...link(name)[1], alias }] as const
const agreed: Observed = {
  driver: 'dovesnap',
  networks: new Map([[id, network]]),
  requests: new Map([[id, request]]),
  docker: { networks: [docker], containers: [container] },
  bridges: [bridge],
  links: new Map([link(network.bridge, ['10.9.0.1/24']), veth('odsvebbbbb', endpointAlias('dovesnap', eid))]),
  controllers: { embedded: 'unix:/run/x.sock', defaults: [] },
  fresh: new Set(),
}
const types = (observed: Partial<Observed>) => planReconcile({ ...agreed, ...observed }).map(({ type }) => type)
const without = (joined: Endpoint['joined']) => new Map([[id, { ...network, endpoints: new Map([[eid, { ...endpoint, joined }]]) }]])

describe('planReconcile', () => {
  it('does nothing when all agree', () => expect(planReconcile(agreed)).toEqual([]))

  it('concludes nothing from a Docker that does not answer', () => expect(types({ docker: undefined })).toEqual([]))

  it('removes what Docker has no more, unless it was made a moment ago', () => {
    const none = { networks: [], containers: [] }
    expect(types({ docker: none })).toEqual(['remove-network'])
    expect(types({ docker: none, networks: new Map() })).toEqual(['remove-bridge', 'remove-link'])
    expect(types({ docker: none, networks: new Map(), driver: 'other' })).toEqual([])
    expect(types({ docker: none, fresh: new Set([id, eid]) })).toEqual([])
    const empty = { networks: [{ ...docker, endpoints: new Map() }], containers: [] }
    expect(types({ docker: empty })).toEqual(['remove-endpoint'])
    expect(types({ docker: empty, fresh: new Set([eid]) })).toEqual([])
    expect(types({ docker: empty, networks: new Map([[id, { ...network, endpoints: new Map() }]]) })).toEqual(['remove-port', 'remove-link'])
  })

  it('takes a port away whose record was damaged, and then adds it as Docker says', () => {
    const damaged = new Map([[id, { ...network, endpoints: new Map() }]])
    expect(types({ networks: damaged })).toEqual(['remove-port'])
    expect(types({ networks: damaged, fresh: new Set([eid]) })).toEqual([])
    expect(types({ networks: damaged, bridges: [{ ...bridge, ports: bridge.ports.slice(0, 1) }] })).toEqual(['restore-port'])
  })

  it('removes a veth pair of which nobody knows any more', () => {
    const other = 'c'.repeat(64)
    const links = new Map([...agreed.links, veth('odsveccccc', endpointAlias('dovesnap', other)), veth('odsveddddd', endpointAlias('other', other)), link('odsveeeeee')])
    expect(planReconcile({ ...agreed, links })).toEqual([{ type: 'remove-link', link: 'odsveccccc' }])
    expect(planReconcile({ ...agreed, links, fresh: new Set([other]) })).toEqual([])
    expect(planReconcile({ ...agreed, links, docker: undefined })).toEqual([])
    const devices = new Map([...agreed.links, veth('odsbrccccc', networkAlias('dovesnap', other)), veth('odsbrother', networkAlias('dovesnap', id))])
    expect(planReconcile({ ...agreed, links: devices })).toEqual([{ type: 'remove-link', link: 'odsbrccccc' }])
  })

  it('makes a bridge again, the same, also while Docker does not answer', () => {
    expect(planReconcile({ ...agreed, bridges: [], docker: undefined })).toEqual([{ type: 'rebuild-network', request, name: 'lab', former: network }])
    expect(planReconcile({ ...agreed, bridges: [], networks: new Map(), requests: new Map() })).toEqual([{ type: 'rebuild-network', request, name: 'lab', former: undefined }])
  })

  it('gives a container its port back, with its number', () => {
    const bare = { ...bridge, ports: [port(network.bridge, { ofport: 65534 })] }
    expect(planReconcile({ ...agreed, bridges: [bare] })).toEqual([{ type: 'restore-port', network: id, endpoint }])
    expect(types({ bridges: [bare], links: new Map([link(network.bridge, ['10.9.0.1/24'])]) })).toEqual(['lost'])
    const forgotten = planReconcile({ ...agreed, bridges: [bare], networks: new Map([[id, { ...network, endpoints: new Map() }]]) })
    expect(forgotten).toEqual([{ type: 'restore-port', network: id, endpoint: { ...endpoint, joined: undefined } }])
  })

  it('admits a container when Docker says whose endpoint it is', () => {
    expect(types({ networks: without(undefined), docker: undefined })).toEqual([])
    expect(planReconcile({ ...agreed, networks: without(undefined) })).toMatchObject([{ type: 'admit', identity: { networkName: 'lab', containerName: 'web' } }])
  })

  it('follows names, numbers and addresses', () => {
    expect(types({ docker: { networks: [{ ...docker, name: 'office' }], containers: [container] } })).toEqual(['rename-network'])
    expect(types({ docker: { networks: [docker], containers: [{ ...container, name: 'www' }] } })).toEqual(['rename-container'])
    expect(types({ bridges: [{ ...bridge, ports: bridge.ports.map((one) => (one.name === 'odsvebbbbb' ? { ...one, ofport: 9 } : one)) }] })).toEqual(['renumber'])
    expect(planReconcile({ ...agreed, links: new Map([link(network.bridge), link('odsvebbbbb')]) })).toEqual([{ type: 'bring-up', network: id, bridge: network.bridge, addresses: ['10.9.0.1/24'] }])
  })

  it('gives bridges the controllers that the driver was started with', () => {
    const controllers = { embedded: undefined, defaults: ['tcp:127.0.0.1:6653'] }
    expect(planReconcile({ ...agreed, controllers })).toEqual([{ type: 'set-controllers', network: id, bridge: network.bridge, controllers: ['tcp:127.0.0.1:6653'] }])
    expect(planReconcile({ ...agreed, controllers: { embedded: undefined, defaults: [] } })).toMatchObject([{ type: 'set-controllers', controllers: [] }])
    expect(types({ bridges: [{ ...bridge, failMode: undefined }] })).toEqual(['set-controllers'])
    const named = { ...network, options: { ...network.options, controllers: ['unix:/run/x.sock'] } }
    expect(types({ controllers, networks: new Map([[id, named]]) })).toEqual([])
  })

  const added = planNetwork({ ...request, options: { 'ovs.bridge.add_ports': 'eth7/3' } }, { networks: [], dpids: new Set(), names: new Set() }).options
  const withPort = (ofport: number | undefined, more: Partial<Network> = {}) => ({
    networks: new Map([[id, { ...network, options: { ...added, mode: network.options.mode }, ports: new Map([['eth7', 3]]), ...more }]]),
    bridges: [{ ...bridge, ports: [...bridge.ports, port('eth7', { ofport, requested: 3, externalIds: { [key.port]: 'added' } })] }],
  })
  const links = (up: boolean) => new Map([...agreed.links, ['eth7', { ...link('eth7')[1], up }] as const])

  it('brings an interface of the machine up again', () => {
    expect(planReconcile({ ...agreed, ...withPort(3), links: links(false) })).toEqual([{ type: 'bring-up-port', network: id, port: 'eth7' }])
    expect(types({ ...withPort(3), links: links(true) })).toEqual([])
  })

  it('has the interfaces of the options as ports, whatever others do, and whenever they come', () => {
    // Not there at the moment: Open vSwitch has no number for it, and it is waited for.
    expect(types(withPort(-1))).toEqual([])
    expect(planReconcile({ ...agreed, ...withPort(3, { ports: new Map() }), links: links(true) })).toEqual([{ type: 'number-added-ports', network: id, ports: new Map([['eth7', 3]]) }])
    expect(planReconcile({ ...agreed, ...withPort(8), links: links(true) })).toEqual([{ type: 'number-added-ports', network: id, ports: new Map([['eth7', 8]]) }])
    const { networks } = withPort(3)
    expect(planReconcile({ ...agreed, networks })).toEqual([{ type: 'restore-added-port', network: id, port: 'eth7' }])
    const other = { ...bridge, name: 'br0', externalIds: {}, ports: [port('eth7')] }
    expect(planReconcile({ ...agreed, networks, bridges: [bridge, other] })).toEqual([{ type: 'lost', text: expect.stringMatching(/eth7.*br0/) }])
  })

  it('touches nothing of a network that another Docker has', () => {
    const theirs = { ...bridge, externalIds: { ...bridge.externalIds, [key.engine]: 'A' } }
    const strange = { networks: [], containers: [], engine: 'B' }
    expect(planReconcile({ ...agreed, bridges: [theirs], docker: strange })).toEqual([{ type: 'lost', text: expect.stringMatching(/engine A.*talks to B/) }])
    expect(types({ bridges: [theirs], docker: strange, networks: new Map() })).toEqual(['lost'])
    expect(types({ bridges: [theirs], docker: { ...strange, engine: 'A' } })).toEqual(['remove-network'])
    // The same networks under another id: it is the same Docker.
    expect(planReconcile({ ...agreed, bridges: [theirs], docker: { networks: [docker], containers: [container], engine: 'B' } })).toEqual([{ type: 'claim-network', network: id, bridge: bridge.name, engine: 'B' }])
  })

  it('learns a name that is the one of the bridge', () => {
    const networks = new Map([[id, { ...network, name: 'lab', unnamed: true }]])
    expect(planReconcile({ ...agreed, networks })).toEqual([{ type: 'rename-network', network: id, name: 'lab' }])
    expect(planReconcile({ ...agreed, networks, docker: undefined })).toEqual([])
  })

  it('adopts what somebody else adds to a bridge', () => {
    const [adopted] = planReconcile({ ...agreed, bridges: [{ ...bridge, ports: [...bridge.ports, port('vnet0', { ofport: 5 })] }] })
    expect(adopted).toMatchObject({ type: 'foreign-ports', ports: new Map([['vnet0', { name: 'vnet0', ofport: 5 }]]) })
  })
})
