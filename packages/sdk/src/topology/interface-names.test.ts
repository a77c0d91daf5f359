import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TopologyIssue } from '../errors.js'
import { checkInterfaceNames, nameInterfaces, portName, type Nameless } from './interface-names.js'

function interfaces(...names: (string | undefined | [name: string, ...vlans: number[]])[]): Nameless[] {
  return names.map((item, index) => {
    const [name, ...vlans] = Array.isArray(item) ? item : [item]
    return { name, path: ['i', index], vlans }
  })
}

function devices(...names: Parameters<typeof interfaces>): string[] {
  return nameInterfaces(interfaces(...names)).map(({ device }) => device)
}

function complaints(...names: Parameters<typeof interfaces>): TopologyIssue[] {
  const issues: TopologyIssue[] = []
  checkInterfaceNames(interfaces(...names), issues)
  return issues
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length
}

const LONG = 'uplink-to-the-other-building'

describe('interfaces are called', () => {
  it('ethN in their order', () => {
    expect(devices(undefined, undefined, undefined)).toEqual(['eth0', 'eth1', 'eth2'])
  })

  it('as the user says; the others keep the number of their place', () => {
    expect(devices(undefined, 'wan', undefined)).toEqual(['eth0', 'wan', 'eth2'])
    expect(devices('eth7', undefined)).toEqual(['eth7', 'eth1'])
  })

  it('by the next free number when theirs was given to another one', () => {
    expect(devices('eth1', undefined)).toEqual(['eth1', 'eth2'])
    expect(devices('eth1', undefined, undefined)).toEqual(['eth1', 'eth3', 'eth2'])
    expect(devices(undefined, 'eth0', 'eth3', undefined)).toEqual(['eth4', 'eth0', 'eth3', 'eth5'])
  })

  it('ethN by the kernel when it cannot have the name', () => {
    expect(nameInterfaces(interfaces(undefined, LONG, 'eth1'))).toMatchObject([
      { name: 'eth0', device: 'eth0' },
      { name: LONG, device: 'eth3' },
      { name: 'eth1', device: 'eth1' },
    ])
    // 15 bytes are the limit, not 15 characters; and the byte A0, as in 'à', is white space to the kernel.
    expect(devices('fifteen-letters', 'sixteen-letters-', 'büro-netz', 'éééééééé', 'ééééééé', 'à')).toEqual(['fifteen-letters', 'eth1', 'büro-netz', 'eth3', 'ééééééé', 'eth5'])
  })
})

describe('VLAN interfaces are called', () => {
  it('by their trunk and VID', () => {
    expect(nameInterfaces(interfaces(['up0', 100, 4094]))[0]?.vlans).toEqual(
      new Map([
        [100, { name: 'up0.100', device: 'up0.100' }],
        [4094, { name: 'up0.4094', device: 'up0.4094' }],
      ]),
    )
  })

  it('by the kernel in another way where that is too long', () => {
    expect([...(nameInterfaces(interfaces(['fourteen-bytes', 1, 100]))[0]?.vlans.values() ?? [])]).toEqual([
      { name: 'fourteen-bytes.1', device: 'vlan1' },
      { name: 'fourteen-bytes.100', device: 'vlan100' },
    ])
    expect([...(nameInterfaces(interfaces(undefined, [LONG, 100]))[1]?.vlans.values() ?? [])]).toEqual([{ name: `${LONG}.100`, device: 'eth1.100' }])
  })

  it('by no name that another interface has', () => {
    const [, first, second] = nameInterfaces(interfaces('vlan100', ['uplink-number-1', 100], ['uplink-number-2', 100]))
    expect(first?.vlans.get(100)).toEqual({ name: 'uplink-number-1.100', device: 'vlan100.1' })
    expect(second?.vlans.get(100)).toEqual({ name: 'uplink-number-2.100', device: 'vlan100.2' })
    expect(nameInterfaces(interfaces('eth1.5', [LONG, 5]))[1]?.vlans.get(5)?.device).toBe('vlan5')
  })
})

it('whatever is given, the kernel gets names that it takes, each once, and the user sees what was given', () => {
  const name = fc.oneof(
    fc.constant(undefined),
    fc.nat(6).map((n) => `eth${n}`),
    fc.string({ unit: fc.constantFrom('a', '.', '-', 'é', 'à', '日', '0'), minLength: 1, maxLength: 20 }),
    fc.constantFrom(LONG, 'vlan5', 'vlan5.1', 'eth1.5', 'fourteen-bytes'),
  )
  // Only a trunk has VLAN interfaces, and it has a name.
  const one = fc.record({ name, path: fc.constant([]), vlans: fc.uniqueArray(fc.constantFrom(1, 5, 4094), { maxLength: 3 }) }).map((item) => (item.name === undefined ? { ...item, vlans: [] } : item))
  fc.assert(
    fc.property(fc.uniqueArray(one, { selector: ({ name: given }) => given ?? {}, maxLength: 6 }), (wanted) => {
      const named = nameInterfaces(wanted)
      const issues: TopologyIssue[] = []
      checkInterfaceNames(wanted, issues)
      fc.pre(issues.length === 0)
      const all = named.flatMap((item) => [item, ...item.vlans.values()])
      expect(new Set(all.map(({ device }) => device)).size).toBe(all.length)
      expect(new Set(all.map((item) => item.name)).size).toBe(all.length)
      for (const { device } of all) {
        expect(bytes(device)).toBeLessThanOrEqual(15)
        expect(new TextEncoder().encode(device)).not.toContain(0xa0)
      }
      for (const [index, { name: given }] of wanted.entries()) {
        const got = named[index]
        if (given !== undefined) expect(got?.name).toBe(given)
        if (given !== undefined && bytes(given) <= 15 && !given.includes('à')) expect(got?.device).toBe(given)
      }
      expect(nameInterfaces(wanted)).toEqual(named)
    }),
  )
})

describe('a name is refused', () => {
  it.each([
    ['', '1 to 127 bytes'],
    ['x'.repeat(128), '1 to 127 bytes'],
    ['é'.repeat(64), '1 to 127 bytes'],
    ['a b', 'no white space'],
    ['a\u00a0b', 'no white space'],
    ['a\tb', 'no white space'],
    ['a\0', 'no white space, control character'],
    ['a\u0001', 'no white space, control character'],
    ['a\ud800', 'no white space, control character'],
    ['a/b', 'no white space'],
    ['eth0:1', 'no white space'],
    ['eth%d', 'no white space'],
    ['.', 'not "." or ".."'],
    ['..', 'not "." or ".."'],
    ['lo', 'loopback'],
    ['all', 'stands for all interfaces'],
    ['default', 'stands for all interfaces'],
  ])('%j: %s', (name, message) => {
    expect(complaints(undefined, name)).toMatchObject([{ path: 'i[1]', value: name, message: expect.stringContaining(message) as string }])
  })

  it('when another interface, or a VLAN interface, is called so', () => {
    expect(complaints('x', undefined, 'x', undefined)).toMatchObject([{ path: 'i[2]', value: 'x', message: 'two interfaces of the host have this name' }])
    expect(complaints('up0.100', ['up0', 100])).toMatchObject([{ path: 'i[1]', value: 'up0', message: 'its VLAN interface would be called "up0.100", as another interface of the host is' }])
    expect(complaints(['up0', 100], 'up0.100')).toMatchObject([{ path: 'i[1]', value: 'up0.100' }])
    expect(complaints(['up0', 100], 'up0.101', ['up1', 100], 'Up0')).toEqual([])
  })

  it('when it leaves no room for the VLAN interfaces', () => {
    expect(complaints(['x'.repeat(123), 1000])).toMatchObject([{ path: 'i[0]', message: 'the names of its VLAN interfaces would have more than 127 bytes' }])
    expect(complaints(['x'.repeat(122), 1000])).toEqual([])
  })

  it('no other one', () => {
    for (const name of ['x', 'x'.repeat(127), 'é'.repeat(63), '日本', '-', '0', '__proto__', 'constructor', 'a.b', 'eth0;rm']) expect(complaints(name)).toEqual([])
  })
})

describe('the switch end', () => {
  it('has a readable name where that fits', () => {
    expect(portName('web', 'eth0', 7, new Set())).toBe('web-eth0')
    expect(portName('ten-lettrs', 'eth0', 7, new Set())).toBe('ten-lettrs-eth0')
    expect(portName('eleven-lett', 'eth0', 7, new Set())).toBe('p7')
    expect(portName('a', 'é', 7, new Set())).toBe('p7')
    expect(portName('a', 'x.1', 7, new Set())).toBe('p7')
  })

  it('has a name of its own', () => {
    const used = new Set<string>()
    expect(portName('a', 'b-c', 1, used)).toBe('a-b-c')
    expect(portName('a-b', 'c', 2, used)).toBe('p2')
  })

  it('has no name of a device of Open vSwitch', () => {
    expect(portName('ovs', 'netdev', 3, new Set())).toBe('p3')
    expect(portName('ovs', 'system', 4, new Set())).toBe('p4')
  })
})
