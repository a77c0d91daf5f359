import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { aclsYaml } from './world/acls.js'
import { busybox } from './world/docker.js'
import { Daemon, until } from './world/program.js'
import { useWorld } from './world/world.js'

// The real Faucet controls the networks, told by the file that it watches, as dovesnap's compose files start it.
const world = useWorld()
const { docker } = world
const faucetProgram = fileURLToPath(new URL('../../../.venv/bin/faucet', import.meta.url))
const file = '/run/faucet.yaml'
const logs = '/run/faucet'

async function startFaucet(): Promise<void> {
  mkdirSync(logs, { recursive: true })
  const environment = { PATH: `${dirname(faucetProgram)}:${process.env['PATH']}`, FAUCET_CONFIG: file, FAUCET_LOG: `${logs}/faucet.log`, FAUCET_EXCEPTION_LOG: `${logs}/exception.log`, FAUCET_EVENT_SOCK: '0', FAUCET_CONFIG_STAT_RELOAD: '1', FAUCET_PROMETHEUS_ADDR: '127.0.0.1', FAUCET_PROMETHEUS_PORT: '9302' }
  const faucet = await world.daemon(new Daemon(faucetProgram, [], environment))
  await faucet.until(() => fetch('http://127.0.0.1:9302/metrics').then(({ ok }) => ok, () => false), 'Faucet tells its metrics')
}

it('networks and containers come and go in the file of the real Faucet, and it forwards as that says', { timeout: 120_000 }, async () => {
  // A switch of somebody else's stands in for the operator's: Faucet wants one.
  writeFileSync(file, `${aclsYaml}dps:\n  elsewhere:\n    dp_id: 0x99\n    hardware: Open vSwitch\n    interfaces:\n      1: {native_vlan: 7}\n`)
  await startFaucet()
  const driver = await world.driver('dovesnap', '--faucet_config', file, '--default_ofcontrollers', 'tcp:127.0.0.1:6653')
  await world.network('dovesnap', 'lab', '--subnet 10.9.1.0/24', 'dpid=0x1', 'mode=nat')
  await docker.sleeper('anna', '--network', 'lab')
  await docker.sleeper('bert', '--network', 'lab')
  await docker.sleeper('denied', '--network', 'lab', '--label=dovesnap.faucet.portacl=denyall')
  const yaml = readFileSync(file, 'utf8')
  for (const line of [/^ {2}lab:$/m, /^ {2}elsewhere:$/m, /description: \/anna /, /description: \/bert /]) expect(yaml).toMatch(line)
  // Faucet answers a reload before the switch has everything.
  await until(() => docker.reaches('anna', '10.9.1.3', 1), () => `anna reaches bert: ${driver.log}`)
  expect(await docker.reaches('anna', '10.9.1.1')).toBe(true)
  expect(await docker.reaches('denied', '10.9.1.1', 1)).toBe(false)

  expect(await docker.refused('run', '--name', 'wrong', '--network', 'lab', '--label=dovesnap.faucet.portacl=nosuch', busybox, 'true')).toMatch(/nosuch/)
  await docker.cli('rm', '-f', 'wrong')
  // A restart of the driver finds what it wrote.
  await driver.restart('SIGKILL')
  expect(await docker.reaches('anna', '10.9.1.1')).toBe(true)

  await docker.cli('rm', '-f', 'anna', 'bert', 'denied')
  await docker.cli('network', 'rm', 'lab')
  const left = readFileSync(file, 'utf8')
  expect(left).not.toMatch(/^ {2}lab:$/m)
  expect(left).toMatch(/^ {2}elsewhere:$/m)
  expect(readFileSync(`${logs}/exception.log`, { encoding: 'utf8', flag: 'a+' })).toBe('')
})
