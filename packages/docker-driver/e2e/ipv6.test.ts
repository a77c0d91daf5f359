import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Docker } from './world/docker.js'
import { Driver } from './world/driver.js'
import { machine, type Machine } from './world/leftovers.js'
import { Outside } from './world/outside.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// IPv6 beside IPv4 in a network with address translation and in a routed one; port mappings of both protocols and versions.
const reason = whyNotHere()

let docker: Docker
let ovs: OpenVswitch
let outside: Outside
let driver: Driver
let before: Machine

beforeEach(async ({ skip }) => {
  if (reason !== undefined) return skip(reason)
  ;[docker, ovs, outside] = await Promise.all([Docker.start(), OpenVswitch.start(), Outside.start()])
  before = await machine()
  driver = await Driver.start('streambed')
})
afterEach(async () => {
  if (reason !== undefined) return
  await docker.cli('rm', '-f', 'web').catch(() => undefined)
  await docker.cli('network', 'rm', 'lab').catch(() => undefined)
  await driver.down()
  expect({ ...(await machine()), firewall: [] }).toEqual({ ...before, firewall: [] })
  await Promise.all([docker.down(), ovs.down(), outside.stop()])
})

const create = (mode: string): Promise<string> =>
  docker.cli('network', 'create', '-d', 'streambed', '--internal', '--ipv6', '--subnet=10.9.1.0/24', '--subnet=fd00:9::/64', '--gateway=fd00:9::1', '-o', 'ovs.bridge.userspace=true', '-o', `ovs.bridge.mode=${mode}`, 'lab')

/** Asks for a page; busybox' own client knows IPv6 addresses by their brackets. */
const page = (address: string, port: number): Promise<string> => outside.run('curl', '-gsS', '--max-time', '5', `http://${address.includes(':') ? `[${address}]` : address}:${port}/passwd`)

describe('IPv6', { timeout: 120_000 }, () => {
  it('nat: the container goes out by the address of the machine, and its ports answer on all of them', async () => {
    await create('nat')
    await docker.cli('run', '-d', '--name', 'web', '--network', 'lab', '-p', '8080:80', '-p', '5300:53/udp', 'streambed-busybox', 'httpd', '-f', '-p', '80', '-h', '/etc')
    const id = await docker.cli('inspect', '-f', '{{(index .NetworkSettings.Networks "lab").GlobalIPv6Address}}', 'web')
    expect(id).toMatch(/^fd00:9::/)
    for (const address of [outside.address6, outside.address, 'fd00:9::1', '10.9.1.1']) {
      expect(await docker.exec('web', 'ping', '-c', '1', '-W', '3', address), address).toContain('1 packets received')
    }
    for (const address of [outside.machine6, outside.machine]) expect(await page(address, 8080), address).toContain('root')
    // From the machine itself, at its own addresses and at the gateway's.
    for (const address of ['127.0.0.1', '[fd00:9::1]', '10.9.1.1', '192.0.2.2']) {
      expect(await run('curl', '-gsS', '--max-time', '5', `http://${address}:8080/passwd`), address).toContain('root')
    }
    // UDP, both versions: what is asked comes back. Nothing in the image speaks it, so this Node answers in the container's network.
    const echo = `const s = require('dgram').createSocket('udp6'); s.on('message', (m, { port, address }) => s.send(m, port, address)); s.bind(53, () => console.log('listening'))`
    const server = new Daemon('nsenter', ['--net', '--target', await docker.cli('inspect', '-f', '{{.State.Pid}}', 'web'), process.execPath, '-e', echo])
    await until(() => server.output.includes('listening'), 'the container listens')
    for (const [address, version] of [[outside.machine, '4'], [outside.machine6, '6']] as const) {
      const script = `const s = require('dgram').createSocket('udp${version}'); s.on('message', (m) => { console.log(String(m)); process.exit(0) }); s.send('hello', 5300, '${address}'); setTimeout(() => process.exit(1), 5000)`
      expect(await outside.run(process.execPath, '-e', script), address).toBe('hello')
    }
    await server.stop()
    // Nobody gets in who was not asked for.
    await outside.run('ip', '-6', 'route', 'add', 'fd00:9::/64', 'via', outside.machine6)
    await expect(outside.run('ping', '-c', '1', '-W', '1', id)).rejects.toThrow()
  })

  it('routed: the container is reached at its own address', async () => {
    await create('routed')
    await docker.cli('run', '-d', '--name', 'web', '--network', 'lab', 'streambed-busybox', 'httpd', '-f', '-p', '80', '-h', '/etc')
    const address = await docker.cli('inspect', '-f', '{{(index .NetworkSettings.Networks "lab").GlobalIPv6Address}}', 'web')
    await outside.run('ip', '-6', 'route', 'add', 'fd00:9::/64', 'via', outside.machine6)
    expect(await page(address, 80)).toContain('root')
  })
})
