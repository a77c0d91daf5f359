import { LinuxError } from '@streambed/linux'
import { OvsError } from '@streambed/ovs'
import { describe, expect, it } from 'vitest'
import { namesRequest, TestbedCore } from './core.js'
import type { TestbedError } from './errors.js'
import { planPartition } from './plan/partition.js'
import { buildModel } from './topology/build.js'
import type { HostModel } from './topology/model.js'
import type { Topology } from './topology/spec.js'

function makeCore(topology: Topology, sandbox: { failure?: Error } = {}): TestbedCore {
  return new TestbedCore(buildModel(topology), sandbox as never, {} as never, undefined, {} as never)
}

const TOPOLOGY: Topology = {
  networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: { subnet: '10.1.0.0/24' }, l2: { subnet: [] } },
  hosts: { a: { networks: ['lan'] }, Fw: { networks: ['back', 'lan'] }, c: { networks: { back: { interface: 'uplink-to-the-firewall' }, l2: { interface: 'back' } } }, mute: { networks: ['l2'] } },
}

describe('a target', () => {
  const core = makeCore(TOPOLOGY)

  it('is a host by name, with the addresses that the asker shares with it first', () => {
    expect(core.resolve('Fw', 'a')).toEqual({ host: 'Fw', addresses: ['10.0.0.3', 'fd00::3', '10.1.0.2'] })
    expect(core.resolve('Fw', 'c')).toEqual({ host: 'Fw', addresses: ['10.1.0.2', '10.0.0.3', 'fd00::3'] })
    expect(core.resolve('fW', 'mute').host).toBe('Fw')
  })

  it('is the asker itself', () => {
    expect(core.resolve('localhost', 'a')).toEqual({ host: 'a', addresses: ['127.0.0.1', '::1'] })
    expect(core.resolve('a', 'a')).toEqual({ host: 'a', addresses: ['10.0.0.2', 'fd00::2'] })
  })

  it('is an address, however it is written', () => {
    expect(core.resolve('10.0.0.2', 'c')).toEqual({ host: 'a', addresses: ['10.0.0.2'] })
    for (const text of ['fd00::2', '[fd00::2]', 'FD00:0:0::0002', 'fd00::0.0.0.2']) expect(core.resolve(text, 'c')).toEqual({ host: 'a', addresses: ['fd00::2'] })
    expect(core.resolve('192.0.2.1', 'a')).toEqual({ host: undefined, addresses: ['192.0.2.1'] })
  })

  it('is the one that the asker can see, where subnets overlap', () => {
    const twice = makeCore({
      networks: { red: { subnet: '10.0.0.0/24', vlan: 1 }, blue: { subnet: '10.0.0.0/24', vlan: 2 } },
      hosts: { r1: { networks: ['red'] }, r2: { networks: { red: { ip: '10.0.0.9' } } }, b1: { networks: ['blue'] }, b2: { networks: { blue: { ip: '10.0.0.9' } } } },
    })
    expect(twice.resolve('10.0.0.9', 'r1').host).toBe('r2')
    expect(twice.resolve('10.0.0.9', 'b1').host).toBe('b2')
    // A name means its host, and never a namesake of its address.
    expect(twice.resolve('r2', 'r1')).toEqual({ host: 'r2', addresses: ['10.0.0.9'] })
    expect(twice.resolve('r2', 'b1')).toEqual({ host: 'r2', addresses: [] })
  })

  it('is nothing else', () => {
    for (const text of ['', 'nobody', 'web.example', '10.0.0', 'fe80::1%eth0', '10.0.0.0/24', 'toString', '__proto__']) {
      expect(() => core.resolve(text, 'a')).toThrow(expect.objectContaining({ code: 'invalid', message: `"${text}" is neither a host of the testbed nor an address; the hosts are a, Fw, c, mute` }) as Error)
    }
    expect(() => core.resolve('mute', 'a')).toThrow('host "mute" has no address: its networks have no subnet')
  })
})

describe('an interface', () => {
  const core = makeCore(TOPOLOGY)
  const host = core.host('c') as HostModel

  it('is found by its name, by its name in the kernel, and by its network, in this order', () => {
    expect(core.interface(host).name).toBe('uplink-to-the-firewall')
    expect(core.interface(host, 'uplink-to-the-firewall').device).toBe('eth0')
    expect(core.interface(host, 'eth0').network).toBe('back')
    expect(core.interface(host, 'back').network).toBe('l2')
    expect(core.interface(host, 'l2').name).toBe('back')
  })

  it('that is not there is a mistake', () => {
    expect(() => core.interface(host, 'eth9')).toThrow('host "c" has no interface or network "eth9"; it has uplink-to-the-firewall (back), back (l2)')
    const bare = makeCore({ networks: {}, hosts: { a: {} } })
    expect(() => bare.interface(bare.host('a'))).toThrow('host "a" has no interface')
    expect(() => bare.interface(bare.host('a'), 'eth0')).toThrow('it has none')
    expect(() => bare.host('toString')).toThrow(expect.objectContaining({ code: 'invalid', message: 'there is no host "toString"; the hosts are a' }) as Error)
  })
})

it('the VID of a port is the network\'s, but for a partition', () => {
  const core = makeCore(TOPOLOGY)
  expect(core.vlanOf('lan', 'a')).toBe(100)
  core.partition = planPartition(core.model, [['a'], ['Fw']])
  expect([core.vlanOf('lan', 'a'), core.vlanOf('lan', 'Fw')]).toEqual([4094, 4093])
})

describe('changes', () => {
  it('come one after the other, also behind one that failed', async () => {
    const core = makeCore(TOPOLOGY)
    const log: string[] = []
    const step = (name: string, fails = false): Promise<string> =>
      core.change(async () => {
        log.push(`${name} begins`)
        await new Promise((resolve) => setTimeout(resolve, 2))
        log.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      })
    const results = await Promise.allSettled([step('one'), step('two', true), step('three')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends'])
  })

  it('that wait when the testbed ends are refused', async () => {
    const core = makeCore(TOPOLOGY)
    let finish = (): void => undefined
    const first = core.change(() => new Promise<void>((resolve) => (finish = resolve)))
    const second = core.change(() => Promise.resolve())
    await new Promise((resolve) => setImmediate(resolve))
    core.state = 'closed'
    finish()
    await first
    await expect(second).rejects.toMatchObject({ name: 'TestbedError', code: 'closed', message: 'the testbed is closed' })
  })
})

describe('an error', () => {
  it('is the reason why the testbed is gone, when it is', async () => {
    const sandbox: { failure?: Error } = {}
    const core = makeCore(TOPOLOGY, sandbox)
    const failing = core.guard(() => {
      sandbox.failure = new LinuxError('closed', 'ovs-vswitchd was killed by SIGKILL')
      return Promise.reject(new OvsError('closed', 'connection reset'))
    })
    const error = (await failing.catch((reason: unknown) => reason)) as TestbedError
    expect(error).toMatchObject({ name: 'TestbedError', code: 'closed', message: 'the testbed is gone: ovs-vswitchd was killed by SIGKILL' })
    expect(error.cause).toMatchObject({ code: 'closed', message: expect.stringContaining('connection reset') as string })
    await expect(core.guard(() => Promise.resolve())).rejects.toMatchObject({ code: 'closed', message: 'the testbed is gone: ovs-vswitchd was killed by SIGKILL' })
  })

  it('is what it was, unless it says that something is closed', async () => {
    const core = makeCore(TOPOLOGY)
    const refused = new LinuxError('unreachable', 'refused')
    await expect(core.guard(() => Promise.reject(refused))).rejects.toBe(refused)
    await expect(core.guard(() => Promise.reject(new LinuxError('closed', 'the sandbox was closed')))).rejects.toMatchObject({ name: 'TestbedError', code: 'closed', message: 'the sandbox was closed' })
  })
})

it('names are published to every namespace', () => {
  const core = makeCore(TOPOLOGY)
  const { hosts, own, resolv } = namesRequest(core.model)
  expect(hosts).toContain('10.0.0.2 a\n')
  // The same text for everybody, as long as every address is there once.
  expect(own).toBeUndefined()
  expect(Object.keys(resolv)).toEqual([...core.model.hosts.values()].map(({ namespace }) => namespace))
})
