import { join } from 'node:path'
import { EmbeddedFaucet, type EmbeddedFaucetOptions, setPortVlan } from '@streambed/faucet'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Switches, until } from './control-switches.js'

const yaml = `
vlans:
  office: {vid: 100}
  guests: {vid: 200}
dps:
  sw1:
    dp_id: 1
    interfaces:
      1: {native_vlan: office}
      2: {native_vlan: office}
      3: {native_vlan: guests}
`
const host = '02:00:00:00:00:01'
const broadcast = `ffffffffffff${host.replaceAll(':', '')}0806${'00'.repeat(46)}`
const toHost = `dl_src=02:00:00:00:00:02,dl_dst=${host}`

let switches: Switches
let faucet: EmbeddedFaucet | undefined
let logs: string[]

beforeAll(async () => {
  switches = await Switches.start(1, 3)
})
afterEach(async () => {
  await faucet?.close()
  await switches.disconnect([1])
})
afterAll(() => switches?.stop())

async function start(options: Partial<EmbeddedFaucetOptions>): Promise<EmbeddedFaucet> {
  logs = []
  faucet = await EmbeddedFaucet.start({ config: yaml, onLog: ({ text }) => logs.push(text), ...options })
  return faucet
}

async function connected(options: Partial<EmbeddedFaucetOptions> = {}): Promise<EmbeddedFaucet> {
  const one = await start({ listen: 'ptcp:0:127.0.0.1', ...options })
  const [target] = one.listening
  await switches.connect(`tcp:127.0.0.1:${target && 'port' in target ? target.port : 0}`, [1])
  await one.ready()
  return one
}

/** Age of the oldest flow: whether flows were left alone. */
async function oldest(): Promise<number> {
  const text = await switches.ofctl(1, 'dump-flows')
  return Math.max(...[...text.matchAll(/duration=([\d.]+)s/g)].map(([, seconds]) => Number(seconds)))
}

describe('EmbeddedFaucet with Open vSwitch', () => {
  it('dials a bridge, learns from its packets and hears of its ports', async () => {
    const faucet = await start({ connect: `unix:${join(switches.dir, 'br1.mgmt')}` })
    await faucet.ready()
    await switches.receive(1, 1, broadcast)
    await until(async () => String(await switches.outputs(1, 2, toHost)) === '1')
    await switches.vsctl('del-port br1 b1p1')
    await until(async () => (await faucet.dataplanes())[0]?.portsUp.join() === '2,3')
    expect(await switches.outputs(1, 2, toHost)).toEqual([])
    await switches.vsctl('add-port br1 b1p1 -- set Interface b1p1 type=dummy ofport_request=1')
    await until(async () => String(await switches.outputs(1, 2, toHost)) === '1')
  })

  it('listens on a socket in the run directory', async () => {
    const path = join(switches.dir, 'faucet.sock')
    const faucet = await start({ listen: [`punix:${path}`, 'ptcp:0:127.0.0.1'] })
    await switches.connect(`unix:${path}`, [1])
    await faucet.ready()
    expect(faucet.listening).toMatchObject([{ type: 'punix', path }, { type: 'ptcp' }])
  })

  it('removes what others have left, and touches nothing else when it is started anew', async () => {
    const first = await connected()
    await switches.receive(1, 1, broadcast)
    await until(async () => String(await switches.outputs(1, 2, toHost)) === '1')
    const before = await switches.flows(1)
    await first.close()
    await switches.ofctl(1, 'add-flow', 'table=0,priority=65535,in_port=2,actions=drop')
    await switches.ofctl(1, 'add-group', 'group_id=9,type=all,bucket=output:1')
    await switches.ofctl(1, 'add-meter', 'meter=9,kbps,band=type=drop,rate=100')
    const age = await oldest()
    const second = await connected()
    expect(logs).toContainEqual(expect.stringMatching(/^up: 3 changes/))
    expect(await switches.flows(1)).toEqual(before)
    expect(await oldest()).toBeGreaterThan(age)
    // The host is still known.
    expect((await second.dataplanes())[0]?.hosts).toBe(1)
    expect(await switches.ofctl(1, 'dump-groups')).not.toContain('group_id=9')
    expect(await switches.ofctl(1, 'dump-meters')).not.toContain('meter=9')
  })

  it('mends what somebody has broken while it was away', async () => {
    const first = await connected()
    const before = await switches.flows(1)
    await first.close()
    await switches.ofctl(1, 'del-flows', 'table=1')
    await switches.ofctl(1, 'mod-flows', 'table=0,actions=drop')
    await connected()
    expect(await switches.flows(1)).toEqual(before)
  })

  it('mends at once what somebody else changes, and touches nothing else', async () => {
    const faucet = await connected()
    await switches.receive(1, 1, broadcast)
    await until(async () => String(await switches.outputs(1, 2, toHost)) === '1')
    const before = await switches.flows(1)
    const isMended = () => until(async () => String(await switches.flows(1)) === String(before))
    const age = await oldest()
    for (const [command, ...args] of [
      ['add-flow', 'table=0,priority=65535,in_port=2,actions=drop'],
      ['mod-flows', 'table=0,actions=drop'],
      // Also what was learned.
      ['del-flows', 'table=2'],
    ] as const) {
      logs.length = 0
      await switches.ofctl(1, command, ...args)
      await isMended()
      expect(logs).toContainEqual(expect.stringMatching(/^somebody else has changed the flows of the switch: /))
    }
    expect(await oldest()).toBeGreaterThanOrEqual(age)
    expect((await faucet.dataplanes())[0]?.hosts).toBe(1)
  })

  it('does not take its own changes for those of others', async () => {
    const faucet = await connected()
    logs.length = 0
    await switches.receive(1, 1, broadcast)
    await until(async () => String(await switches.outputs(1, 2, toHost)) === '1')
    await faucet.edit((config) => setPortVlan(config, 'sw1', 3, 'guests'))
    await switches.vsctl('del-port br1 b1p3')
    await until(async () => (await faucet.dataplanes())[0]?.portsUp.join() === '1,2')
    await switches.vsctl('add-port br1 b1p3 -- set Interface b1p3 type=dummy ofport_request=3')
    await until(async () => (await faucet.dataplanes())[0]?.portsUp.join() === '1,2,3')
    await faucet.apply(yaml)
    // What somebody does now is told after all that is told of the above.
    await switches.ofctl(1, 'add-flow', 'table=0,priority=65535,in_port=2,actions=drop')
    await until(async () => logs.some((line) => line.startsWith('compared: ')))
    expect(logs.filter((line) => line.startsWith('somebody else'))).toEqual([expect.stringContaining('added table=0,priority=65535,in_port=2')])
  })

  it('says what the switch refuses, installs the rest, and tries again with the next change', async () => {
    const faucet = await connected()
    const full = await switches.flows(1)
    await switches.vsctl('-- --id=@t create Flow_Table flow_limit=1 overflow_policy=refuse -- set Bridge br1 flow_tables:0=@t')
    await switches.ofctl(1, 'del-flows')
    await switches.reconnect(1)
    const inTable0 = full.filter((flow) => !flow.includes('table=')).length
    await until(async () => (await faucet.dataplanes())[0]?.refused.length === inTable0 - 1)
    await faucet.ready()
    const [status] = await faucet.dataplanes()
    expect(status?.refused[0]).toMatchObject({ text: expect.stringMatching(/^add /), reason: 'flow_mod_failed/table_full' })
    expect(await switches.flows(1)).toHaveLength(full.length - inTable0 + 1)
    const change = faucet.edit((config) => setPortVlan(config, 'sw1', 3, 'office'))
    await expect(change).rejects.toMatchObject({ code: 'switch', message: expect.stringContaining('table_full') })
    await switches.vsctl('clear Bridge br1 flow_tables')
    await faucet.apply(yaml)
    expect((await faucet.dataplanes())[0]?.refused).toEqual([])
    expect(await switches.flows(1)).toEqual(full)
  })

  it('goes on when the switch dies and comes back empty', async () => {
    const faucet = await connected()
    const before = await switches.flows(1)
    await switches.ofctl(1, 'del-flows')
    await switches.reconnect(1)
    const events = faucet.events()
    for await (const event of events) if ('DP_CHANGE' in event && event.DP_CHANGE.reason === 'cold_start') break
    await faucet.ready()
    expect(await switches.flows(1)).toEqual(before)
  })
})
