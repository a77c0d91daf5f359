import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Testbed, type TimedTestbedEvent } from '@streambed/sdk'

describe('a running testbed', () => {
  it('grows and shrinks, and every host knows the names', async () => {
    await using testbed = await Testbed.start({ networks: { lan: { subnet: '10.0.0.0/24' } }, hosts: { a: { networks: ['lan'] } } })
    const events = testbed.events()
    expect((await testbed.hosts.a.exec(['cat', '/etc/hosts'])).stdout).not.toContain('guest')
    const guest = await testbed.addHost('guest', { networks: ['lan'] })
    expect((await guest.ping('a')).ok).toBe(true)
    expect((await testbed.hosts.a.exec(['getent', 'hosts', 'guest'])).stdout).toContain(guest.ip())
    await testbed.addNetwork('lab', { subnet: '10.9.0.0/24' })
    await testbed.addHost('probe', { networks: ['lab', 'lan'] })
    expect((await testbed.host('probe').ping('guest')).ok).toBe(true)
    expect(testbed.inspect().networks.map(({ name, hosts }) => [name, hosts])).toEqual([
      ['lan', ['a', 'guest', 'probe']],
      ['lab', ['probe']],
    ])
    await expect(testbed.removeNetwork('lab')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('probe') as string })
    await testbed.removeHost('probe')
    await testbed.removeNetwork('lab')
    await testbed.removeHost('guest')
    await expect(guest.exec(['true'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('guest') as string })
    expect((await testbed.exec(['ovs-vsctl', 'list-ports', 's1'])).stdout.trim()).toBe('a-eth0')
    expect((await testbed.exec(['ip', '-o', 'link'])).stdout).not.toContain('guest')
    // The name is free again, for another host.
    const again = await testbed.addHost('guest', { networks: ['lan'] })
    expect((await testbed.hosts.a.ping('guest')).ok).toBe(true)
    expect(again).toBe(testbed.host('guest'))
    const types: string[] = []
    await testbed.close()
    for await (const event of events) if (event.type !== 'control') types.push(event.type)
    expect(types).toEqual(['host-added', 'network-added', 'host-added', 'host-removed', 'network-removed', 'host-removed', 'host-added', 'closed'])
  })

  it.each(['embedded', 'none'] as const)('begins without a host, control: %s', async (control) => {
    await using testbed = await Testbed.start({ networks: { lan: { subnet: '10.0.0.0/24' }, back: { subnet: '10.1.0.0/24' } }, hosts: {} }, { control })
    const first = await testbed.addHost('first', { networks: ['lan'] })
    await testbed.addHost('second', { networks: ['lan', 'back'] })
    expect((await first.ping('second')).ok).toBe(true)
    await testbed.removeHost('second')
    await testbed.removeHost('first')
    // Without hosts again, and with other ones.
    await testbed.addHost('third', { networks: ['back'] })
    await testbed.addHost('fourth', { networks: ['back'] })
    expect((await testbed.host('third').ping('fourth')).ok).toBe(true)
  })

  it('begins with switches that have no hosts', async () => {
    await using testbed = await Testbed.start({
      networks: { lan: { subnet: '10.0.0.0/24' } },
      switches: { left: {}, middle: {}, right: {} },
      links: [['left', 'middle'], ['middle', 'right']],
      hosts: {},
    })
    await testbed.addHost('a', { networks: ['lan'], switch: 'left' })
    await testbed.addHost('b', { networks: ['lan'], switch: 'right' })
    expect((await testbed.host('a').ping('b')).ok).toBe(true)
  })

  it('refuses a change that is not valid and stays as it was', async () => {
    await using testbed = await Testbed.start({ networks: { lan: { subnet: '10.0.0.0/30' } }, hosts: { a: { networks: ['lan'] } } })
    const before = testbed.inspect()
    await expect(testbed.addHost('a', { networks: ['lan'] })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('hosts.a') as string })
    await expect(testbed.addHost('b', { networks: ['nowhere'] })).rejects.toMatchObject({ message: expect.stringContaining('hosts.b.networks[0]') as string })
    await expect(testbed.addNetwork('lan')).rejects.toMatchObject({ message: expect.stringContaining('networks.lan') as string })
    await expect(testbed.addHost('c', { networks: ['lan'], sysctls: { 'net.ipv4.nonsense': 1 } })).rejects.toMatchObject({ message: expect.stringContaining('net.ipv4.nonsense') as string })
    await expect(testbed.removeHost('nobody')).rejects.toMatchObject({ code: 'invalid' })
    expect(testbed.inspect()).toEqual(before)
    await testbed.addHost('b', { networks: ['lan'] })
    await expect(testbed.addHost('c', { networks: ['lan'] })).rejects.toMatchObject({ message: expect.stringContaining('no address is left in 10.0.0.0/30') as string })
    ;(await testbed.reachability()).assertAll()
  })

  it('refuses every call after close, and close may be called again', async () => {
    const testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } })
    const { a } = testbed.hosts
    const running = a.exec(['sleep', '100'])
    const stopped = expect(running).rejects.toMatchObject({ name: 'TestbedError', code: 'closed' })
    await Promise.all([testbed.close(), testbed.close()])
    await stopped
    await testbed.close()
    await expect(a.exec(['true'])).rejects.toMatchObject({ code: 'closed' })
    await expect(a.listen(80)).rejects.toMatchObject({ code: 'closed' })
    await expect(testbed.reachability()).rejects.toMatchObject({ code: 'closed' })
    await expect(testbed.addHost('b', {})).rejects.toMatchObject({ code: 'closed' })
    expect(await testbed.closed).toEqual({ error: undefined })
    expect(testbed.inspect().state).toBe('closed')
  })
})

describe('faults', () => {
  const start = (): ReturnType<typeof make> => make()
  const make = () =>
    Testbed.start({
      networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: { subnet: '10.1.0.0/24' } },
      hosts: { a: { networks: ['lan', 'back'] }, b: { networks: ['lan'], routes: [{ to: 'default', via: '10.0.0.2' }] }, c: { networks: ['lan', 'back'] }, d: { networks: ['back'] } },
    })
  let testbed: Awaited<ReturnType<typeof start>>
  const seen: TimedTestbedEvent[] = []
  beforeAll(async () => {
    testbed = await start()
    const events = testbed.events()
    void (async () => {
      for await (const event of events) if (event.type !== 'control') seen.push(event)
    })()
  })
  afterAll(async () => {
    await testbed.close()
  })
  const whole = { a: ['b', 'c', 'd'], b: ['a', 'c'], c: ['a', 'b', 'd'], d: ['a', 'c'] }

  it('a pulled cable loses carrier and keeps its addresses', async () => {
    const { a, b } = testbed.hosts
    await b.linkDown()
    expect((await a.ping('b', { timeout: 200 })).ok).toBe(false)
    const [link] = JSON.parse((await b.exec(['ip', '-j', 'addr', 'show', 'eth0'])).stdout) as { flags: string[]; addr_info: { local: string }[] }[]
    expect(link?.flags).toContain('NO-CARRIER')
    expect(link?.addr_info.map(({ local }) => local)).toEqual(expect.arrayContaining([b.ip(), b.ip6()]))
    await b.linkUp()
    for (const family of [4, 6] as const) expect((await a.ping('b', { family })).ok).toBe(true)
  })

  it('only the cable that was named is pulled', async () => {
    const { a, c } = testbed.hosts
    await a.linkDown('lan')
    expect((await c.ping(a.ip('lan'), { timeout: 200 })).ok).toBe(false)
    expect((await c.ping(a.ip('back'))).ok).toBe(true)
    await a.linkUp('eth0')
    expect((await c.ping(a.ip('lan'))).ok).toBe(true)
    await expect(a.linkDown('nowhere')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('eth0 (lan), eth1 (back)') as string })
  })

  it('a stopped host is as if switched off; restart brings it back with addresses and routes', async () => {
    const { a, b } = testbed.hosts
    const process = await b.spawn(['sleep', '1000'])
    const server = await b.listen(80)
    server.on('connection', (socket) => socket.on('error', () => undefined))
    const client = await a.connect('b', 80)
    const ended = new Promise((resolve) => client.once('close', resolve))
    client.on('error', () => undefined)
    client.resume()
    const routes = (await b.exec(['ip', 'route'])).stdout
    await b.stop()
    expect(await process.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(b.state).toBe('stopped')
    expect((await a.ping('b', { timeout: 200 })).ok).toBe(false)
    await expect(b.exec(['true'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('stopped') as string })
    const { b: reached = [], ...others } = Object.fromEntries(testbed.inspect().hosts.map(({ name, state }) => [name, state]))
    expect([reached, others]).toEqual(['stopped', { a: 'running', c: 'running', d: 'running' }])
    ;(await testbed.reachability({ timeout: 900 })).assert({ a: ['c', 'd'], c: ['a', 'd'], d: ['a', 'c'] })
    await b.restart()
    ;(await testbed.reachability()).assert(whole)
    expect((await b.exec(['ip', 'route'])).stdout).toBe(routes)
    // The client's end was not reset by a host without power; it notices when it sends to the host that forgot it.
    client.write('are you there?')
    await ended
  })

  it('a frozen host does not work, and goes on where it was', async () => {
    const { a } = testbed.hosts
    await using ticker = await a.spawn(['sh', '-c', 'while :; do echo tick; sleep 0.01; done'])
    let ticks = 0
    ticker.stdout.on('data', (chunk: Buffer) => (ticks += chunk.length))
    await once(ticker.stdout, 'data')
    await a.stop({ mode: 'freeze' })
    expect(a.state).toBe('frozen')
    const states = (await testbed.exec(['sh', '-c', `ps -o stat= -p ${ticker.pid}`])).stdout
    // D: the shell is between vfork and the end of its stopped child's start.
    expect(states).toMatch(/^[TD]/)
    const before = ticks
    expect((await testbed.hosts.c.ping('a')).ok).toBe(true)
    await a.restart()
    expect(a.state).toBe('running')
    await once(ticker.stdout, 'data')
    expect(ticks).toBeGreaterThan(before)
  })

  it('a partition keeps groups apart on every network, and heals', async () => {
    await testbed.partition(['a'], ['b', 'c'])
    ;(await testbed.reachability({ timeout: 900 })).assert({ b: ['c'], c: ['b'] })
    expect(testbed.inspect().partition).toEqual([['d'], ['a'], ['b', 'c']])
    await testbed.partition(['a', 'd'], ['b', 'c'])
    ;(await testbed.reachability({ timeout: 900 })).assert({ a: ['d'], d: ['a'], b: ['c'], c: ['b'] })
    await testbed.heal()
    ;(await testbed.reachability()).assert(whole)
    await expect(testbed.partition(['a', 'nobody'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('partition[0][1]') as string })
    await expect(testbed.partition(['a', 'b', 'c', 'd'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('two groups') as string })
  })

  it('refuses a partition that a trunk makes impossible', async () => {
    await using trunks = await Testbed.start({
      networks: { lan: {} },
      hosts: { t1: { trunks: { up0: { networks: ['lan'] } } }, t2: { trunks: { up0: { networks: ['lan'] } } }, h: { networks: ['lan'] }, i: { networks: ['lan'] } },
    })
    await expect(trunks.partition(['t1'], ['t2'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('trunk') as string })
    await trunks.partition(['h', 't1', 't2'], ['i'])
    expect(await trunks.hosts.h.ping('i', { family: 4, timeout: 200 })).toMatchObject({ ok: false })
    await trunks.heal()
    expect(await trunks.hosts.h.ping('i', { family: 4 })).toMatchObject({ ok: true })
  })

  it('tells all of it as events', () => {
    expect(new Set(seen.map(({ type }) => type))).toEqual(new Set(['link-down', 'link-up', 'host-stopped', 'host-restarted', 'host-frozen', 'partitioned', 'healed']))
  })
})
