import { expect, it } from 'vitest'
import { readNetworks } from './read-networks.js'
import { bridgeIds, key } from './state.js'
import type { BridgeState } from './switch-database.js'

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
