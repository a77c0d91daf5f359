import { BASE_NAMESPACE, decodeAddress, decodeAttributes, decodeLink, decodeMessages, decodeNeighbour, decodeRoute, decodeString, NetlinkReader, type LinkInfo, type NamespaceJob } from '@streambed/linux'
import { describe, expect, it } from 'vitest'
import { buildModel, withoutHost } from '../topology/build.js'
import { PRIVATE_SITE, type HostModel, type SwitchSite, type TestbedModel } from '../topology/model.js'
import type { HostSpec, NetworkSpec } from '../topology/spec.js'
import { configurationJob, deletePortJob, forgetNeighbourJobs, hasNamesakes, hostIndex, hostJobs, hostPorts, hostsFile, interfacesDownJob, linkStateJob, portIndex, portsUpJob, portVlans, resolvFile, switchPreparationJob } from './plan.js'

// linux/rtnetlink.h, linux/netlink.h, linux/if_link.h.
const RTM = { NEWLINK: 16, DELLINK: 17, NEWADDR: 20, NEWROUTE: 24, DELNEIGH: 29, NEWLINKPROP: 108 }
const NLM_F_CREATE = 0x400
const IFLA_LINKINFO = 18
const IFLA_INFO_DATA = 2
const VETH_INFO_PEER = 1
const IFLA_VLAN_ID = 1
const IFLA_PROP_LIST = 52
const IFLA_ALT_IFNAME = 53
const IFINFOMSG = 16

/** What one netlink message of a job asks for, in words. */
type Request =
  | { readonly ask: 'create'; readonly link: LinkInfo; readonly peer?: LinkInfo | undefined; readonly vid?: number | undefined }
  | { readonly ask: 'set' | 'delete'; readonly link: LinkInfo }
  | { readonly ask: 'address' | 'route' | 'forget' | 'name'; readonly text: string }

function requests(job: NamespaceJob | undefined): Request[] {
  const messages = job?.messages === undefined ? [] : decodeMessages(job.messages)
  expect(job?.labels ?? []).toHaveLength(messages.length)
  for (const label of job?.labels ?? []) expect(label).not.toMatch(/undefined|NaN/)
  return messages.map(({ type, flags, body }): Request => {
    switch (type) {
      case RTM.NEWADDR: {
        const address = decodeAddress(body)
        return { ask: 'address', text: `${address?.address}/${address?.prefixLength} on ${address?.index}` }
      }
      case RTM.NEWROUTE: {
        const route = decodeRoute(body)
        return { ask: 'route', text: `${route?.destination} via ${route?.via}` }
      }
      case RTM.DELNEIGH: {
        const neighbour = decodeNeighbour(body)
        return { ask: 'forget', text: `${neighbour?.address} on ${neighbour?.index}` }
      }
      case RTM.NEWLINKPROP: {
        const name = nested(nested(body.subarray(IFINFOMSG), IFLA_PROP_LIST) ?? new Uint8Array(), IFLA_ALT_IFNAME)
        return { ask: 'name', text: `${decodeLink(body).index} is ${decodeString(name ?? new Uint8Array())}` }
      }
      case RTM.DELLINK:
        return { ask: 'delete', link: decodeLink(body) }
      case RTM.NEWLINK: {
        const link = decodeLink(body)
        if ((flags & NLM_F_CREATE) === 0) return { ask: 'set', link }
        const info = nested(body.subarray(IFINFOMSG), IFLA_LINKINFO)
        const data = info && nested(info, IFLA_INFO_DATA)
        const peer = link.kind === 'veth' && data !== undefined ? nested(data, VETH_INFO_PEER) : undefined
        const vid = link.kind === 'vlan' && data !== undefined ? nested(data, IFLA_VLAN_ID) : undefined
        return { ask: 'create', link, peer: peer && decodeLink(peer), vid: vid && new NetlinkReader(vid).u16() }
      }
      default:
        throw new Error(`message of type ${type}`)
    }
  })
}

function nested(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  return decodeAttributes(bytes).find(({ type }) => type === wanted)?.value
}

function texts(job: NamespaceJob | undefined, ask: 'address' | 'route' | 'forget' | 'name'): string[] {
  return requests(job).flatMap((request) => (request.ask === ask && 'text' in request ? [request.text] : []))
}

const NETWORKS = { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: { subnet: '10.1.0.0/24', mtu: 9000 } } satisfies Record<string, NetworkSpec>

function model(hosts: Record<string, HostSpec>, networks: Record<string, NetworkSpec> = NETWORKS, site?: SwitchSite): TestbedModel {
  return buildModel({ networks, hosts }, site)
}

function hostOf(built: TestbedModel, name = 'a'): HostModel {
  return built.hosts.get(name) as HostModel
}

describe('the jobs that make a host', () => {
  it('create its interfaces with their switch ends, put addresses on them and bring them up', () => {
    const built = model({ a: { networks: { lan: { mac: '02:00:00:00:00:07' }, back: {} }, routes: [{ to: 'default', via: '10.0.0.1' }, { to: 'default', via: 'fd00::1' }, { to: '10.9.0.0/16', via: '10.1.0.1' }] } })
    const [job, ...more] = hostJobs(built, hostOf(built))
    expect(more).toEqual([])
    expect(job).toMatchObject({ namespace: hostOf(built).namespace, create: { hostname: 'a' }, plainChecksums: ['eth0', 'eth1'] })
    expect(requests(job)).toMatchObject([
      { ask: 'set', link: { index: 1, up: true } },
      { ask: 'create', link: { index: 100, name: 'eth0', kind: 'veth', mac: '02:00:00:00:00:07', mtu: undefined }, peer: { name: 'a-eth0', index: 10_001, group: PRIVATE_SITE.group, mtu: undefined } },
      { ask: 'create', link: { index: 101, name: 'eth1', kind: 'veth', mac: '02:73:62:00:00:02', mtu: 9000 }, peer: { name: 'a-eth1', index: 10_002, group: PRIVATE_SITE.group, mtu: 9000 } },
      { ask: 'address', text: '10.0.0.2/24 on 100' },
      { ask: 'address', text: 'fd00::2/64 on 100' },
      { ask: 'set', link: { index: 100, up: true } },
      { ask: 'address', text: '10.1.0.2/24 on 101' },
      { ask: 'set', link: { index: 101, up: true } },
      { ask: 'route', text: '0.0.0.0/0 via 10.0.0.1' },
      { ask: 'route', text: '::/0 via fd00::1' },
      { ask: 'route', text: '10.9.0.0/16 via 10.1.0.1' },
    ])
    // Each switch end goes straight into the switch's namespace.
    expect(job?.references?.map(({ namespace }) => namespace)).toEqual([BASE_NAMESPACE, BASE_NAMESPACE])
  })

  it('make a host without networks, with its loopback interface', () => {
    const built = model({ a: {} })
    expect(requests(hostJobs(built, hostOf(built))[0])).toMatchObject([{ ask: 'set', link: { index: 1, up: true } }])
  })

  it('set sysctls of interfaces when these are there', () => {
    const built = model({ a: { networks: ['lan'], forwarding: true, sysctls: { 'net.ipv4.tcp_syncookies': 0, 'net.ipv4.conf.eth0.rp_filter': 2 } } })
    const [first, second] = hostJobs(built, hostOf(built))
    expect(first?.sysctls).toEqual([
      ['net/ipv6/conf/default/accept_dad', '0'],
      ['net/ipv4/ip_forward', '1'],
      ['net/ipv6/conf/all/forwarding', '1'],
      ['net/ipv6/conf/default/forwarding', '1'],
      ['net/ipv4/tcp_syncookies', '0'],
    ])
    expect(second).toEqual({ namespace: hostOf(built).namespace, sysctls: [['net/ipv4/conf/eth0/rp_filter', '2']] })
  })

  it('give the kernel names that it takes, and speak of the user\'s', () => {
    const built = model({ 'a-host-with-a-long-name': { networks: { lan: { interface: 'uplink-to-the-internet' } } } })
    const [job] = hostJobs(built, hostOf(built, 'a-host-with-a-long-name'))
    expect(requests(job)[1]).toMatchObject({ link: { name: 'eth0' }, peer: { name: 'p1' } })
    expect(job?.plainChecksums).toEqual(['eth0'])
    expect(job?.labels?.[1]).toBe('create interface uplink-to-the-internet of host a-host-with-a-long-name')
    // The kernel knows it by the user's name as well.
    expect(texts(job, 'name')).toEqual(['100 is uplink-to-the-internet'])
  })
})

describe('a trunk', () => {
  const hosts: Record<string, HostSpec> = {
    a: { networks: ['other'], trunks: { t0: { networks: ['lan', 'back'] }, t1: { networks: ['back', 'lan'], addresses: true }, 'a-trunk-of-a-long-name': { networks: ['third'], addresses: true } } },
    b: { networks: ['lan'] },
  }
  const built = model(hosts, { ...NETWORKS, other: { subnet: '10.2.0.0/24' }, third: { subnet: '10.3.0.0/24', vlan: 4094 } })
  const host = hostOf(built)

  it('has VLAN interfaces with the addresses and the MTU of their networks', () => {
    const all = requests(hostJobs(built, host)[0])
    const created = all.flatMap((request) => (request.ask === 'create' && request.link.kind === 'vlan' ? [{ ...request, lower: request.link.link }] : []))
    expect(created).toMatchObject([
      { link: { name: 't1.101', mtu: 9000 }, vid: 101, lower: 102 },
      { link: { name: 't1.100', mtu: 1500 }, vid: 100, lower: 102 },
      { link: { name: 'eth3.4094', mtu: undefined }, vid: 4094, lower: 103 },
    ])
    const [back, lan, third] = created.map(({ link }) => link.index)
    expect(all.flatMap((request) => (request.ask === 'address' ? [request.text] : []))).toEqual(['10.2.0.2/24 on 100', `10.1.0.2/24 on ${back}`, `10.0.0.2/24 on ${lan}`, `fd00::2/64 on ${lan}`, `10.3.0.2/24 on ${third}`])
    expect(texts(hostJobs(built, host)[0], 'name')).toEqual(['103 is a-trunk-of-a-long-name', `${third} is a-trunk-of-a-long-name.4094`])
    const indexes = all.flatMap((request) => (request.ask === 'create' ? [request.link.index] : []))
    expect(new Set(indexes).size).toBe(indexes.length)
    // The kernel brings no VLAN interface up whose lower one is down.
    const ups = all.flatMap((request) => (request.ask === 'set' ? [request.link.index] : []))
    expect(ups).toEqual([1, 100, 101, 102, back, lan, 103, third])
    expect(hostJobs(built, host)[0]?.labels).toContain('bring VLAN interface a-trunk-of-a-long-name.4094 of host a up')
  })

  it('is configured again after a restart without making anything twice', () => {
    const all = requests(configurationJob(built, host))
    expect(all.some(({ ask }) => ask === 'create')).toBe(false)
    const first = requests(hostJobs(built, host)[0]).slice(1)
    expect(all).toEqual(first.filter(({ ask }) => ask !== 'create' && ask !== 'name'))
  })

  it('has the neighbours of a VLAN interface on that interface', () => {
    const jobs = forgetNeighbourJobs(withoutHost(built, 'b'), hostOf(built, 'b'))
    const lan = requests(hostJobs(built, host)[0]).flatMap((request) => (request.ask === 'create' && request.vid === 100 ? [request.link.index] : []))[0]
    expect(jobs).toHaveLength(1)
    expect(jobs[0]).toMatchObject({ namespace: host.namespace, lenient: true })
    expect(texts(jobs[0], 'forget')).toEqual([`10.0.0.3 on ${lan}`, `fd00::3 on ${lan}`])
  })

  it('is a trunk port with the VIDs of its networks', () => {
    const [access, t0, t1] = hostPorts(built, [host], () => 77)
    expect(access).toMatchObject({ name: 'a-eth0', vlan_mode: 'access', tag: 77, external_ids: { 'streambed-host': 'a', 'streambed-interface': 'eth0' } })
    expect(t0).toEqual({ bridge: 's1', name: 'a-t0', ofport_request: 2, external_ids: { 'streambed-host': 'a', 'streambed-interface': 't0' }, vlan_mode: 'trunk', trunks: [100, 101] })
    expect(t1).toMatchObject({ vlan_mode: 'trunk', trunks: [101, 100] })
    expect(t1).not.toHaveProperty('tag')
  })
})

describe('edge subnets', () => {
  it('have addresses of their whole prefix length', () => {
    const built = model({ a: { networks: ['p2p', 'one'] }, b: { networks: ['p2p'] } }, { p2p: { subnet: ['10.0.0.0/31', 'fd00::/127'] }, one: { subnet: ['10.9.9.9/32', 'fd09::9/128'] } })
    expect(texts(hostJobs(built, hostOf(built))[0], 'address')).toEqual(['10.0.0.1/31 on 100', 'fd00::1/127 on 100', '10.9.9.9/32 on 101', 'fd09::9/128 on 101'])
    expect(texts(hostJobs(built, hostOf(built, 'b'))[0], 'address')).toEqual(['10.0.0.0/31 on 100', 'fd00::/127 on 100'])
  })

  it('a layer-2 network gives no addresses', () => {
    const built = model({ a: { networks: ['l2'] } }, { l2: { subnet: [] } })
    expect(texts(hostJobs(built, hostOf(built))[0], 'address')).toEqual([])
  })
})

describe('switch ends', () => {
  const shared: SwitchSite = { bridge: 'sb1234', portPrefix: 'sb1234-', group: 5, indexBase: 1 << 20, own: false, firstDpid: 1n }
  const own = model({ a: { networks: ['lan', 'back'] }, b: { networks: ['lan'] } })
  const guest = model({ a: { networks: ['lan', 'back'] }, b: { networks: ['lan'] } }, NETWORKS, shared)
  const interfaces = (built: TestbedModel): HostModel['interfaces'] => [...built.hosts.values()].flatMap((host) => host.interfaces)

  it('come up all at once in a namespace of the testbed\'s own', () => {
    expect(switchPreparationJob(PRIVATE_SITE)).toEqual({ namespace: BASE_NAMESPACE, sysctls: [['net/ipv6/conf/default/disable_ipv6', '1']] })
    expect(requests(portsUpJob(PRIVATE_SITE, interfaces(own), true))).toMatchObject([{ ask: 'set', link: { index: 0, group: PRIVATE_SITE.group, up: true } }])
    expect(requests(portsUpJob(PRIVATE_SITE, interfaces(own).slice(1)))).toMatchObject([{ link: { index: 10_002 } }, { link: { index: 10_003 } }])
  })

  it('leave everything else alone in a namespace that others use', () => {
    expect(switchPreparationJob(shared)).toEqual({ namespace: BASE_NAMESPACE })
    expect(interfaces(guest).map(({ port }) => port)).toEqual(['sb1234-1', 'sb1234-2', 'sb1234-3'])
    const all = requests(portsUpJob(shared, interfaces(guest), true))
    expect(all).toHaveLength(6)
    for (const request of all) expect(request).toMatchObject({ ask: 'set', link: { group: 0 } })
    expect(portIndex(shared, interfaces(guest)[2] as HostModel['interfaces'][number])).toBe((1 << 20) + 3)
  })

  it('go down and away one by one', () => {
    const [first, second] = interfaces(own) as [HostModel['interfaces'][number], HostModel['interfaces'][number]]
    expect(requests(linkStateJob(PRIVATE_SITE, [first, second], false))).toMatchObject([{ ask: 'set', link: { index: 10_001, up: false } }, { ask: 'set', link: { index: 10_002, up: false } }])
    expect(requests(linkStateJob(PRIVATE_SITE, [], false))).toEqual([])
    expect(deletePortJob(PRIVATE_SITE, first)).toMatchObject({ namespace: BASE_NAMESPACE, lenient: true })
    expect(requests(deletePortJob(PRIVATE_SITE, first))).toMatchObject([{ ask: 'delete', link: { index: 10_001 } }])
  })

  it('a host itself takes its own ends down', () => {
    const host = hostOf(own)
    const job = interfacesDownJob(host)
    expect(job.namespace).toBe(host.namespace)
    expect(requests(job)).toMatchObject(host.interfaces.map((item) => ({ ask: 'set', link: { index: hostIndex(host, item), up: false } })))
  })

  it('are OVS ports with the number and VID that was chosen', () => {
    expect(hostPorts(own, own.hosts.values(), (network, host) => (host === 'b' ? 4094 : (own.networks.get(network)?.vlan ?? 0)))).toMatchObject([
      { name: 'a-eth0', ofport_request: 1, tag: 100 },
      { name: 'a-eth1', ofport_request: 2, tag: 101 },
      { name: 'b-eth0', ofport_request: 3, tag: 4094 },
    ])
    expect(portVlans(own, 'a', interfaces(own)[1] as HostModel['interfaces'][number], () => 9)).toEqual({ vlan_mode: 'access', tag: 9 })
  })
})

describe('neighbours of a host that is removed', () => {
  it('are forgotten by those who could know it, and nobody else is asked', () => {
    const built = model({ a: { networks: ['lan', 'back'] }, b: { networks: ['lan'] }, c: { networks: ['back'] }, d: {} })
    const jobs = forgetNeighbourJobs(withoutHost(built, 'a'), hostOf(built))
    expect(jobs.map(({ namespace }) => namespace)).toEqual([hostOf(built, 'b').namespace, hostOf(built, 'c').namespace])
    expect(jobs.map((job) => texts(job, 'forget'))).toEqual([['10.0.0.2 on 100', 'fd00::2 on 100'], ['10.1.0.2 on 100']])
    expect(forgetNeighbourJobs(withoutHost(built, 'd'), hostOf(built, 'd'))).toEqual([])
  })
})

describe('the files of a host', () => {
  it('/etc/hosts has every address of every host', () => {
    const built = model({ Web: { networks: ['lan', 'back'] }, 'b-1': { trunks: { t: { networks: ['back'], addresses: true } } }, c: {} })
    expect(hostsFile(built)).toBe(['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback', '10.0.0.2 Web', 'fd00::2 Web', '10.1.0.2 Web', '10.1.0.3 b-1', ''].join('\n'))
    expect(hostsFile(model({})).split('\n')).toHaveLength(3)
  })

  it('/etc/hosts of a host leaves out what somebody nearer has, where subnets overlap', () => {
    const built = model(
      { r1: { networks: ['red'] }, r9: { networks: { red: { ip: '10.0.0.9' } } }, b1: { networks: ['blue'] }, b9: { networks: { blue: { ip: '10.0.0.9' } } }, both: { networks: ['other'] } },
      { red: { subnet: '10.0.0.0/24', vlan: 1 }, blue: { subnet: '10.0.0.0/24', vlan: 2 }, other: { subnet: '10.1.0.0/24' } },
    )
    expect(hasNamesakes(built)).toBe(true)
    const nine = (viewer: string): string[] => hostsFile(built, viewer).split('\n').filter((line) => line.startsWith('10.0.0.9 '))
    expect([nine('r1'), nine('b1'), nine('r9'), nine('both')]).toEqual([['10.0.0.9 r9'], ['10.0.0.9 b9'], ['10.0.0.9 r9'], ['10.0.0.9 r9', '10.0.0.9 b9']])
    // Automatic addresses differ although the subnets are the same.
    expect(hasNamesakes(withoutHost(built, 'b9'))).toBe(false)
  })

  it('/etc/resolv.conf has the name servers of the host, or else of the testbed', () => {
    const built = buildModel({ networks: {}, dns: ['10.0.0.53', 'fd00::53'], hosts: { a: {}, b: { dns: ['10.0.0.54'] }, c: { dns: [] } } })
    expect(resolvFile(built, hostOf(built))).toBe('nameserver 10.0.0.53\nnameserver fd00::53\n')
    expect(resolvFile(built, hostOf(built, 'b'))).toBe('nameserver 10.0.0.54\n')
    for (const line of resolvFile(built, hostOf(built, 'c')).trimEnd().split('\n')) expect(line).toMatch(/^#/)
  })
})
