import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadFaucetConfig } from '@streambed/faucet'
import { describe, expect, it } from 'vitest'
import { allow, deny, Testbed, type ControlOption, type Topology } from '@streambed/sdk'

/** The environment that `npm test` sets up. */
const faucet = fileURLToPath(new URL('../../../.venv/bin/faucet', import.meta.url))
const controls: [string, ControlOption][] = [['the embedded controller', 'embedded'], ['the real Faucet', { faucet: [faucet] }]]

const lab = {
  acls: { 'no-telnet': [deny({ tcp: { dst: 23 } }, { description: 'nobody needs it' }), allow()] },
  networks: { office: { subnet: ['10.1.0.0/24', 'fd00:1::/64'], acl: 'no-telnet', gateway: true }, dmz: { subnet: ['10.2.0.0/24', 'fd00:2::/64'], gateway: true } },
  hosts: {
    laptop: { networks: ['office'] },
    pc: { networks: ['office'] },
    web: { networks: ['dmz'] },
    ids: { taps: { tap: ['web'] } },
  },
} as const satisfies Topology

describe.each(controls)('under %s', (_, control) => {
  it('ACLs, gateways and taps of the topology hold from the first packet on', async () => {
    await using testbed = await Testbed.start(lab, { control })
    const { laptop, pc, web, ids } = testbed.hosts
    await using copies = await ids.capture({ interface: 'tap' })
    // Between networks, over the gateway, both families. The real Faucet knows a next hop when that has said something.
    const tries = control === 'embedded' ? 1 : 10
    if (control !== 'embedded') for (const [host, gateways] of [[laptop, ['10.1.0.1', 'fd00:1::1']], [web, ['10.2.0.1', 'fd00:2::1']]] as const) for (const gateway of gateways) await host.ping(gateway, { count: tries })
    expect((await laptop.ping('web', { count: tries })).received).toBeGreaterThan(0)
    expect((await laptop.ping('web', { family: 6, count: tries })).received).toBeGreaterThan(0)
    expect((await laptop.ping('10.1.0.1', { count: tries })).received).toBeGreaterThan(0)
    for (const port of [23, 80]) (await pc.listen(port)).on('connection', (socket) => socket.end())
    expect(await laptop.canConnect(pc, { tcp: 23 })).toBe(false)
    expect(await laptop.canConnect(pc, { tcp: 80 })).toBe(true)
    const request = await copies.find((packet) => packet.icmp?.type === 8 && packet.ipv4?.dst === web.ip())
    expect(request.ipv4?.src).toBe(laptop.ip())
    const reply = await copies.find((packet) => packet.icmp?.type === 0 && packet.ipv4?.src === web.ip())
    expect(reply.ipv4?.dst).toBe(laptop.ip())
  })

  it('changes while packets flow', async () => {
    await using testbed = await Testbed.start(lab, { control })
    const { laptop, pc, ids, web } = testbed.hosts
    await testbed.networks.office.setAcl('lockdown', [deny()])
    expect((await laptop.ping(pc, { timeout: 500 })).ok).toBe(false)
    await testbed.setAcl('lockdown', [allow()])
    expect((await laptop.ping(pc)).ok).toBe(true)
    await testbed.networks.office.setAcl(null)
    await laptop.setAcl('mute', [deny({ icmp: true }), allow()])
    expect((await laptop.ping(pc, { timeout: 500 })).ok).toBe(false)
    expect((await pc.ping(laptop, { timeout: 500 })).ok).toBe(false)
    await laptop.setAcl(null)
    expect((await laptop.ping(pc)).ok).toBe(true)
    await testbed.removeAcl('mute')
    await expect(testbed.removeAcl('mute')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('there is no such ACL') as string })
    await ids.setTap('tap', [laptop.name])
    await using copies = await ids.capture({ interface: 'tap' })
    await laptop.ping(pc)
    await copies.find((packet) => packet.icmp?.type === 8 && packet.ipv4?.src === laptop.ip())
    expect(copies.take().some((packet) => packet.ipv4?.src === web.ip())).toBe(false)
    // Nothing has changed by what is refused.
    await expect(testbed.networks.office.setAcl('nowhere')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('there is no ACL "nowhere"') as string })
    await expect(testbed.setAcl('wrong', [{ rule: { tcp_dts: 80, actions: { allow: 1 } } }])).rejects.toMatchObject({ code: 'invalid' })
    expect((await laptop.ping(pc)).ok).toBe(true)
  })

  it('networks extend over switches', async () => {
    await using testbed = await Testbed.start({
      networks: { lan: { subnet: '10.1.0.0/24' }, other: { subnet: '10.2.0.0/24' } },
      switches: { s1: {}, s2: {}, s3: {} },
      links: [['s1', 's2'], ['s2', 's3']],
      hosts: { a: { networks: ['lan'], switch: 's1' }, b: { networks: ['lan', 'other'], switch: 's2' }, c: { networks: ['lan'], switch: 's3' }, d: { networks: ['other'], switch: 's3' } },
    }, { control })
    ;(await testbed.reachability({ timeout: 5000 })).assert({ a: ['b', 'c'], b: ['a', 'c', 'd'], c: ['a', 'b'], d: ['b'] })
  })

  it('explains itself', async () => {
    await using testbed = await Testbed.start(lab, { control })
    const { laptop, pc } = testbed.hosts
    const refused = await testbed.explain({ from: laptop, to: pc, tcp: 23 })
    expect(refused).toMatchObject({ delivered: false, decidedBy: { acl: 'no-telnet', rule: 1, action: 'drops', place: 'network office', description: 'nobody needs it' } })
    expect(refused.decidedBy?.source).toMatch(/control\.test\.ts:14$/)
    expect(String(refused)).toContain('rule 1 of ACL "no-telnet" on network office "nobody needs it"')
    await laptop.ping(pc)
    await pc.ping(laptop)
    expect(await testbed.explain({ from: 'laptop', to: 'pc', udp: 53 })).toMatchObject({ delivered: true, decidedBy: { acl: 'no-telnet', action: 'allows' } })
    if (control !== 'embedded') await testbed.hosts.web.ping('10.2.0.1', { count: 3 })
    expect((await laptop.ping('web', { count: control === 'embedded' ? 1 : 10 })).received).toBeGreaterThan(0)
    const routed = await testbed.explain({ from: laptop, to: 'web', tcp: 80 })
    expect(routed.delivered).toBe(true)
    expect(String(routed)).toContain('routed to web on network dmz')
    await expect(testbed.explain({ from: 'laptop', to: 'ids' })).rejects.toMatchObject({ code: 'invalid' })
  })
})

it('explains with the line of a rule in a file of Faucet’s', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'streambed-acls-'))
  try {
    const file = join(dir, 'faucet.yaml')
    await writeFile(file, 'acls:\n  no-telnet:\n    - rule: {eth_type: 0x800, ip_proto: 6, tcp_dst: 23, actions: {allow: 0}}\n    - rule:\n        actions: {allow: 1}\n')
    const { acls = {} } = loadFaucetConfig(file).config
    await using testbed = await Testbed.start({
      acls,
      networks: { office: { subnet: '10.1.0.0/24', acl: 'no-telnet' } },
      hosts: { laptop: { networks: ['office'] }, pc: { networks: ['office'] } },
    })
    const { laptop, pc } = testbed.hosts
    expect(await testbed.explain({ from: laptop, to: pc, tcp: 23 })).toMatchObject({ delivered: false, decidedBy: { rule: 1, source: `${file}:3` } })
    expect(await testbed.explain({ from: laptop, to: pc, tcp: 80 })).toMatchObject({ delivered: true, decidedBy: { rule: 2, source: `${file}:4` } })
  } finally {
    await rm(dir, { recursive: true })
  }
})

it('advertises routers, routes beyond, and holds ACLs for what is received, and on trunks', async () => {
  await using testbed = await Testbed.start({
    acls: { 'no-echo': [deny({ icmp: true }), allow()], none: [deny()] },
    networks: {
      lan: { subnet: ['10.1.0.0/24', 'fd00:1::/64'], gateway: ['10.1.0.1', 'fd00:1::1', 'fe80::1'], gatewayRoutes: [{ to: '10.9.0.0/24', via: '10.1.0.9' }] },
      dmz: { subnet: '10.2.0.0/24', gateway: true, aclOut: 'no-echo' },
      far: { subnet: '10.9.0.0/24' },
    },
    hosts: {
      a: { networks: ['lan'] },
      web: { networks: ['dmz'] },
      router: { networks: { lan: { ip: '10.1.0.9' }, far: { ip: '10.9.0.1' } }, forwarding: true, routes: [{ to: '10.2.0.0/24', via: '10.1.0.1' }] },
      b: { networks: ['far'], routes: [{ to: 'default', via: '10.9.0.1' }] },
      tap: { trunks: { up: { networks: ['lan', 'dmz'], acl: 'none' } } },
    },
  })
  const { a, web, b } = testbed.hosts
  // Nobody in the dmz hears an echo request; what it sends is not concerned, but what answers it is.
  expect((await a.ping(web, { timeout: 400 })).ok).toBe(false)
  await testbed.networks.dmz.setAcl(null, undefined, { direction: 'out' })
  expect((await a.ping(web)).ok).toBe(true)
  // A static route, by way of a host.
  expect((await web.ping(b, { count: 3 })).received).toBeGreaterThan(0)
  const [up] = testbed.inspect().switches.flatMap(({ ports }) => ports.filter(({ host }) => host === 'tap'))
  const { stdout: rules } = await testbed.exec(['ovs-ofctl', '-O', 'OpenFlow13', '--no-stats', 'dump-flows', 's1', `table=0,in_port=${up?.ofport}`])
  expect(rules).toMatch(/priority=20480,in_port=\d+ actions=drop/)
  // What only shows together with the ports: refused in the same way, and nothing has changed.
  await expect(testbed.networks.lan.setAcl('bad', [deny({ tcp: { dst: 23 } }), { rule: { actions: { output: { port: 'nowhere' } } } }])).rejects.toMatchObject({
    name: 'TestbedError',
    code: 'invalid',
    message: expect.stringContaining('nowhere') as string,
  })
  expect((await a.ping(web)).ok).toBe(true)
  // The kernel has taken a route from the advertisement.
  await expect.poll(async () => (await a.exec(['ip', '-6', 'route', 'show', 'default'])).stdout, { timeout: 20_000 }).toMatch(/via fe80::1 .*proto ra/)
})

it('goes on when one of two ways between switches is gone', async () => {
  await using testbed = await Testbed.start({
    networks: { lan: { subnet: '10.1.0.0/24' } },
    switches: { s1: {}, s2: {}, s3: { dpid: 77 } },
    links: [['s1', 's2'], ['s2', 's3'], ['s3', 's1']],
    hosts: { a: { networks: ['lan'], switch: 's1' }, b: { networks: ['lan'], switch: 's2' }, c: { networks: ['lan'], switch: 's3' } },
  })
  const everybody = { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] }
  ;(await testbed.reachability()).assert(everybody)
  await testbed.exec(['ovs-ofctl', '-O', 'OpenFlow13', 'mod-port', 's1', '1', 'down'])
  await testbed.exec(['ovs-vsctl', 'del-port', 's1', 'l1-1'])
  await expect.poll(async () => (await testbed.reachability({ timeout: 300 })).pairs.filter(({ ok }) => ok).length, { timeout: 30_000 }).toBe(6)
})

it('limits what goes through a meter', async () => {
  await using testbed = await Testbed.start({
    meters: { slow: { pps: 10, burst: 10 } },
    acls: { limited: [allow({ icmp: true }, { meter: 'slow' }), allow()] },
    networks: { lan: { subnet: '10.1.0.0/24' } },
    hosts: { a: { networks: { lan: { acl: 'limited' } } }, b: { networks: ['lan'] } },
  })
  const { a, b } = testbed.hosts
  const results = await Promise.all(Array.from({ length: 60 }, () => a.ping(b, { timeout: 1000 })))
  const answered = results.filter(({ ok }) => ok).length
  expect(answered).toBeGreaterThan(5)
  expect(answered).toBeLessThan(40)
})

it('does without a controller where the topology does not need one', async () => {
  await using testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] } } }, { control: 'none' })
  expect((await testbed.hosts.a.ping('b')).ok).toBe(true)
  await expect(testbed.networks.lan.setAcl('x', [deny()])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('no controller') as string })
  await expect(Testbed.start(lab, { control: 'none' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('networks.office.acl') as string })
})

it('tells what the controller learns', async () => {
  await using testbed = await Testbed.start({ networks: { lan: { subnet: '10.1.0.0/24' } }, hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] } } })
  const events = testbed.events()
  const { a } = testbed.hosts
  await a.exec(['ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:99'])
  await a.ping('b')
  for await (const event of events) {
    if (event.type !== 'control' || !('L2_LEARN' in event.event)) continue
    expect(event).toMatchObject({ switch: 's1', event: { L2_LEARN: { eth_src: '02:00:00:00:00:99', port_no: 1 } } })
    break
  }
})
