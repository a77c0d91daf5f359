import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedFaucet, type FaucetControl, FaucetError, type FaucetFeedEvent, FaucetProcess, setPortVlan } from '@streambed/faucet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificates } from '../../ovs/e2e/certificates.js'
import { Switches, until } from './control-switches.js'

const program = fileURLToPath(new URL('../../../.venv/bin/faucet', import.meta.url))
const yaml = `# Two switches.
vlans:
  office: {vid: 100} # everybody
  guests: {vid: 200}
dps:
  sw1:
    dp_id: 1
    interfaces:
      1: {native_vlan: office}
      2: {native_vlan: office}
      3: {native_vlan: guests}
  sw2:
    dp_id: 2
    interfaces:
      1: {native_vlan: office}
      2: {native_vlan: office}
      3: {native_vlan: guests}
`
const broadcast = `ffffffffffff0200000000010806${'00'.repeat(46)}`

let switches: Switches
let keys: string
/** Of this test alone, so that it shows what is left behind. */
const folder = mkdtempSync(join(tmpdir(), 'fct-'))
const left = () => readdirSync(folder).filter((name) => name.startsWith('faucet-'))

beforeAll(async () => {
  process.env.TMPDIR = folder
  keys = certificates()
  switches = await Switches.start(2, 3)
})
afterAll(async () => {
  await switches?.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Started {
  readonly faucet: FaucetControl
  readonly port: number
}

interface Implementation {
  readonly name: string
  start(listen: string, config?: string): Promise<Started>
}

const tls = () => ({ privateKey: join(keys, 'controller.key'), certificate: join(keys, 'controller.pem'), ca: join(keys, 'ca.pem') })

const implementations: readonly Implementation[] = [
  {
    name: 'EmbeddedFaucet',
    async start(listen, config = yaml) {
      const faucet = await EmbeddedFaucet.start({ config, listen, tls: tls() })
      const [target] = faucet.listening
      return { faucet, port: target && 'port' in target ? target.port : 0 }
    },
  },
  {
    name: 'FaucetProcess',
    async start(listen, config = yaml) {
      const faucet = await FaucetProcess.start({ config, listen, tls: tls(), command: [program] })
      return { faucet, port: faucet.listening?.port ?? 0 }
    },
  },
]

describe.each(implementations)('$name', ({ start }) => {
  let faucet: FaucetControl
  let port: number
  const target = () => `tcp:127.0.0.1:${port}`

  beforeAll(async () => {
    ;({ faucet, port } = await start('ptcp:0:127.0.0.1'))
  })
  afterAll(async () => {
    await faucet?.close()
    await switches?.disconnect([1, 2])
  })

  it('waits for switches, and says which are missing', async () => {
    expect(await faucet.dataplanes()).toMatchObject([{ name: 'sw1', dpId: 1n, up: false }, { name: 'sw2', dpId: 2n, up: false }])
    await switches.connect(target(), [1])
    await faucet.ready({ dps: ['sw1'] })
    await expect(faucet.ready({ timeout: 50 })).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('not connected: sw2') })
    await expect(faucet.ready({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    await expect(faucet.ready({ dps: ['sw7'] })).rejects.toMatchObject({ code: 'not-found' })
    const ready = faucet.ready()
    await switches.connect(target(), [2])
    await ready
    expect(await faucet.dataplanes()).toMatchObject([{ up: true }, { up: true }])
    for (const bridge of [1, 2]) await until(async () => String(await switches.outputs(bridge, 1)) === '2')
  })

  it('tells what happens, to everybody who asks', async () => {
    const readers = [faucet.events(), faucet.events()]
    await switches.receive(2, 1, broadcast)
    for (const reader of readers) {
      const event = await find(reader, (event) => 'L2_LEARN' in event)
      expect(event).toMatchObject({
        version: 1, dp_id: 2n, dp_name: 'sw2', L2_LEARN: { port_no: 1, vid: 100, eth_src: '02:00:00:00:00:01', previous_port_no: null },
      })
      expect(event?.time).toBeGreaterThan(Date.now() / 1000 - 60)
      expect(event?.event_id).toBeGreaterThan(0)
    }
    await until(async () => String(await switches.outputs(2, 2, 'dl_src=02:00:00:00:00:02,dl_dst=02:00:00:00:00:01')) === '1')
  })

  it('edits the present configuration, and says what that meant', async () => {
    const { dataplanes } = await faucet.edit((config) => setPortVlan(config, 'sw1', 3, 'office'))
    expect(dataplanes).toMatchObject([
      { name: 'sw1', dpId: 1n, restart: 'warm', confirmed: true }, { name: 'sw2', restart: 'none', confirmed: true, changes: 0 },
    ])
    expect(dataplanes[0]?.changes).toBeGreaterThan(0)
    await until(async () => String(await switches.outputs(1, 1)) === '2,3')
    expect(faucet.config().dps?.sw1?.interfaces?.[3]).toEqual({ native_vlan: 'office' })
    expect(faucet.resolved().dps[0]?.ports.get(3)?.native_vlan).toBe(100)
  })

  it('does nothing for a configuration that says the same', async () => {
    const before = await switches.flows(1)
    const { dataplanes } = await faucet.apply(`${yaml.replace('guests}\n  sw2', 'office}\n  sw2')}# Nothing new.\n`)
    expect(dataplanes).toMatchObject([{ restart: 'none', changes: 0 }, { restart: 'none', changes: 0 }])
    expect(await switches.flows(1)).toEqual(before)
  })

  it('refuses a bad configuration with every issue, and changes nothing', async () => {
    const before = [await switches.flows(1), await switches.flows(2), faucet.config()]
    const bad = yaml.replace('vid: 200', 'vid: 2000000').replace('dp_id: 2', 'dp_id: two')
    const error = await faucet.apply(bad).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(FaucetError)
    expect(error).toMatchObject({ code: 'config', detail: { type: 'issues' } })
    expect([await switches.flows(1), await switches.flows(2), faucet.config()]).toEqual(before)
    await faucet.apply(yaml)
    await until(async () => String(await switches.outputs(1, 1)) === '2')
  })

  it('carries out changes in the order of the calls', async () => {
    await Promise.all([3, 2, 3].map((port) => faucet.edit((config) => setPortVlan(config, 'sw2', port, port === 2 ? 'guests' : 'office'))))
    await until(async () => String(await switches.outputs(2, 1)) === '3')
    await faucet.apply(yaml)
    await until(async () => String(await switches.outputs(2, 1)) === '2')
  })

  it('takes dataplanes that come, and lets go of those that leave', async () => {
    const alone = yaml.slice(0, yaml.indexOf('  sw2'))
    expect((await faucet.apply(alone)).dataplanes).toMatchObject([{ name: 'sw1', restart: 'none' }, { name: 'sw2', restart: 'removed' }])
    expect(await faucet.dataplanes()).toMatchObject([{ name: 'sw1' }])
    const events = faucet.events()
    expect((await faucet.apply(yaml)).dataplanes).toMatchObject([{ name: 'sw1', restart: 'none' }, { name: 'sw2', restart: 'new' }])
    await find(events, (event) => event.dp_name === 'sw2' && 'DP_CHANGE' in event && event.DP_CHANGE.reason === 'cold_start')
    await faucet.ready()
  })

  it('has the same flows after a switch has come back', async () => {
    const quiet = () => switches.flows(1)
    const before = await quiet()
    const events = faucet.events()
    await switches.reconnect(1)
    const reasons: string[] = []
    await find(events, (event) => {
      if (event.dp_name === 'sw1' && 'DP_CHANGE' in event) reasons.push(event.DP_CHANGE.reason)
      return reasons.at(-1) === 'cold_start'
    })
    expect(reasons).toContain('disconnect')
    await faucet.ready()
    await until(async () => JSON.stringify(await quiet()) === JSON.stringify(before))
  })

  it('has metrics with Faucet’s names', async () => {
    const text = await faucet.metrics()
    expect(text).toMatch(/^dp_status\{dp_id="0x1",dp_name="sw1"\} 1(\.0)?$/m)
    expect(text).toMatch(/^faucet_config_load_error 0(\.0)?$/m)
    expect(text).toMatch(/^of_dp_connections_total\{dp_id="0x1",dp_name="sw1"\} [2-9]/m)
  })

  it('takes switches over TLS', async () => {
    await switches.vsctl(`set-ssl ${join(keys, 'switch.key')} ${join(keys, 'switch.pem')} ${join(keys, 'ca.pem')}`)
    const secure = await start('pssl:0:127.0.0.1')
    try {
      await switches.connect(`ssl:127.0.0.1:${secure.port}`, [1, 2])
      await secure.faucet.ready()
    } finally {
      await secure.faucet.close()
      await switches.connect(target(), [1, 2])
    }
    await faucet.ready()
  })

  it('closes, and leaves nothing behind', async () => {
    const events = faucet.events()
    const pid = faucet instanceof FaucetProcess ? faucet.pid : undefined
    await faucet.ready()
    await switches.disconnect([2])
    const never = expect(waitsForDown(faucet)).rejects.toMatchObject({ code: 'closed' })
    await faucet.close()
    await faucet.close()
    await never
    await expect(faucet.apply(yaml)).rejects.toMatchObject({ code: 'closed' })
    await expect(faucet.ready()).rejects.toMatchObject({ code: 'closed' })
    for (let next = await events.next(); !next.done; next = await events.next());
    expect(await listens(port)).toBe(false)
    if (pid !== undefined) {
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
      expect(() => process.kill(-pid, 0)).toThrow('ESRCH')
      expect(left()).toEqual([])
    }
    // The switches go on.
    expect(await switches.outputs(1, 1)).toEqual([2])
  })
})

/** Waits for something that does not come: a dataplane that is down. */
async function waitsForDown(faucet: FaucetControl): Promise<void> {
  await until(async () => (await faucet.dataplanes()).some(({ up }) => !up))
  await faucet.ready({ timeout: 0 })
}

describe('FaucetProcess, of a process that ends', () => {
  it('rejects what waits with its last words', async () => {
    const faucet = await FaucetProcess.start({ config: yaml, command: [program] })
    const waits = expect(faucet.ready({ timeout: 0 })).rejects.toMatchObject({ code: 'process', message: expect.stringContaining('SIGKILL') })
    process.kill(faucet.pid as number, 'SIGKILL')
    await waits
    await expect(faucet.apply(yaml)).rejects.toMatchObject({ code: 'process' })
    await faucet.close()
  })

  it('says why it did not start', async () => {
    const missing = FaucetProcess.start({ config: yaml, command: ['/nowhere/faucet'] })
    await expect(missing).rejects.toMatchObject({ code: 'process', message: expect.stringContaining('/nowhere/faucet') })
    const badly = FaucetProcess.start({ config: yaml, command: [program], args: ['--ryu-nonsense=1'] })
    await expect(badly).rejects.toMatchObject({ code: 'process', message: expect.stringContaining('--ryu-nonsense') })
    expect(left()).toEqual([])
  })
})

describe('FaucetProcess, of a program that is killed', () => {
  it('ends with it, and so do its files', async () => {
    const script = `
      import { FaucetProcess } from '@streambed/faucet'
      const faucet = await FaucetProcess.start(${JSON.stringify({ config: yaml, command: [program] })})
      console.log(faucet.pid)
      setInterval(() => {}, 1e6)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    const pid = Number(said)
    expect(left()).toHaveLength(1)
    child.kill('SIGKILL')
    await until(() => Promise.resolve(!existsSync(`/proc/${pid}/exe`) && left().length === 0))
  })
})

describe('FaucetProcess, of one that runs already', () => {
  it('changes its file, and lets it run on', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'running-'))
    const other = await FaucetProcess.start({ config: yaml, command: [program], directory })
    try {
      const configFile = join(directory, 'faucet.yaml')
      const prometheus = `http://127.0.0.1:${prometheusPort(other.pid as number)}`
      await using faucet = await FaucetProcess.attach({ configFile, reload: other.pid as number, prometheus })
      await switches.connect(`tcp:127.0.0.1:${other.listening?.port}`, [1, 2])
      await faucet.ready()
      const { dataplanes } = await faucet.edit((config) => setPortVlan(config, 'sw1', 3, 'office'))
      expect(dataplanes).toMatchObject([{ name: 'sw1', restart: 'warm', confirmed: true }, { restart: 'none' }])
      // Comments stay.
      expect(readFileSync(configFile, 'utf8')).toContain('office: {vid: 100} # everybody')
      await until(async () => String(await switches.outputs(1, 1)) === '2,3')
      await faucet.close()
      await other.ready()
      writeFileSync(configFile, yaml)
      await expect(FaucetProcess.attach({ configFile: join(directory, 'none.yaml'), reload: 1 })).rejects.toMatchObject({ code: 'config' })
    } finally {
      await other.close()
      await switches.disconnect([1, 2])
      rmSync(directory, { recursive: true, force: true })
    }
  })
})

/** Where a Faucet that was started has its metrics, as its environment says. */
function prometheusPort(pid: number): string {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  return variables.find((variable) => variable.startsWith('FAUCET_PROMETHEUS_PORT='))?.split('=')[1] ?? ''
}

async function find(events: AsyncIterable<FaucetFeedEvent>, isIt: (event: FaucetFeedEvent) => boolean): Promise<FaucetFeedEvent | undefined> {
  for await (const event of events) if (isIt(event)) return event
  return undefined
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
