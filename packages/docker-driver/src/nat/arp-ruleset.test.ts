import { expect, it } from 'vitest'
import { testNetwork } from '../config/network.test-data.js'
import { arpRuleset } from './arp-ruleset.js'
import { generationChain } from './nat-ruleset.js'

it('keeps the kernel from answering on cards of userspace bridges, and on no other', () => {
  const network = testNetwork({ userspace: 'true' })
  const withCards = { ...network, ports: new Map([['eno1', 1]]), foreignPorts: new Map([['vnet0', { name: 'vnet0', ofport: 2, mac: undefined }]]) }
  expect(JSON.stringify(arpRuleset([withCards], 't'))).toContain('{"set":["eno1","vnet0"]}')
  const kernel = { ...withCards, options: { ...withCards.options, userspace: false } }
  for (const networks of [[], [network], [kernel]]) {
    expect(arpRuleset(networks, 't').nftables).toEqual([{ add: { table: { family: 'arp', name: 't' } } }, { delete: { table: { family: 'arp', name: 't' } } }])
    expect(generationChain(arpRuleset(networks, 't'))).toBeUndefined()
  }
  expect(generationChain(arpRuleset([withCards], 't'))).not.toBe(generationChain(arpRuleset([{ ...withCards, foreignPorts: new Map() }], 't')))
})
