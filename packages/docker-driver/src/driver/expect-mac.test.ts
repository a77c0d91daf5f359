import { describe, expect, it } from 'vitest'
import type { DockerContainer } from '../docker/docker-engine.js'
import type { Network } from '../model/network.js'
import type { DriverContext } from './context.js'
import { MacPrefixes } from './mac-prefixes.js'
import { expectedMac, tellApart, type Candidate } from './expect-mac.js'

const never = () => new Promise<void>(() => undefined)
/** Docker tells of all containers but these. */
const locked = (...ids: readonly string[]) => (id: string) => (ids.includes(id) ? never() : Promise.resolve())
const one = (containerId: string, prefix?: string): Candidate => ({ containerId, prefix })

describe('tellApart', () => {
  it('asks nobody when all want the same', async () => {
    const nobody = () => { throw new Error('asked') }
    expect(await tellApart([one('a', '0e:99'), one('b', '0e:99')], false, nobody)).toEqual({ type: 'known', containerId: undefined, prefix: '0e:99' })
    expect(await tellApart([one('a')], true, nobody)).toEqual({ type: 'known', containerId: 'a', prefix: undefined })
  })

  it('finds the one of which Docker does not tell', async () => {
    expect(await tellApart([one('a', '0e:99'), one('b'), one('c')], false, locked('a'))).toEqual({ type: 'known', containerId: 'a', prefix: '0e:99' })
    expect(await tellApart([one('a', '0e:99'), one('b'), one('c')], false, locked('b'))).toMatchObject({ type: 'known', prefix: undefined })
    expect(await tellApart([one('a'), one('b')], true, locked('b'))).toEqual({ type: 'known', containerId: 'b', prefix: undefined })
  })

  it('concludes nothing when two do not answer, or Docker does not', async () => {
    expect(await tellApart([one('a', '0e:99'), one('b'), one('c')], false, locked('a', 'b'), 1)).toEqual({ type: 'unclear' })
    expect(await tellApart([], true, locked())).toEqual({ type: 'unclear' })
    expect(await tellApart([one('a', '0e:99'), one('b')], false, () => Promise.reject(new Error('no')), 1)).toEqual({ type: 'unclear' })
  })
})

describe('expectedMac', () => {
  const network = { id: 'n', name: 'lab', options: { dhcp: false, defaultAcl: [] } } as unknown as Network
  const container = (id: string, state: string, labels = {}, networkId = 'other'): DockerContainer => ({ id, name: id, labels, state, networks: new Map([['x', { networkId, endpointId: '' }]]) })
  const context = (all: readonly DockerContainer[], more: Partial<DriverContext> = {}, lockedId = '') => ({
    dockerAnswers: () => true, log: () => undefined, prefixes: { possible: true },
    docker: {
      containers: (filters: { status?: readonly string[]; label?: readonly string[] }) => Promise.resolve(all.filter(({ state, labels }) => filters.status?.includes(state) && (filters.label ?? []).every((label) => label in labels))),
      attend: locked(lockedId),
    },
    ...more,
  }) as unknown as DriverContext
  const none = new MacPrefixes()
  none.listed([], none.mark)
  const label = { 'dovesnap.faucet.mac_prefix': '0e:99' }

  it('thinks of containers that run and are being connected', async () => {
    const all = [container('a', 'running', label), container('b', 'running')]
    expect(await expectedMac(context(all, {}, 'a'), network, Promise.resolve([]))).toMatchObject({ type: 'known', prefix: '0e:99' })
    expect(await expectedMac(context(all, {}, 'b'), network, Promise.resolve([]))).toMatchObject({ type: 'known', prefix: undefined })
    // It is on the network already.
    expect(await expectedMac(context([container('a', 'running', label, 'n')]), network, Promise.resolve([container('c', 'created')]))).toEqual({ type: 'known', containerId: 'c', prefix: undefined })
  })

  it('does not ask who is being connected where no container has a label', async () => {
    const unasked = { docker: { containers: () => Promise.reject(new Error('asked')) }, prefixes: none } as unknown as Partial<DriverContext>
    expect(await expectedMac(context([], unasked), network, Promise.resolve([container('c', 'created')]))).toEqual({ type: 'known', containerId: 'c', prefix: undefined })
    expect(await expectedMac(context([], { ...unasked, prefixes: new MacPrefixes() }), network, Promise.resolve([container('c', 'created')]))).toEqual({ type: 'unclear' })
  })

  it('leaves out a label that is wrong, which others can do nothing for', async () => {
    const wrong = container('a', 'created', { 'dovesnap.faucet.mac_prefix': 'zz' })
    expect(await expectedMac(context([]), network, Promise.resolve([wrong, container('c', 'created')]))).toMatchObject({ type: 'known', prefix: undefined })
  })

  it('says what it does not know while Docker does not answer', async () => {
    const silent = { dockerAnswers: () => false, prefixes: none }
    expect(await expectedMac(context([], silent), network, Promise.resolve(undefined))).toMatchObject({ type: 'known', prefix: undefined })
    expect(await expectedMac(context([], { dockerAnswers: () => false }), network, Promise.resolve(undefined))).toEqual({ type: 'unclear' })
    expect(await expectedMac(context([], silent), { ...network, options: { ...network.options, dhcp: true } }, Promise.resolve(undefined))).toEqual({ type: 'unclear' })
  })
})
