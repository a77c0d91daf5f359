import { Testbed } from '@streambed/sdk'
import { describe, expect, it } from 'vitest'
import { busybox, dockerSocket } from '../../docker-driver/e2e/world/docker.js'
import { until } from '../../docker-driver/e2e/world/program.js'
import { useDocker } from '../../docker-driver/e2e/world/world.js'

// Networks of a testbed that Docker knows too: what people do to them by hand.
const docker = useDocker()
const sleeper = { image: busybox, command: ['sleep', '3600'] } as const
const quick = { timeout: 400, family: 4 as const }
const networks = async (): Promise<string[]> => (await docker.cli('network', 'ls', '--format', '{{.Name}}')).split('\n').sort()

describe("networks of Docker (wire: 'driver')", () => {
  const options = { docker: dockerSocket, wire: 'driver' } as const
  const topology = { name: 'lab', networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: {} }, hosts: { a: { networks: ['lan'] }, web: { networks: { lan: { ip: '10.0.0.80', mac: '02:00:00:00:00:80' } }, ...sleeper } } } as const

  it('are to be seen, with their containers and addresses', async () => {
    await using testbed = await Testbed.start(topology, options)
    expect(await networks()).toEqual(['bridge', 'host', 'lab-back', 'lab-lan', 'none'])
    const [shown] = JSON.parse(await docker.cli('network', 'inspect', 'lab-lan')) as { Driver: string; Internal: boolean; IPAM: { Config: object }; Containers: Record<string, object> }[]
    expect(shown).toMatchObject({
      Driver: expect.stringMatching(/^streambed-[0-9a-f]{8}$/) as string,
      Internal: true,
      IPAM: { Config: [{ Subnet: '10.0.0.0/24' }, { Subnet: 'fd00::/64' }] },
      Containers: { [testbed.hosts.web.id]: { IPv4Address: '10.0.0.80/24', IPv6Address: `${testbed.hosts.web.ip6()}/64`, MacAddress: '02:00:00:00:00:80' } },
    })
    expect((await testbed.hosts.web.containerState()).networks).toMatchObject([{ name: 'lab-lan', ipv4: '10.0.0.80' }])
    expect(await testbed.networks.lan.docker()).toMatchObject({ name: 'lab-lan' })
    await using second = await Testbed.start(topology, options)
    expect((await second.networks.lan.docker())?.name).toMatch(/^lab-lan-[0-9a-f]{6}$/)
  })

  it("follow Docker's hand: disconnect pulls the cable, connect plugs it in", async () => {
    await using testbed = await Testbed.start(topology, options)
    const { a, web } = testbed.hosts
    await docker.cli('network', 'disconnect', 'lab-lan', web.containerName)
    expect((await a.ping('web', quick)).ok).toBe(false)
    expect(testbed.inspect().hosts[1]?.interfaces[0]?.up).toBe(false)
    expect(await docker.refused('network', 'connect', 'lab-lan', web.containerName)).toContain(`connect it with --ip 10.0.0.80 --ip6 ${web.ip6()}`)
    expect(await docker.refused('network', 'connect', 'lab-back', web.containerName)).toContain('a host keeps the networks that it began with')
    await docker.cli('network', 'connect', '--ip', '10.0.0.80', '--ip6', web.ip6(), 'lab-lan', web.containerName)
    expect((await a.ping('web')).ok).toBe(true)
    expect((await web.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
  })

  it('take in whom Docker brings, and let them go', async () => {
    await using testbed = await Testbed.start({ ...topology, hosts: { ...topology.hosts, db: { networks: ['back'] } } }, options)
    const { a, web } = testbed.hosts
    const known = (name: string) => until(() => name in testbed.hosts, `host ${name} is there`)
    try {
      // One that is started on a network.
      await docker.sleeper('visitor_1', '--network', 'lab-lan')
      await known('visitor-1')
      const visitor = testbed.container('visitor-1')
      const shown = (await visitor.containerState()).networks[0]
      expect(shown).toMatchObject({ name: 'lab-lan', ipv4: visitor.ip(), ipv6: visitor.ip6(), mac: testbed.inspect().hosts.at(-1)?.interfaces[0]?.mac })
      expect((await a.ping('visitor-1')).ok).toBe(true)
      expect(await docker.exec('visitor_1', 'ping', '-c1', '-W1', 'web')).toContain('1 packets received')
      expect((await web.exec(['ping', '-c1', '-W1', 'visitor-1'])).code).toBe(0)
      // One that runs, and is on another network of Docker.
      await docker.sleeper('runs', '--network', 'bridge')
      await docker.cli('network', 'connect', '--ip', '10.0.0.99', 'lab-lan', 'runs')
      await known('runs')
      expect(testbed.host('runs').ip()).toBe('10.0.0.99')
      expect(await docker.exec('runs', 'ping', '-c1', '-W1', 'visitor-1')).toContain('1 packets received')
      // One on two networks.
      await docker.cli('create', '--init', '--name', 'both', '--network', 'lab-lan', busybox, 'sleep', '3600')
      await docker.cli('network', 'connect', 'lab-back', 'both')
      await docker.cli('start', 'both')
      await known('both')
      for (const host of ['a', 'db']) expect(await docker.exec('both', 'ping', '-c1', '-W1', host)).toContain('1 packets received')
      // An address that somebody has.
      expect(await docker.refused('run', '--rm', '--network', 'lab-lan', '--ip', a.ip(), busybox, 'true')).toContain(`${a.ip()} on network "lan" is host "a" already`)

      await docker.cli('network', 'disconnect', 'lab-lan', 'runs')
      expect(testbed.inspect().hosts.map(({ name }) => name)).not.toContain('runs')
      expect(await docker.exec('runs', 'ip', '-o', 'link')).not.toContain('eth1')
      // It comes again as it came.
      await docker.cli('restart', '--time', '0', 'visitor_1')
      await until(() => testbed.hosts['visitor-1' as 'a'] !== (visitor as never) && 'visitor-1' in testbed.hosts, 'the visitor is back')
      expect((await a.ping('visitor-1')).ok).toBe(true)
      await testbed.host('visitor-1').stop()
      await until(() => !('visitor-1' in testbed.hosts), 'a visitor that was stopped has left')
      await docker.cli('start', 'visitor_1')
      await known('visitor-1')
      await docker.cli('rm', '--force', 'visitor_1')
      await until(() => !('visitor-1' in testbed.hosts), 'the visitor has left')
      expect((await a.ping('web')).ok).toBe(true)
      await testbed.close()
      expect(await docker.exec('both', 'ip', '-o', 'link')).not.toContain('eth')
    } finally {
      await docker.cli('rm', '--force', 'visitor_1', 'runs', 'both')
    }
  })

  it('send away who cannot be a host, and say why', async () => {
    await using testbed = await Testbed.start(topology, options)
    const events = testbed.events()
    await docker.sleeper('double', '--network', 'lab-lan', '--mac-address', '02:00:00:00:00:80')
    try {
      let refused: unknown
      for await (const event of events) {
        if (event.type !== 'guest-refused') continue
        refused = event
        break
      }
      expect(refused).toMatchObject({ container: 'double', error: { code: 'invalid', message: expect.stringContaining('02:00:00:00:00:80') as string } })
      await until(async () => !(await docker.cli('network', 'inspect', 'lab-lan')).includes('"double"'), 'it is off the network')
      expect(Object.keys(testbed.hosts)).toEqual(['a', 'web'])
      expect((await testbed.hosts.a.ping('web')).ok).toBe(true)
    } finally {
      await docker.cli('rm', '--force', 'double')
    }
  })

  it('cannot have a container that Docker puts on no network', async () => {
    await docker.sleeper('lonely', '--network', 'none')
    try {
      const start = (wire: 'direct' | 'driver') => Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, box: { networks: ['lan'], container: 'lonely' } } }, { docker: dockerSocket, wire })
      await expect(start('driver')).rejects.toMatchObject({ code: 'failed', message: expect.stringMatching(/host "box" \(container lonely\): .*private \(none\) mode.*wire: 'direct'/s) as string })
      await using testbed = await start('direct')
      expect((await testbed.hosts.a.ping('box')).ok).toBe(true)
    } finally {
      await docker.cli('rm', '--force', 'lonely')
    }
  })

  it('refuse what is not of the testbed, with words that help', async () => {
    await using testbed = await Testbed.start(topology, options)
    const [shown] = JSON.parse(await docker.cli('network', 'inspect', 'lab-lan')) as { Driver: string }[]
    expect(await docker.refused('network', 'create', '--driver', shown?.Driver ?? '', 'more')).toContain('testbed.addNetwork')
    await expect(testbed.addHost('double', { networks: { lan: { ip: '10.0.0.80' } }, ...sleeper })).rejects.toMatchObject({ code: 'invalid' })
  })
})
