import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import {
  dumpAddresses,
  dumpLinks,
  dumpNeighbours,
  dumpQdiscs,
  dumpRoutes,
  encodeDeleteAddress,
  encodeDeleteLink,
  encodeDeleteNeighbour,
  encodeDeleteQdisc,
  encodeDeleteRoute,
  encodeNewAddress,
  encodeNewLink,
  encodeNewNeighbour,
  encodeNewRoute,
  encodeReplaceQdisc,
  encodeSetLink,
  LinuxError,
  type LinkKind,
  type NetlinkWriter,
  type Sandbox,
} from '@streambed/linux'
import { failure, job, json, run, twoHosts } from './lan.js'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await twoHosts()
})

afterAll(() => sandbox.close())

const apply = (namespace: string, write: (writer: NetlinkWriter) => void): Promise<void> => sandbox.apply([job(namespace, write)])

interface IpLink {
  ifname: string
  ifindex: number
  mtu: number
  address: string
  flags: string[]
  group: string
  linkinfo?: { info_kind: string; info_data: Record<string, unknown> }
}

async function ipLink(namespace: string, name: string): Promise<IpLink> {
  return (await json<IpLink>(sandbox, namespace, ['ip', '-j', '-d', 'link', 'show', 'dev', name]))[0] as IpLink
}

/** Makes a link, or says in which words the kernel's lack of it was reported. */
async function make(ctx: TestContext, kind: LinkKind, link = 0): Promise<void> {
  const created = sandbox.apply([job('a', (w) => encodeNewLink(w, 'make the link new0 of host a', { name: 'new0', index: 50, kind, mac: '02:00:00:00:00:50', ...(link > 0 ? { link } : {}) }))])
  try {
    await created
  } catch (error) {
    expect(error).toBeInstanceOf(LinuxError)
    expect((error as LinuxError).message).toContain('make the link new0 of host a: EOPNOTSUPP')
    expect((error as LinuxError).message).toContain(`this kernel lacks links of the kind "${kind.type}"`)
    ctx.skip(`kernel: no links of the kind ${kind.type}`)
  }
}

const remove = (): Promise<void> => apply('a', (w) => encodeDeleteLink(w, 'remove', { index: 50 }))

describe('links', () => {
  it('veth: between two namespaces, with names, indexes, MACs', async () => {
    expect(await ipLink('a', 'eth0')).toMatchObject({ ifindex: 2, address: '02:00:00:00:00:01', linkinfo: { info_kind: 'veth' } })
    expect(await ipLink('b', 'eth0')).toMatchObject({ ifindex: 2, address: '02:00:00:00:00:02' })
    await run(sandbox, 'a', ['ping', '-c1', '-W1', '10.0.0.2'])
  })

  const kinds: readonly (readonly [LinkKind, number, Record<string, unknown>])[] = [
    [{ type: 'macvlan' }, 2, { mode: 'bridge' }],
    [{ type: 'macvlan', mode: 'private' }, 2, { mode: 'private' }],
    [{ type: 'vxlan', vni: 77, remote: '10.0.0.2', local: '10.0.0.1', ttl: 9, learning: false }, 0, { id: 77, remote: '10.0.0.2', local: '10.0.0.1', port: 4789, ttl: 9 }],
    [{ type: 'vxlan', vni: 16_777_215, remote: 'fd00::2', local: 'fd00::1', port: 8472 }, 0, { id: 16_777_215, remote6: 'fd00::2', local6: 'fd00::1', port: 8472 }],
    [{ type: 'vxlan', vni: 5, remote: '239.1.1.1', lower: 2 }, 0, { id: 5, group: '239.1.1.1', link: 'eth0' }],
    [{ type: 'bridge', stp: true }, 0, { stp_state: 1, vlan_filtering: 0 }],
    [{ type: 'vlan', vid: 4094 }, 2, { id: 4094, protocol: '802.1Q' }],
    [{ type: 'vlan', vid: 5, protocol: '802.1ad' }, 2, { id: 5, protocol: '802.1ad' }],
    [{ type: 'dummy' }, 0, {}],
    [{ type: 'ifb' }, 0, {}],
    [{ type: 'other', kind: 'bridge' }, 0, { stp_state: 0 }],
  ]
  for (const [kind, lower, data] of kinds) {
    const name = kind.type === 'other' ? kind.kind : kind.type
    it(JSON.stringify(kind), async (ctx) => {
      await make(ctx, kind, lower)
      expect(await ipLink('a', 'new0')).toMatchObject({ ifindex: 50, address: '02:00:00:00:00:50', linkinfo: { info_kind: name, ...(Object.keys(data).length === 0 ? {} : { info_data: data }) } })
      expect((await dumpLinks(sandbox, 'a')).find(({ index }) => index === 50)).toMatchObject({ name: 'new0', kind: name, mac: '02:00:00:00:00:50' })
      await remove()
    })
  }

  it('bridge: with vlan filtering where the kernel has it, and with ports', async () => {
    await apply('a', (w) => {
      encodeNewLink(w, 'bridge', { name: 'br0', index: 60, up: true, kind: { type: 'bridge' } })
      encodeNewLink(w, 'port', { name: 'port0', index: 61, master: 60, kind: { type: 'veth', peer: { name: 'port1', index: 62 } } })
      encodeSetLink(w, 'second port', { index: 62, master: 60 })
    })
    expect((await json<{ ifname: string }>(sandbox, 'a', ['ip', '-j', 'link', 'show', 'master', 'br0'])).map(({ ifname }) => ifname).sort()).toEqual(['port0', 'port1'])
    expect((await dumpLinks(sandbox, 'a')).filter(({ master }) => master === 60).map(({ name }) => name).sort()).toEqual(['port0', 'port1'])
    await apply('a', (w) => {
      encodeSetLink(w, 'free', { index: 62, master: 0 })
      encodeDeleteLink(w, 'port', { name: 'port0' })
      encodeDeleteLink(w, 'bridge', { name: 'br0' })
    })
  })

  it('vxlan: carries a ping from point to point', async () => {
    const end = (w: NetlinkWriter, self: number, other: number): void => {
      encodeNewLink(w, 'tunnel', { name: 'vx0', index: 70, mtu: 1450, kind: { type: 'vxlan', vni: 42, local: `10.0.0.${self}`, remote: `10.0.0.${other}` } })
      encodeNewAddress(w, 'address', { index: 70, address: `10.42.0.${self}`, prefixLength: 24 })
      encodeSetLink(w, 'up', { index: 70, up: true })
    }
    await sandbox.apply([job('a', (w) => end(w, 1, 2)), job('b', (w) => end(w, 2, 1))])
    expect((await run(sandbox, 'a', ['ping', '-c1', '-W1', '10.42.0.2'])).stdout).toContain('1 received')
  })

  it('macvlan: moved into another namespace, reaches the neighbour of its lower link', async () => {
    await sandbox.apply([
      { namespace: 'c', create: { hostname: 'c' } },
      job('a', (w) => encodeNewLink(w, 'macvlan', { name: 'mv0', index: 71, link: 2, namespace: 'c', kind: { type: 'macvlan' } })),
      job('c', (w) => {
        encodeNewAddress(w, 'address', { index: 71, address: '10.0.0.3', prefixLength: 24 })
        encodeSetLink(w, 'up', { index: 71, up: true })
      }),
    ])
    expect((await run(sandbox, 'c', ['ping', '-c1', '-W1', '10.0.0.2'])).stdout).toContain('1 received')
  })

  it.each(['tun', 'tap'] as const)('%s: persistent, and can be opened by its name', async (mode) => {
    await sandbox.apply([{ namespace: 'a', tuns: [{ name: `${mode}0`, mode }] }])
    expect((await ipLink('a', `${mode}0`)).linkinfo).toMatchObject({ info_kind: 'tun', info_data: { type: mode, persist: true, pi: false } })
    await apply('a', (w) => encodeDeleteLink(w, 'remove', { name: `${mode}0` }))
  })

  it('changes names, MTU, MAC, state, groups and namespaces', async () => {
    await apply('a', (w) => {
      encodeNewLink(w, 'new', { name: 'v0', index: 80, mtu: 9000, group: 7, kind: { type: 'veth', peer: { name: 'v1', index: 81, mtu: 9000, group: 7 } } })
      encodeSetLink(w, 'up', { group: 7, up: true })
    })
    for (const name of ['v0', 'v1']) expect(await ipLink('a', name)).toMatchObject({ mtu: 9000, group: '7', flags: expect.arrayContaining(['UP', 'LOWER_UP']) as string[] })
    await apply('a', (w) => {
      encodeSetLink(w, 'down', { index: 80, up: false })
      encodeSetLink(w, 'change', { index: 80, newName: 'w0', mtu: 1280, mac: '02:12:34:56:78:9a' })
      encodeSetLink(w, 'move', { name: 'v1', namespace: 'b' })
    })
    expect(await ipLink('a', 'w0')).toMatchObject({ mtu: 1280, address: '02:12:34:56:78:9a' })
    expect((await ipLink('a', 'w0')).flags).not.toContain('UP')
    expect(await ipLink('b', 'v1')).toMatchObject({ ifindex: 81 })
    await apply('a', (w) => encodeDeleteLink(w, 'group', { group: 7 }))
    expect((await dumpLinks(sandbox, 'b')).map(({ name }) => name)).not.toContain('v1')
  })

  it('refuses with the label, the number and the words of the kernel; the first refusal of a batch is told', async () => {
    const error = await failure<LinuxError>(
      apply('a', (w) => {
        encodeSetLink(w, 'fine', { index: 1, up: true })
        encodeSetLink(w, 'raise the link nobody', { name: 'nobody', up: true })
        encodeSetLink(w, 'and another one', { index: 4711, up: true })
      }),
    )
    expect(error).toMatchObject({ code: 'kernel', errno: 19, step: 'raise the link nobody', message: expect.stringMatching(/^raise the link nobody: ENODEV/) as string })
    const taken = await failure<LinuxError>(apply('a', (w) => encodeNewLink(w, 'again', { name: 'eth0', kind: { type: 'ifb' } })))
    expect(taken.message).toMatch(/^again: EEXIST .*taken/)
    const sysctl = await failure<LinuxError>(sandbox.apply([{ namespace: 'a', sysctls: [['net/ipv4/nonsense', '1']] }]))
    expect(sysctl.message).toContain('sysctl net.ipv4.nonsense = "1"')
  })

  it('tells the first refusal of so many that the answers overflow, and works off a batch of a megabyte', async () => {
    const error = await failure<LinuxError>(
      apply('a', (w) => {
        for (let i = 0; i < 20_000; i++) encodeSetLink(w, `number ${i}`, { index: 100_000 + i, up: true })
      }),
    )
    expect(error.message).toMatch(/^number 0: ENODEV/)
    await apply('a', (w) => {
      for (let i = 0; i < 20_000; i++) encodeSetLink(w, `number ${i}`, { index: 1, mtu: 65_000 + (i % 2) })
    })
    expect(await ipLink('a', 'lo')).toMatchObject({ mtu: 65_001 })
  })

  it('switches checksum offload off', async () => {
    await sandbox.apply([{ namespace: 'a', plainChecksums: ['eth0'] }])
    const { stdout } = await run(sandbox, 'a', ['ethtool', '-k', 'eth0'])
    expect(stdout).toMatch(/^tx-checksumming: off/m)
    expect(stdout).toMatch(/tx-tcp-segmentation: off/)
    expect((await run(sandbox, 'b', ['ethtool', '-k', 'eth0'])).stdout).toMatch(/^tx-checksumming: on/m)
    expect((await failure(sandbox.apply([{ namespace: 'a', plainChecksums: ['none0'] }]))).message).toContain('none0')
  })

  it('sets sysctls of one namespace', async () => {
    await sandbox.apply([{ namespace: 'a', sysctls: [['net/ipv4/ip_forward', '1'], ['net/ipv4/conf/eth0/rp_filter', '2']] }])
    expect((await run(sandbox, 'a', ['cat', '/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv4/conf/eth0/rp_filter'])).stdout).toBe('1\n2\n')
    expect((await run(sandbox, 'b', ['cat', '/proc/sys/net/ipv4/ip_forward'])).stdout).toBe('0\n')
  })
})

describe('addresses', () => {
  it('are what ip shows, and usable at once', async () => {
    const family = (address: string): string[] => (address.includes(':') ? ['-6'] : [])
    for (let i = 10; i < 30; i++) {
      const address = i % 2 === 0 ? `10.0.0.${i}` : `fd00::${i}`
      await apply('b', (w) => encodeNewAddress(w, 'address', { index: 2, address, prefixLength: i % 2 === 0 ? 24 : 64 }))
      expect((await run(sandbox, 'a', ['ping', ...family(address), '-c1', '-W1', address])).stdout).toContain('1 received')
    }
    const [link] = await json<{ addr_info: { local: string; prefixlen: number; broadcast?: string; tentative?: boolean; nodad?: boolean }[] }>(sandbox, 'b', ['ip', '-j', 'addr', 'show', 'dev', 'eth0'])
    expect(link?.addr_info.find(({ local }) => local === '10.0.0.10')).toMatchObject({ prefixlen: 24, broadcast: '10.0.0.255' })
    expect(link?.addr_info.find(({ local }) => local === 'fd00::11')).toMatchObject({ prefixlen: 64, nodad: true })
    const ours = (await dumpAddresses(sandbox, 'b')).filter(({ index }) => index === 2).map(({ address, prefixLength }) => `${address}/${prefixLength}`)
    expect(ours.sort()).toEqual(link?.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort())
    await apply('b', (w) => encodeDeleteAddress(w, 'remove', { index: 2, address: '10.0.0.10', prefixLength: 24 }))
    await apply('b', (w) => encodeDeleteAddress(w, 'remove', { index: 2, address: 'fd00::11', prefixLength: 64 }))
    const left = (await dumpAddresses(sandbox, 'b')).map(({ address }) => address)
    expect(left).not.toContain('10.0.0.10')
    expect(left).not.toContain('fd00::11')
  })

  it.each([
    ['172.16.0.1', 31, undefined],
    ['172.16.0.1', 32, undefined],
    ['172.16.5.1', 20, '172.16.15.255'],
    ['172.16.5.1', 1, '255.255.255.255'],
  ])('%s/%i has the broadcast address %s', async (address, prefixLength, broadcast) => {
    await apply('b', (w) => encodeNewAddress(w, 'address', { index: 1, address, prefixLength }))
    const [link] = await json<{ addr_info: { local: string; broadcast?: string }[] }>(sandbox, 'b', ['ip', '-j', 'addr', 'show', 'dev', 'lo'])
    expect(link?.addr_info.find(({ local }) => local === address)?.broadcast).toBe(broadcast)
    await apply('b', (w) => encodeDeleteAddress(w, 'address', { index: 1, address, prefixLength }))
  })
})

describe('routes and neighbours', () => {
  it('are what ip shows', async () => {
    const routes = [
      { destination: '192.168.0.0/16', via: '10.0.0.2' },
      { destination: 'default', via: '10.0.0.2', metric: 50 },
      { destination: '192.168.7.7', index: 2, source: '10.0.0.1' },
      { destination: 'fd01::/64', via: 'fd00::2', metric: 10 },
      { destination: '10.66.0.0/16', type: 'blackhole' as const },
      { destination: '10.67.0.0/16', via: '10.0.0.2', table: 1000 },
    ]
    await apply('a', (w) => routes.forEach((route) => encodeNewRoute(w, `route ${route.destination}`, route)))
    const v4 = await json(sandbox, 'a', ['ip', '-j', 'route', 'show', 'table', 'all'])
    expect(v4).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ dst: '192.168.0.0/16', gateway: '10.0.0.2', dev: 'eth0' }),
        expect.objectContaining({ dst: 'default', gateway: '10.0.0.2', metric: 50 }),
        expect.objectContaining({ dst: '192.168.7.7', dev: 'eth0', scope: 'link', prefsrc: '10.0.0.1' }),
        expect.objectContaining({ type: 'blackhole', dst: '10.66.0.0/16' }),
        expect.objectContaining({ dst: '10.67.0.0/16', table: '1000' }),
      ]),
    )
    expect(await json(sandbox, 'a', ['ip', '-6', '-j', 'route'])).toEqual(expect.arrayContaining([expect.objectContaining({ dst: 'fd01::/64', gateway: 'fd00::2', metric: 10 })]))
    const ours = await dumpRoutes(sandbox, 'a')
    expect(ours).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ destination: '192.168.0.0/16', via: '10.0.0.2', index: 2, type: 'unicast' }),
        expect.objectContaining({ destination: '0.0.0.0/0', via: '10.0.0.2', metric: 50 }),
        expect.objectContaining({ destination: '10.66.0.0/16', type: 'blackhole' }),
        expect.objectContaining({ destination: '10.67.0.0/16', table: 1000 }),
        expect.objectContaining({ destination: 'fd01::/64', via: 'fd00::2' }),
      ]),
    )
    await apply('a', (w) => routes.forEach((route) => encodeDeleteRoute(w, `route ${route.destination}`, route)))
    expect((await run(sandbox, 'a', ['ip', 'route', 'show', 'table', 'all'])).stdout).not.toMatch(/192\.168|default via 10|blackhole|10\.67/)
  })

  it.each(['10.0.0.99', 'fd00::99'])('%s as a neighbour', async (address) => {
    await apply('a', (w) => encodeNewNeighbour(w, 'neighbour', { index: 2, address, mac: '02:00:00:00:00:99' }))
    expect(await json(sandbox, 'a', ['ip', '-j', 'neigh', 'show', 'dev', 'eth0'])).toEqual(expect.arrayContaining([{ dst: address, lladdr: '02:00:00:00:00:99', state: ['PERMANENT'] }]))
    expect(await dumpNeighbours(sandbox, 'a')).toContainEqual({ index: 2, address, mac: '02:00:00:00:00:99', state: 'permanent' })
    await apply('a', (w) => encodeDeleteNeighbour(w, 'neighbour', { index: 2, address, mac: '02:00:00:00:00:99' }))
    expect((await dumpNeighbours(sandbox, 'a')).map((one) => one.address)).not.toContain(address)
  })
})

describe('queueing disciplines', () => {
  interface TcQdisc {
    kind: string
    root?: boolean
    options: Record<string, number>
  }
  const qdiscs = (): Promise<TcQdisc[]> => json<TcQdisc>(sandbox, 'a', ['tc', '-j', '-s', 'qdisc', 'show', 'dev', 'eth0'])

  it.each([8_000, 1_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 40_000_000_000])('tbf: %i bit/s is what tc shows', async (rate) => {
    await apply('a', (w) => encodeReplaceQdisc(w, 'tbf', 2, { type: 'tbf', rate, latencyMs: 40 }))
    const [qdisc] = await qdiscs()
    const burst = Math.max(7610, rate / 800)
    expect(qdisc).toMatchObject({ kind: 'tbf', root: true, options: { rate: rate / 8 } })
    // tc computes these from kernel ticks of 64 ns.
    expect(Math.abs((qdisc?.options['burst'] as number) / burst - 1)).toBeLessThan(0.01)
    expect(Math.abs((qdisc?.options['lat'] as number) / 40_000 - 1)).toBeLessThan(0.05)
    expect(await dumpQdiscs(sandbox, 'a')).toContainEqual({ index: 2, kind: 'tbf', root: true })
  })

  it('tbf: limits, roughly', async () => {
    await apply('a', (w) => encodeReplaceQdisc(w, 'tbf', 2, { type: 'tbf', rate: 20_000_000, burst: 20_000 }))
    const server = run(sandbox, 'b', ['socat', '-u', 'TCP-LISTEN:9999,reuseaddr', 'OPEN:/dev/null'])
    await expect.poll(async () => (await run(sandbox, 'b', ['ss', '-tlnH'])).stdout).toContain(':9999')
    const { durationMs } = await run(sandbox, 'a', ['socat', '-u', 'SYSTEM:head -c 2500000 /dev/zero', 'TCP:10.0.0.2:9999'])
    await server
    // 20 Mbit at 20 Mbit/s; what is still in socket buffers when the sender ends comes later.
    expect(durationMs).toBeGreaterThan(500)
    expect(durationMs).toBeLessThan(4000)
    expect((await qdiscs())[0]).toMatchObject({ overlimits: expect.any(Number) as number })
    await apply('a', (w) => encodeDeleteQdisc(w, 'remove', 2))
    expect((await qdiscs())[0]?.kind).not.toBe('tbf')
  })

  it.each([
    [1_000_000, 2_000_000],
    [1_000_000_000, undefined],
    [40_000_000_000, 80_000_000_000],
  ])('htb: %i bit/s, at most %s, is what tc shows', async (rate, ceil) => {
    await apply('a', (w) => encodeReplaceQdisc(w, 'htb', 2, { type: 'htb', rate, ...(ceil === undefined ? {} : { ceil }) }))
    expect((await qdiscs())[0]).toMatchObject({ kind: 'htb', root: true, options: { default: '0x1' } })
    const { stdout } = await run(sandbox, 'a', ['tc', '-s', 'class', 'show', 'dev', 'eth0'])
    const text = (bits: number): string => (bits >= 1e9 ? `${bits / 1e9}Gbit` : `${bits / 1e6}Mbit`)
    expect(stdout).toContain(`class htb 1:1 root prio 0 rate ${text(rate)} ceil ${text(ceil ?? rate)}`)
    await run(sandbox, 'a', ['ping', '-c1', '-W1', '10.0.0.2'])
    expect((await run(sandbox, 'a', ['tc', '-s', 'class', 'show', 'dev', 'eth0'])).stdout).not.toContain('Sent 0 bytes')
    await apply('a', (w) => encodeDeleteQdisc(w, 'remove', 2))
  })

  it('netem: delays, where the kernel has it', async (ctx) => {
    try {
      await apply('a', (w) => encodeReplaceQdisc(w, 'make the link of a slow', 2, { type: 'netem', delayMs: 30, jitterMs: 1, loss: 0.01 }))
    } catch (error) {
      expect((error as LinuxError).message).toMatch(/^make the link of a slow: ENOENT \(.*this kernel lacks the queueing discipline "netem"/)
      ctx.skip('kernel: no netem')
    }
    expect((await qdiscs())[0]).toMatchObject({ kind: 'netem' })
    await apply('a', (w) => encodeDeleteQdisc(w, 'remove', 2))
  })
})
