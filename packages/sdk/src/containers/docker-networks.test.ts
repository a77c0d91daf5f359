import { beforeEach, describe, expect, it } from 'vitest'
import type { NetworkSpec } from '@streambed/docker-driver'
import { buildModel } from '../topology/build.js'
import type { HostModel, NetworkModel } from '../topology/model.js'
import { DockerNetworks, type Guest, type PlugEvent } from './docker-networks.js'

const model = buildModel({
  networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, six: { subnet: 'fd06::/64' }, wire: { subnet: [] } },
  hosts: { a: { networks: ['lan'] }, web: { networks: { lan: { ip: '10.0.0.80', mac: '02:00:00:00:00:80' }, wire: {}, six: {} }, image: 'x', trunks: { up0: { networks: ['lan'] } } } },
})
const web = model.hosts.get('web') as HostModel
const lan = model.networks.get('lan') as NetworkModel

let made: NetworkSpec[] = []
let calls: unknown[] = []
let refusals: Error[] = []

const engine = {
  createNetwork: (spec: NetworkSpec) => {
    const refusal = refusals.shift()
    if (refusal !== undefined) return Promise.reject(refusal)
    made.push(spec)
    const id = `id-of-${spec.name}`
    const note = (call: string) => (...rest: unknown[]) => Promise.resolve(void calls.push([call, spec.name, ...rest]))
    return Promise.resolve({ id, name: spec.name, connect: note('connect'), disconnect: note('disconnect'), remove: note('remove'), containers: () => Promise.resolve([{ id: 'ep-e9', endpointId: '', name: 'visitor' }]) } as never)
  },
}

function open(networks: Iterable<NetworkModel> = model.networks.values(), known?: PlugEvent) {
  return DockerNetworks.open({
    engine, prefix: 'lab', tag: 'abcdef',
    pluginSocketPath: (name) => `/run/docker/plugins/${name}.sock`,
    PLUGIN_LABEL: 'streambed.plugin',
    serveNetworkDriver: ({ socket }) => Promise.resolve({ socket, close: () => Promise.resolve(void calls.push(['close', socket])) } as never),
    hosts: () => model.hosts.values(),
    hand: {
      plug: (event, up) => Promise.resolve(void calls.push(['plug', event, up])),
      come: (guest: Guest) => {
        calls.push(['come', guest])
        return Promise.resolve(known)
      },
      go: (guest) => Promise.resolve(void calls.push(['go', guest.container])),
    },
  }, networks)
}

beforeEach(() => {
  made = []
  calls = []
  refusals = []
})

describe('the networks of a testbed in Docker', () => {
  it('have names, subnets and labels', async () => {
    const networks = await open()
    expect(networks.driver).toMatch(/^streambed-[0-9a-f]{8}$/)
    expect(made).toMatchObject([
      { name: 'lab-lan', driver: networks.driver, ipamDriver: networks.driver, subnets: ['10.0.0.0/24', 'fd00::/64'], internal: true, options: { 'streambed.network': 'lan' }, labels: { 'streambed.network': 'lan', 'streambed.plugin': `/run/docker/plugins/${networks.driver}.sock` } },
      { name: 'lab-six', subnets: ['fd06::/64'] },
      { name: 'lab-wire', ipamDriver: 'null' },
    ])
    expect(networks.of('lan')).toMatchObject({ id: 'id-of-lab-lan', name: 'lab-lan' })
    await networks.remove('lan')
    expect(networks.of('lan')).toBeUndefined()
    expect(calls).toEqual([['remove', 'lab-lan']])
  })

  it('have another name when somebody has that one', async () => {
    refusals = [Object.assign(new Error('in use'), { code: 'conflict' })]
    expect((await open([lan])).of('lan')?.name).toBe('lab-lan-abcdef')
  })

  it('leave nothing when Docker refuses one, and say when it does not find their driver', async () => {
    refusals = [new Error('legacy plugin: plugin "streambed-1" not found')]
    await expect(open([lan])).rejects.toMatchObject({ code: 'missing', message: expect.stringMatching(/Docker does not find the network driver.*wire: 'direct'/) as string })
    expect(calls).toEqual([['close', expect.stringContaining('/run/docker/plugins/streambed-')]])
  })

  it('tell Docker what a host has on them, trunks not', async () => {
    const networks = await open()
    expect(networks.attachments(web)).toEqual([
      { name: 'id-of-lab-lan', ipv4: '10.0.0.80', ipv6: 'fd00::3', driverOptions: { 'streambed.host': 'web', 'streambed.interface': 'eth0', 'streambed.mac': '02:00:00:00:00:80' } },
      { name: 'id-of-lab-wire', driverOptions: expect.objectContaining({ 'streambed.interface': 'eth1' }) as object },
      { name: 'id-of-lab-six', ipv6: 'fd06::2', driverOptions: expect.objectContaining({ 'streambed.interface': 'eth2' }) as object },
    ])
    await networks.connect(web, 'c1')
    await networks.disconnect(web, 'c1')
    expect(calls.slice(0, 1)).toEqual([['connect', 'lab-lan', 'c1', { ipv4: '10.0.0.80', ipv6: 'fd00::3', driverOptions: expect.anything() as object }]])
    expect(calls.slice(3)).toEqual([['disconnect', 'lab-lan', 'c1'], ['disconnect', 'lab-wire', 'c1'], ['disconnect', 'lab-six', 'c1']])
  })
})

describe('as a driver of Docker', () => {
  const create = (networks: DockerNetworks, name: string, networkId: string) => networks.createNetwork({ networkId, options: { 'streambed.network': name }, internal: true, enableIpv6: false, ipv4: [], ipv6: [] })

  it('they are the only networks', async () => {
    const networks = await open()
    // Docker asks again after a restart.
    await create(networks, 'lan', 'id-of-lab-lan')
    await expect(create(networks, 'lan', 'another')).rejects.toThrow('make one with testbed.addNetwork')
    await expect(create(networks, 'nothing', 'another')).rejects.toMatchObject({ code: 'invalid' })
  })

  it('they bring no interface of their own, and follow what Docker is told by hand', async () => {
    const networks = await open()
    const ids = { networkId: 'id-of-lab-lan', endpointId: 'e1' }
    const driverOptions = { 'streambed.host': 'web', 'streambed.interface': 'eth0', 'streambed.mac': '02:00:00:00:00:80' }
    expect(await networks.createEndpoint({ ...ids, ipv4: '10.0.0.80/24', ipv6: undefined, mac: undefined, portMappings: [], driverOptions })).toEqual({ mac: '02:00:00:00:00:80' })
    expect(await networks.join({ ...ids, sandboxKey: '/x', portMappings: [] })).toMatchObject({ srcName: '', disableGatewayService: true })
    expect(await networks.endpointInfo(ids)).toEqual({ host: 'web', interface: 'eth0' })
    await networks.leave(ids)
    await networks.deleteEndpoint(ids)
    expect(await networks.endpointInfo(ids)).toEqual({})
    expect(calls).toEqual([['plug', { host: 'web', interface: 'eth0' }, true], ['plug', { host: 'web', interface: 'eth0' }, false]])
  })

  it('they ask who a stranger is, and say when he goes', async () => {
    const networks = await open()
    const ids = { networkId: 'id-of-lab-lan', endpointId: 'e9' }
    const { mac } = await networks.createEndpoint({ ...ids, ipv4: '10.0.0.4/24', ipv6: 'fd00::4/64', mac: undefined, portMappings: [] })
    expect(mac).toMatch(/^02:73:64(:[0-9a-f]{2}){3}$/)
    await networks.join({ ...ids, sandboxKey: '/x', portMappings: [] })
    await networks.leave(ids)
    expect(calls).toEqual([['come', { container: 'visitor', network: 'lan', addresses: ['10.0.0.4', 'fd00::4'], mac }], ['go', 'visitor']])
  })

  it('they plug a host in that comes back', async () => {
    const networks = await open(model.networks.values(), { host: 'web', interface: 'eth0' })
    const ids = { networkId: 'id-of-lab-lan', endpointId: 'e9' }
    await networks.createEndpoint({ ...ids, ipv4: undefined, ipv6: undefined, mac: undefined, portMappings: [] })
    await networks.join({ ...ids, sandboxKey: '/x', portMappings: [] })
    expect(calls.at(-1)).toEqual(['plug', { host: 'web', interface: 'eth0' }, true])
  })

  it('they hand out addresses, the same ones in another testbed too', async () => {
    const { ipam } = await open()
    const options = { 'streambed.network': 'lan' }
    const { poolId, pool } = await ipam.requestPool({ pool: '10.0.0.0/24', options, v6: false })
    expect(pool).toBe('10.0.0.0/24')
    expect(await ipam.requestAddress({ poolId, address: undefined, gateway: true })).toBe('10.0.0.1/24')
    expect(await ipam.requestAddress({ poolId, address: '10.0.0.80', gateway: false })).toBe('10.0.0.80/24')
    expect(await ipam.requestAddress({ poolId, address: undefined, gateway: false })).toBe('10.0.0.3/24')
    await expect(ipam.requestAddress({ poolId, address: '10.0.0.2', gateway: false })).rejects.toThrow('is host "a" already')
    await ipam.releaseAddress({ poolId, address: '10.0.0.80' })
    await ipam.releasePool({ poolId })
    // Docker wants something of IPv4, also for a network that has none.
    const none = await ipam.requestPool({ pool: undefined, options: { 'streambed.network': 'six' }, v6: false })
    expect(await ipam.requestAddress({ poolId: none.poolId, address: undefined, gateway: false })).toBe(none.pool)
    await expect(ipam.requestPool({ pool: undefined, options: {}, v6: false })).rejects.toMatchObject({ code: 'invalid' })
  })
})
