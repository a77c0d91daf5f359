import { expect, it } from 'vitest'
import { readNetworks } from './read-networks.js'
import { bridgeIds, key } from './state.js'
import type { BridgePort, BridgeState } from './switch-database.js'

const record = (options: Readonly<Record<string, string>>) => ({ options, addresses: { ipv4: undefined, ipv6: undefined }, internal: false })
const bridge = (name: string, externalIds: BridgeState['externalIds']): BridgeState => ({ uuid: name as BridgeState['uuid'], name, dpid: 10n, controllers: [], externalIds, ports: [] })

it('leaves out what it cannot read, and says so', () => {
  const complaints: string[] = []
  const good = bridge('good', bridgeIds('dovesnap', 'a'.repeat(64), 'lab', record({}), []))
  const wrong = bridge('wrong', bridgeIds('dovesnap', 'b'.repeat(64), 'lab', record({ 'ovs.bridge.vlan': 'many' }), []))
  const torn = bridge('torn', { [key.driver]: 'dovesnap', [key.network]: 'c'.repeat(64), [key.request]: '{"opt' })
  const foreign = bridge('foreign', { [key.driver]: 'other', [key.network]: 'd'.repeat(64) })
  expect(readNetworks([wrong, torn, foreign, good, bridge('br0', {})], 'dovesnap', (text) => complaints.push(text)).map(({ name }) => name)).toEqual(['lab'])
  expect(complaints).toEqual([expect.stringMatching(/bbbbbbbbbbbb on bridge wrong.*vlan/), expect.stringMatching(/cccccccccccc on bridge torn/)])
})

it('keeps a network whose endpoint it cannot read, and says which', () => {
  const complaints: string[] = []
  const ids = { [key.endpoint]: 'e'.repeat(64), [key.state]: 'nonsense' }
  const port: BridgePort = { uuid: 'p' as BridgePort['uuid'], name: 'odsveeeeee', type: '', ofport: 1, error: undefined, mac: undefined, ifindex: 1, options: {}, externalIds: ids }
  const [network] = readNetworks([{ ...bridge('good', bridgeIds('dovesnap', 'a'.repeat(64), 'lab', record({}), [])), ports: [port] }], 'dovesnap', (text) => complaints.push(text))
  expect(network).toMatchObject({ name: 'lab', endpoints: new Map(), foreignPorts: new Map() })
  expect(complaints).toEqual([expect.stringMatching(/endpoint eeeeeeeeeeee on port odsveeeeee of bridge good is damaged/)])
})
