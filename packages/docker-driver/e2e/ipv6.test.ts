import { describe, expect, it } from 'vitest'
import { Daemon, run } from './world/program.js'
import { useWorld } from './world/world.js'

// IPv6 beside IPv4 in a network with address translation and in a routed one; port mappings of both protocols and versions.
const world = useWorld({ outside: true })
const { docker, outside } = world

async function create(mode: string): Promise<void> {
  await world.driver('streambed')
  await world.network('streambed', 'lab', '--ipv6', '--subnet=10.9.1.0/24', '--subnet=fd00:9::/64', '--gateway=fd00:9::1', `mode=${mode}`)
}

/** Asks for a page; busybox' own client knows IPv6 addresses by their brackets. */
const page = (address: string, port: number): Promise<string> => outside.run('curl', '-gsS', '--max-time', '5', `http://${address.includes(':') ? `[${address}]` : address}:${port}/passwd`)

describe('IPv6', () => {
  it('nat: the container goes out by the address of the machine, and its ports answer on all of them', async () => {
    await create('nat')
    await docker.webServer('web', '--network', 'lab', '-p', '8080:80', '-p', '5300:53/udp')
    const id = await docker.cli('inspect', '-f', '{{(index .NetworkSettings.Networks "lab").GlobalIPv6Address}}', 'web')
    expect(id).toMatch(/^fd00:9::/)
    for (const address of [outside.address6, outside.address, 'fd00:9::1', '10.9.1.1']) {
      expect(await docker.reaches('web', address), address).toBe(true)
    }
    for (const address of [outside.machine6, outside.machine]) expect(await page(address, 8080), address).toContain('root')
    // From the machine itself, at its own addresses and at the gateway's.
    for (const address of ['127.0.0.1', '[fd00:9::1]', '10.9.1.1', '192.0.2.2']) {
      expect(await run('curl', '-gsS', '--max-time', '5', `http://${address}:8080/passwd`), address).toContain('root')
    }
    // UDP, both versions: what is asked comes back. Nothing in the image speaks it, so this Node answers in the container's network.
    const echo = `const s = require('dgram').createSocket('udp6'); s.on('message', (m, { port, address }) => s.send(m, port, address)); s.bind(53, () => console.log('listening'))`
    const server = await world.daemon(new Daemon('nsenter', ['--net', '--target', String(await docker.pid('web')), process.execPath, '-e', echo]))
    await server.until(() => server.output.includes('listening'), 'the container listens')
    for (const [address, version] of [[outside.machine, '4'], [outside.machine6, '6']] as const) {
      const script = `const s = require('dgram').createSocket('udp${version}'); s.on('message', (m) => { console.log(String(m)); process.exit(0) }); s.send('hello', 5300, '${address}'); setTimeout(() => process.exit(1), 5000)`
      expect(await outside.run(process.execPath, '-e', script), address).toBe('hello')
    }
    // Nobody gets in who was not asked for.
    await outside.run('ip', '-6', 'route', 'replace', 'fd00:9::/64', 'via', outside.machine6)
    await expect(outside.run('ping', '-c', '1', '-W', '1', id)).rejects.toThrow()
  })

  it('routed: the container is reached at its own address', async () => {
    await create('routed')
    await docker.webServer('web', '--network', 'lab')
    const address = await docker.cli('inspect', '-f', '{{(index .NetworkSettings.Networks "lab").GlobalIPv6Address}}', 'web')
    await outside.run('ip', '-6', 'route', 'replace', 'fd00:9::/64', 'via', outside.machine6)
    expect(await page(address, 80)).toContain('root')
  })
})
