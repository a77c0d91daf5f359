import { expect, it } from 'vitest'
import { createBody, environmentList, mayBeBare } from './create-body.js'
import type { ContainerSpec } from './spec.js'

const made = (spec: Partial<ContainerSpec>): unknown => JSON.parse(JSON.stringify(createBody({ image: 'i', ...spec }, { owner: 'me' })))

it('has no network, no terminal, and our labels over others', () => {
  expect(made({ labels: { owner: 'x', mine: 'y' } })).toMatchObject({ Image: 'i', Tty: false, StopTimeout: 10, Labels: { owner: 'me', mine: 'y' }, HostConfig: { NetworkMode: 'none' } })
})

it('is on its first network from the beginning', () => {
  expect(made({ network: [{ name: 'a', ipv4: '10.0.0.1', mac: '02:00:00:00:00:01' }, { name: 'b' }] })).toMatchObject({
    MacAddress: '02:00:00:00:00:01',
    HostConfig: { NetworkMode: 'a' },
    NetworkingConfig: { EndpointsConfig: { a: { IPAMConfig: { IPv4Address: '10.0.0.1' } } } },
  })
  expect(made({ network: 'host' })).toMatchObject({ HostConfig: { NetworkMode: 'host' } })
  expect(made({ network: 'lab' })).toMatchObject({ HostConfig: { NetworkMode: 'lab' } })
})

it('has a network of its own and files for names, when nothing more of Docker is wanted', () => {
  expect(JSON.parse(JSON.stringify(createBody({ image: 'i', mounts: [{ type: 'tmpfs', target: '/x' }] }, {}, '/run/n')))).toMatchObject({
    NetworkDisabled: true,
    HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'tmpfs', Target: '/x' }, { Type: 'bind', Source: '/run/n/hosts', Target: '/etc/hosts' }, { Type: 'bind', Source: '/run/n/resolv.conf', Target: '/etc/resolv.conf' }] },
  })
  const bare = (spec: Partial<ContainerSpec>): boolean => mayBeBare({ image: 'i', bareNetwork: true, ...spec })
  expect([bare({}), bare({ mounts: [{ type: 'tmpfs', target: '/etc/x' }] })]).toEqual([true, true])
  expect([bare({ bareNetwork: false }), bare({ network: 'lab' }), bare({ dns: ['1.1.1.1'] }), bare({ mounts: [{ type: 'bind', source: '/x', target: '/etc/hosts' }] })]).toEqual([false, false, false, false])
})

it('publishes ports, several for one too', () => {
  expect(made({ ports: [{ port: 80 }, { port: 53, protocol: 'udp', hostPort: 5353 }, { port: 53, protocol: 'udp', hostPort: 0, hostAddress: '127.0.0.1' }] })).toMatchObject({
    ExposedPorts: { '80/tcp': {}, '53/udp': {} },
    HostConfig: { PortBindings: { '53/udp': [{ HostIp: '', HostPort: '5353' }, { HostIp: '127.0.0.1', HostPort: '0' }] } },
  })
})

it('takes an entrypoint and variables away', () => {
  expect(made({ entrypoint: [], environment: { A: '1', B: undefined, C: '' } })).toMatchObject({ Entrypoint: [''], Env: ['A=1', 'B', 'C='] })
  expect(() => environmentList({ 'A=B': 'c' })).toThrow(/environment.*"A=B"/)
})

it.each<[string, Partial<ContainerSpec>, RegExp]>([
  ['image', { image: ' ' }, /image must be.*got " "/],
  ['name', { name: 'a b' }, /name must be.*"a b"/],
  ['command', { command: 'ls' as never }, /command must be an array.*"ls"/],
  ['target', { mounts: [{ type: 'tmpfs', target: 'x' }] }, /target must be an absolute path \(got "x"\)/],
  ['source', { mounts: [{ type: 'bind', source: '.', target: '/x' }] }, /source.*\/x.*absolute path \(got "."\)/],
  ['port', { ports: [{ port: 0 }] }, /port must be 1 to 65535 \(got 0\)/],
  ['cpus', { resources: { cpus: 0 } }, /resources\.cpus/],
  ['memory', { resources: { memory: 1 } }, /resources\.memory/],
  ['pids', { resources: { pids: 1.5 } }, /resources\.pids/],
])('refuses a wrong %s', (_, spec, message) => {
  expect(() => createBody({ image: 'i', ...spec }, {})).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringMatching(message) }))
})
