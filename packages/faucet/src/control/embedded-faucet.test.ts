import { connect as connectSocket } from 'node:net'
import { once } from 'node:events'
import { SwitchDouble } from '@streambed/ovs/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { FaucetError } from '../errors.js'
import { setPortVlan } from '../edit/index.js'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'
import { EmbeddedFaucet, type EmbeddedFaucetOptions } from './embedded-faucet.js'

const yaml = `
vlans: {office: {vid: 100}, guests: {vid: 200}}
dps:
  sw1: {dp_id: 1, interfaces: {1: {native_vlan: office}, 2: {native_vlan: office}, 3: {native_vlan: guests}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: office}, 2: {native_vlan: office}}}
`
const frame = Uint8Array.from(Buffer.from('ffffffffffff0200000000aa0800'.padEnd(128, '0'), 'hex'))
const doubles: SwitchDouble[] = []

afterEach(() => doubles.splice(0).forEach((double) => double.abort()))

async function start(options: Partial<EmbeddedFaucetOptions> = {}): Promise<EmbeddedFaucet> {
  return EmbeddedFaucet.start({ config: yaml, listen: 'ptcp:0:127.0.0.1', ...options })
}

async function plug(faucet: EmbeddedFaucet, datapathId: bigint, ports: readonly number[] = [1, 2, 3]): Promise<SwitchDouble> {
  const [target] = faucet.listening
  if (target?.type !== 'ptcp') throw new Error('not listening')
  const socket = connectSocket(target.port, '127.0.0.1')
  await once(socket, 'connect')
  const double = new SwitchDouble({ datapathId, ports })
  doubles.push(double)
  await double.connect(socket)
  return double
}

describe('EmbeddedFaucet', () => {
  it('is ready when every switch has its flows', async () => {
    await using faucet = await start()
    await expect(faucet.ready({ timeout: 1 })).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('sw1, sw2') })
    await plug(faucet, 1n)
    await faucet.ready({ dps: ['sw1'] })
    await plug(faucet, 2n)
    await faucet.ready()
    expect(await faucet.dataplanes()).toMatchObject([
      { name: 'sw1', dpId: 1n, up: true, connected: true, portsUp: [1, 2, 3], hosts: 0, refused: [] }, { name: 'sw2', up: true },
    ])
    await expect(faucet.ready({ dps: ['sw9'] })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('applies a configuration when the switches have confirmed it, and says what was done', async () => {
    await using faucet = await start()
    const double = await plug(faucet, 1n)
    await faucet.ready({ dps: ['sw1'] })
    const { dataplanes } = await faucet.edit((config) => setPortVlan(config, 'sw1', 3, 'office'))
    expect(dataplanes).toMatchObject([
      { name: 'sw1', restart: 'warm', confirmed: true }, { name: 'sw2', restart: 'none', confirmed: false, changes: 0 },
    ])
    expect(dataplanes[0]?.changes).toBeGreaterThan(0)
    expect(double.trace(1, frame).outputs.map(({ port }) => port)).toEqual([2, 3])
    expect(faucet.config().dps?.sw1?.interfaces?.[3]?.native_vlan).toBe('office')
    expect(faucet.resolved().dps[0]?.ports.get(3)?.native_vlan).toBe(100)
  })

  it('does nothing for the same configuration', async () => {
    await using faucet = await start()
    await plug(faucet, 1n)
    await faucet.ready({ dps: ['sw1'] })
    const { dataplanes } = await faucet.apply(`# Only a comment.\n${yaml}`)
    expect(dataplanes).toMatchObject([{ restart: 'none', confirmed: true, changes: 0 }, { restart: 'none' }])
  })

  it('says of dataplanes that come and go', async () => {
    await using faucet = await start()
    const { dataplanes } = await faucet.apply(yaml.replace('sw2: {dp_id: 2', 'sw3: {dp_id: 3'))
    expect(dataplanes.map(({ name, restart }) => [name, restart])).toEqual([['sw1', 'none'], ['sw3', 'new'], ['sw2', 'removed']])
  })

  it('refuses a bad configuration with every issue, and changes nothing', async () => {
    await using faucet = await start()
    const before = faucet.config()
    const bad = yaml.replace('vid: 200', 'vid: 5000').replace('dp_id: 2', 'dp_id: two')
    const error = await faucet.apply(bad).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(FaucetError)
    expect(error).toMatchObject({ code: 'config', detail: { type: 'issues' } })
    expect(faucet.config()).toBe(before)
    expect(await faucet.metrics()).toContain('faucet_config_load_error 1')
    await faucet.apply(yaml)
    expect(await faucet.metrics()).toContain('faucet_config_load_error 0')
    await expect(EmbeddedFaucet.start({ config: bad })).rejects.toMatchObject({ code: 'config' })
  })

  it('refuses what it does not have, with the path', async () => {
    const dot1x = yaml.replace(/sw2.*/, 'sw2: {dp_id: 2, dot1x: {nfv_intf: lo, nfv_sw_port: 2}, interfaces: {1: {native_vlan: office, dot1x: true}, 2: {output_only: true}}}')
    await expect(EmbeddedFaucet.start({ config: dot1x })).rejects.toMatchObject({
      code: 'unsupported', message: expect.stringContaining('dps.sw2.interfaces.1.dot1x'),
    })
    await using faucet = await start()
    const bgp = `routers: {r1: {bgp: {as: 1, neighbor_as: 2, neighbor_addresses: ['10.0.0.2'], server_addresses: ['10.0.0.1'], routerid: 10.0.0.1, port: 9179, vlan: office, connect_mode: passive}}}\n`
    const vip = yaml.replace(/ {2}sw2.*/, '').replace('{vid: 100}', "{vid: 100, faucet_vips: ['10.0.0.1/24']}")
    await expect(faucet.apply(bgp + vip)).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('routers.r1.bgp') })
  })

  it('tells of hardware that it treats as Open vSwitch', async () => {
    const logs: string[] = []
    await using _ = await start({ config: yaml.replace('dp_id: 1', 'dp_id: 1, hardware: Generic'), onLog: ({ text }) => logs.push(text) })
    expect(logs).toEqual(['dps.sw1.hardware is Generic, which is treated as Open vSwitch'])
  })

  it('gives every reader all events with Faucet’s header', async () => {
    const early: FaucetFeedEvent[] = []
    await using faucet = await start({ onEvent: (event) => early.push(event) })
    expect(early).toMatchObject([
      { version: 1, event_id: 1, dp_id: 1n, dp_name: 'sw1', CONFIG_CHANGE: { restart_type: 'new' } },
      { event_id: 2, dp_name: 'sw2' },
      { event_id: 3, dp_id: 0n, dp_name: '0', CONFIG_CHANGE: { success: true } },
    ])
    const readers = [faucet.events(), faucet.events()]
    const double = await plug(faucet, 1n)
    await faucet.ready({ dps: ['sw1'] })
    double.receive(1, frame)
    for (const reader of readers) {
      for await (const event of reader) {
        if (!('L2_LEARN' in event)) continue
        expect(event).toMatchObject({ dp_name: 'sw1', L2_LEARN: { port_no: 1, vid: 100, eth_src: '02:00:00:00:00:aa' } })
        break
      }
    }
  })

  it('rejects what waits when it is closed, and can be closed twice', async () => {
    const faucet = await start()
    await plug(faucet, 1n)
    await faucet.ready({ dps: ['sw1'] })
    const events = faucet.events()
    const waits = faucet.ready()
    await Promise.all([faucet.close(), faucet.close(), expect(waits).rejects.toMatchObject({ code: 'closed' })])
    await expect(faucet.apply(yaml)).rejects.toMatchObject({ code: 'closed' })
    for (let next = await events.next(); !next.done; next = await events.next());
  })

  it('says what is in the way of listening', async () => {
    await expect(start({ listen: 'ptcp:0:192.0.2.1' })).rejects.toMatchObject({ code: 'io' })
    await expect(start({ listen: 'tcp:127.0.0.1' })).rejects.toMatchObject({ code: 'invalid' })
  })
})
