import { describe, expect, it } from 'vitest'
import { TestbedError, type TopologyIssue } from '../errors.js'
import { buildModel, withHost, withNetwork, withoutHost, withoutNetwork } from './build.js'
import type { TestbedModel } from './model.js'
import type { HostSpec, NetworkSpec, Topology } from './spec.js'

/** What is wrong with something, whatever it is; empty when nothing is. */
function issuesOf(work: () => unknown): readonly TopologyIssue[] {
  try {
    work()
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(TestbedError)
    const { code, issues, message } = error as TestbedError
    expect(code).toBe('invalid')
    expect(issues.length).toBeGreaterThan(0)
    for (const issue of issues) {
      expect(message).toContain(issue.path)
      expect(message).toContain(issue.message)
    }
    return issues
  }
}

/** `path: message` of everything that is wrong with a topology. */
function complaints(topology: unknown): string[] {
  return issuesOf(() => buildModel(topology as Topology)).map(({ path, message }) => `${path}: ${message}`)
}

function issuesOfHost(host: unknown, networks: Record<string, NetworkSpec> = { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: { subnet: '10.1.0.0/24' } }): readonly TopologyIssue[] {
  return issuesOf(() => buildModel({ networks, hosts: { a: host as HostSpec } }))
}

function issuesOfNetwork(network: unknown): readonly TopologyIssue[] {
  return issuesOf(() => buildModel({ networks: { lan: network as NetworkSpec }, hosts: {} }))
}

/** An object whose key is its own, whatever it is called. */
function named<Value>(name: string, value: Value): Record<string, Value> {
  return Object.fromEntries([[name, value]])
}

function addresses(model: TestbedModel): Record<string, string[]> {
  return Object.fromEntries([...model.hosts].map(([name, host]) => [name, host.interfaces.flatMap((item) => item.addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`))]))
}

describe('the shape of a topology', () => {
  it.each([
    [undefined, ['']],
    [null, ['']],
    [7, ['']],
    ['lab', ['']],
    [[], ['']],
    [() => ({}), ['']],
    [{}, ['networks', 'hosts']],
    [new Map(), ['networks', 'hosts']],
    [{ networks: [], hosts: new Map() }, ['networks', 'hosts']],
    [{ networks: { lan: null }, hosts: { a: 'lan' } }, ['networks.lan', 'hosts.a']],
    [{ networks: {}, hosts: {}, Hosts: {}, switch: 1 }, ['Hosts', 'switch']],
    [{ networks: {}, hosts: {}, name: 7, dns: '1.1.1.1' }, ['name', 'dns']],
    [{ networks: { 'my lan': { foo: 1 }, '': { vlan: 'x' } }, hosts: {} }, ['networks["my lan"].foo', 'networks[""].vlan']],
  ])('%o is refused at %o', (topology, paths) => {
    expect(issuesOf(() => buildModel(topology as Topology)).map(({ path }) => path)).toEqual(paths)
  })

  it('says what would be right', () => {
    expect(complaints({ networks: { lan: { vln: 5, vlan: '5', subnet: 7 } }, hosts: { a: { networks: 'lan' }, b: { trunks: { t: { networks: 'lan', mac: 1, addresses: 'yes' } } } } })).toEqual([
      'networks.lan.subnet: must be a subnet such as "10.1.0.0/24", or a list of subnets',
      'networks.lan.vlan: must be a whole number from 1 to 4094',
      'networks.lan.vln: there is no such option; the options are subnet, vlan, mtu, overlap, acl, aclOut, gateway, gatewayRoutes',
      'hosts.a.networks: must be a list of names of networks, or an object with options for each: { lan: { ip: "10.1.0.9" } }',
      'hosts.b.trunks.t.networks: must be a list of names of networks',
      'hosts.b.trunks.t.mac: must be a MAC address such as "02:00:00:00:00:01"',
      'hosts.b.trunks.t.addresses: must be true or false',
    ])
  })

  it('finds every mistake inside an attachment and a list', () => {
    expect(issuesOfHost({ networks: { lan: { ip: ['10.0.0.5', 6], mac: 7, foo: 8 } } })).toMatchObject([
      { path: 'hosts.a.networks.lan.ip[1]', value: 6 },
      { path: 'hosts.a.networks.lan.mac', value: 7 },
      { path: 'hosts.a.networks.lan.foo', value: 8 },
    ])
    expect(issuesOfHost({ networks: ['lan', 5, null], routes: [{ to: 1 }, 'default'], env: { A: 1 }, sysctls: { 'net.x.y': true, 'net.x.z': NaN }, forwarding: 1 }).map(({ path }) => path)).toEqual([
      'hosts.a.networks[1]',
      'hosts.a.networks[2]',
      'hosts.a.routes[0].to',
      'hosts.a.routes[0].via',
      'hosts.a.routes[1]',
      'hosts.a.forwarding',
      'hosts.a.sysctls["net.x.y"]',
      'hosts.a.sysctls["net.x.z"]',
      'hosts.a.env.A',
    ])
  })

  it('shows the value, whatever it is', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    for (const [value, shown] of [[NaN, 'NaN'], [Infinity, 'Infinity'], [10n, '10n'], [cyclic, 'Circular'], [Symbol('x'), 'Symbol(x)'], [new Date(0), '1970'], [undefined, 'nothing'], ['a"b', '"a\\"b"'], ['x'.repeat(1000), '…']] as const) {
      const work = (): unknown => buildModel({ networks: { lan: { mtu: 1500, overlap: value } as unknown as NetworkSpec }, hosts: {} })
      if (value === undefined) expect(work).not.toThrow()
      else expect(work).toThrow(shown)
    }
    expect(() => buildModel({ networks: {} } as Topology)).toThrow('hosts: must be an object of hosts by name such as { web: { networks: ["lan"] } } (got nothing)')
  })

  it('keeps a copy: what the caller changes later does not matter', () => {
    const routes = [{ to: 'default', via: '10.0.0.1' }]
    const model = buildModel({ networks: { lan: { subnet: '10.0.0.0/24' } }, hosts: { a: { networks: ['lan'], routes } } })
    routes.push({ to: 'nonsense', via: '' })
    expect(model.hosts.get('a')?.spec.routes).toHaveLength(1)
  })
})

describe('names that objects have of themselves', () => {
  const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']

  it('are ordinary names', () => {
    const model = buildModel({
      networks: Object.fromEntries(NAMES.map((name) => [name, {}])),
      hosts: Object.fromEntries(NAMES.map((name) => [name, { networks: [name] }])),
    })
    expect([...model.networks.keys()]).toEqual(NAMES)
    expect([...model.hosts.values()].map(({ name, interfaces }) => [name, interfaces[0]?.network])).toEqual(NAMES.map((name) => [name, name]))
    expect(withHost(model, 'isPrototypeOf', { networks: { toString: {} } }).hosts.get('isPrototypeOf')?.interfaces).toHaveLength(1)
  })

  it('are not there when nobody gave them', () => {
    for (const name of NAMES) expect(issuesOfHost({ networks: [name] })).toMatchObject([{ path: 'hosts.a.networks[0]', value: name, message: expect.stringContaining('the networks are "lan", "back"') as string }])
  })

  it.each([null, 5, {}, { networks: ['lan'] }])('__proto__ is refused where it is a key, with value %o', (value) => {
    const lan = { networks: { lan: {} } }
    expect(issuesOf(() => buildModel({ networks: named('__proto__', value as NetworkSpec), hosts: {} }))).toMatchObject([{ path: 'networks.__proto__' }])
    expect(issuesOf(() => buildModel({ ...lan, hosts: named('__proto__', value as HostSpec) }))).toMatchObject([{ path: 'hosts.__proto__' }])
    for (const key of ['networks', 'trunks', 'sysctls', 'env']) {
      expect(issuesOf(() => buildModel({ ...lan, hosts: { a: { [key]: named('__proto__', value) } } }))).toMatchObject([{ path: `hosts.a.${key}.__proto__` }])
    }
  })

  it('__proto__ is refused where it has become the prototype', () => {
    // What `{ __proto__: { … } }` in a program makes of it: no key at all.
    const literal = { __proto__: { networks: ['lan'] }, b: { networks: ['lan'] } }
    expect(Object.keys(literal)).toEqual(['b'])
    expect(issuesOf(() => buildModel({ networks: { lan: {} }, hosts: literal }))).toMatchObject([{ path: 'hosts.__proto__', value: { networks: ['lan'] } }])
  })

  it('__proto__ is refused as the name of something added', () => {
    const model = buildModel({ networks: { lan: {} }, hosts: {} })
    expect(issuesOf(() => withHost(model, '__proto__', {}))).toMatchObject([{ path: 'hosts.__proto__', value: '__proto__' }])
    expect(issuesOf(() => withNetwork(model, '__proto__', {}))).toMatchObject([{ path: 'networks.__proto__', value: '__proto__' }])
  })

  it('objects without prototype are fine', () => {
    const bare = <T extends object>(value: T): T => Object.assign(Object.create(null) as T, value)
    expect(buildModel(bare({ networks: bare({ lan: bare({}) }), hosts: bare({ a: bare({ networks: ['lan'] }) }) })).hosts.size).toBe(1)
  })
})

describe('a network', () => {
  it.each(['', '-lan', 'lan-', 'my lan', 'lan/1', 'büro', 'a'.repeat(64), 'lan\n', '.', '__proto_'])('cannot be called %j', (name) => {
    expect(issuesOf(() => buildModel({ networks: named(name, {}), hosts: {} }))).toMatchObject([{ value: name, message: expect.stringContaining('a network name has 1 to 63') as string }])
  })

  it.each([0, 4095, -1, 1.5, 1e21, 4096, -0])('has no VLAN VID %d', (vlan) => {
    expect(issuesOfNetwork({ vlan })).toMatchObject([{ path: 'networks.lan.vlan', value: vlan, message: expect.stringContaining('from 1 to 4094') as string }])
  })

  it.each([NaN, Infinity, '5', null, true, 5n, [5], {}])('has no VLAN VID %s', (vlan) => {
    expect(issuesOfNetwork({ vlan })).toMatchObject([{ path: 'networks.lan.vlan', value: vlan, message: expect.stringContaining('from 1 to 4094') as string }])
  })

  it.each([1, 4094])('has VLAN VID %d', (vlan) => {
    expect(buildModel({ networks: { lan: { vlan } }, hosts: {} }).networks.get('lan')?.vlan).toBe(vlan)
  })

  it('shares its VLAN VID with no other', () => {
    expect(issuesOf(() => buildModel({ networks: { a: { vlan: 7 }, b: { vlan: 7 } }, hosts: {} }))).toMatchObject([{ path: 'networks.b.vlan', value: 7, message: 'network "a" has this VLAN VID already' }])
  })

  it.each([
    [{ mtu: 1279 }, 1280],
    [{ mtu: 1279, subnet: ['10.0.0.0/24', 'fd00::/64'] }, 1280],
    [{ mtu: 575, subnet: '10.0.0.0/24' }, 576],
    [{ mtu: 575, subnet: [] }, 576],
    [{ mtu: 9001, subnet: [] }, 576],
    [{ mtu: 1500.5 }, 1280],
    [{ mtu: -1 }, 1280],
    [{ mtu: 0 }, 1280],
  ])('%o has no such MTU', (network, lowest) => {
    expect(issuesOfNetwork(network)).toMatchObject([{ path: 'networks.lan.mtu', value: network.mtu, message: expect.stringContaining(`from ${lowest} to 9000`) as string }])
  })

  it.each([{ mtu: 1280 }, { mtu: 9000 }, { mtu: 576, subnet: '10.0.0.0/24' }, { mtu: 576, subnet: [] }])('%o is fine', (network) => {
    expect(issuesOfNetwork(network)).toEqual([])
  })

  it('says which of its subnets is wrong', () => {
    expect(complaints({ networks: { lan: { subnet: ['10.0.0.0/24', '10.0.0.1/24', '10.0.0.128/25', 'fd00::/0', ''] }, dmz: { subnet: '' } }, hosts: {} })).toEqual([
      'networks.lan.subnet[1]: has host bits set: write "10.0.0.0/24"',
      'networks.lan.subnet[2]: overlaps 10.0.0.0/24 of the same network',
      'networks.lan.subnet[3]: must have a prefix length from 1 to 128',
      'networks.lan.subnet[4]: must be a subnet in CIDR form such as "10.1.0.0/24" or "fd00:1::/64"',
      'networks.dmz.subnet: must be a subnet in CIDR form such as "10.1.0.0/24" or "fd00:1::/64"',
    ])
  })

  it('does not blame a host for a subnet that could not be read', () => {
    expect(complaints({ networks: { lan: { subnet: '10.0.0.1/24' } }, hosts: { a: { networks: { lan: { ip: '10.0.0.7' } } } } })).toEqual(['networks.lan.subnet: has host bits set: write "10.0.0.0/24"'])
  })
})

describe('overlapping subnets', () => {
  const overlapping = (a: NetworkSpec, b: NetworkSpec): readonly TopologyIssue[] => issuesOf(() => buildModel({ networks: { a: { subnet: '10.0.0.0/16', ...a }, b: { subnet: ['fd00::/64', '10.0.7.0/24'], ...b } }, hosts: {} }))

  it('are refused', () => {
    expect(overlapping({}, {})).toEqual([
      { path: 'networks.b.subnet[1]', value: '10.0.7.0/24', message: 'overlaps 10.0.0.0/16 of network "a"; if that is meant, give both networks a "vlan", or one of them "overlap: true"' },
    ])
    expect(overlapping({ vlan: 5 }, {})).toHaveLength(1)
    expect(overlapping({ overlap: false }, { overlap: false })).toHaveLength(1)
  })

  it('are allowed when they are meant', () => {
    expect(overlapping({ overlap: true }, {})).toEqual([])
    expect(overlapping({}, { overlap: true })).toEqual([])
    expect(overlapping({ vlan: 5 }, { vlan: 6 })).toEqual([])
  })

  it('have automatic addresses that differ, as long as there are enough', () => {
    const lab = (subnet: string): Record<string, string[]> =>
      addresses(buildModel({ networks: { a: { subnet, vlan: 1 }, b: { subnet, vlan: 2 } }, hosts: { a1: { networks: ['a'] }, b1: { networks: ['b'] }, a2: { networks: ['a'] }, b2: { networks: ['b'] } } }))
    expect(lab('10.0.0.0/24')).toEqual({ a1: ['10.0.0.2/24'], b1: ['10.0.0.3/24'], a2: ['10.0.0.4/24'], b2: ['10.0.0.5/24'] })
    expect(lab('10.0.0.0/30')).toEqual({ a1: ['10.0.0.2/30'], b1: ['10.0.0.1/30'], a2: ['10.0.0.1/30'], b2: ['10.0.0.2/30'] })
  })

  it('are never on one host', () => {
    const networks = { a: { subnet: '10.0.0.0/24', vlan: 1 }, b: { subnet: '10.0.0.0/25', vlan: 2 } }
    expect(issuesOfHost({ networks: ['a', 'b'] }, networks)).toMatchObject([{ path: 'hosts.a.networks[1]', value: 'b', message: expect.stringContaining('it could not tell which interface to use') as string }])
    expect(issuesOfHost({ trunks: { t: { networks: ['a', 'b'], addresses: true } } }, networks)).toMatchObject([{ path: 'hosts.a.trunks.t', value: 'b' }])
    expect(issuesOfHost({ networks: ['a'], trunks: { t: { networks: ['a', 'b'] } } }, networks)).toEqual([])
  })

  it('are refused for a network that is added, and automatic ones keep out of the way', () => {
    const model = buildModel({ networks: { a: { subnet: '10.1.0.0/16' }, b: {} }, hosts: {} })
    expect(model.networks.get('b')?.subnets.map(({ cidr }) => cidr)).toEqual(['10.2.0.0/24', 'fd00:1::/64'])
    expect(issuesOf(() => withNetwork(model, 'c', { subnet: '10.2.0.128/25' }))).toMatchObject([{ path: 'networks.c.subnet', value: '10.2.0.128/25', message: expect.stringContaining('network "b"') as string }])
    expect(withNetwork(model, 'c', {}).networks.get('c')?.subnets.map(({ cidr }) => cidr)).toEqual(['10.3.0.0/24', 'fd00:2::/64'])
  })
})

describe('automatic subnets and VIDs', () => {
  it('keep out of the way of given ones, wherever these stand', () => {
    const { networks } = buildModel({ networks: { x: {}, y: { subnet: ['10.1.0.0/24', 'fd00:2::/48'], vlan: 100 }, z: {} }, hosts: {} })
    expect([...networks.values()].map(({ vlan, subnets }) => [vlan, ...subnets.map(({ cidr }) => cidr)])).toEqual([
      [101, '10.2.0.0/24', 'fd00:1::/64'],
      [100, '10.1.0.0/24', 'fd00:2::/48'],
      [102, '10.3.0.0/24', 'fd00:3::/64'],
    ])
  })

  it('are there for as many networks as there are VIDs, and no more', () => {
    const many = (count: number): Topology => ({ networks: Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, {}])), hosts: {} })
    const { networks } = buildModel(many(4094))
    expect(new Set([...networks.values()].map(({ vlan }) => vlan)).size).toBe(4094)
    expect(new Set([...networks.values()].flatMap(({ subnets }) => subnets.map(({ cidr }) => cidr))).size).toBe(2 * 4094)
    expect(networks.get('n254')?.subnets[0]?.cidr).toBe('10.255.0.0/24')
    expect(networks.get('n255')?.subnets[0]?.cidr).toBe('172.16.0.0/24')
    expect(issuesOf(() => buildModel(many(4095)))).toMatchObject([{ path: 'networks.n4094.vlan', message: 'all 4094 VLAN VIDs are used' }])
  })

  it('are private ones of another kind when 10.0.0.0/8 is used', () => {
    const { networks } = buildModel({ networks: { all: { subnet: '10.0.0.0/8' }, lan: {} }, hosts: {} })
    expect(networks.get('lan')?.subnets.map(({ cidr }) => cidr)).toEqual(['172.16.0.0/24', 'fd00:1::/64'])
  })

  it('are complained about when there is none left', () => {
    expect(complaints({ networks: { all: { subnet: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] }, lan: {} }, hosts: {} })).toEqual(['networks.lan.subnet: no automatic subnet is left: give the network one'])
  })
})

describe('a host name', () => {
  it.each(['', '-web', 'web-', 'my web', 'web.example', 'web_1', 'wéb', 'web/1', 'a'.repeat(64), 'web\n', '日本'])('is not %j', (name) => {
    expect(issuesOf(() => buildModel({ networks: {}, hosts: named(name, {}) }))).toMatchObject([{ value: name, message: expect.stringContaining('RFC 1123') as string }])
  })

  it.each(['7', '127', '0x10', '0X1F', '0x'])('is no number such as %j, which a program would take for an address', (name) => {
    expect(issuesOf(() => buildModel({ networks: {}, hosts: named(name, {}) }))).toMatchObject([{ value: name, message: expect.stringContaining('IPv4 address') as string }])
  })

  it.each(['localhost', 'LocalHost', 'ip6-localhost', 'ip6-loopback'])('is not %s, which every host calls itself', (name) => {
    expect(issuesOf(() => buildModel({ networks: {}, hosts: named(name, {}) }))).toMatchObject([{ path: `hosts.${name}`, value: name }])
  })

  it.each(['a', 'A-1', '1a', '0xg', 'a'.repeat(63), 'x--y'])('is %j', (name) => {
    expect(buildModel({ networks: {}, hosts: named(name, {}) }).hosts.has(name)).toBe(true)
  })

  it('is there once, whatever its case', () => {
    expect(complaints({ networks: {}, hosts: { Web: {}, web: {} } })).toEqual(['hosts.web: there is a host "Web" already (names do not differ by case)'])
    const model = buildModel({ networks: {}, hosts: { Web: {} } })
    expect(issuesOf(() => withHost(model, 'WEB', {}))).toMatchObject([{ path: 'hosts.WEB', value: 'WEB' }])
    expect(issuesOf(() => withHost(model, 'Web', {}))).toMatchObject([{ path: 'hosts.Web', value: 'Web' }])
  })

  it.each([undefined, null, 5, {}, Symbol('a')])('is a string, not %s', (name) => {
    const model = buildModel({ networks: {}, hosts: {} })
    expect(issuesOf(() => withHost(model, name as string, {}))).toMatchObject([{ path: 'hosts', value: name, message: 'the name must be a string' }])
    expect(issuesOf(() => withNetwork(model, name as string, {}))).toMatchObject([{ path: 'networks', value: name, message: 'the name must be a string' }])
  })
})

describe('networks of a host', () => {
  it('are known, and named once', () => {
    expect(issuesOfHost({ networks: ['lan', 'dmz', 'lan'] })).toMatchObject([
      { path: 'hosts.a.networks[1]', value: 'dmz', message: 'there is no network "dmz"; the networks are "lan", "back"' },
      { path: 'hosts.a.networks[2]', value: 'lan', message: 'the host is on this network already' },
    ])
    expect(issuesOfHost({ networks: { dmz: {} } }, {})).toMatchObject([{ path: 'hosts.a.networks.dmz', message: 'there is no network "dmz"; the networks are none' }])
  })

  it('an unknown one causes no other complaint', () => {
    expect(complaints({ networks: { lan: {} }, hosts: { a: { networks: ['lna'], routes: [{ to: 'default', via: '10.1.0.1' }] } } })).toHaveLength(1)
  })
})

describe('a trunk', () => {
  it('carries known networks, at least one, each once', () => {
    expect(issuesOfHost({ trunks: { t: { networks: [] }, u: { networks: ['lan', 'lan', 'dmz'] } } })).toMatchObject([
      { path: 'hosts.a.trunks.t.networks', value: [] },
      { path: 'hosts.a.trunks.u.networks[1]', value: 'lan', message: 'the trunk carries this network already' },
      { path: 'hosts.a.trunks.u.networks[2]', value: 'dmz' },
    ])
  })

  it('gives the host no second address of a subnet', () => {
    const again = { message: expect.stringContaining('the host is on this network already') as string, value: 'lan' }
    expect(issuesOfHost({ networks: ['lan'], trunks: { t: { networks: ['back', 'lan'], addresses: true } } })).toMatchObject([{ path: 'hosts.a.trunks.t.networks[1]', ...again }])
    expect(issuesOfHost({ trunks: { t: { networks: ['lan'], addresses: true }, u: { networks: ['lan'], addresses: true } } })).toMatchObject([{ path: 'hosts.a.trunks.u.networks[0]', ...again }])
    expect(issuesOfHost({ networks: ['lan'], trunks: { t: { networks: ['lan'] }, u: { networks: ['lan', 'back'] } } })).toEqual([])
  })

  it('has addresses of its networks only when it is asked for them', () => {
    const networks = { lan: { subnet: '10.0.0.0/24' }, back: { subnet: '10.1.0.0/24' } }
    expect(addresses(buildModel({ networks, hosts: { a: { trunks: { t: { networks: ['lan', 'back'] } } }, b: { trunks: { t: { networks: ['lan', 'back'], addresses: true } } } } }))).toEqual({
      a: [],
      b: ['10.0.0.2/24', '10.1.0.2/24'],
    })
  })

  it('is as large as the largest of its networks, also where that has the default', () => {
    const mtu = (lan: NetworkSpec, back: NetworkSpec): unknown => {
      const model = buildModel({ networks: { lan, back }, hosts: { a: { trunks: { t: { networks: ['lan', 'back'], addresses: true } } } } })
      return model.hosts.get('a')?.interfaces.map((item) => [item.mtu, ...item.subinterfaces.map((sub) => sub.mtu)])[0]
    }
    expect(mtu({}, {})).toEqual([undefined, undefined, undefined])
    expect(mtu({ mtu: 1280 }, {})).toEqual([1500, 1280, 1500])
    expect(mtu({ mtu: 9000 }, {})).toEqual([9000, 9000, 1500])
    expect(mtu({ mtu: 1400 }, { mtu: 1300 })).toEqual([1400, 1400, 1300])
  })
})

describe('given addresses', () => {
  it.each([
    ['10.2.0.1', 'is outside the subnets of network "lan": 10.0.0.0/24, fd00::/64'],
    ['10.0.0.0', 'is the network or broadcast address of 10.0.0.0/24'],
    ['10.0.0.255', 'is the network or broadcast address of 10.0.0.0/24'],
    ['fd00::', 'is the subnet-router anycast address of fd00::/64 (RFC 4291, 2.6.1)'],
    ['fd00:1::1', 'is outside the subnets'],
    ['fe80::1', 'is outside the subnets'],
    ['::ffff:10.0.0.5', 'is outside the subnets'],
    ['10.0.0.5/24', 'must be an IPv4 or IPv6 address without prefix length and zone'],
    ['fe80::1%eth0', 'must be an IPv4 or IPv6 address without prefix length and zone'],
    ['10.0.0.05', 'must be an IPv4 or IPv6 address'],
    ['10.0.0', 'must be an IPv4 or IPv6 address'],
    ['', 'must be an IPv4 or IPv6 address'],
    ['dhcp', 'must be an IPv4 or IPv6 address'],
  ])('%j is refused: %s', (ip, message) => {
    expect(issuesOfHost({ networks: { lan: { ip } } })).toMatchObject([{ path: 'hosts.a.networks.lan.ip', value: ip, message: expect.stringContaining(message) as string }])
    expect(issuesOfHost({ networks: { lan: { ip: ['fd00::9', ip] } } })[0]).toMatchObject({ path: 'hosts.a.networks.lan.ip[1]', value: ip })
  })

  it('are of subnets that the network has', () => {
    expect(complaints({ networks: { l2: { subnet: [] } }, hosts: { a: { networks: { l2: { ip: '10.0.0.1' } } } } })).toEqual(['hosts.a.networks.l2.ip: is outside the subnets of network "l2": it has none'])
  })

  it('are given once, and the owner is named as the user named it', () => {
    const topology: Topology = { networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } }, hosts: { 'a-long-host-name': { networks: { lan: { ip: 'fd00::5' } } }, b: { networks: { lan: { ip: ['10.0.0.5', 'fd00:0:0::0005', '10.0.0.6'] } } } } }
    expect(complaints(topology)).toEqual(['hosts.b.networks.lan.ip[1]: is the address of host "a-long-host-name"', 'hosts.b.networks.lan.ip[2]: the interface has an address of 10.0.0.0/24 already'])
    const model = buildModel({ ...topology, hosts: { 'a-long-host-name': { networks: ['lan'] } } })
    expect(issuesOf(() => withHost(model, 'b', { networks: { lan: { ip: '10.0.0.2' } } }))).toMatchObject([{ path: 'hosts.b.networks.lan.ip', value: '10.0.0.2', message: 'is the address of host "a-long-host-name"' }])
  })

  it('keep automatic ones away, wherever they stand, and complete each other', () => {
    const model = buildModel({
      networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } },
      hosts: { a: { networks: ['lan'] }, b: { networks: { lan: { ip: '10.0.0.2' } } }, c: { networks: { lan: { ip: ['FD00:0::3'] } } }, d: { networks: { lan: {} } } },
    })
    expect(addresses(model)).toEqual({ a: ['10.0.0.3/24', 'fd00::2/64'], b: ['10.0.0.2/24', 'fd00::4/64'], c: ['10.0.0.4/24', 'fd00::3/64'], d: ['10.0.0.5/24', 'fd00::5/64'] })
  })

  it('may be none at all, as for a DHCP client', () => {
    const model = buildModel({ networks: { lan: { subnet: '10.0.0.0/24' } }, hosts: { a: { networks: { lan: { ip: [] } } }, b: { networks: ['lan'] } } })
    expect(addresses(model)).toEqual({ a: [], b: ['10.0.0.2/24'] })
  })
})

describe('a subnet with few addresses', () => {
  it.each([
    ['10.0.0.0/30', ['10.0.0.2/30', '10.0.0.1/30']],
    ['10.0.0.0/31', ['10.0.0.1/31', '10.0.0.0/31']],
    ['10.0.0.7/32', ['10.0.0.7/32']],
    ['fd00::/127', ['fd00::1/127', 'fd00::/127']],
    ['fd00::7/128', ['fd00::7/128']],
    ['fd00::/126', ['fd00::2/126', 'fd00::3/126', 'fd00::1/126']],
  ])('%s gives all that it has, the gateway\'s last, and then says so', (subnet, all) => {
    const hosts = (count: number): Record<string, HostSpec> => Object.fromEntries(Array.from({ length: count }, (_, n) => [`h${n}`, { networks: ['lan'] }]))
    const model = buildModel({ networks: { lan: { subnet } }, hosts: hosts(all.length) })
    expect(Object.values(addresses(model)).flat()).toEqual(all)
    const message = `no address is left in ${subnet} of network "lan" for host "${`h${all.length}`}": give it a larger subnet`
    expect(issuesOf(() => buildModel({ networks: { lan: { subnet } }, hosts: hosts(all.length + 1) }))).toEqual([{ path: `hosts.h${all.length}.networks[0]`, value: 'lan', message }])
    expect(issuesOf(() => withHost(model, 'more', { networks: ['lan'] }))).toHaveLength(1)
    // An address is free again when its host is gone.
    expect(withHost(withoutHost(model, 'h0'), 'more', { networks: ['lan'] }).hosts.get('more')?.interfaces[0]?.addresses[0]?.address).toBe(all[0]?.split('/')[0])
  })
})

describe('a MAC', () => {
  it.each([
    ['', 'must be a MAC address'],
    ['02:00:00:00:00', 'must be a MAC address'],
    ['02:00:00:00:00:01:02', 'must be a MAC address'],
    ['02:00:00:00:00:0g', 'must be a MAC address'],
    ['2:0:0:0:0:1', 'must be a MAC address'],
    ['020000000001', 'must be a MAC address'],
    ['02:00-00:00:00:01', 'must be a MAC address'],
    ['02:00:00:00:00:01\n', 'must be a MAC address'],
    ['ff:ff:ff:ff:ff:ff', 'multicast'],
    ['01:00:5e:00:00:01', 'multicast'],
    ['00:00:00:00:00:00', 'no interface can have this MAC'],
  ])('%j is refused: %s', (mac, message) => {
    expect(issuesOfHost({ networks: { lan: { mac } } })).toMatchObject([{ path: 'hosts.a.networks.lan.mac', value: mac, message: expect.stringContaining(message) as string }])
    expect(issuesOfHost({ trunks: { t: { networks: ['lan'], mac } } })).toMatchObject([{ path: 'hosts.a.trunks.t.mac', value: mac }])
  })

  it('is there once, however it is written', () => {
    const networks = { lan: {}, back: {} }
    expect(issuesOf(() => buildModel({ networks, hosts: { a: { networks: { lan: { mac: '02:00:00:00:00:AA' } } }, b: { trunks: { t: { networks: ['back'], mac: '02-00-00-00-00-aa' } } } } }))).toMatchObject([
      { path: 'hosts.b.trunks.t.mac', value: '02-00-00-00-00-aa', message: 'is the MAC of host "a" already' },
    ])
    expect(issuesOfHost({ networks: { lan: { mac: '02:00:00:00:00:01' }, back: { mac: '02:00:00:00:00:01' } } }, networks)).toMatchObject([{ message: 'is the MAC of this host already' }])
    const model = buildModel({ networks, hosts: { 'a-long-host-name': { networks: ['lan'] } } })
    expect(issuesOf(() => withHost(model, 'b', { networks: { lan: { mac: '02:73:62:00:00:01' } } }))).toMatchObject([{ message: 'is the MAC of host "a-long-host-name" already' }])
  })

  it('that is automatic keeps away from given ones', () => {
    const model = buildModel({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, b: { networks: { lan: { mac: '02-73-62-00-00-01' } } } } })
    expect([...model.hosts.values()].flatMap(({ interfaces }) => interfaces.map(({ mac }) => mac))).toEqual(['02:73:62:01:00:01', '02:73:62:00:00:01'])
  })
})

describe('details of a host', () => {
  it.each(['ipv4.x.y', 'kernel.hostname', 'net', 'net.', 'net.ipv4', 'net..x.y', 'net.ipv4.', 'net/../kernel/x', 'net.//.//.kernel.x', 'net.ipv4/../x', 'net/ipv4/./x', 'Net.ipv4.x', ' net.ipv4.x', 'net.ipv4.a b', 'net.ipv4.x\0', ''])('%j is no setting of it', (key) => {
    expect(issuesOfHost({ sysctls: named(key, 1) })).toMatchObject([{ path: expect.stringContaining('hosts.a.sysctls') as string, value: key }])
  })

  it.each(['net.ipv4.ip_forward', 'net/ipv4/ip_forward', 'net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.up0/100.rp_filter', 'net/ipv4/conf/up0.100/rp_filter', 'net.ipv6.neigh.default.gc_thresh1'])('%s is one', (key) => {
    expect(issuesOfHost({ sysctls: named(key, 1) })).toEqual([])
  })

  it.each(['', 'dns', '1.1.1', '1.1.1.1:53', 'fe80::1%eth0', '1.1.1.1/32'])('%j is no name server', (address) => {
    expect(issuesOfHost({ dns: ['1.1.1.1', address] })).toMatchObject([{ path: 'hosts.a.dns[1]', value: address }])
    expect(issuesOf(() => buildModel({ networks: {}, hosts: {}, dns: [address] }))).toMatchObject([{ path: 'dns[0]', value: address }])
  })

  it('has variables that a process can have', () => {
    expect(issuesOfHost({ env: { 'A=B': 'x', '': 'y', 'C\0': 'z', D: 'a\0b', E: '', 'f g': '日本=x' } }).map(({ path }) => path)).toEqual(['hosts.a.env["A=B"]', 'hosts.a.env[""]', 'hosts.a.env["C\\u0000"]', 'hosts.a.env.D'])
  })

  it.each(['', 'a\nb', '\0', '\ud800'])('a testbed is not called %j', (name) => {
    expect(issuesOf(() => buildModel({ name, networks: {}, hosts: {} }))).toMatchObject([{ path: 'name', value: name }])
  })

  it('a testbed may be called anything else', () => {
    expect(buildModel({ name: '研究室 👩‍🔬 <1>', networks: {}, hosts: {} }).name).toBe('研究室 👩‍🔬 <1>')
    expect(buildModel({ networks: {}, hosts: {} }).name).toBe('testbed')
  })
})

describe('a change', () => {
  const model = buildModel({ networks: { lan: { subnet: '10.0.0.0/24' }, spare: {} }, hosts: { a: { networks: ['lan'] }, t: { trunks: { up0: { networks: ['spare'] } } } } })

  it('leaves the model before as it was', () => {
    const before = structuredClone([...model.hosts])
    withHost(model, 'b', { networks: ['lan'] })
    withNetwork(model, 'more', {})
    withoutHost(model, 'a')
    expect([...model.hosts]).toEqual(before)
    expect([...model.networks.keys()]).toEqual(['lan', 'spare'])
  })

  it('refuses what is there already, what is not there, and what is used', () => {
    expect(issuesOf(() => withNetwork(model, 'lan', {}))).toMatchObject([{ path: 'networks.lan', value: 'lan', message: 'there is a network "lan" already' }])
    expect(issuesOf(() => withoutNetwork(model, 'no such'))).toMatchObject([{ path: 'networks["no such"]', value: 'no such' }])
    expect(issuesOf(() => withoutHost(model, 'nobody'))).toMatchObject([{ path: 'hosts.nobody' }])
    expect(issuesOf(() => withoutNetwork(model, 'lan'))).toMatchObject([{ message: 'hosts are on it: a; remove them first' }])
    expect(issuesOf(() => withoutNetwork(model, 'spare'))).toMatchObject([{ message: 'hosts are on it: t; remove them first' }])
    expect(withoutNetwork(withoutHost(model, 'a'), 'lan').networks.has('lan')).toBe(false)
  })

  it('refuses a wrong shape with the path of what is added', () => {
    expect(issuesOf(() => withHost(model, 'b', undefined as unknown as HostSpec))).toMatchObject([{ path: 'hosts.b' }])
    expect(issuesOf(() => withHost(model, 'b', { networks: { lan: { ip: 5 } } } as unknown as HostSpec))).toMatchObject([{ path: 'hosts.b.networks.lan.ip', value: 5 }])
    expect(issuesOf(() => withNetwork(model, 'b', { vlan: 'x', foo: 1 } as unknown as NetworkSpec)).map(({ path }) => path)).toEqual(['networks.b.vlan', 'networks.b.foo'])
  })

  it('never gives the identifier of a namespace again, nor a port number', () => {
    for (const spec of [{}, { networks: ['lan'] }]) {
      const once = withHost(model, 'b', spec)
      const twice = withHost(withoutHost(once, 'b'), 'b', spec)
      expect(twice.hosts.get('b')?.namespace).not.toBe(once.hosts.get('b')?.namespace)
      const ofports = [once, twice].flatMap(({ hosts }) => hosts.get('b')?.interfaces.map(({ ofport }) => ofport))
      expect(new Set(ofports).size).toBe(ofports.length)
    }
  })

  it('says when the port numbers of the switch are used up', () => {
    const last = { ...model, nextOfport: 0xfeff }
    const full = withHost(last, 'b', { networks: ['lan'] })
    expect(full.hosts.get('b')?.interfaces[0]?.ofport).toBe(0xfeff)
    expect(issuesOf(() => withHost(full, 'c', { networks: ['lan'] }))).toMatchObject([{ path: 'hosts', value: 0xff00, message: expect.stringContaining('65279 ports') as string }])
  })
})
