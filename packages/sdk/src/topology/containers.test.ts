import { describe, expect, it } from 'vitest'
import type { TestbedError } from '../errors.js'
import { buildModel, withHost } from './build.js'
import { isContainer, type HostModel } from './model.js'
import type { HostSpec } from './spec.js'
import { hostSysctls } from './sysctls.js'

const build = (hosts: Readonly<Record<string, unknown>>) => buildModel({ networks: { lan: { subnet: '10.0.0.0/24' } }, hosts: hosts as Record<string, HostSpec> })

function issues(spec: unknown, others: Readonly<Record<string, unknown>> = {}): string[] {
  try {
    build({ ...others, web: spec })
  } catch (error) {
    return (error as TestbedError).issues.map(({ path, message }) => `${path}: ${message}`)
  }
  return []
}

describe('a host with an image', () => {
  it('is a container with the interfaces and addresses of any other host', () => {
    const { hosts } = build({ plain: { networks: ['lan'] }, web: { networks: ['lan'], image: 'nginx:1.27' }, db: { networks: ['lan'], container: 'db-1' } })
    expect([...hosts.values()].map((host) => [host.name, isContainer(host), host.interfaces[0]?.addresses[0]?.address])).toEqual([['plain', false, '10.0.0.2'], ['web', true, '10.0.0.3'], ['db', true, '10.0.0.4']])
  })

  it('takes every option', () => {
    expect(issues({
      networks: ['lan'], image: 'registry.example:5000/a/b@sha256:00', command: ['sleep', '9'], entrypoint: [], env: { A: 'b' },
      mounts: [{ type: 'bind', source: '/srv', target: '/srv', readOnly: true }, { type: 'volume', target: '/data' }, { type: 'volume', source: 'v', target: '/v' }, { type: 'tmpfs', target: '/tmp', size: 1e6, mode: 0o1777 }],
      capabilities: ['NET_ADMIN', 'CAP_SYS_TIME'], privileged: false, resources: { cpus: 0.5, memory: 64e6, pids: 100, shmSize: 1e6 }, devices: ['/dev/net/tun'], user: '1000:1000', workdir: '/srv',
      ready: { port: [80, 443], log: /ready/, command: ['true'], http: { port: 80, path: '/health', status: 204 }, health: true, timeout: 1000 }, pull: 'never',
      sysctls: { 'net.ipv4.ip_forward': 1, 'kernel.shmmax': 1e6, 'fs.mqueue.msg_max': 10 },
    })).toEqual([])
    expect(issues({ image: 'x', capabilities: { add: ['ALL'], drop: ['NET_RAW'] }, ready: { port: 80, log: 'up' } })).toEqual([])
    expect(issues({ container: 'web-1', env: { A: 'b' }, ready: { port: 80 } })).toEqual([])
  })
})

describe('what is wrong with a container', () => {
  it.each<[string, unknown, string | RegExp]>([
    ['two kinds at once', { image: 'x', container: 'y' }, 'hosts.web.container: a host is a new container (image) or one that exists (container): give one of the two'],
    ['an empty image', { image: '' }, /^hosts\.web\.image: must be the name of an image/],
    ['a container with a path', { container: 'a/b' }, /^hosts\.web\.container: must be the name or id/],
    ['options without an image', { command: ['x'] }, 'hosts.web.command: is for containers: give the host an image'],
    ['readiness of a namespace', { ready: {} }, 'hosts.web.ready: is for containers: give the host an image'],
    ['making what exists', { container: 'x', mounts: [] }, 'hosts.web.mounts: is decided when a container is made, and this one exists already'],
    ['an empty command', { image: 'x', command: [] }, /^hosts\.web\.command: a command has at least/],
    ['a zero byte', { image: 'x', entrypoint: ['a\0'] }, 'hosts.web.entrypoint: an argument has no zero byte'],
    ['a relative mount', { image: 'x', mounts: [{ type: 'bind', source: 'srv', target: '/srv' }] }, 'hosts.web.mounts[0].source: must be an absolute path of the machine'],
    ['a mount on the root', { image: 'x', mounts: [{ type: 'tmpfs', target: '/' }] }, 'hosts.web.mounts[0].target: must be an absolute path in the container'],
    ['a volume with a path', { image: 'x', mounts: [{ type: 'volume', source: '/srv', target: '/srv' }] }, /^hosts\.web\.mounts\[0\]\.source: must be the name of a volume/],
    ['a mount over the names', { image: 'x', mounts: [{ type: 'bind', source: '/h', target: '/etc/hosts' }] }, /^hosts\.web\.mounts\[0\]\.target: is made by the testbed/],
    ['an unknown mount', { image: 'x', mounts: [{ type: 'nfs', target: '/srv' }] }, /^hosts\.web\.mounts\[0\]/],
    ['a capability in lower case', { image: 'x', capabilities: ['net_admin'] }, /^hosts\.web\.capabilities\[0\]: must be the name of a capability/],
    ['a capability to drop', { image: 'x', capabilities: { drop: ['x y'] } }, /^hosts\.web\.capabilities\.drop\[0\]/],
    ['little memory', { image: 'x', resources: { memory: 1000 } }, /^hosts\.web\.resources\.memory: must be a whole number of bytes, at least 6291456/],
    ['no cores', { image: 'x', resources: { cpus: 0 } }, /^hosts\.web\.resources\.cpus: must be a number of cores/],
    ['a device elsewhere', { image: 'x', devices: ['/tmp/x'] }, /^hosts\.web\.devices\[0\]: must be the path of a device/],
    ['a port that is none', { image: 'x', ready: { port: [80, 70000] } }, 'hosts.web.ready.port: must be a port: a whole number from 1 to 65535'],
    ['an empty log line', { image: 'x', ready: { log: '' } }, /^hosts\.web\.ready\.log: every line has the empty text/],
    ['no time', { image: 'x', ready: { timeout: 0 } }, /^hosts\.web\.ready\.timeout/],
    ['a path without a slash', { image: 'x', ready: { http: { port: 80, path: 'x' } } }, 'hosts.web.ready.http.path: must begin with "/"'],
    ['another word for pull', { image: 'x', pull: 'sometimes' }, 'hosts.web.pull: must be "missing", "always" or "never"'],
    ['an unknown option of readiness', { image: 'x', ready: { prot: 80 } }, /^hosts\.web\.ready\.prot: there is no such option; the options are port, log/],
    ['a kernel setting of everybody', { image: 'x', sysctls: { 'vm.swappiness': 1 } }, /^hosts\.web\.sysctls\["vm\.swappiness"\]: must begin with "net\.".*kernel\.shmmax/],
    ['a setting of its IPC that is not its own', { container: 'x', sysctls: { 'kernel.shmmax': 1 } }, /^hosts\.web\.sysctls\["kernel\.shmmax"\]/],
  ])('is told: %s', (_, spec, expected) => {
    const found = issues(spec)
    expect(found).toHaveLength(1)
    expect(found[0]).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  })

  it('is told: one container as two hosts, also later', () => {
    expect(issues({ container: 'x' }, { other: { container: 'x' } })).toEqual(['hosts.web.container: is host "other" already'])
    const model = build({ other: { container: 'x' } })
    expect(() => withHost(model, 'web', { container: 'x' })).toThrow('is host "other" already')
    expect(withHost(model, 'web', { container: 'y' }).hosts.size).toBe(2)
  })
})

describe('the kernel settings of a container', () => {
  const settings = (spec: HostSpec) => hostSysctls({ networks: new Map() }, build({ web: { networks: ['lan'], ...spec } }).hosts.get('web') as HostModel).general.map(([path]) => path)

  it('have IPv6, which Docker switches off, and leave to Docker what Docker makes', () => {
    expect(settings({ image: 'x', sysctls: { 'kernel.shmmax': 1, 'net.ipv4.tcp_syncookies': 0 } })).toEqual(expect.arrayContaining(['net/ipv6/conf/all/disable_ipv6', 'net/ipv6/conf/default/disable_ipv6', 'net/ipv4/tcp_syncookies']))
    expect(settings({ image: 'x', sysctls: { 'kernel.shmmax': 1 } }).join()).not.toContain('shmmax')
  })

  it('are left alone for the interfaces that a joined one has', () => {
    expect(settings({ container: 'x' })).toContain('net/ipv6/conf/default/disable_ipv6')
    expect(settings({ container: 'x' })).not.toContain('net/ipv6/conf/all/disable_ipv6')
    expect(settings({}).join()).not.toContain('disable_ipv6')
  })
})
