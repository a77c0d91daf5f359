import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aclsYaml } from './world/acls.js'
import { Docker } from './world/docker.js'
import { Driver } from './world/driver.js'
import { machine, type Machine } from './world/leftovers.js'
import { OpenVswitch } from './world/ovs.js'
import { Daemon, until, whyNotHere } from './world/program.js'

// The real Faucet controls the networks, told by the file that it watches, as dovesnap's compose files start it.
const reason = whyNotHere()
const faucetProgram = fileURLToPath(new URL('../../../.venv/bin/faucet', import.meta.url))
const file = '/run/lab/faucet.yaml'

let docker: Docker
let ovs: OpenVswitch
let faucet: Daemon
let driver: Driver | undefined
let before: Machine

beforeEach(async ({ skip }) => {
  if (reason !== undefined) return skip(reason)
  mkdirSync('/run/lab/log', { recursive: true })
  // A switch of somebody else's stands in for the operator's: Faucet wants one.
  writeFileSync(file, `${aclsYaml}dps:\n  elsewhere:\n    dp_id: 0x99\n    hardware: Open vSwitch\n    interfaces:\n      1: {native_vlan: 7}\n`)
  const environment = { PATH: `${dirname(faucetProgram)}:${process.env['PATH']}`, FAUCET_CONFIG: file, FAUCET_LOG: '/run/lab/log/faucet.log', FAUCET_EXCEPTION_LOG: '/run/lab/log/exception.log', FAUCET_EVENT_SOCK: '0', FAUCET_CONFIG_STAT_RELOAD: '1', FAUCET_PROMETHEUS_ADDR: '127.0.0.1', FAUCET_PROMETHEUS_PORT: '9302' }
  faucet = new Daemon(faucetProgram, [], environment)
  ;[docker, ovs] = await Promise.all([Docker.start(), OpenVswitch.start()])
  await faucet.until(() => fetch('http://127.0.0.1:9302/metrics').then(({ ok }) => ok, () => false), 'Faucet tells its metrics', 60_000)
  before = await machine()
  driver = await Driver.start('dovesnap', '--faucet_config', file, '--default_ofcontrollers', 'tcp:127.0.0.1:6653')
}, 120_000)
afterEach(async () => {
  if (reason !== undefined) return
  await driver?.down()
  await faucet.stop()
  await Promise.all([docker.down(), ovs.down()])
})

describe('with the real Faucet', { timeout: 180_000 }, () => {
  it('networks and containers come and go in its file, and forward as it says', async () => {
    await docker.cli('network', 'create', '-d', 'dovesnap', '--internal', '--subnet', '10.9.1.0/24', '-o', 'ovs.bridge.userspace=true', '-o', 'ovs.bridge.dpid=0x1', '-o', 'ovs.bridge.mode=nat', 'lab')
    await docker.sleeper('anna', '--network', 'lab')
    await docker.sleeper('bert', '--network', 'lab')
    await docker.sleeper('denied', '--network', 'lab', '--label=dovesnap.faucet.portacl=denyall')
    const yaml = readFileSync(file, 'utf8')
    for (const line of [/^ {2}lab:$/m, /^ {2}elsewhere:$/m, /description: \/anna /, /description: \/bert /]) expect(yaml).toMatch(line)
    // Faucet answers a reload before the switch has everything.
    await until(() => docker.exec('anna', 'ping', '-c', '1', '-W', '1', '10.9.1.3').then(() => true, () => false), () => `anna reaches bert: ${driver?.log}`)
    expect(await docker.exec('anna', 'ping', '-c', '1', '-W', '3', '10.9.1.1')).toContain('1 packets received')
    await expect(docker.exec('denied', 'ping', '-c', '1', '-W', '1', '10.9.1.1')).rejects.toThrow()

    expect(await docker.refused('run', '--name', 'wrong', '--network', 'lab', '--label=dovesnap.faucet.portacl=nosuch', 'streambed-busybox', 'true')).toMatch(/nosuch/)
    await docker.cli('rm', '-f', 'wrong')
    // A restart of the driver finds what it wrote.
    await driver?.restart('SIGKILL')
    expect(await docker.exec('anna', 'ping', '-c', '1', '-W', '3', '10.9.1.1')).toContain('1 packets received')

    await docker.cli('rm', '-f', 'anna', 'bert', 'denied')
    await docker.cli('network', 'rm', 'lab')
    const left = readFileSync(file, 'utf8')
    expect(left).not.toMatch(/^ {2}lab:$/m)
    expect(left).toMatch(/^ {2}elsewhere:$/m)
    await driver?.down()
    expect({ ...(await machine()), firewall: [] }).toEqual({ ...before, firewall: [] })
    expect(readFileSync('/run/lab/log/exception.log', { encoding: 'utf8', flag: 'a+' })).toBe('')
  })
})
