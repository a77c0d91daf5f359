import { describe, expect, it } from 'vitest'
import { buildModel } from '../topology/build.js'
import type { HostModel } from '../topology/model.js'
import type { HostSpec } from '../topology/spec.js'
import { containerSpecOf, readinessOf } from './specification.js'

const specOf = (spec: HostSpec) => containerSpecOf(buildModel({ networks: {}, hosts: { web: spec } }).hosts.get('web') as HostModel)

describe('what Docker is asked for', () => {
  it('is little when little is said', () => {
    expect(specOf({ image: 'nginx' })).toEqual({ image: 'nginx', hostname: 'web', network: 'none', bareNetwork: true, labels: { 'streambed.host': 'web' }, readiness: {} })
  })

  it('is everything that is said', () => {
    expect(specOf({
      image: 'nginx', command: ['a', 'b'], entrypoint: [], env: { A: 'b' }, mounts: [{ type: 'tmpfs', target: '/tmp' }], capabilities: ['CAP_NET_ADMIN', 'SYS_TIME'], privileged: true,
      resources: { cpus: 0.5 }, devices: ['/dev/net/tun'], user: '1', workdir: '/srv', pull: 'never', sysctls: { 'kernel.shmmax': 5, 'net.ipv4.ip_forward': 1, 'fs/mqueue/msg_max': 10 }, ready: { port: 80, timeout: 5 },
    })).toEqual({
      image: 'nginx', hostname: 'web', network: 'none', bareNetwork: true, labels: { 'streambed.host': 'web' }, readiness: { port: 80, timeoutMs: 5 }, command: ['a', 'b'], entrypoint: [], environment: { A: 'b' }, mounts: [{ type: 'tmpfs', target: '/tmp' }],
      capabilities: { add: ['NET_ADMIN', 'SYS_TIME'], drop: undefined }, privileged: true, resources: { cpus: 0.5 }, devices: ['/dev/net/tun'], user: '1', workdir: '/srv', pull: 'never', sysctls: { 'kernel.shmmax': 5, 'fs.mqueue.msg_max': 10 },
    })
    expect(specOf({ image: 'x', capabilities: { drop: ['NET_RAW'] } })).toMatchObject({ capabilities: { add: undefined, drop: ['NET_RAW'] } })
  })

  it('is about readiness in its own words', () => {
    expect(readinessOf({ log: /up/, command: ['true'], http: { port: 80 }, health: true, timeout: 1 })).toEqual({ log: /up/, command: ['true'], http: { port: 80 }, health: true, timeoutMs: 1 })
    expect(readinessOf()).toEqual({})
  })
})
