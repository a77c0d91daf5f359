import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DockerNetworkDriver } from '../dist/index.js'
import { Docker, dockerSocket } from './world/docker.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, until, whyNotHere } from './world/program.js'

// What nobody waits for any more: a start, and a call of Docker's. And what does not wait for it.
const reason = whyNotHere()
const program = fileURLToPath(new URL('../dist/cli/streambed-docker-driver.js', import.meta.url))

describe.skipIf(reason !== undefined)('streambed-docker-driver', () => {
  it('ends at once when it is told to while it waits for Open vSwitch', async () => {
    const daemon = new Daemon(process.execPath, [program, '--ovs', 'unix:/run/nowhere/db.sock', '--ovs_wait', '300', '--debug'])
    await daemon.until(() => daemon.output.includes('looking for Open vSwitch'), 'it looks for Open vSwitch')
    await daemon.stop('SIGTERM')
    expect(daemon.exitCode, daemon.output).toBe(0)
    expect(daemon.output).not.toMatch(/^ +at /m)
    expect(existsSync('/run/docker/plugins/streambed.sock')).toBe(false)
  })
})

describe.skipIf(reason !== undefined)('a call of Docker', { timeout: 120_000 }, () => {
  let docker: Docker
  let ovs: OpenVswitch
  let driver: DockerNetworkDriver
  let log: string[] = []
  beforeAll(async () => {
    ;[docker, ovs] = [new Docker(), new OpenVswitch()]
    await Promise.all([docker.begin(), ovs.begin()])
    driver = await DockerNetworkDriver.start({ docker: dockerSocket, onLog: ({ level, text }) => log.push(`${level}: ${text}`) })
    await docker.cli('network', 'create', '-d', 'dovesnap', '--internal', '-o', 'ovs.bridge.userspace=true', '--subnet=10.9.0.0/24', 'lab')
    await until(() => driver.networks().some(({ name }) => name === 'lab'), 'the driver knows the name')
  })
  afterAll(async () => {
    await docker.cli('network', 'rm', 'lab')
    await driver.close()
    await Promise.all([docker.down(), ovs.down()])
  })

  it('that is slow holds up neither another network, nor its containers; and is undone when Docker hangs up', async () => {
    const before = { bridges: await ovs.vsctl('list-br'), config: driver.control.config() }
    log = []
    const asked = new Promise<void>((began) => {
      vi.spyOn(driver.control, 'ready').mockImplementationOnce((options) => {
        began()
        return new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
      })
    })
    const id = 'ab'.repeat(32)
    const generic = { 'ovs.bridge.userspace': 'true' }
    const call = request({ socketPath: driver.socket, method: 'POST', path: '/NetworkDriver.CreateNetwork' })
    call.on('error', () => undefined)
    call.end(JSON.stringify({ NetworkID: id, Options: { 'com.docker.network.generic': generic }, IPv4Data: [{ Pool: '10.77.0.0/24', Gateway: '10.77.0.1/24' }] }))
    await asked
    // While it waits for its switch.
    await docker.cli('network', 'create', '-d', 'dovesnap', '--internal', '-o', 'ovs.bridge.userspace=true', '--subnet=10.8.0.0/24', 'other')
    await docker.sleeper('con1', '--network', 'lab')
    await docker.cli('rm', '--force', 'con1')
    await docker.cli('network', 'rm', 'other')
    expect(driver.networks().some((network) => network.id === id)).toBe(true)
    call.destroy()
    await until(() => log.some((line) => /NetworkDriver\.CreateNetwork/.test(line) && /does not wait/.test(line)), 'the call was given up')
    await until(() => !driver.networks().some((network) => network.id === id), 'the network is gone')
    expect({ bridges: await ovs.vsctl('list-br'), config: driver.control.config() }).toEqual(before)
  })
})
