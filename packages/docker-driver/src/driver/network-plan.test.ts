import { describe, expect, it } from 'vitest'
import { bridgeOperations, controllerOperations, controllersOf, gatewaysOf, planNetwork } from './network-plan.js'

const request = (options: Readonly<Record<string, string>>) => ({
  networkId: '31df3'.padEnd(64, '0'), options, internal: true, enableIpv6: false, ipv6: [], ipv4: [{ AddressSpace: '', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24' }],
})
const nothing = { networks: [], dpids: new Set<bigint>(), names: new Set<string>() }

describe('planNetwork', () => {
  it('chooses what is left open', () => {
    const network = planNetwork(request({ 'ovs.bridge.add_ports': 'eth1,eth2/1,eth3', 'ovs.bridge.preallocate_ports': '2', 'ovs.bridge.lbport': '4' }), nothing)
    expect(network).toMatchObject({ bridge: 'odsbr31df3', name: 'odsbr31df3', preallocated: [5, 6] })
    expect(network.ports).toEqual(new Map([['eth1', 2], ['eth2', 1], ['eth3', 3]]))
    expect(network.dpid).toBeGreaterThan(0n)
  })

  it('keeps clear of what others have', () => {
    const network = planNetwork(request({}), nothing)
    const other = planNetwork(request({}), { networks: [network], dpids: new Set(), names: new Set(['odsbr31df3']) })
    expect(other.bridge).toBe('odsbr31df30')
    expect(other.dpid).not.toBe(network.dpid)
  })

  it('makes a lost network the same again', () => {
    const network = planNetwork(request({}), nothing)
    expect(planNetwork(request({}), nothing, { name: 'lab', dpid: 7n, preallocated: [9], endpoints: network.endpoints })).toMatchObject({ name: 'lab', dpid: 7n, preallocated: [9] })
  })
})

describe('bridgeOperations', () => {
  it('makes the bridge with its ports and its memory in one transaction', () => {
    const asked = request({ 'ovs.bridge.dpid': '0x1', 'ovs.bridge.userspace': 'true', 'ovs.bridge.mtu': '1400', 'ovs.bridge.add_ports': 'eth1/8', 'ovs.bridge.add_copro_ports': 'eth2' })
    const network = planNetwork(asked, nothing)
    const operations = bridgeOperations(network, asked, { driver: 'dovesnap', controllers: ['unix:/run/openvswitch/x.sock'], engine: 'ENGINE', formers: new Map([['eth1', { up: false, promiscuous: false }]]) })
    const rows = operations.flatMap((operation) => (operation.op === 'insert' || operation.op === 'update' ? [operation.row] : []))
    expect(rows).toContainEqual(expect.objectContaining({ datapath_type: 'netdev', fail_mode: 'secure', other_config: expect.objectContaining({ 'datapath-id': '0000000000000001' }) }))
    expect(rows).toContainEqual({ mtu_request: 1400n })
    expect(rows).toContainEqual(expect.objectContaining({ name: 'eth1', ofport_request: 8, external_ids: { 'streambed-port': 'added' } }))
    expect(rows).toContainEqual(expect.objectContaining({ name: 'eth2', ofport_request: 1, external_ids: { 'streambed-port': 'copro' } }))
    expect(rows).toContainEqual(expect.objectContaining({ external_ids: expect.objectContaining({ 'streambed-driver': 'dovesnap', 'streambed-network': network.id, 'streambed-docker': 'ENGINE', 'streambed-former': '{"eth1":{"up":false,"promiscuous":false}}' }) }))
    // Rows of others may have the same target.
    expect(operations.filter((operation) => 'table' in operation && operation.table === 'Controller' && operation.op !== 'insert')).toEqual([])
    expect(rows).toContainEqual({ target: 'unix:/run/openvswitch/x.sock', max_backoff: 1000n })
    expect(bridgeOperations(network, asked, { driver: 'dovesnap', controllers: [] })).toContainEqual(expect.objectContaining({ row: expect.objectContaining({ fail_mode: 'standalone' }) }))
  })

  it('has the gateway on the bridge only where the network leads through it', () => {
    expect(gatewaysOf(planNetwork(request({ 'ovs.bridge.mode': 'nat' }), nothing))).toEqual(['10.9.0.1/24'])
    expect(gatewaysOf(planNetwork(request({}), nothing))).toEqual([])
  })

  it('gives a bridge other controllers', () => {
    const operations = controllerOperations('odsbr1', ['unix:/x', 'tcp:10.0.0.1:6653'])
    expect(operations.filter(({ op }) => op === 'insert')).toMatchObject([{ row: { target: 'unix:/x' } }, { row: { target: 'tcp:10.0.0.1:6653' } }])
    expect(operations.at(-1)).toMatchObject({ op: 'update', table: 'Bridge', where: [['name', '==', 'odsbr1']], row: { fail_mode: 'secure' } })
    expect(controllerOperations('odsbr1', [])).toEqual([{ op: 'update', table: 'Bridge', where: [['name', '==', 'odsbr1']], row: { controller: [], fail_mode: 'standalone' } }])
  })

  it('takes the default controllers where a network names none', () => {
    const named = planNetwork(request({ 'ovs.bridge.controller': 'tcp:127.0.0.1:6653' }), nothing)
    expect(controllersOf(named, 'unix:/x', ['tcp:10.0.0.1:6653'])).toEqual(['unix:/x', 'tcp:127.0.0.1:6653'])
    expect(controllersOf(planNetwork(request({}), nothing), undefined, ['tcp:10.0.0.1:6653'])).toEqual(['tcp:10.0.0.1:6653'])
  })
})
