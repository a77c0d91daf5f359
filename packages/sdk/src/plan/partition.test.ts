import { describe, expect, it } from 'vitest'
import { TestbedError } from '../errors.js'
import { buildModel, withHost, withNetwork, withoutHost } from '../topology/build.js'
import type { HostSpec } from '../topology/spec.js'
import { adaptPartition, partitionVlan, planPartition } from './partition.js'

const NETWORKS = { lan: { vlan: 100 }, back: { vlan: 4094 } }

function model(hosts: Record<string, HostSpec>): ReturnType<typeof buildModel> {
  return buildModel({ networks: NETWORKS, hosts })
}

const plain = model({ a: { networks: ['lan'] }, b: { networks: ['lan', 'back'] }, c: { networks: ['back'] }, d: { networks: ['lan'] }, e: {} })

function complaints(work: () => unknown): string[] {
  try {
    work()
    return []
  } catch (error) {
    expect(error).toMatchObject({ name: 'TestbedError', code: 'invalid' })
    return (error as TestbedError).issues.map(({ path, value, message }) => `${path} ${JSON.stringify(value)}: ${message}`)
  }
}

describe('a partition', () => {
  it('gives every group but one a VID of its own on each network, which no network has', () => {
    const plan = planPartition(plain, [['a'], ['b', 'c']])
    expect(plan.groups).toEqual([['d', 'e'], ['a'], ['b', 'c']])
    expect([...plan.vlans]).toEqual([
      ['lan a', 4093],
      ['lan b', 4092],
      ['back b', 4091],
      ['back c', 4091],
    ])
    expect(partitionVlan(plain, plan, 'lan', 'd')).toBe(100)
    expect(partitionVlan(plain, plan, 'lan', 'a')).toBe(4093)
    expect(partitionVlan(plain, undefined, 'lan', 'a')).toBe(100)
  })

  it('may name all hosts: the first group keeps the VIDs', () => {
    const plan = planPartition(plain, [['a', 'b', 'e'], ['c', 'd']])
    expect(plan.groups).toEqual([['a', 'b', 'e'], ['c', 'd']])
    expect(Object.fromEntries(plan.vlans)).toEqual({ 'lan d': 4093, 'back c': 4092 })
  })

  it('leaves the VID to the group with a trunk, whose frames carry it', () => {
    const built = model({ a: { networks: ['lan'] }, b: { networks: ['lan'] }, t: { trunks: { up0: { networks: ['lan'] } } } })
    expect(Object.fromEntries(planPartition(built, [['b', 't']]).vlans)).toEqual({ 'lan a': 4093 })
    expect(Object.fromEntries(planPartition(built, [['b'], ['t']]).vlans)).toEqual({ 'lan a': 4093, 'lan b': 4092 })
  })

  it('is impossible with trunks of one network on both sides', () => {
    const built = model({ t: { trunks: { up0: { networks: ['lan', 'back'] } } }, u: { trunks: { up0: { networks: ['lan'] } } } })
    expect(complaints(() => planPartition(built, [['t'], ['u']]))).toEqual([expect.stringContaining('partition "lan": two groups have a host with a trunk that carries network "lan"')])
    expect(complaints(() => planPartition(model({ t: { trunks: { up0: { networks: ['lan'] } } }, u: { trunks: { up0: { networks: ['back'] } } } }), [['t'], ['u']]))).toEqual([])
  })

  it('is refused with every mistake', () => {
    expect(complaints(() => planPartition(plain, [['a', 'nobody', 'a'], [], ['toString'], 'b' as unknown as string[], [7 as unknown as string]]))).toEqual([
      'partition[0][1] "nobody": there is no such host; the hosts are a, b, c, d, e',
      'partition[0][2] "a": the host is in a group already',
      'partition[1] []: a group has at least one host',
      'partition[2][0] "toString": there is no such host; the hosts are a, b, c, d, e',
      'partition[3] "b": a group is a list of names of hosts',
      'partition[4][0] 7: there is no such host; the hosts are a, b, c, d, e',
    ])
    const two = 'a partition has at least two groups; hosts that are named in none are one more'
    expect(complaints(() => planPartition(plain, []))).toEqual([`partition []: ${two}`])
    expect(complaints(() => planPartition(plain, [['a', 'b', 'c', 'd', 'e']]))).toEqual([expect.stringContaining(two)])
    expect(complaints(() => planPartition(model({}), []))).toHaveLength(1)
  })

  it('is refused when no VID is left', () => {
    const networks = Object.fromEntries(Array.from({ length: 4094 }, (_, n) => [`n${n}`, { vlan: n + 1, subnet: [] }]))
    const full = buildModel({ networks, hosts: { a: { networks: ['n0'] }, b: { networks: ['n0'] } } })
    expect(complaints(() => planPartition(full, [['a'], ['b']]))).toEqual(['partition "n0": no VLAN VID is left to keep the groups apart'])
  })
})

describe('a partition goes on', () => {
  const plan = planPartition(plain, [['a'], ['b', 'c']])

  it('with a host that is added, among those that are in no named group', () => {
    const grown = withHost(plain, 'f', { networks: ['lan', 'back'] })
    const adapted = adaptPartition(grown, plan)
    expect(adapted.groups).toEqual([['d', 'e', 'f'], ['a'], ['b', 'c']])
    expect(adapted.vlans).toEqual(plan.vlans)
    expect(partitionVlan(grown, adapted, 'lan', 'f')).toBe(100)
  })

  it('with a host that is added when all the others were named: it is alone', () => {
    const all = planPartition(plain, [['a', 'b', 'e'], ['c', 'd']])
    const grown = withHost(plain, 'f', { networks: ['lan', 'back'] })
    const adapted = adaptPartition(grown, all)
    expect(adapted.groups).toEqual([['f'], ['a', 'b', 'e'], ['c', 'd']])
    const vids = ['f', 'a', 'd'].map((host) => partitionVlan(grown, adapted, 'lan', host))
    expect(new Set(vids).size).toBe(3)
  })

  it('with a host that is added while the VID is that of a group with a trunk', () => {
    const built = model({ a: { networks: ['lan'] }, t: { trunks: { up0: { networks: ['lan'] } } } })
    const split = planPartition(built, [['t']])
    expect(partitionVlan(built, split, 'lan', 'a')).toBe(4093)
    const grown = withHost(built, 'b', { networks: ['lan'] })
    expect(partitionVlan(grown, adaptPartition(grown, split), 'lan', 'b')).toBe(4093)
    const impossible = withHost(built, 'u', { trunks: { up0: { networks: ['lan'] } } })
    expect(complaints(() => adaptPartition(impossible, split))).toHaveLength(1)
  })

  it('without a host that is removed, and a later one of its name is a new one', () => {
    const shrunk = withoutHost(plain, 'a')
    const adapted = adaptPartition(shrunk, plan)
    expect(adapted.groups).toEqual([['d', 'e'], ['b', 'c']])
    expect(adapted.vlans.has('lan a')).toBe(false)
    const again = withHost(shrunk, 'a', { networks: ['lan'] })
    expect(adaptPartition(again, adapted).groups).toEqual([['d', 'e', 'a'], ['b', 'c']])
  })

  it('even when one group is all that is left', () => {
    const two = planPartition(model({ a: { networks: ['lan'] }, b: { networks: ['lan'] } }), [['a'], ['b']])
    const one = model({ a: { networks: ['lan'] } })
    const adapted = adaptPartition(one, two)
    expect(adapted).toMatchObject({ groups: [['a']], vlans: new Map() })
    const grown = withHost(one, 'c', { networks: ['lan'] })
    expect(adaptPartition(grown, adapted).groups).toEqual([['c'], ['a']])
  })

  it('with a network that is added, whose VID it has taken itself', () => {
    const grown = withNetwork(plain, 'late', { vlan: 4093 })
    const adapted = adaptPartition(grown, plan)
    expect(new Set(adapted.vlans.values())).not.toContain(4093)
    expect(new Set(plan.vlans.values())).toContain(4093)
  })
})
