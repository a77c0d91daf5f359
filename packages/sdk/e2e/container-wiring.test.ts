import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { allow, deny, Testbed } from '@streambed/sdk'
import { describe, expect, it } from 'vitest'
import { busybox, dockerSocket } from '../../docker-driver/e2e/world/docker.js'
import { run, until } from '../../docker-driver/e2e/world/program.js'
import { useDocker } from '../../docker-driver/e2e/world/world.js'

const docker = useDocker()

const sleeper = { image: busybox, command: ['sleep', '3600'] } as const
const quick = { timeout: 400, family: 4 as const }
const names = async (...args: string[]): Promise<string[]> => (await docker.cli(...args)).split('\n').filter(Boolean).sort()
const containers = (): Promise<string[]> => names('ps', '--all', '--format', '{{.Names}}')
const networks = (): Promise<string[]> => names('network', 'ls', '--format', '{{.Name}}')
const plugins = (): string[] => readdirSync('/run/docker/plugins')

/** A testbed in a process of its own. */
async function elsewhere(topology: object, options: object): Promise<ChildProcess> {
  const program = `
    const { Testbed } = await import('${import.meta.resolve('@streambed/sdk')}')
    await Testbed.start(${JSON.stringify(topology)}, ${JSON.stringify(options)})
    console.log('running')
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

const childrenOf = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

describe.each(['direct', 'driver'] as const)('containers that are wired by wire: %s', (wire) => {
  const options = { docker: dockerSocket, wire }

  it('have the same of their networks: reach, names, rules, captures, faults, explanations', async () => {
    await using testbed = await Testbed.start(
      {
        name: 'lab',
        networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'], acl: 'no-telnet', mtu: 1400 }, back: { subnet: '10.1.0.0/24', gateway: true }, wire: { subnet: [] }, six: { subnet: 'fd06::/64' } },
        acls: { 'no-telnet': [deny({ tcp: { dst: 23 } }), allow()] },
        hosts: {
          laptop: { networks: ['lan'] },
          // The address that Docker would have kept for a gateway.
          web: { networks: { lan: { ip: '10.0.0.1', mac: '02:00:00:00:00:80' }, back: { interface: 'db0' }, six: {}, wire: {} }, ...sleeper },
          db: { networks: ['back', 'six'], image: busybox, command: ['nc', '-ll', '-p', '5432', '-e', 'cat'], ready: { port: 5432 } },
          peer: { networks: ['lan'], ...sleeper, taps: { mon0: ['web'] } },
        },
      },
      options,
    )
    const { laptop, web, db, peer } = testbed.hosts

    // What it has, and nothing else.
    const pid = String((await web.containerState()).pid)
    const shown = JSON.parse(await run('nsenter', '--net', '--target', pid, 'ip', '-j', 'addr')) as { ifname: string; mtu: number; address: string; addr_info: { local: string; scope: string }[] }[]
    expect(shown.map(({ ifname, mtu, addr_info }) => [ifname, mtu, addr_info.filter(({ scope }) => scope === 'global').map(({ local }) => local)])).toEqual([
      ['lo', 65536, []],
      ['eth0', 1400, ['10.0.0.1', 'fd00::3']],
      ['db0', 1500, ['10.1.0.2']],
      ['eth2', 1500, ['fd06::2']],
      ['eth3', 1500, []],
    ])
    expect(shown[1]?.address).toBe('02:00:00:00:00:80')
    expect((await web.exec(['ip', 'route'])).stdout.split('\n').map((line) => line.trim()).sort().filter(Boolean)).toEqual(['10.0.0.0/24 dev eth0 scope link  src 10.0.0.1', '10.1.0.0/24 dev db0 scope link  src 10.1.0.2', 'default via 10.1.0.1 dev db0'])
    expect((await web.exec(['cat', '/etc/resolv.conf'])).stdout).not.toContain('nameserver')

    // Reach.
    ;(await testbed.reachability()).assert({ laptop: ['web', 'peer'], web: ['laptop', 'db', 'peer'], db: ['web'], peer: ['laptop', 'web'] })
    for (const [from, to] of [[web, 'laptop'], [web, 'peer'], [peer, 'web'], [db, '10.1.0.2']] as const) expect((await from.exec(['ping', '-c1', '-W1', to])).code).toBe(0)
    expect((await web.exec(['ping', '-6', '-c1', '-W1', 'laptop'])).code).toBe(0)
    expect((await web.exec(['ping', '-c1', '-W1', '10.1.0.1'])).code).toBe(0)
    expect(await web.canConnect('db', { tcp: 5432 })).toBe(true)

    // Rules hold between containers too, and change while they run.
    const servers = await Promise.all([peer.listen(23), peer.listen(80)])
    expect(await web.canConnect('peer', { tcp: 80 })).toBe(true)
    expect(await web.canConnect('peer', { tcp: 23 }, { timeout: 400 })).toBe(false)
    expect(await laptop.canConnect('peer', { tcp: 23 }, { timeout: 400 })).toBe(false)
    const explanation = await testbed.explain({ from: web, to: peer, tcp: 23 })
    expect(explanation.delivered).toBe(false)
    expect(explanation.toString()).toContain('no-telnet')
    await testbed.networks.lan.setAcl(null)
    expect(await web.canConnect('peer', { tcp: 23 })).toBe(true)
    for (const server of servers) server.close()

    // Captures and copies.
    await using capture = await web.capture({ interface: 'lan' })
    await using copy = await peer.capture({ interface: 'mon0' })
    await web.exec(['ping', '-c1', laptop.ip()])
    for (const item of [capture, copy]) expect((await item.find((packet) => packet.icmp?.type === 8)).ipv4?.src).toBe('10.0.0.1')

    // Faults.
    await web.linkDown('lan')
    expect((await laptop.ping('web', quick)).ok).toBe(false)
    expect((await db.ping('web', { family: 4 })).ok).toBe(true)
    await web.linkUp('lan')
    expect((await laptop.ping('web')).ok).toBe(true)
    await testbed.partition(['web', 'laptop'])
    expect((await peer.ping('web', quick)).ok).toBe(false)
    expect((await laptop.ping('web')).ok).toBe(true)
    await testbed.heal()
    expect((await peer.ping('web')).ok).toBe(true)
    await web.stop()
    expect((await laptop.ping('web', quick)).ok).toBe(false)
    await web.restart()
    expect((await laptop.ping('web')).ok).toBe(true)
    expect((await web.exec(['ping', '-c1', '-W1', 'laptop'])).code).toBe(0)
    ;(await testbed.reachability()).assert({ laptop: ['web', 'peer'], web: ['laptop', 'db', 'peer'], db: ['web'], peer: ['laptop', 'web'] })

    // Later ones.
    await testbed.addNetwork('late', { subnet: '10.7.0.0/24' })
    const guest = await testbed.addHost('guest', { networks: ['lan', 'late'], ...sleeper })
    expect((await guest.exec(['ping', '-c1', '-W1', 'web'])).code).toBe(0)
    await testbed.removeHost('guest')
    await testbed.removeNetwork('late')
    expect((await testbed.diagram('mermaid'))).toContain('web')
  })

  it('are beside those of a second testbed with the same names and addresses', async () => {
    const topology = { name: 'lab', networks: { lan: { subnet: '10.0.0.0/24' }, twin: { subnet: '10.0.0.0/24', vlan: 7, overlap: true } }, hosts: { a: { networks: ['lan'], ...sleeper }, b: { networks: ['lan'], ...sleeper }, c: { networks: { twin: { ip: '10.0.0.2' } }, ...sleeper } } } as const
    await using one = await Testbed.start(topology, options)
    await using two = await Testbed.start(topology, options)
    for (const { hosts } of [one, two]) expect((await hosts.a.ping('b')).ok).toBe(true)
    await two.hosts.b.linkDown()
    expect((await two.hosts.a.ping('b', quick)).ok).toBe(false)
    expect((await one.hosts.a.ping('b')).ok).toBe(true)
  })

  it('may exist already', async () => {
    await docker.sleeper('theirs')
    try {
      const networksBefore = await docker.cli('inspect', '--format', '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}', 'theirs')
      const linksBefore = await docker.exec('theirs', 'ip', '-o', 'link')
      {
        await using testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, box: { networks: { lan: { interface: 'lab0' } }, container: 'theirs' } } }, options)
        expect((await testbed.hosts.a.ping('box')).ok).toBe(true)
        expect((await testbed.hosts.box.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
        await testbed.removeHost('box')
        expect(await docker.exec('theirs', 'ip', '-o', 'link')).toBe(linksBefore)
        await testbed.addHost('again', { networks: { lan: { interface: 'lab0' } }, container: 'theirs' })
        expect((await testbed.hosts.a.ping('again')).ok).toBe(true)
      }
      expect(await docker.cli('inspect', '--format', '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}', 'theirs')).toBe(networksBefore)
      expect(await docker.exec('theirs', 'ip', '-o', 'link')).toBe(linksBefore)
    } finally {
      await docker.cli('rm', '--force', 'theirs')
    }
  })

  it('are gone after SIGKILL, and so is all that Docker knows of them', async () => {
    await docker.sleeper('theirs')
    try {
      const topology = { name: 'lab', networks: { lan: { subnet: '10.0.0.0/24' }, back: {} }, hosts: { a: { networks: ['lan', 'back'], ...sleeper }, b: { networks: ['lan'], ...sleeper }, box: { networks: { lan: { interface: 'lab0' } }, container: 'theirs' } } }
      const victim = await elsewhere(topology, options)
      expect(await containers()).toHaveLength(3)
      victim.kill('SIGKILL')
      const begun = performance.now()
      await until(async () => (await containers()).length === 1 && (await networks()).length === 3 && plugins().length === 0, 'all is gone')
      // Docker would try for half a minute to reach a driver that is not there, for each thing that it removes.
      expect(performance.now() - begun).toBeLessThan(20_000)
      expect(await docker.exec('theirs', 'ip', '-o', 'link')).not.toContain('lab0')
    } finally {
      await docker.cli('rm', '--force', 'theirs')
    }
  })

  it('are found at the next start, when nobody was left who could have removed them', async () => {
    const topology = { name: 'lab', networks: { lan: {} }, hosts: { a: { networks: ['lan'], ...sleeper } } }
    const victim = await elsewhere(topology, options)
    for (const pid of childrenOf(victim.pid ?? 0)) if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('containers/reaper')) process.kill(pid, 'SIGKILL')
    victim.kill('SIGKILL')
    await once(victim, 'close')
    expect(await containers()).toHaveLength(1)
    expect(await networks()).toHaveLength(wire === 'driver' ? 4 : 3)
    await using next = await Testbed.start(topology as never, options)
    expect(await containers()).toEqual([next.container('a').containerName])
    if (wire === 'driver') expect(await networks()).toEqual(['bridge', 'host', 'lab-lan', 'none'])
  })

  it('can be started again after Docker was', async () => {
    await using testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, web: { networks: ['lan'], image: busybox, command: ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait'] } } }, options)
    const { a, web } = testbed.hosts
    await docker.restart()
    await until(() => web.state === 'stopped', 'the end of the container is noticed')
    await web.restart()
    expect((await a.ping('web')).ok).toBe(true)
    expect((await web.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
  })

  it('are plugged in again when somebody has started them again', async () => {
    await using testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, web: { networks: ['lan'], ...sleeper } } }, options)
    const { a, web } = testbed.hosts
    await docker.cli('restart', '--time', '0', web.containerName)
    await until(() => web.state === 'stopped', 'the end of the container is noticed')
    await web.restart()
    expect((await a.ping('web')).ok).toBe(true)
    expect((await web.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
  })

  it('leave nothing when the start fails', async () => {
    const start = (bad: object) => Testbed.start({ networks: { lan: {}, back: {} }, hosts: { good: { networks: ['lan', 'back'], ...sleeper }, bad: { networks: ['lan'], ...sleeper, ...bad } } }, options)
    await expect(start({ command: ['sh', '-c', 'echo this is why; exit 3'] })).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('this is why') as string })
    await expect(start({ ready: { port: 80, timeout: 300 } })).rejects.toMatchObject({ code: 'failed' })
  })
})
