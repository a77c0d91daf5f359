import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { unitFiles } from '../src/cli/systemd-unit.js'
import { dockerSocket } from './world/docker.js'
import { Daemon, descendantsOf, run, until } from './world/program.js'
import { SocketUnit } from './world/socket-unit.js'
import { useWorld } from './world/world.js'

// The driver's socket is systemd's, and there also while the driver is not: calls of Docker wait for it.
const world = useWorld()
const program = fileURLToPath(new URL('../dist/cli/streambed-docker-driver.js', import.meta.url))
const flags = ['--name', 'streambed', '--docker', `unix://${dockerSocket}`, '--status_port', '0']

/** Docker asks a driver that is not there again and again, after longer and longer pauses. */
const AT_ONCE_MS = 15_000

/** The socket of systemd, with the driver; both end with the test. */
async function activated(...args: string[]): Promise<SocketUnit> {
  const unit = await SocketUnit.open('streambed', '--status_port', '0', ...args)
  // It is made with the umask here; by its unit with SocketMode.
  await run('chmod', '600', unit.socket)
  world.afterTest(() => unit.close())
  return unit
}

describe('a driver with a socket of systemd', { timeout: 120_000 }, () => {
  it('is waited for by Docker when it was killed, and serves what was asked meanwhile', async () => {
    const unit = await activated()
    await unit.up()
    await world.network('streambed', 'lab', '--subnet=10.9.0.0/24')
    await world.docker.sleeper('con1', '--network', 'lab')
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      expect(await unit.down(signal)).toBe(signal === 'SIGTERM' ? 0 : 137)
      expect(existsSync(unit.socket)).toBe(true)
      const calls = [world.docker.cli('rm', '--force', 'con1'), world.docker.sleeper('con2', '--network', 'lab')]
      await until(async () => (await unit.waiting()) >= 2, 'both calls wait')
      const began = performance.now()
      await unit.up()
      await Promise.all(calls)
      expect(performance.now() - began).toBeLessThan(AT_ONCE_MS)
      await world.docker.sleeper('con1', '--network', 'lab')
      expect(await world.docker.reaches('con1', '10.9.0.3')).toBe(true)
      await world.docker.cli('rm', '--force', 'con2')
    }
  })

  it('is one of its name, and leaves the socket and its variables to nobody', async () => {
    const unit = await activated()
    await unit.up()
    const inode = statSync(unit.socket).ino
    const other = new Daemon(process.execPath, [program, ...flags])
    expect(await other.ended(), other.output).toBe(1)
    expect(other.output).toMatch(/another process|does already/)
    const socket = readlinkSync(`/proc/${unit.pid}/fd/3`)
    const children = descendantsOf(unit.pid)
    expect(children.length).toBeGreaterThan(0)
    for (const child of children) {
      expect(readFileSync(`/proc/${child}/environ`, 'utf8')).not.toContain('LISTEN_')
      expect(readdirSync(`/proc/${child}/fd`).map((fd) => readlinkSync(`/proc/${child}/fd/${fd}`))).not.toContain(socket)
    }
    expect(await unit.down('SIGTERM')).toBe(0)
    expect(statSync(unit.socket).ino).toBe(inode)
    // While it is away, too.
    const hand = new Daemon(process.execPath, [program, ...flags])
    expect(await hand.ended(), hand.output).toBe(1)
    expect(hand.output).toMatch(/another process listens/)
  })

  it.each([
    ['without Open vSwitch', ['--ovs', 'unix:/run/nowhere/db.sock', '--ovs_wait', '1'], /cannot start: .*\/run\/nowhere\/db\.sock/],
    ['with a wrong flag', ['--nonesuch'], /cannot start: there is no flag --nonesuch/],
    ['with a socket of another name', ['--name', 'other'], /cannot start: .*plugins\/streambed\.sock, .* ListenStream=\/run\/docker\/plugins\/other\.sock/],
  ])('answers the calls that wait for it when it cannot start, %s', async (_, args, words) => {
    const unit = await activated(...args)
    const failed = world.networkRefused('streambed', 'lab', '--subnet=10.9.0.0/24')
    await until(async () => (await unit.waiting()) >= 1, 'the call waits')
    const began = performance.now()
    unit.begin()
    expect(await unit.ended()).toBe(1)
    expect(await failed).toMatch(words)
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS)
    // It was its own connection that told the end of the queue.
    expect(await unit.waiting()).toBe(0)
  })

  it('refuses what it cannot serve', async () => {
    const daemon = new Daemon('sh', ['-c', 'LISTEN_PID=$$ exec "$@"', 'sh', process.execPath, program, ...flags], { LISTEN_FDS: 'many' })
    expect(await daemon.ended(), daemon.output).toBe(1)
    expect(daemon.output).toMatch(/LISTEN_FDS must be a whole number/)
    expect(daemon.output).not.toMatch(/^ +at /m)
    const unit = await activated()
    await run('chmod', '666', unit.socket)
    unit.begin()
    expect(await unit.ended()).toBe(1)
    expect(unit.log).toMatch(/\(666\).*SocketMode=0600/)
  })
})

describe('the unit files', () => {
  it('are those that systemd takes', async () => {
    const files = unitFiles({ name: 'lab', command: [process.execPath, program, '--name', 'lab'] })
    mkdirSync('/run/units', { recursive: true })
    const units = [...files].map(([name, text]) => {
      writeFileSync(`/run/units/${name}`, text)
      return `/run/units/${name}`
    })
    const complaints = (): Promise<string> => run('sh', '-c', 'systemd-analyze verify --man=no --recursive-errors=no "$@" 2>&1 || true', 'sh', ...units)
    expect(await complaints()).toBe('')
    for (const unit of units) writeFileSync(unit, readFileSync(unit, 'utf8').replace('SocketMode=0600', 'SocketMode=lots').replace('Type=notify', 'Type=lots'))
    expect(await complaints()).toMatch(/lots[^]*lots/)
  })
})
