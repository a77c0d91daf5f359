// Docker, Open vSwitch and our driver, in the world that this process is in: each on its well-known place.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'
import { pack } from 'tar-stream'
import { call } from './engine.mjs'

export const dockerSocket = '/run/docker.sock'
/** An image with nothing but busybox, since there may be no registry. */
export const image = 'streambed-bench'

const runDir = '/run/openvswitch'
const driverProgram = fileURLToPath(new URL('../../packages/docker-driver/dist/cli/streambed-docker-driver.js', import.meta.url))

/** Starts all of them. @param controlGroup where Docker's control groups are to be made */
export async function startDaemons(controlGroup) {
  mkdirSync('/run/docker-data')
  const dockerd = daemon('dockerd', [`--host=unix://${dockerSocket}`, '--data-root=/run/docker-data', '--pidfile=/run/docker.pid', `--cgroup-parent=/${controlGroup}`, '--log-level=warn'])
  const files = daemonFiles(runDir)
  writeFileSync(files.database, initialDatabase())
  const server = daemonOf(ovsdbServerCommand({ runDir }))
  await server.until(() => existsSync(files.databaseSocket))
  const vswitchd = daemonOf(vswitchdCommand({ runDir }))
  await vswitchd.until(() => existsSync(files.vswitchd.pidFile))
  await dockerd.until(() => call('GET', '/_ping').then(() => true, () => false))
  await importImage()
  const driver = daemon(process.execPath, [driverProgram, '--name', 'dovesnap', '--docker', `unix://${dockerSocket}`])
  await driver.until(() => driver.output().includes('ready'))
}

function daemonOf({ command, args, env }) {
  return daemon(command, args, env)
}

/** A program that ends with this one, at the latest. */
function daemon(command, args, env = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-100_000)))
  const until = async (isSo) => {
    for (let round = 0; !(await isSo()); round++) {
      if (child.exitCode !== null || round > 3000) throw new Error(`${command} is not up: ${output}`)
      await sleep(10)
    }
  }
  return { until, output: () => output }
}

async function importImage() {
  const archive = pack()
  archive.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync('/bin/busybox'))
  const applets = spawnSync('busybox', ['--list'], { encoding: 'utf8' }).stdout.split('\n').filter((applet) => applet !== '' && applet !== 'busybox')
  for (const applet of applets) archive.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' })
  for (const folder of ['tmp', 'etc', 'proc', 'sys', 'dev']) archive.entry({ name: folder, type: 'directory', mode: 0o755 })
  archive.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/:/bin/sh\n')
  archive.finalize()
  await call('POST', `/images/create?fromSrc=-&repo=${image}`, Readable.from(archive))
}
