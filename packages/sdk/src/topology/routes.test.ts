import { describe, expect, it } from 'vitest'
import { TestbedError } from '../errors.js'
import { buildModel } from './build.js'
import type { RouteSpec } from './spec.js'

/** `path: message` of what is wrong with the routes of a host at 10.0.0.9 and fd00::9, and 10.5.0.2 in a subnet of two. */
function complaints(...routes: RouteSpec[]): string[] {
  try {
    buildModel({
      networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, link: { subnet: '10.5.0.2/31' }, other: { subnet: '10.9.0.0/24' } },
      hosts: { a: { networks: { lan: { ip: ['10.0.0.9', 'fd00::9'] }, link: { ip: '10.5.0.2' } }, routes } },
    })
    return []
  } catch (error) {
    return (error as TestbedError).issues.map(({ path, message }) => `${path}: ${message}`)
  }
}

describe('a route', () => {
  it.each([
    { to: 'default', via: '10.0.0.1' },
    { to: 'default', via: 'fd00::1' },
    { to: '0.0.0.0/0', via: '10.5.0.3' },
    { to: '10.9.0.0/16', via: '10.0.0.254' },
    { to: '10.9.0.7', via: '10.0.0.1' },
    { to: '10.9.0.7/32', via: '10.0.0.1' },
    { to: '::/0', via: 'FD00:0::1' },
    { to: 'fd01::/48', via: 'fd00::1' },
    { to: 'fd01::5', via: 'fd00::1' },
    // What proxy ARP is for.
    { to: '10.9.0.0/16', via: '10.0.0.9' },
    // The subnet-router anycast address.
    { to: 'fd01::/48', via: 'fd00::' },
  ])('$to via $via is fine', (route) => {
    expect(complaints(route)).toEqual([])
  })

  it.each([
    ['via', { to: 'default', via: '' }, 'must be the address of the next hop'],
    ['via', { to: 'default', via: 'gateway' }, 'must be the address of the next hop'],
    ['via', { to: 'default', via: '10.0.0.1/24' }, 'must be the address of the next hop'],
    ['via', { to: 'default', via: 'fe80::1%eth0' }, 'must be the address of the next hop'],
    ['via', { to: 'default', via: '10.9.0.1' }, "is on none of the host's networks (10.0.0.0/24, fd00::/64, 10.5.0.2/31)"],
    ['via', { to: 'default', via: 'fe80::1' }, "is on none of the host's networks (10.0.0.0/24, fd00::/64, 10.5.0.2/31)"],
    ['via', { to: 'default', via: '10.0.0.255' }, 'is the network or broadcast address of 10.0.0.0/24'],
    ['via', { to: 'default', via: '10.0.0.0' }, 'is the network or broadcast address of 10.0.0.0/24'],
    ['via', { to: 'default', via: 'fd00::9' }, "is the host's own address"],
    ['to', { to: '', via: '10.0.0.1' }, 'must be "default", an address, or a subnet in CIDR form'],
    ['to', { to: 'Default', via: '10.0.0.1' }, 'must be "default", an address, or a subnet in CIDR form'],
    ['to', { to: '10.9.0.0/33', via: '10.0.0.1' }, 'must be "default", an address, or a subnet in CIDR form'],
    ['to', { to: '10.9/16', via: '10.0.0.1' }, 'must be "default", an address, or a subnet in CIDR form'],
    ['to', { to: '10.9.0.0/', via: '10.0.0.1' }, 'must be "default", an address, or a subnet in CIDR form'],
    ['to', { to: '10.9.0.0/16/8', via: '10.0.0.1' }, 'must be "default", an address, or a subnet in CIDR form'],
    ['to', { to: '10.9.0.1/16', via: '10.0.0.1' }, 'has host bits set: write "10.9.0.0/16"'],
    ['to', { to: 'fd01::1/48', via: 'fd00::1' }, 'has host bits set: write "fd01::/48"'],
    ['to', { to: 'fd01::/48', via: '10.0.0.1' }, 'is IPv6, but the next hop 10.0.0.1 is IPv4'],
    ['to', { to: '0.0.0.0/0', via: 'fd00::1' }, 'is IPv4, but the next hop fd00::1 is IPv6'],
  ] as const)('has no such %s: %o', (key, route, message) => {
    expect(complaints(route)).toEqual([`hosts.a.routes[0].${key}: ${message}`])
  })

  it('leads somewhere where no other one leads', () => {
    expect(complaints({ to: 'default', via: '10.0.0.1' }, { to: 'default', via: 'fd00::1' }, { to: '0.0.0.0/0', via: '10.0.0.2' }, { to: 'fd01:0::/48', via: 'fd00::1' }, { to: 'fd01::/48', via: 'fd00::2' })).toEqual([
      'hosts.a.routes[2].to: routes[0] leads there already',
      'hosts.a.routes[4].to: routes[3] leads there already',
    ])
  })

  it('has every mistake told', () => {
    expect(complaints({ to: '', via: '' }, { to: 'default', via: 'x' })).toEqual([
      'hosts.a.routes[0].via: must be the address of the next hop',
      'hosts.a.routes[0].to: must be "default", an address, or a subnet in CIDR form',
      'hosts.a.routes[1].via: must be the address of the next hop',
    ])
  })
})

it('a host without address has nowhere to send to', () => {
  expect(() => buildModel({ networks: { l2: { subnet: [] } }, hosts: { a: { networks: ['l2'], routes: [{ to: 'default', via: '10.0.0.1' }] } } })).toThrow("hosts.a.routes[0].via: is on none of the host's networks (it has no address)")
})
