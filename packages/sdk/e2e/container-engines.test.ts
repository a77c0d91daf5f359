import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Testbed } from '@streambed/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busybox } from '../../docker-driver/e2e/world/busybox.js'
import { OtherMachine } from '../../docker-driver/e2e/world/other-machine.js'
import { Podman } from '../../docker-driver/e2e/world/podman.js'
import { until, whyNotHere } from '../../docker-driver/e2e/world/program.js'
import { RootlessDocker } from '../../docker-driver/e2e/world/rootless-docker.js'
import { OrdinaryUser } from '../../docker-driver/e2e/world/user.js'

// Testbeds with containers of other engines than the Docker of root.
const reason = whyNotHere()
const sleeper = { image: busybox, command: ['sleep', '3600'] } as const
const networks = { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } } as const

describe.skipIf(reason !== undefined)('a testbed with containers of', () => {
  const user = new OrdinaryUser()
  const podman = new Podman()
  const rootless = { podman: new Podman(user), docker: new RootlessDocker(user) }
  beforeAll(async () => {
    await user.begin()
    await Promise.all([podman.begin(), rootless.podman.begin(), rootless.docker.begin()])
  })
  afterAll(async () => {
    await Promise.all([podman.end(), rootless.podman.end(), rootless.docker.end()])
    await user.end()
  })

  it('podman does what one with those of Docker does', async () => {
    const options = { docker: podman.socket }
    await podman.cli('run', '--detach', '--network', 'none', '--name', 'theirs', busybox, 'sleep', '3600')
    const testbed = await Testbed.start({
      networks,
      hosts: {
        laptop: { networks: ['lan'] },
        web: {
          networks: { lan: { ip: '10.0.0.80', mac: '02:00:00:00:00:80' } }, image: busybox, command: ['sh', '-c', 'echo "hello from $WHO"; exec httpd -f -p 80 -h /etc'], env: { WHO: 'podman' }, ready: { log: 'hello', port: 80, http: { port: 80, path: '/passwd' } },
          capabilities: { drop: ['NET_RAW'] }, resources: { memory: 32 * 2 ** 20, pids: 50 }, sysctls: { 'net.ipv4.tcp_syncookies': 0, 'kernel.shmmax': 123456, 'net.ipv4.conf.eth0.rp_filter': 2 },
        },
        box: { networks: { lan: { interface: 'lab0' } }, container: 'theirs' },
      },
    }, options)
    try {
      const { laptop, web, box } = testbed.hosts
      ;(await testbed.reachability()).assertAll()
      expect((await laptop.exec(['ping', '-c1', '-W1', 'web'])).code).toBe(0)
      expect((await box.exec(['ping', '-c1', '-W1', 'laptop'])).code).toBe(0)
      expect((await box.exec(['ping', '-6', '-c1', '-W1', 'web'])).code).toBe(0)
      expect(await (await laptop.fetch('http://web/passwd')).text()).toContain('root:')
      expect((await web.exec(['cat', '/proc/sys/net/ipv4/tcp_syncookies', '/proc/sys/kernel/shmmax', '/proc/sys/net/ipv4/conf/eth0/rp_filter'])).stdout).toBe('0\n123456\n2\n')
      expect((await podman.cli('inspect', '--format', '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.NetworkMode}}', web.id))).toBe(`${32 * 2 ** 20} 50 none`)
      await web.writeFile('/etc/page', 'a page')
      expect(await (await laptop.fetch('http://web/page')).text()).toBe('a page')
      const lines: string[] = []
      for await (const { line } of web.logs()) lines.push(line)
      expect(lines).toEqual(['hello from podman'])
      await using capture = await web.capture({ interface: 'lan' })
      await laptop.ping('web', { family: 4 })
      expect((await capture.find((packet) => packet.icmp?.type === 8)).ipv4?.dst).toBe('10.0.0.80')

      // Faults, and an end that nobody asked for.
      await web.stop({ mode: 'freeze' })
      expect((await web.containerState()).status).toBe('paused')
      await web.restart()
      await web.stop()
      expect((await laptop.ping('web', { timeout: 300, family: 4 })).ok).toBe(false)
      await web.restart()
      expect((await laptop.ping('web')).ok).toBe(true)
      await podman.cli('kill', web.id)
      await until(() => web.state === 'stopped', 'the end of the container is noticed')
      await web.restart()
      expect(await laptop.canConnect('web', { tcp: 80 })).toBe(true)

      const guest = await testbed.addHost('guest', { networks: ['lan'], ...sleeper })
      expect((await guest.exec(['ping', '-c1', '-W1', 'box'])).code).toBe(0)
      await testbed.removeHost('guest')
    } finally {
      await testbed.close()
    }
    expect(await podman.containers()).toEqual(['theirs'])
    expect(await podman.cli('exec', 'theirs', 'ip', '-o', 'link')).not.toContain('lab0')
    await podman.cli('rm', '--force', '--time', '0', 'theirs')
  })

  it('podman ends when its process dies', async () => {
    const program = `
      const { Testbed } = await import('${import.meta.resolve('@streambed/sdk')}')
      await Testbed.start(${JSON.stringify({ networks, hosts: { web: { networks: ['lan'], ...sleeper } } })}, { docker: '${podman.socket}' })
      console.log('running')
      setInterval(() => undefined, 1000)`
    const victim = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(victim.stdout, 'data')
    expect(await podman.containers()).toHaveLength(1)
    victim.kill('SIGKILL')
    await until(async () => (await podman.containers()).length === 0, 'the container is gone')
  })

  it.each(['podman', 'docker'] as const)('a rootless %s works for root', async (kind) => {
    const { socket } = rootless[kind]
    await using testbed = await Testbed.start({ networks, hosts: { laptop: { networks: ['lan'] }, web: { networks: ['lan'], ...sleeper } } }, { docker: socket })
    const { laptop, web } = testbed.hosts
    ;(await testbed.reachability()).assertAll()
    expect((await web.exec(['ping', '-c1', '-W1', 'laptop'])).code).toBe(0)
    expect((await laptop.exec(['ping', '-c1', '-W1', 'web'])).code).toBe(0)
    await web.stop()
    await web.restart()
    expect((await laptop.ping('web')).ok).toBe(true)
  })

  it('podman and a rootless Docker cannot be wired through a driver, which is said before anything is made', async () => {
    const start = (docker: string) => Testbed.start({ networks, hosts: { web: { networks: ['lan'], ...sleeper } } }, { docker, wire: 'driver' })
    for (const { socket } of [podman, rootless.podman]) await expect(start(socket)).rejects.toMatchObject({ code: 'missing', message: "podman has no network drivers outside of itself: wire containers directly (wire: 'direct')" })
    await expect(start(rootless.docker.socket)).rejects.toMatchObject({ code: 'missing', message: expect.stringMatching(/^the rootless Docker at unix:.*wire containers directly/) as string })
    expect([await podman.containers(), await rootless.podman.containers(), await rootless.docker.cli('ps', '--all', '--quiet')]).toEqual([[], [], ''])
  })

  it('another machine is refused before anything is made there', async () => {
    const other = new OtherMachine()
    const variables = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '' }
    await other.begin()
    try {
      variables.DOCKER_CERT_PATH = other.certificates
      Object.assign(process.env, variables)
      for (const docker of [other.tcp, other.ssh]) {
        for (const wire of ['direct', 'driver'] as const) {
          const start = Testbed.start({ networks, hosts: { a: { networks: ['lan'] }, web: { networks: ['lan'], ...sleeper } } }, { docker, wire })
          await expect(start).rejects.toMatchObject({ code: 'missing', message: `the Docker at ${docker} is on another machine, where the testbed can plug no cable into its containers: use the Docker of this machine (docker: '/var/run/docker.sock')` })
        }
      }
      expect(await other.docker('ps', '--all', '--quiet')).toBe('')
      expect(await other.docker('network', 'ls', '--quiet', '--filter', 'type=custom')).toBe('')
    } finally {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name)
      await other.end()
    }
  })
})
