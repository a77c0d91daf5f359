import { expect, it } from 'vitest'
import { readNetworks } from './read-networks.js'
import { bridgeIds, key, type NetworkRecord } from './state.js'
import type { BridgePort, BridgeState } from './switch-database.js'

const record = (options: Readonly<Record<string, string>>) => ({ options, addresses: { ipv4: undefined, ipv6: undefined }, internal: false })
const bridge = (name: string, externalIds: BridgeState['externalIds']): BridgeState => ({ uuid: name as BridgeState['uuid'], name, dpid: 10n, controllers: [], externalIds, ports: [] })
const ids = (id: string, what: NetworkRecord, name: string | undefined = 'lab') => bridgeIds({ driver: 'dovesnap', engine: undefined, id: id.repeat(64), name, pool: [] }, what)

it('leaves out what it cannot read, and says so', () => {
  const complaints: string[] = []
  const good = bridge('good', ids('a', record({})))
  const wrong = bridge('wrong', ids('b', record({ 'ovs.bridge.vlan': 'many' })))
  const torn = bridge('torn', { [key.driver]: 'dovesnap', [key.network]: 'c'.repeat(64), [key.request]: '{"opt' })
  const foreign = bridge('foreign', { [key.driver]: 'other', [key.network]: 'd'.repeat(64) })
  expect(readNetworks([wrong, torn, foreign, good, bridge('br0', {})], 'dovesnap', (text) => complaints.push(text)).map(({ name }) => name)).toEqual(['lab'])
  expect(complaints).toEqual([expect.stringMatching(/bbbbbbbbbbbb on bridge wrong.*vlan/), expect.stringMatching(/cccccccccccc on bridge torn/)])
})

it('keeps a network whose endpoint it cannot read, and says which', () => {
  const complaints: string[] = []
  const own = { [key.endpoint]: 'e'.repeat(64), [key.state]: 'nonsense' }
  const port: BridgePort = { uuid: 'p' as BridgePort['uuid'], name: 'odsveeeeee', type: '', ofport: 1, error: undefined, mac: undefined, ifindex: 1, options: {}, externalIds: own }
  const [network] = readNetworks([{ ...bridge('good', ids('a', record({}))), ports: [port] }], 'dovesnap', (text) => complaints.push(text))
  expect(network).toMatchObject({ name: 'lab', endpoints: new Map(), foreignPorts: new Map() })
  expect(complaints).toEqual([expect.stringMatching(/endpoint eeeeeeeeeeee on port odsveeeeee of bridge good is damaged/)])
})

it('knows the ports of the options also while their interfaces are not there, and that a name was not told yet', () => {
  const port: BridgePort = { uuid: 'p' as BridgePort['uuid'], name: 'eth7', type: '', ofport: -1, requested: 3, error: 'no such device', mac: undefined, ifindex: undefined, options: {}, externalIds: { [key.port]: 'added' } }
  const read = (name?: string, ports: readonly BridgePort[] = [port]) => readNetworks([{ ...bridge('odsbr1', ids('a', record({ 'ovs.bridge.add_ports': 'eth7' }), name ?? '')), ports }], 'dovesnap', () => undefined)[0]
  expect(read('lab')).toMatchObject({ name: 'lab', ports: new Map([['eth7', 3]]) })
  expect(read('lab')?.unnamed).toBeUndefined()
  const nameless = bridge('odsbr1', { ...ids('a', record({})), [key.name]: undefined } as unknown as BridgeState['externalIds'])
  expect(readNetworks([nameless], 'dovesnap', () => undefined)[0]).toMatchObject({ name: 'odsbr1', unnamed: true })
})
