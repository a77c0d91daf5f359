import { describe, expect, it } from 'vitest'
import { parseAddedPorts, parseSpec } from '../options/index.js'
import { sampleNetwork } from '../status/sample.test-support.js'
import { checkNetwork } from './check-network.js'
import { networkDp } from './network-dp.js'
import { isWithheld } from './withheld.js'

const addPorts = parseAddedPorts('eth1/1/denyall,eth2/2/lab:denyall,eth3/3')
const ports = new Map(addPorts.map(({ name, ofport }) => [name, ofport ?? 0]))
const network = (unnamed: boolean, more: object = {}) => sampleNetwork('lab', { unnamed, ports, foreignPorts: new Map([['vnet0', { name: 'vnet0', ofport: 7, mac: undefined }]]), options: { addPorts, mode: 'nat', ...more } })
const numbers = (one: ReturnType<typeof network>) => Object.keys(networkDp(one).interfaces ?? {}).map(Number)

describe('a network without a name', () => {
  it('has no port whose ACL depends on the name', () => {
    expect(numbers(network(true))).toEqual([1, 3, 7, 4294967294])
    expect(numbers(network(false))).toEqual([1, 2, 3, 7, 4294967294])
    expect(numbers(network(true, { natAcl: parseSpec('lab:denyall') }))).toEqual([1, 3, 7])
    // Nothing leaves the VLAN then.
    expect(networkDp(network(true, { vlanOutAcl: parseSpec('lab:denyall') })).interfaces).toEqual({ 4294967294: { description: 'no port yet', output_only: true } })
    expect(isWithheld(network(true))).toBe(false)
  })

  it('must name ACLs that there are, for whichever network', () => {
    const base = { acls: { denyall: [] } }
    const wrong = parseAddedPorts('eth1/1/other:nosuch')
    const check = (unnamed: boolean) => () => checkNetwork(sampleNetwork('lab', { unnamed, options: { addPorts: wrong } }), [], base)
    expect(check(true)).toThrow(/add_ports \(eth1\) names the ACL "nosuch"/)
    expect(check(false)).not.toThrow(/nosuch/)
  })
})
