import { chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { initialDatabase } from '@streambed/ovs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DockerNetworkDriver } from '../dist/index.js'
import { Docker, dockerSocket } from './world/docker.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// Open vSwitch as distributions run it: Fedora as a user of its own, all of them with a folder that is called as it was when it was built.
const reason = whyNotHere()
const folder = '/run/openvswitch'
const user = { name: 'daemon:daemon', uid: 1, gid: 1 }
let docker: Docker
let server: Daemon
let vswitchd: Daemon
let driver: DockerNetworkDriver

describe.skipIf(reason !== undefined)('Open vSwitch that runs as another user', () => {
  beforeAll(async () => {
    docker = new Docker()
    await docker.begin()
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { mode: 0o750 })
    writeFileSync(`${folder}/conf.db`, initialDatabase())
    for (const path of [folder, `${folder}/conf.db`]) chownSync(path, user.uid, user.gid)
    server = new Daemon('ovsdb-server', [`--user=${user.name}`, `--remote=punix:${folder}/db.sock`, `--pidfile=${folder}/ovsdb-server.pid`, '-vconsole:warn', `${folder}/conf.db`])
    await server.until(() => run('ovs-vsctl', '--no-wait', 'init').then(() => true, () => false), 'ovsdb-server answers')
    vswitchd = new Daemon('ovs-vswitchd', [`--user=${user.name}`, `--pidfile=${folder}/ovs-vswitchd.pid`, '-vconsole:warn', `unix:${folder}/db.sock`])
    await vswitchd.until(() => run('ovs-vsctl', '--timeout=1', 'show').then(() => true, () => false), 'ovs-vswitchd answers')
    driver = await DockerNetworkDriver.start({ docker: dockerSocket })
  })
  afterAll(async () => {
    await driver.close()
    await vswitchd.stop()
    await server.stop()
    await docker.down()
  })

  it('reaches the controller in the driver, and nobody else does', async () => {
    expect(statSync('/proc/' + String(vswitchd.pid)).uid).toBe(user.uid)
    await docker.cli('network', 'create', '-d', 'dovesnap', '-o', 'ovs.bridge.userspace=true', '-o', 'ovs.bridge.mode=nat', '--subnet=10.9.0.0/24', 'lab')
    await until(() => driver.networks().some(({ name }) => name === 'lab'), 'the driver knows the name')
    await docker.sleeper('con1', '--network', 'lab')
    expect(await docker.exec('con1', 'ping', '-c', '1', '-W', '2', '10.9.0.1')).toContain('1 packets received')
    const { uid, gid, mode } = statSync(`${folder}/streambed-dovesnap.sock`)
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: user.uid, gid: user.gid, mode: 0o700 })
    await docker.cli('rm', '--force', 'con1')
    await docker.cli('network', 'rm', 'lab')
  })
})
