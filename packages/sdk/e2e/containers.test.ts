import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContainerHost, Testbed, TestbedError, type StartProgress } from '@streambed/sdk'
import { describe, expect, it } from 'vitest'
import { busybox, dockerSocket } from '../../docker-driver/e2e/world/docker.js'
import { OpenVswitch } from '../../docker-driver/e2e/world/ovs.js'
import { run, until } from '../../docker-driver/e2e/world/program.js'
import { useDocker } from '../../docker-driver/e2e/world/world.js'

const docker = useDocker()

const options = { docker: dockerSocket }
const sleeper = { image: busybox, command: ['sleep', '3600'] } as const
const networks = { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } } as const

/** Every container that Docker knows, by name. */
async function containers(): Promise<string[]> {
  return (await docker.cli('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean).sort()
}

describe('a container as a host', () => {
  it('is beside namespace hosts, and does what they do', async () => {
    const steps: StartProgress['step'][] = []
    await using testbed = await Testbed.start(
      {
        networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'], mtu: 1400 }, back: { subnet: '10.1.0.0/24' } },
        hosts: {
          laptop: { networks: ['lan'] },
          web: { networks: { lan: { ip: '10.0.0.80', mac: '02:00:00:00:00:80' }, back: { interface: 'db0' } }, ...sleeper, routes: [{ to: '10.9.0.0/16', via: '10.1.0.200' }] },
          db: { networks: ['back'], image: busybox, command: ['nc', '-ll', '-p', '5432', '-e', 'cat'], ready: { port: 5432 } },
        },
      },
      { ...options, onProgress: ({ step }) => steps.push(step) },
    )
    const { laptop, web, db } = testbed.hosts
    expect(steps).toContain('containers')
    expect(web).toBeInstanceOf(ContainerHost)

    // It has what the topology says, and nothing else.
    const shown = JSON.parse(await run('nsenter', '--net', '--target', String((await web.containerState()).pid), 'ip', '-j', 'addr')) as { ifname: string; mtu: number; address: string; addr_info: { local: string }[] }[]
    expect(shown.map(({ ifname }) => ifname)).toEqual(['lo', 'eth0', 'db0'])
    expect(shown[1]).toMatchObject({ mtu: 1400, address: '02:00:00:00:00:80' })
    expect(shown[1]?.addr_info.map(({ local }) => local)).toEqual(expect.arrayContaining([web.ip(), web.ip6()]))
    expect((await web.exec(['ip', 'route'])).stdout).toContain('10.9.0.0/16 via 10.1.0.200 dev db0')
    expect(await run('nsenter', '--net', '--target', String((await web.containerState()).pid), 'ethtool', '-k', 'eth0').catch(() => 'tx-checksumming: off')).toContain('tx-checksumming: off')

    // Names resolve both ways, over both families, and the first packet gets through.
    expect((await laptop.exec(['ping', '-c1', '-W1', 'web'])).code).toBe(0)
    expect((await web.exec(['ping', '-c1', '-W1', 'laptop'])).code).toBe(0)
    expect((await web.exec(['ping', '-6', '-c1', '-W1', 'laptop'])).code).toBe(0)
    expect((await web.exec(['cat', '/etc/hosts'])).stdout).toMatch(/10\.0\.0\.2 laptop\n.*10\.0\.0\.80 web\n/s)
    expect((await web.exec(['hostname'])).stdout).toBe('web\n')
    ;(await testbed.reachability({ hosts: ['laptop', 'web'] })).assertAll()
    ;(await testbed.reachability()).assert({ laptop: ['web'], web: ['laptop', 'db'], db: ['web'] })

    // What runs in it is reached, and this process may be a server in it, and a client.
    expect(await web.canConnect('db', { tcp: 5432 })).toBe(true)
    expect(await web.canConnect(db, { tcp: 5433 })).toBe(false)
    const server = createServer((_, answer) => void answer.end('from this process')).listen(await web.listen(80))
    expect(await (await laptop.fetch('http://web/')).text()).toBe('from this process')
    expect((await laptop.exec(['curl', '-s', 'http://web/'])).stdout).toBe('from this process')
    server.close()
    const socket = await web.connect('db', 5432)
    socket.write('echo')
    expect(String((await once(socket, 'data'))[0])).toBe('echo')
    socket.destroy()
    const udp = await web.createSocket('udp4', { port: 5353 })
    expect(await laptop.canConnect('web', { udp: 5353 })).toBe(true)
    udp.close()

    // Captures see what a program in it sends.
    await using capture = await web.capture({ interface: 'lan' })
    await web.exec(['ping', '-c1', '10.0.0.2'])
    expect((await capture.find((packet) => packet.icmp?.type === 8)).ipv4?.src).toBe('10.0.0.80')

    // Programs have its files and environment, streams and exit codes.
    const child = await web.spawn(['sh', '-c', 'read line; echo "got $line"; exit 3'], { stdin: true })
    child.stdin?.end('this\n')
    expect(String((await once(child.stdout, 'data'))[0])).toBe('got this\n')
    expect(await child.exited).toEqual({ code: 3, signal: null })
    await expect(web.exec(['false'])).rejects.toMatchObject({ name: 'ExecError', code: 'exit', exitCode: 1 })
    await expect(web.exec(['no-such-program'])).rejects.toMatchObject({ code: 'not-found' })

    // What Docker and the pictures say.
    expect(testbed.inspect().hosts.map(({ name, container }) => [name, container?.image])).toEqual([['laptop', undefined], ['web', busybox], ['db', busybox]])
    expect(await docker.cli('inspect', '--format', '{{index .Config.Labels "streambed.host"}} {{.HostConfig.NetworkMode}}', web.id)).toBe('web none')
    expect(await testbed.diagram('mermaid')).toContain(`(["web · ${busybox}`)
    expect(await testbed.diagram('svg')).toContain('round corners: container')
    const explanation = await testbed.explain({ from: laptop, to: web, tcp: 80 })
    expect(explanation.delivered).toBe(true)
  })

  it('is made as the topology says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sb-'))
    chmodSync(folder, 0o755)
    writeFileSync(join(folder, 'page'), 'a page\n')
    try {
      await using testbed = await Testbed.start({
        networks,
        hosts: {
          web: {
            networks: ['lan'], image: busybox, command: ['sh', '-c', 'echo "hello from $WHO"; exec sleep 3600'], env: { WHO: 'me' }, workdir: '/tmp', user: '1000',
            mounts: [{ type: 'bind', source: folder, target: '/srv', readOnly: true }, { type: 'tmpfs', target: '/scratch' }],
            capabilities: { drop: ['ALL'] }, resources: { memory: 32 * 2 ** 20, pids: 50, cpus: 0.5 },
            sysctls: { 'net.ipv4.tcp_syncookies': 0, 'kernel.shmmax': 123456, 'net.ipv4.conf.eth0.rp_filter': 2 }, dns: ['10.0.0.53'], ready: { log: /hello/ },
          },
        },
      }, options)
      const { web } = testbed.hosts
      expect((await web.exec(['cat', '/srv/page'])).stdout).toBe('a page\n')
      expect((await web.exec(['sh', '-c', 'echo $WHO; pwd; id -u'])).stdout).toBe('me\n/tmp\n1000\n')
      expect((await web.exec(['sh', '-c', 'echo $WHO'], { env: { WHO: 'you' } })).stdout).toBe('you\n')
      expect((await web.exec(['cat', '/proc/sys/net/ipv4/tcp_syncookies', '/proc/sys/kernel/shmmax', '/proc/sys/net/ipv4/conf/eth0/rp_filter', '/etc/resolv.conf'])).stdout).toBe('0\n123456\n2\nnameserver 10.0.0.53\n')
      expect((await web.exec(['grep', 'CapBnd', '/proc/1/status'])).stdout).toMatch(/0000000000000000/)
      expect(await docker.cli('inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}', web.id)).toBe(`${32 * 2 ** 20} 50 500000000`)
      const lines: string[] = []
      for await (const { line } of web.logs()) lines.push(line)
      expect(lines).toEqual(['hello from me'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('has files that go in and come out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sb-'))
    mkdirSync(join(folder, 'in/deep'), { recursive: true })
    writeFileSync(join(folder, 'in/deep/tool'), '#!/bin/sh\necho it runs\n', { mode: 0o755 })
    writeFileSync(join(folder, 'in/text'), 'words')
    try {
      await using testbed = await Testbed.start({ networks, hosts: { web: { networks: ['lan'], ...sleeper } } }, options)
      const { web } = testbed.hosts
      await web.writeFile('/etc/app/app.conf', 'port = 1\n')
      expect(String(await web.readFile('/etc/app/app.conf'))).toBe('port = 1\n')
      await web.copyIn(join(folder, 'in'), '/opt/copy')
      expect((await web.exec(['/opt/copy/deep/tool'])).stdout).toBe('it runs\n')
      await web.exec(['ln', '-s', 'text', '/opt/copy/link'])
      await web.copyOut('/opt/copy', join(folder, 'out'))
      expect(readFileSync(join(folder, 'out/link'), 'utf8')).toBe('words')
      expect(statSync(join(folder, 'out/deep/tool')).mode & 0o777).toBe(0o755)
      await web.copyOut('/opt/copy/text', join(folder, 'one'))
      expect(readFileSync(join(folder, 'one'), 'utf8')).toBe('words')
      await expect(web.readFile('/nothing')).rejects.toMatchObject({ code: 'not-found' })
      await expect(web.copyIn(join(folder, 'nothing'), '/x')).rejects.toMatchObject({ code: 'invalid' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('has the faults of every host', async () => {
    await using testbed = await Testbed.start({ networks, hosts: { a: { networks: ['lan'] }, web: { networks: ['lan'], image: busybox, command: ['httpd', '-f', '-p', '80'], ready: { port: 80 } } } }, options)
    const { a, web } = testbed.hosts
    const events = testbed.events()
    const quick = { timeout: 400, family: 4 as const }
    expect(await a.canConnect('web', { tcp: 80 })).toBe(true)
    await web.linkDown()
    expect((await a.ping('web', quick)).ok).toBe(false)
    await web.linkUp()
    expect((await a.ping('web')).ok).toBe(true)
    await testbed.partition(['web'])
    expect((await a.ping('web', quick)).ok).toBe(false)
    await testbed.heal()
    expect((await a.ping('web')).ok).toBe(true)

    await web.stop({ mode: 'freeze' })
    expect(web.state).toBe('frozen')
    expect((await a.ping('web')).ok).toBe(true)
    expect(await docker.cli('inspect', '--format', '{{.State.Status}}', web.id)).toBe('paused')
    await web.restart()
    expect((await a.fetch('http://web/')).status).toBe(404)

    // A power failure: what it had in this process ends; afterwards its command runs again, in another network namespace, with the same addresses.
    const server = await web.listen(8080)
    const closed = once(server, 'close')
    await web.stop()
    await closed
    expect((await a.ping('web', quick)).ok).toBe(false)
    await expect(web.exec(['true'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('restart() it first') as string })
    await web.restart()
    expect((await a.ping('web')).ok).toBe(true)
    expect((await a.ping('web', { family: 6 })).ok).toBe(true)
    expect((await a.fetch('http://web/')).status).toBe(404)
    expect((await web.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
    ;(await web.listen(8080)).close()

    // It ends without being asked to.
    await docker.cli('kill', web.id)
    await until(() => web.state === 'stopped', 'the end of the container is noticed')
    expect((await a.ping('web', quick)).ok).toBe(false)
    await web.restart()
    expect(await a.canConnect('web', { tcp: 80 })).toBe(true)

    await testbed.close()
    const types: string[] = []
    for await (const { type } of events) if (type !== 'control') types.push(type)
    expect(types).toEqual(['link-down', 'link-up', 'partitioned', 'healed', 'host-frozen', 'host-restarted', 'host-stopped', 'host-restarted', 'host-stopped', 'host-restarted', 'closed'])
  })

  it('comes and goes while the testbed runs', async () => {
    await using testbed = await Testbed.start({ networks, hosts: { a: { networks: ['lan'] } } }, options)
    const { a } = testbed.hosts
    const guest = await testbed.addHost('guest', { networks: ['lan'], ...sleeper })
    expect(guest).toBe(testbed.container('guest'))
    expect((await guest.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
    expect((await a.exec(['ping', '-c1', '-W1', 'guest'])).code).toBe(0)
    // A running one learns of later hosts.
    await testbed.addHost('late', { networks: ['lan'] })
    expect((await guest.exec(['ping', '-c1', '-W1', 'late'])).code).toBe(0)
    await testbed.removeHost('guest')
    expect(await containers()).toEqual([])
    expect((await testbed.exec(['ip', '-o', 'link'])).stdout).not.toContain('guest')
    // What is waited for never comes: without that, a slow program could end after it was added.
    await expect(testbed.addHost('bad', { networks: ['lan'], image: busybox, command: ['sh', '-c', 'echo this is why; exit 3'], ready: { port: 80 } })).rejects.toMatchObject({ name: 'TestbedError', code: 'failed', message: expect.stringMatching(/host "bad".*this is why/s) as string })
    expect(await containers()).toEqual([])
    expect(Object.keys(testbed.hosts)).toEqual(['a', 'late'])
    // The name is free again.
    await testbed.addHost('guest', { networks: ['lan'], ...sleeper })
    expect((await a.ping('guest')).ok).toBe(true)
    expect(() => testbed.container('a')).toThrow('host "a" is no container')
  })

  it('starts with many others', async () => {
    const hosts = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`c${n}`, { networks: ['lan' as const], ...sleeper }]))
    await using testbed = await Testbed.start({ networks, hosts }, options)
    ;(await testbed.reachability()).assertAll()
    expect(await containers()).toHaveLength(10)
  })

  it('may have taps', async () => {
    await using testbed = await Testbed.start({ networks, hosts: { a: { networks: ['lan'] }, box: { networks: ['lan'], ...sleeper, taps: { mon0: ['a'] } } } }, options)
    const { a, box } = testbed.hosts
    await using capture = await box.capture({ interface: 'mon0' })
    await a.ping('box', { family: 4 })
    expect((await capture.find((packet) => packet.icmp?.type === 8)).ipv4?.src).toBe(a.ip())
  })

  it('may have trunks with addresses, also after a restart', async (ctx) => {
    const start = Testbed.start({
      networks: { red: { subnet: '10.1.0.0/24', vlan: 100 }, blue: { subnet: '10.2.0.0/24', vlan: 200 } },
      hosts: { r: { networks: ['red'] }, b: { networks: ['blue'] }, box: { ...sleeper, trunks: { up0: { networks: ['red', 'blue'], addresses: true } } } },
    }, options)
    const missing = await start.then(() => false, (error: unknown) => {
      if (/lacks links of the kind "vlan"/.test(String(error))) return true
      throw error
    })
    if (missing) ctx.skip('kernel: no VLAN interfaces here')
    await using testbed = await start
    const { box } = testbed.hosts
    for (const name of ['r', 'b']) expect((await box.exec(['ping', '-c1', '-W1', name])).code).toBe(0)
    await box.stop()
    await box.restart()
    for (const name of ['r', 'b']) expect((await box.exec(['ping', '-c1', '-W1', name])).code).toBe(0)
  })
})

describe('a container that exists', () => {
  it('joins, keeps what it has, and stays', async () => {
    const id = await docker.sleeper('theirs')
    try {
      const hostsBefore = await docker.exec('theirs', 'cat', '/etc/hosts')
      {
        await using testbed = await Testbed.start({ networks, hosts: { a: { networks: ['lan'] }, box: { networks: { lan: { interface: 'lab0' } }, container: 'theirs' } } }, options)
        const { a, box } = testbed.hosts
        expect(box.id).toBe(id)
        expect((await a.ping('box')).ok).toBe(true)
        expect((await box.exec(['ping', '-c1', '-W1', 'a'])).code).toBe(0)
        expect((await box.exec(['ip', '-o', 'link'])).stdout).toMatch(/eth0.*lab0/s)
        expect((await box.exec(['cat', '/etc/hosts'])).stdout).toContain(hostsBefore)
        await expect(testbed.addHost('again', { container: 'theirs' })).rejects.toMatchObject({ code: 'invalid' })
        await testbed.close()
        await testbed.closed
      }
      expect(await docker.exec('theirs', 'cat', '/etc/hosts')).toBe(hostsBefore)
      expect(await docker.exec('theirs', 'ip', '-o', 'link')).not.toContain('lab0')
      const wrong = (container: string) => Testbed.start({ networks, hosts: { box: { networks: ['lan'], container } } }, options)
      await expect(wrong('nobody')).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('nobody') as string })
      // Its interface has the name already.
      await expect(wrong('theirs')).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('create interface eth0 of host box') as string })
      await docker.sleeper('hosted', '--network', 'host')
      await expect(wrong('hosted')).rejects.toMatchObject({ message: expect.stringContaining("machine's own network namespace") as string })
    } finally {
      await docker.cli('rm', '--force', 'theirs', 'hosted').catch(() => undefined)
    }
  })
})

describe('a start with containers that fails', () => {
  it.each<[string, object, RegExp]>([
    ['no image', { image: 'registry.invalid/nothing', pull: 'never' }, /host "bad" \(image registry\.invalid\/nothing\).*no image/],
    ['an end at once', { image: busybox, command: ['sh', '-c', 'echo this is why; exit 3'] }, /host "bad".*this is why/s],
    ['a program that is not there', { image: busybox, command: ['no-such-program'] }, /host "bad".*no-such-program/s],
    ['readiness in vain', { ...sleeper, ready: { port: 80, timeout: 300 } }, /host "bad".*80/s],
  ])('leaves nothing: %s', async (_, bad, message) => {
    const error = await Testbed.start({ networks, hosts: { a: { networks: ['lan'] }, good: { networks: ['lan'], ...sleeper }, bad: { networks: ['lan'], ...(bad as Partial<typeof sleeper>) } } }, options).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TestbedError)
    expect(error).toMatchObject({ code: 'failed', message: expect.stringMatching(message) as string })
    expect(await containers()).toEqual([])
  })

  it('is told before anything is touched: no root, no Docker, another machine', async () => {
    const start = (extra: object) => Testbed.start({ networks, hosts: { web: { networks: ['lan'], ...sleeper } } }, { ...options, ...extra })
    await expect(start({ privilege: 'user-namespace' })).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining("access to Docker's socket is enough") as string })
    await expect(start({ docker: '/run/nothing.sock' })).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('no Docker at') as string })
    await expect(start({ wire: 'wireless' })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('ends when it is aborted, and when its time is over', async () => {
    const slow = { networks, hosts: { web: { networks: ['lan'] as const, ...sleeper, ready: { port: 80, timeout: 60_000 } } } }
    await expect(Testbed.start(slow, { ...options, timeout: 1500 })).rejects.toMatchObject({ code: 'timeout' })
    expect(await containers()).toEqual([])
    const controller = new AbortController()
    const start = Testbed.start(slow, { ...options, signal: controller.signal, onProgress: ({ step }) => step === 'ports' && controller.abort(new Error('enough')) })
    await expect(start).rejects.toMatchObject({ code: 'aborted' })
    expect(await containers()).toEqual([])
  })
})

describe('the end of a testbed with containers', () => {
  /** A testbed in a process of its own. */
  async function elsewhere(hosts: object, more: object = {}): Promise<ChildProcess> {
    const program = `
      const { Testbed } = await import('${import.meta.resolve('@streambed/sdk')}')
      await Testbed.start(${JSON.stringify({ networks, hosts })}, ${JSON.stringify({ ...options, ...more })})
      console.log('running')
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    return child
  }

  it('by SIGKILL to its process takes them away', async () => {
    const victim = await elsewhere({ a: { networks: ['lan'] }, web: { networks: ['lan'], ...sleeper } })
    expect(await containers()).toHaveLength(1)
    victim.kill('SIGKILL')
    await until(async () => (await containers()).length === 0, 'the container is gone')
  })

  it('by SIGKILL takes its cable out of a container that was there before, when Open vSwitch goes on too', async () => {
    const ovs = new OpenVswitch()
    await ovs.begin()
    await docker.sleeper('theirs')
    try {
      const own = await docker.exec('theirs', 'ip', '-o', 'link')
      const victim = await elsewhere({ a: { networks: ['lan'] }, box: { networks: { lan: { interface: 'lab0' } }, container: 'theirs' } }, { ovs: 'system' })
      expect(await docker.exec('theirs', 'ip', '-o', 'link')).toContain('lab0')
      victim.kill('SIGKILL')
      await until(async () => (await docker.exec('theirs', 'ip', '-o', 'link')) === own, 'the cable is gone')
      await until(async () => (await ovs.vsctl('list-br')).trim() === '', 'the bridge is gone')
    } finally {
      await docker.cli('rm', '--force', 'theirs')
      await ovs.down()
    }
  })

  it('takes what two testbeds of one name in one process have apart', async () => {
    const topology = { networks, hosts: { a: { networks: ['lan'] }, web: { networks: ['lan'], ...sleeper } } } as const
    await using one = await Testbed.start(topology, options)
    const two = await Testbed.start(topology, options)
    await two.close()
    expect(await containers()).toHaveLength(1)
    expect((await one.hosts.a.ping('web')).ok).toBe(true)
    const pending = one.hosts.web.exec(['sleep', '1000'])
    const stopped = expect(pending).rejects.toMatchObject({ name: 'TestbedError', code: 'closed' })
    await one.close()
    await stopped
    await expect(one.hosts.web.exec(['true'])).rejects.toMatchObject({ code: 'closed' })
  })
})

it('a testbed without containers loads nothing of Docker', async () => {
  const program = `
    const { Testbed } = await import('${import.meta.resolve('@streambed/sdk')}')
    const testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } })
    await testbed.close()
    const { createRequire } = await import('node:module')
    console.log(Object.keys(createRequire('/').cache).filter((path) => /dockerode|tar-stream/.test(path)).length)`
  expect(await run(process.execPath, '--input-type=module', '--eval', program)).toBe('0')
})
