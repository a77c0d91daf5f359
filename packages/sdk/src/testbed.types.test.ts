import { describe, expect, expectTypeOf, it } from 'vitest'
import { Testbed, type ContainerHost, type Host, type HostSpec, type Network, type NetworkSpec, type Topology } from './index.js'

// Nothing is started here: `tsc` reads these functions, and an expected error that is none is an error.

const literal = () =>
  Testbed.start({
    networks: { office: { subnet: '10.1.0.0/24' }, dmz: { subnet: ['10.2.0.0/24', 'fd00:2::/64'], vlan: 200 } },
    hosts: { laptop: { networks: { office: { ip: '10.1.0.9' } } }, web: { networks: ['dmz'] }, fw: { networks: ['office', 'dmz'], trunks: { up0: { networks: ['dmz'] } } } },
  })

describe('the names of a topology', () => {
  it('are the types of its hosts and networks', () => {
    type Lab = Awaited<ReturnType<typeof literal>>
    expectTypeOf<Lab>().toEqualTypeOf<Testbed<'office' | 'dmz', 'laptop' | 'web' | 'fw'>>()
    expectTypeOf<keyof Lab['hosts']>().toEqualTypeOf<'laptop' | 'web' | 'fw'>()
    expectTypeOf<Lab['hosts']['web']>().toEqualTypeOf<Host>()
    expectTypeOf<keyof Lab['networks']>().toEqualTypeOf<'office' | 'dmz'>()
    expectTypeOf<Lab['networks']['dmz']>().toEqualTypeOf<Network>()
  })

  it('are those of a constant, too', () => {
    const constant = { networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } } as const satisfies Topology
    const _start = () => Testbed.start(constant)
    expectTypeOf<Awaited<ReturnType<typeof _start>>>().toEqualTypeOf<Testbed<'lan', 'a'>>()
  })

  it('may be none', () => {
    const _start = () => Testbed.start({ networks: {}, hosts: {} })
    expectTypeOf<keyof Awaited<ReturnType<typeof _start>>['hosts']>().toEqualTypeOf<never>()
  })
})

describe('a host with an image', () => {
  it('is a container', () => {
    const _start = () => Testbed.start({ networks: { lan: {} }, hosts: { laptop: { networks: ['lan'] }, web: { networks: { lan: { ip: '10.0.0.9' } }, image: 'nginx' }, db: { networks: ['lan'], container: 'db-1' } } })
    type Lab = Awaited<ReturnType<typeof _start>>
    expectTypeOf<Lab>().toEqualTypeOf<Testbed<'lan', 'laptop' | 'web' | 'db', 'web' | 'db'>>()
    expectTypeOf<Lab['hosts']['web']>().toEqualTypeOf<ContainerHost>()
    expectTypeOf<Lab['hosts']['db']>().toEqualTypeOf<ContainerHost>()
    expectTypeOf<Lab['hosts']['laptop']>().toEqualTypeOf<Host>()
    expectTypeOf<ContainerHost>().toExtend<Host>()
  })

  it('is one of a constant, of a name of an image that is known later, and one that is added', () => {
    const constant = { networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, b: { image: 'x', networks: ['lan'] } } } as const satisfies Topology
    const _start = () => Testbed.start(constant)
    expectTypeOf<Awaited<ReturnType<typeof _start>>>().toEqualTypeOf<Testbed<'lan', 'a' | 'b', 'b'>>()
    const _named = (image: string) => Testbed.start({ networks: {}, hosts: { a: { image }, b: {} } })
    expectTypeOf<Awaited<ReturnType<typeof _named>>>().toEqualTypeOf<Testbed<never, 'a' | 'b', 'a'>>()
    const _add = (lab: Testbed) => [lab.addHost('x', { image: 'nginx' }), lab.addHost('y', { container: 'z' }), lab.addHost('z', {})] as const
    expectTypeOf<ReturnType<typeof _add>>().toEqualTypeOf<readonly [Promise<ContainerHost>, Promise<ContainerHost>, Promise<Host>]>()
  })
})

describe('a name that is not there', () => {
  it('is an error of the compiler', () => {
    const wrong = () => [
      // @ts-expect-error a network of a list
      Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lna'] } } }),
      // @ts-expect-error a network of an object
      Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: { lna: {} } } } }),
      // @ts-expect-error a network of a trunk
      Testbed.start({ networks: { lan: {} }, hosts: { a: { trunks: { t: { networks: ['lna'] } } } } }),
      // @ts-expect-error an option
      Testbed.start({ networks: { lan: { vlna: 5 } }, hosts: {} }),
      // @ts-expect-error an option of a host
      Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'], forwrding: true } } }),
      // @ts-expect-error a type of an image
      Testbed.start({ networks: { lan: {} }, hosts: { a: { image: 5 } } }),
      // @ts-expect-error an option of a container
      Testbed.start({ networks: { lan: {} }, hosts: { a: { image: 'x', resources: { cpu: 1 } } } }),
      // @ts-expect-error a type of an option
      Testbed.start({ networks: { lan: { vlan: '5' } }, hosts: {} }),
      // @ts-expect-error no hosts at all
      Testbed.start({ networks: { lan: {} } }),
      // @ts-expect-error a host of a running testbed
      literal().then(({ hosts }) => hosts.lptop),
      // @ts-expect-error a network of a running testbed
      literal().then(({ networks }) => networks.lan),
    ]
    expect(wrong).toBeTypeOf('function')
  })
})

describe('a topology that is only known at run time', () => {
  it('has any names', () => {
    const _start = (topology: Topology) => Testbed.start(topology)
    type Lab = Awaited<ReturnType<typeof _start>>
    expectTypeOf<Lab>().toEqualTypeOf<Testbed>()
    expectTypeOf<ReturnType<Lab['host']>>().toEqualTypeOf<Host>()
    const pick = (lab: Lab): Host | undefined => lab.hosts['web']
    expect(pick).toBeTypeOf('function')
  })

  it('may be built piece by piece', () => {
    const networks: Record<string, NetworkSpec> = { lan: {} }
    const hosts: Record<string, HostSpec> = { a: { networks: ['lan'] } }
    const _start = () => Testbed.start({ networks, hosts })
    expectTypeOf<Awaited<ReturnType<typeof _start>>>().toEqualTypeOf<Testbed>()
    // Hosts by the dozen on networks that are known: the network's name is still checked.
    const _dozen = () => Testbed.start({ networks: { lan: {} }, hosts: Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`h${n}`, { networks: ['lan' as const] }])) })
    expectTypeOf<Awaited<ReturnType<typeof _dozen>>>().toEqualTypeOf<Testbed<'lan', string>>()
  })
})

it('a testbed with known names is a testbed', () => {
  const anyTestbed = (testbed: Testbed): string => testbed.name
  const some = (testbed: Testbed<'lan', 'a'>): string => anyTestbed(testbed)
  const fewer = (testbed: Testbed<'lan' | 'back', 'a' | 'b', 'a'>): string => some(testbed)
  expect(fewer).toBeTypeOf('function')
})

describe('a start that cannot be right', () => {
  it.each([0, -1, NaN])('is refused with a timeout of %d', async (timeout) => {
    await expect(Testbed.start({ networks: {}, hosts: {} }, { timeout })).rejects.toMatchObject({ name: 'TestbedError', code: 'invalid', message: `timeout must be a number of milliseconds above 0 (got ${timeout})` })
  })

  it('is refused when it is aborted already', async () => {
    const reason = new Error('changed my mind')
    await expect(Testbed.start({ networks: {}, hosts: {} }, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: 'aborted', cause: reason })
  })

  it('is refused with every mistake of the topology, before anything is touched', async () => {
    const progress: unknown[] = []
    const start = Testbed.start({ networks: { lan: { vlan: 4095 } }, hosts: { 'my host': { networks: ['lan'] } } }, { onProgress: (step) => progress.push(step) })
    await expect(start).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'networks.lan.vlan', value: 4095 }, { path: 'hosts["my host"]', value: 'my host' }] })
    expect(progress).toEqual([])
  })
})
