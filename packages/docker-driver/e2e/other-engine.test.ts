import { writeFileSync } from 'node:fs'
import { daemonFiles, initialDatabase } from '@streambed/ovs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DockerNetworkDriver } from '../dist/index.js'
import { Docker, dockerSocket } from './world/docker.js'
import { OpenVswitch, ovsRunDir } from './world/ovs.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// Which Docker the driver talks to, and what it does about networks of another one; and what it makes again from what Docker tells.
const reason = whyNotHere()
const other = '/run/other.sock'
let docker: Docker
let ovs: OpenVswitch
let driver: DockerNetworkDriver | undefined
let log: string[] = []

async function start(at: string): Promise<DockerNetworkDriver> {
  log = []
  return (driver = await DockerNetworkDriver.start({ docker: at, onLog: ({ level, text }) => log.push(`${level}: ${text}`) }))
}

async function stop(): Promise<void> {
  await driver?.close()
  driver = undefined
}

const create = async (name: string, ...options: string[]): Promise<void> => {
  await docker.cli('network', 'create', '-d', 'dovesnap', '-o', 'ovs.bridge.userspace=true', '-o', 'ovs.bridge.mode=nat', ...options, name)
  await until(() => driver?.networks().some((network) => network.name === name) === true, `the driver knows ${name}`)
}

describe.skipIf(reason !== undefined)('Docker', () => {
  let second: Daemon
  beforeAll(async () => {
    ;[docker, ovs] = [new Docker(), new OpenVswitch()]
    await Promise.all([docker.begin(), ovs.begin()])
    // Its id follows from a key, which it has here; newer ones keep it with their data.
    const command = ['dockerd', `--host=unix://${other}`, '--data-root=/run/other-data', '--exec-root=/run/other-docker', '--pidfile=/run/other.pid', '--bridge=none', '--iptables=false', '--log-level=warn']
    second = new Daemon('unshare', ['--mount', 'sh', '-c', 'mount -t tmpfs other /etc/docker && exec "$@"', 'sh', ...command])
    await second.until(() => run('/usr/bin/docker', '--host', `unix://${other}`, 'version').then(() => true, () => false), 'the other dockerd answers', 60_000)
  })
  afterAll(async () => {
    await stop()
    await second.stop()
    await Promise.all([docker.down(), ovs.down()])
  })

  it('is the one of the option, whatever DOCKER_HOST says, and the networks of another one are left alone', async () => {
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1'
    try {
      await start(dockerSocket)
      await create('lab', '--subnet=10.9.0.0/24')
      await docker.sleeper('con1', '--network', 'lab')
      const before = await ovs.vsctl('show')
      await stop()
      process.env['DOCKER_HOST'] = `unix://${dockerSocket}`
      await start(other)
      await until(() => log.some((line) => /warning: network .* belongs to the Docker engine/.test(line)), 'the driver says that it has nothing to do with the network')
      await driver?.reconcile()
      await driver?.reconcile()
      expect(await ovs.vsctl('show')).toBe(before)
      expect(await docker.exec('con1', 'ping', '-c', '1', '-W', '2', '10.9.0.1')).toContain('1 packets received')
      // Told once.
      expect(log.filter((line) => /belongs to the Docker engine/.test(line))).toHaveLength(1)
      await stop()
      await start(dockerSocket)
      await until(() => driver?.networks().some(({ endpoints }) => endpoints.size === 1) === true, 'the container is known')
      await driver?.reconcile()
      expect(log.filter((line) => /mending/.test(line))).toEqual([])
      await docker.cli('rm', '--force', 'con1')
      await docker.cli('network', 'rm', 'lab')
    } finally {
      delete process.env['DOCKER_HOST']
      await stop()
    }
  })

  it('has chosen gateways, which a lost network has again', async () => {
    await start(dockerSocket)
    await create('plain', '--subnet=10.11.0.0/24')
    await create('range', '--subnet=10.12.0.0/16', '--ip-range=10.12.5.0/24')
    await create('low', '--subnet=10.13.0.0/24', '--ip-range=10.13.0.0/25')
    await create('named', '--subnet=10.14.0.0/24', '--gateway=10.14.0.77')
    await create('six', '--subnet=10.15.0.0/24', '--ipv6', '--subnet=fd00:15::/64')
    await create('pool')
    const gateways = () => Object.fromEntries((driver?.networks() ?? []).map(({ name, addresses }) => [name, addresses]))
    const before = gateways()
    expect(before['range']?.ipv4?.gateway).toBe('10.12.5.0/16')
    await stop()
    await ovs.down('SIGKILL')
    writeFileSync(daemonFiles(ovsRunDir).database, initialDatabase())
    await ovs.up()
    await start(dockerSocket)
    await until(() => driver?.networks().length === 6, 'all networks are made again')
    await driver?.reconcile()
    expect(gateways()).toEqual(before)
    for (const name of Object.keys(before)) await docker.cli('network', 'rm', name)
  })
})
