import { describe, expect, it } from 'vitest'
import { buildModel } from '../topology/build.js'
import type { NetworkModel } from '../topology/model.js'
import type { Subnet } from '../topology/subnet.js'
import { AddressBook } from './address-book.js'

const model = buildModel({
  networks: { lan: { subnet: ['10.0.0.0/29', 'fd00::/64'] }, routed: { subnet: '10.1.0.0/24', gateway: '10.1.0.254' } },
  hosts: { a: { networks: ['lan'] }, web: { networks: { lan: { ip: '10.0.0.3' } }, image: 'x' } },
})
const lan = model.networks.get('lan') as NetworkModel
const routed = model.networks.get('routed') as NetworkModel
const [four, six] = lan.subnets as [Subnet, Subnet]
const book = () => new AddressBook(() => model.hosts.values())

describe('the addresses that Docker gives to endpoints', () => {
  it('are those of the plan for a container of the plan, once', () => {
    const addresses = book()
    expect(addresses.take(lan, '10.0.0.3')).toBe('10.0.0.3')
    expect(() => addresses.take(lan, '10.0.0.3')).toThrow('10.0.0.3 on network "lan" is used by a container already')
    addresses.release('lan', '10.0.0.3')
    expect(addresses.take(lan, '10.0.0.3')).toBe('10.0.0.3')
  })

  it('are nobody else\'s', () => {
    expect(() => book().take(lan, '10.0.0.2')).toThrow('10.0.0.2 on network "lan" is host "a" already: choose another address, or none')
    expect(() => book().take(lan, 'fd00:0::2')).toThrow('is host "a" already')
    expect(() => book().take(routed, '10.1.0.254')).toThrow('is the gateway already')
  })

  it('are the lowest free ones for everybody else, until there is none', () => {
    const addresses = book()
    // .2 is a's, .3 web's, and the first one a gateway's.
    expect([1, 2, 3].map(() => addresses.next(lan, four))).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6'])
    expect(() => addresses.next(lan, four)).toThrow('network "lan" has no free address in 10.0.0.0/29')
    addresses.release('lan', '10.0.0.5')
    expect(addresses.next(lan, four)).toBe('10.0.0.5')
    expect(addresses.next(lan, six)).toBe('fd00::4')
  })

  it('do not run short of what Docker is told to be the gateway', () => {
    const addresses = book()
    expect(addresses.gateway(lan, four)).toBe('10.0.0.1')
    expect(addresses.take(lan, '10.0.0.1')).toBe('10.0.0.1')
    expect(addresses.gateway(routed, routed.subnets[0] as Subnet)).toBe('10.1.0.254')
  })
})
