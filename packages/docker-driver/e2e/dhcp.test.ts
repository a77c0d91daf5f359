import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DhcpClient, type DhcpEvent } from '../src/dhcp/index.js'
import { Daemon, run, until, whyNotHere } from './world/program.js'

// The container is a network namespace with two interfaces, called as Docker might; behind each of them is a server in another namespace.
const why = whyNotHere()
const folder = '/run/streambed/dhcp'
const netns = '/run/netns/con'
const macs = ['02:00:00:00:01:01', '02:00:00:00:01:02'] as const
const servers: (Daemon | undefined)[] = []

const ip = (line: string): Promise<string> => run('ip', ...line.split(' '))

/** Starts (again) the server of an interface, with addresses `<net>.100` to `<net>.110` for 16 s, the shortest that udhcpc takes. */
async function serve(index: 0 | 1, net: string): Promise<void> {
  await servers[index]?.stop('SIGKILL')
  const file = `/run/dhcp-test/${index}-${net}`
  mkdirSync('/run/dhcp-test', { recursive: true })
  await ip(`-n srv addr flush dev s${index}`)
  await ip(`-n srv addr add ${net}.1/24 dev s${index}`)
  writeFileSync(`${file}.leases`, '', { flag: 'a' })
  writeFileSync(`${file}.conf`, `start ${net}.100\nend ${net}.110\ninterface s${index}\nlease_file ${file}.leases\npidfile ${file}.pid\nmin_lease 1\nauto_time 0\n` +
    `opt lease 16\nopt subnet 255.255.255.0\nopt router ${net}.1\nopt dns ${net}.53 ${net}.54\nopt domain lab.example\n${index === 1 ? `opt staticroutes 198.51.100.0/24 ${net}.7, 0.0.0.0/0 ${net}.1\n` : ''}`)
  servers[index] = new Daemon('ip', ['netns', 'exec', 'srv', 'busybox', 'udhcpd', '-f', '-a', '50', `${file}.conf`])
}

/** Who the server thinks has addresses. udhcpd writes it down when it is told to. */
async function leases(index: 0 | 1, net: string): Promise<string> {
  const file = `/run/dhcp-test/${index}-${net}.leases`
  const before = statSync(file).mtimeMs
  process.kill(servers[index]?.pid ?? 0, 'SIGUSR1')
  await until(() => statSync(file).mtimeMs > before, 'the server has written its leases')
  return run('busybox', 'dumpleases', '-f', file)
}

/** Addresses and routes of the container's interface. */
async function configured(name: string): Promise<{ addresses: string[]; routes: string[] }> {
  const lines = async (command: string): Promise<string[]> => (await ip(command)).split('\n').map((line) => line.trim()).filter(Boolean)
  return {
    addresses: (await lines(`-n con -4 -o addr show dev ${name}`)).map((line) => /inet (\S+)/.exec(line)?.[1] ?? line),
    routes: (await lines(`-n con -4 route show dev ${name}`)).map((line) => line.replace(/ +metric \d+/, '')).sort(),
  }
}

/** Starts a client, with what it tells. */
async function start(index: 0 | 1, more: { previous?: string } = {}): Promise<{ client: DhcpClient; next: (type: DhcpEvent['type']) => Promise<DhcpEvent>; events: DhcpEvent[] }> {
  const events: DhcpEvent[] = []
  let heard = (): void => undefined
  const client = await DhcpClient.start({ netns, mac: macs[index], folder, hostname: 'con', ...more, onEvent: (event) => { events.push(event); heard() } })
  open.push(client)
  let read = 0
  const next = async (type: DhcpEvent['type']): Promise<DhcpEvent> => {
    for (;;) {
      for (; read < events.length; read++) {
        const event = events[read]
        if (event?.type === type) return read++, event
      }
      await new Promise<void>((resolve) => { heard = resolve })
    }
  }
  return { client, next, events }
}

const open: DhcpClient[] = []
const clients = async (): Promise<number[]> => (await run('ps', '-eo', 'pid,args')).split('\n').filter((line) => /udhcpc .*-i (eth0|lab7)/.test(line)).map((line) => Number.parseInt(line, 10))

describe.skipIf(why !== undefined)(`dhcp${why === undefined ? '' : `: ${why}`}`, () => {
  beforeAll(async () => {
    for (const name of ['con', 'srv']) await ip(`netns add ${name}`)
    for (const [index, name] of ['eth0', 'lab7'].entries()) {
      await ip(`link add s${index} netns srv type veth peer name ${name} netns con address ${macs[index]}`)
      await ip(`-n srv link set s${index} up`)
    }
  })
  afterEach(async () => {
    for (const client of open.splice(0)) await client.close()
    expect(await clients()).toEqual([])
    expect(existsSync(folder)).toBe(false)
    for (const name of ['eth0', 'lab7']) expect(await configured(name)).toEqual({ addresses: [], routes: [] })
  })
  afterAll(async () => {
    for (const server of servers) await server?.stop('SIGKILL')
    for (const name of ['con', 'srv']) await ip(`netns del ${name}`)
  })

  it('gets an address, renews it and gives it back, and touches no file of the machine', async () => {
    const resolvConf = readFileSync('/etc/resolv.conf')
    await serve(0, '10.66.0')
    const { client, next, events } = await start(0)
    const lease = { interface: 'eth0', address: '10.66.0.100/24', router: '10.66.0.1', dns: ['10.66.0.53', '10.66.0.54'], domain: 'lab.example', server: '10.66.0.1', leaseSeconds: 16 }
    expect(await next('bound')).toEqual({ type: 'bound', lease: { ...lease, address: expect.stringMatching(/^10\.66\.0\.1\d\d\/24$/) as string } })
    const { address } = client.lease ?? lease
    const routes = ['10.66.0.0/24 proto kernel scope link src ' + address.replace('/24', ''), 'default via 10.66.0.1 proto dhcp onlink']
    expect(await configured('eth0')).toEqual({ addresses: [address], routes })
    expect(await leases(0, '10.66.0')).toMatch(new RegExp(`^${macs[0]} +${address.replace('/24', '')} +con +00:00:1\\d`, 'm'))
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(await next('renewed')).toEqual({ type: 'renewed', lease: { ...lease, address } })
    expect(await configured('eth0')).toEqual({ addresses: [address], routes })
    expect(events.map(({ type }) => type)).toEqual(['bound', 'renewed'])
    await client.close()
    expect(client.lease?.address).toBe(address)
    expect(await leases(0, '10.66.0')).toMatch(new RegExp(`^${macs[0]} .* expired$`, 'm'))
    expect(readFileSync('/etc/resolv.conf')).toEqual(resolvConf)
  })

  it('serves two interfaces of one container, each with routes of its own', async () => {
    await Promise.all([serve(0, '10.66.0'), serve(1, '10.77.0')])
    const [first, second] = await Promise.all([start(0), start(1)])
    await Promise.all([first.next('bound'), second.next('bound')])
    expect(second.client.lease).toMatchObject({ interface: 'lab7', address: expect.stringMatching(/^10\.77\.0\./) as string })
    expect((await configured('eth0')).routes).toContain('default via 10.66.0.1 proto dhcp onlink')
    expect((await configured('lab7')).routes).toEqual(expect.arrayContaining(['default via 10.77.0.1 proto dhcp onlink', '198.51.100.0/24 via 10.77.0.7 proto dhcp onlink']))
    await first.client.close()
    expect(await configured('eth0')).toEqual({ addresses: [], routes: [] })
    expect((await configured('lab7')).routes).toContain('default via 10.77.0.1 proto dhcp onlink')
    expect(existsSync(folder)).toBe(true)
  })

  it('starts a client again that was killed, with the same address, which stays in between', async () => {
    await serve(0, '10.66.0')
    const { client, next, events } = await start(0)
    await next('bound')
    const before = client.lease?.address
    const [pid] = await clients()
    process.kill(pid ?? 0, 'SIGKILL')
    expect(await next('trouble')).toMatchObject({ message: expect.stringContaining('SIGKILL') as string })
    expect((await configured('eth0')).addresses).toEqual([before])
    await next('bound')
    expect(client.lease?.address).toBe(before)
    expect(events.map(({ type }) => type)).toEqual(['bound', 'trouble', 'bound'])
  })

  it('ends with its process; the address stays, and is taken over by the next', async () => {
    await serve(0, '10.66.0')
    const driver = await otherProcess()
    const [line] = (await once(createInterface({ input: driver.stdout }), 'line')) as [string]
    const { address } = (JSON.parse(line) as { lease: { address: string } }).lease
    driver.kill('SIGKILL')
    await once(driver, 'exit')
    await until(async () => (await clients()).length === 0, 'the client has ended')
    expect((await configured('eth0')).addresses).toEqual([address])
    const { client, next, events } = await start(0, { previous: address })
    await next('bound')
    expect(client.lease?.address).toBe(address)
    expect(events.map(({ type }) => type)).toEqual(['bound'])
    await client.close({ keepLease: true })
    expect(await clients()).toEqual([])
    expect((await configured('eth0')).addresses).toEqual([address])
    await (await start(0)).next('bound')
  })

  it('takes another address when the server is another one, and none stays of the old', async () => {
    await serve(0, '10.66.0')
    const { client, next } = await start(0)
    await next('bound')
    await serve(0, '10.88.0')
    await next('lost')
    await next('bound')
    expect(client.lease?.address).toMatch(/^10\.88\.0\./)
    expect(await configured('eth0')).toMatchObject({ addresses: [client.lease?.address], routes: [expect.stringContaining('10.88.0.0/24') as string, 'default via 10.88.0.1 proto dhcp onlink'] })
  })

  it('says when nobody answers, and that there is no such interface or namespace', async () => {
    await servers[0]?.stop('SIGKILL')
    const { next } = await start(0)
    expect(await next('trouble')).toMatchObject({ message: expect.stringContaining('no DHCP server answers on eth0') as string })
    const onEvent = (): void => undefined
    await expect(DhcpClient.start({ netns, mac: '02:00:00:00:09:09', folder, onEvent })).rejects.toMatchObject({ code: 'not-found' })
    await expect(DhcpClient.start({ netns: '/run/netns/none', mac: macs[0], folder, onEvent })).rejects.toMatchObject({ code: 'not-found' })
  })
})

/** A driver to be killed: a process of its own with a client, which prints what it tells. */
async function otherProcess() {
  const entry = fileURLToPath(new URL('../src/dhcp/index.ts', import.meta.url))
  await build({ entry: { dhcp: entry }, outDir: '/run/dhcp-test', format: ['esm'], outExtension: () => ({ js: '.mjs' }), dts: false, silent: true, config: false, sourcemap: false, target: 'node20' })
  const program = `import('/run/dhcp-test/dhcp.mjs').then(({ DhcpClient }) => DhcpClient.start({ netns: '${netns}', mac: '${macs[0]}', folder: '${folder}', onEvent: (event) => console.log(JSON.stringify(event)) }))`
  return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
}
