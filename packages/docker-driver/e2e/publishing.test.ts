import { writeFileSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { busybox } from './world/docker.js'
import { Embedded } from './world/embedded.js'
import { run, until } from './world/program.js'
import { useWorld } from './world/world.js'

// Ports of the machine: from ranges, by several containers at once; and that the machine forwards for nobody before Docker keeps others out.
const world = useWorld({ outside: true })
const { docker, outside } = world
const embedded = new Embedded(world)

/** Whether the web server of a container answers, from outside, at a port of the machine. */
const answers = (port: number): Promise<boolean> =>
  outside.run('busybox', 'timeout', '3', 'busybox', 'wget', '-qO-', `http://${outside.machine}:${port}/passwd`).then((text) => text.includes('root'), () => false)

/** Ports of the machine that lead to a container, with those that they lead to. */
function published(name: string): string[] {
  const endpoints = embedded.driver.networks().flatMap(({ endpoints }) => [...endpoints.values()])
  return endpoints.flatMap(({ joined }) => (joined?.containerName === name ? joined.portMappings : [])).map(({ hostPort, containerPort }) => `${hostPort}:${containerPort}`)
}

describe('ports of the machine', () => {
  it('are chosen from a range, which several containers share', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat')
    const names = ['web1', 'web2', 'web3']
    for (const name of names) await docker.webServer(name, '--network', 'lab', '-p', '8000-8002:80')
    expect(names.map(published)).toEqual([['8000:80'], ['8001:80'], ['8002:80']])
    expect(await Promise.all([8000, 8001, 8002, 8003].map(answers))).toEqual([true, true, true, false])
    expect(await docker.refused('run', '-d', '--name', 'web4', '--network', 'lab', '-p', '8000-8002:80', busybox, 'true')).toMatch(/Container port 80\/tcp: every port of the machine from 8000 to 8002 is in use/)
    // One that has gone has left its port.
    await docker.cli('rm', '--force', 'web2', 'web4')
    await docker.webServer('web5', '--network', 'lab', '-p', '8000-8002:80')
    expect(published('web5')).toEqual(['8001:80'])
    expect(await answers(8001)).toBe(true)
  })

  it('are published range by range, each to its own', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat')
    await docker.webServer('web', '--network', 'lab', '-p', '9000-9003:9000-9003', '-p', '9080:80')
    expect(published('web').sort()).toEqual(['9000:9000', '9001:9001', '9002:9002', '9003:9003', '9080:80'])
    for (const port of [9000, 9003]) {
      await docker.cli('exec', '--detach', 'web', 'httpd', '-p', String(port), '-h', '/etc')
      await until(() => answers(port), `port ${port} leads to port ${port}`)
    }
    expect(await answers(9001)).toBe(false)
    expect(await docker.refused('run', '--name', 'other', '--network', 'lab', '-p', '9003:80', busybox, 'true')).toMatch(/container web on network lab has 9003:9003\/tcp already/)
  })

  it('are given once, to containers that start at the same time', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat')
    await embedded.create('other', '--subnet=10.8.0.0/24', 'mode=nat')
    const names = ['web1', 'web2', 'web3', 'web4']
    await Promise.all(names.map((name, index) => docker.webServer(name, '--network', index % 2 === 0 ? 'lab' : 'other', '-p', '8100-8103:80')))
    expect(names.flatMap(published).sort()).toEqual(['8100:80', '8101:80', '8102:80', '8103:80'])
    expect(await Promise.all([8100, 8101, 8102, 8103].map(answers))).toEqual([true, true, true, true])
    // The same port: one of them has it, the others are told who.
    const starts = await Promise.allSettled(['a', 'b', 'c'].map((letter) => docker.webServer(`con-${letter}`, '--network', 'lab', '-p', '8200:80')))
    expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const start of starts) if (start.status === 'rejected') expect(String(start.reason)).toMatch(/container con-[abc] on network lab has 8200:80\/tcp already/)
    expect(await answers(8200)).toBe(true)
  })

  it('open nothing before Docker is there: forwarding is switched on when its firewall is', async () => {
    await embedded.start()
    await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat')
    await embedded.driver.close()
    await docker.down()
    // As on a machine that has just started: Docker's policy is not there, and nothing is forwarded.
    const forwarding = '/proc/sys/net/ipv4/ip_forward'
    writeFileSync(forwarding, '0')
    await run('iptables', '-P', 'FORWARD', 'ACCEPT')
    await run('nft', 'delete', 'table', 'inet', 'streambed-dovesnap')
    const driver = await embedded.start()
    await driver.reconcile()
    expect(await run('nft', 'list', 'table', 'inet', 'streambed-dovesnap')).toContain('masquerade')
    expect(readFileSync(forwarding, 'utf8').trim()).toBe('0')
    await docker.up()
    await until(() => readFileSync(forwarding, 'utf8').trim() === '1', 'the machine forwards')
    expect(await run('iptables', '-S', 'FORWARD')).toContain('-P FORWARD DROP')
    await docker.webServer('web', '--network', 'lab', '-p', '8000:80')
    expect(await answers(8000)).toBe(true)
  })
})
