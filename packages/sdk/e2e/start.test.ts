import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { Testbed } from '@streambed/sdk'
import { rounds } from './campaign.js'

const pair = {
  networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } },
  hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] } },
} as const

/** Milliseconds in which an answer has come for which nothing was lost: whoever asks for a neighbour asks again after a second (RFC 4861, RETRANS_TIMER; ARP does as well). */
const unlost = 900

describe('a started testbed', () => {
  it(
    'answers the first ping, IPv4 and IPv6, in every start',
    async () => {
      const total = rounds(20, 100)
      const failures: string[] = []
      for (let round = 0; round < total; round++) {
        await using testbed = await Testbed.start(pair)
        // The first packet of all, in turn of each family and direction.
        const first = round % 2 === 0 ? 4 : 6
        const [from, to] = round % 4 < 2 ? (['a', 'b'] as const) : (['b', 'a'] as const)
        for (const family of [first, first === 4 ? 6 : 4] as const) {
          const result = await testbed.hosts[from].ping(to, { family, timeout: unlost })
          if (!result.ok) failures.push(`start ${round}: IPv${family} ${from} -> ${to}: ${result.reason}`)
        }
      }
      expect(failures).toEqual([])
    },
    300_000,
  )

  it('runs as the user it was started by, without another privilege', async () => {
    await using testbed = await Testbed.start(pair)
    expect(testbed.inspect().privilege).toBe(process.geteuid?.() === 0 ? 'root' : 'user-namespace')
  })

  it('runs in a user namespace also for root', async () => {
    await using testbed = await Testbed.start(pair, { privilege: 'user-namespace' })
    expect(testbed.inspect().privilege).toBe('user-namespace')
    expect((await testbed.hosts.a.ping('b')).ok).toBe(true)
  })

  it('is what Open vSwitch itself says it is', async () => {
    await using testbed = await Testbed.start({
      networks: { office: { subnet: '10.1.0.0/24', vlan: 110 }, dmz: { subnet: '10.2.0.0/24', vlan: 120 } },
      hosts: { laptop: { networks: ['office'] }, web: { networks: ['dmz'] }, fw: { trunks: { uplink: { networks: ['office', 'dmz'] } } } },
    })
    const { stdout } = await testbed.exec(['ovs-vsctl', '--format=json', '--columns=name,tag,trunks,vlan_mode', 'list', 'Port'])
    const { data } = JSON.parse(stdout) as { data: [string, unknown, unknown, unknown][] }
    const ports = Object.fromEntries(data.map(([name, ...columns]) => [name, columns]))
    expect(Object.keys(ports).sort()).toEqual(['fw-uplink', 'laptop-eth0', 's1', 'web-eth0'])
    // The controller's flows say which VLAN a port is in; the ports themselves pass everything on.
    const { stdout: flows } = await testbed.exec(['ovs-ofctl', '-O', 'OpenFlow13', '--names', '--no-stats', 'dump-flows', 's1', 'table=0'])
    const incoming = flows.split('\n').flatMap((line) => /in_port="([^"]+)",(\S+) actions=(\S+)/.exec(line)?.slice(1).join(' ') ?? [])
    expect(incoming.sort()).toEqual([
      'fw-uplink dl_vlan=110 goto_table:1',
      'fw-uplink dl_vlan=120 goto_table:1',
      `laptop-eth0 vlan_tci=0x0000/0x1fff push_vlan:0x8100,set_field:${0x1000 + 110}->vlan_vid,goto_table:1`,
      `web-eth0 vlan_tci=0x0000/0x1fff push_vlan:0x8100,set_field:${0x1000 + 120}->vlan_vid,goto_table:1`,
    ])
    const { stdout: shown } = await testbed.exec(['ovs-ofctl', 'show', 's1'])
    for (const port of testbed.inspect().switches[0]?.ports ?? []) expect(shown).toContain(` ${port.ofport}(${port.name})`)
  })

  it('has the addresses, MACs, names and settings that were asked for', async () => {
    await using testbed = await Testbed.start({
      networks: { lan: { subnet: ['10.3.0.0/24', 'fd00:3::/64'], mtu: 1400 }, other: { subnet: '10.4.0.0/24' } },
      hosts: {
        a: { networks: { lan: { ip: ['10.3.0.77', 'fd00:3::77'], mac: '02:00:00:AA:BB:CC', interface: 'wan0' }, other: {} }, sysctls: { 'net.ipv4.tcp_syncookies': 0 }, env: { GREETING: 'hello' } },
        b: { networks: ['lan'], dns: ['10.3.0.53'] },
      },
    })
    const { a, b } = testbed.hosts
    const links = JSON.parse((await a.exec(['ip', '-j', 'addr', 'show'])).stdout) as { ifname: string; address: string; mtu: number; addr_info: { local: string; prefixlen: number }[] }[]
    const wan = links.find(({ ifname }) => ifname === 'wan0')
    expect(wan?.address).toBe('02:00:00:aa:bb:cc')
    expect(wan?.mtu).toBe(1400)
    expect(wan?.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`)).toEqual(expect.arrayContaining(['10.3.0.77/24', 'fd00:3::77/64']))
    expect(links.map(({ ifname }) => ifname)).toEqual(['lo', 'wan0', 'eth1'])
    expect((await a.exec(['cat', '/proc/sys/net/ipv4/tcp_syncookies'])).stdout.trim()).toBe('0')
    expect((await a.exec(['sh', '-c', 'hostname; echo $GREETING'])).stdout).toBe('a\nhello\n')
    expect((await b.exec(['cat', '/etc/resolv.conf'])).stdout).toBe('nameserver 10.3.0.53\n')
    expect(a.ip('lan')).toBe('10.3.0.77')
    expect((await b.exec(['getent', 'hosts', 'a'])).stdout).toContain('fd00:3::77')
    expect((await b.exec(['ls', '/sys/class/net'])).stdout.trim().split('\n').sort()).toEqual(['eth0', 'lo'])
  })

  it('speaks IPv6 only where a network has an IPv6 subnet', async () => {
    await using testbed = await Testbed.start({
      networks: { four: { subnet: '10.6.0.0/24' }, both: { subnet: ['10.7.0.0/24', 'fd00:7::/64'] }, bare: { subnet: [] } },
      hosts: { a: { networks: ['four', 'both', 'bare'] } },
    })
    const addresses = async (device: string): Promise<string[]> => (await testbed.hosts.a.exec(['ip', '-o', '-6', 'addr', 'show', device])).stdout.match(/fe80|fd00/g) ?? []
    expect(await addresses('eth0')).toEqual([])
    expect(await addresses('eth1')).toEqual(expect.arrayContaining(['fd00', 'fe80']))
    expect(await addresses('eth2')).toEqual(['fe80'])
  })

  it('handles names that are longer than the kernel allows', async () => {
    const long = 'a-host-with-a-name-that-no-interface-could-have'
    await using testbed = await Testbed.start({
      networks: { 'a-network-with-a-long-name': { subnet: '10.5.0.0/24' } },
      hosts: { [long]: { networks: { 'a-network-with-a-long-name': { interface: 'uplink-to-the-internet' } } }, b: { networks: ['a-network-with-a-long-name'] } },
    })
    expect((await testbed.hosts.b.ping(long)).ok).toBe(true)
    const [link] = JSON.parse((await testbed.host(long).exec(['ip', '-j', 'link', 'show', 'uplink-to-the-internet'])).stdout) as { ifname: string }[]
    expect(link?.ifname).toBe('eth0')
    await using capture = await testbed.host(long).capture({ interface: 'uplink-to-the-internet' })
    expect(capture.interfaceName).toBe('uplink-to-the-internet')
    expect(testbed.inspect().hosts[0]?.interfaces[0]?.name).toBe('uplink-to-the-internet')
  })

  it('tells each step while it starts', async () => {
    const steps: string[] = []
    await using testbed = await Testbed.start(pair, { onProgress: ({ step }) => void steps.push(step) })
    expect(steps).toEqual(['sandbox', 'hosts', 'ports', 'control', 'ready'])
    expect(testbed.inspect().state).toBe('running')
  })

  it('works with no host, with no network, and with 200 hosts', async () => {
    await using empty = await Testbed.start({ networks: {}, hosts: {} })
    expect(empty.inspect().hosts).toEqual([])
    await using lonely = await Testbed.start({ networks: {}, hosts: { hermit: {} } })
    expect((await lonely.hosts.hermit.exec(['hostname'])).stdout).toBe('hermit\n')
    const hosts = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`h${i}`, { networks: ['lan'] as const }]))
    await using large = await Testbed.start({ networks: { lan: { subnet: '10.0.0.0/16' } }, hosts })
    const matrix = await large.reachability({ hosts: ['h0', 'h1', 'h50', 'h100', 'h198', 'h199'] })
    expect(matrix.assertAll().count).toEqual({ ok: 30, all: 30 })
  })

  it('can be required from CommonJS', () => {
    const program = "const { Testbed } = require('@streambed/sdk'); Testbed.start({ networks: { n: {} }, hosts: { a: { networks: ['n'] }, b: { networks: ['n'] } } }).then(async (t) => { console.log((await t.hosts.a.ping('b')).ok); await t.close() })"
    expect(execFileSync(process.execPath, ['-e', program], { cwd: import.meta.dirname, encoding: 'utf8' })).toBe('true\n')
  })
})

describe('a start that cannot succeed', () => {
  it('is undone when its signal fires', async () => {
    const controller = new AbortController()
    const started = Testbed.start(pair, { signal: controller.signal, onProgress: ({ step }) => step === 'hosts' && controller.abort(new Error('changed my mind')) })
    await expect(started).rejects.toMatchObject({ name: 'TestbedError', code: 'aborted' })
  })

  it('is refused at once when its signal has fired', async () => {
    await expect(Testbed.start(pair, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  })

  it('is undone when its time is up', async () => {
    await expect(Testbed.start(pair, { timeout: 5 })).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('5 ms') as string })
  })

  it('says which step the kernel refused, and why', async () => {
    const started = Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'], sysctls: { 'net.ipv4.no_such_setting': 1 } } } })
    await expect(started).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('net.ipv4.no_such_setting') as string })
  })
})
