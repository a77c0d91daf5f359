import { duplexPair, SwitchDouble } from '@streambed/ovs/testing'
import { Datapath, OpenFlowConnection } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import { parseFaucetConfig } from '../../config/parse.js'
import { resolveFaucetConfig } from '../../config/resolve.js'
import { wantedOf } from '../core/wanted.js'
import { TestClock } from './clock.test-support.js'
import { Controller } from './controller.js'
import { inventoryOf } from './inventory.js'
import { mendingOf } from './mending.js'
import { textOf } from './refusal.js'

/** Numbers that look random, the same each time. */
class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** 0 to `sides` - 1. */
  roll(sides: number): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) >>> 0
    return (this.#state >>> 8) % sides
  }

  pick<T>(items: readonly T[]): T {
    return items[this.roll(items.length)] as T
  }

  /** A text, one time in `times`. */
  seldom(times: number, text: string): string {
    return this.roll(times) === 0 ? text : ''
  }
}

function randomConfig(dice: Dice): string {
  const rule = () =>
    dice.pick([
      `dl_type: 0x800, nw_proto: 6, tcp_dst: ${String(20 + dice.roll(5))}, actions: {allow: false}`,
      'dl_type: 0x806, actions: {allow: true, mirror: 2}',
      'dl_type: 0x800, nw_dst: 10.0.0.1, actions: {output: {port: 3}}',
      `dl_type: 0x800, nw_proto: 17, actions: {allow: true, meter: m${String(dice.roll(2))}}`,
      `dl_type: 0x86dd, actions: {output: {failover: {group_id: ${String(1 + dice.roll(3))}, ports: [3, 4]}}}`,
    ])
  const acl = (name: string) => `  ${name}: [{rule: {${rule()}}}, {rule: {${rule()}}}, {rule: {actions: {allow: true}}}]`
  const port = (number: number) =>
    `      ${String(number)}: {${dice.pick(['native_vlan: x', 'native_vlan: y', 'tagged_vlans: [x, y]', 'native_vlan: x, tagged_vlans: [y]'])}` +
    `${dice.seldom(3, `, acl_in: ${dice.pick(['a', 'b'])}`)}${dice.seldom(6, ', hairpin: true')}${dice.seldom(6, ', permanent_learn: true')}}`
  return [
    'meters:',
    ...[0, 1].map((n) => `  m${String(n)}: {meter_id: ${String(n + 1)}, entry: {flags: KBPS, bands: [{type: DROP, rate: ${String(100 + dice.roll(2))}}]}}`),
    'acls:', acl('a'), acl('b'),
    'vlans:',
    `  x: {vid: 100${dice.seldom(3, ", faucet_vips: ['10.0.0.254/24']")}${dice.seldom(4, ', unicast_flood: false')}}`,
    `  y: {vid: 200${dice.seldom(3, ", faucet_vips: ['10.1.0.254/24', 'fc00::1:254/112'], faucet_mac: '0e:00:00:00:00:02'")}}`,
    dice.seldom(3, 'routers: {r: {vlans: [x, y]}}'),
    'dps:', '  sw1:', '    dp_id: 1', dice.seldom(4, '    egress_pipeline: true'), dice.seldom(4, '    group_table: true'),
    '    interfaces:', ...[1, 2, 3, 4].map(port),
  ].join('\n')
}

/** An ARP request of one of a few hosts. */
function arp(dice: Dice): Uint8Array {
  const host = String(dice.roll(6))
  const tag = dice.pick(['', '81000064', '810000c8'])
  const mac = `02000000000${host}`
  return Buffer.from(`ffffffffffff${mac}${tag}08060001080006040001${mac}0a00000${host}0000000000000a0000fe${'00'.repeat(18)}`, 'hex')
}

describe('what a switch has', () => {
  it.each([1, 2, 3, 4, 5])('is what is wanted, whatever happens (seed %i)', { timeout: 60_000 }, async (seed) => {
    const dice = new Dice(seed)
    const clock = new TestClock()
    const problems: string[] = []
    const config = () => resolveFaucetConfig(parseFaucetConfig(randomConfig(dice)))
    const controller = new Controller(config(), clock, {
      event: () => {},
      count: () => {},
      log: ({ level, text }) => void (level === 'error' && problems.push(text)),
      up: () => {},
    })
    const double = new SwitchDouble({ datapathId: 1n, ports: [1, 2, 3, 4], now: () => clock.now() * 1000 })
    const connect = async () => {
      const [ours, its] = duplexPair()
      const [connection] = await Promise.all([OpenFlowConnection.open(ours, { probeInterval: 0 }), double.connect(its)])
      const datapath = await Datapath.open(connection)
      await controller.serve(datapath)
      return datapath
    }
    let datapath = await connect()
    const happenings: readonly (() => Promise<void> | void)[] = [
      () => controller.configure(config()),
      () => void double.receive(1 + dice.roll(4), arp(dice)),
      () => void double.receive(1 + dice.roll(4), arp(dice)),
      () => double.setLink(1 + dice.roll(4), dice.roll(3) > 0),
      () => {
        clock.advance(1 + dice.roll(100))
        double.tick()
      },
      async () => {
        await datapath.close()
        datapath = await connect()
      },
    ]
    for (let round = 0; round < 20; round++) {
      for (let count = dice.roll(4); count >= 0; count--) await dice.pick(happenings)()
      // What the switch has sent before its answer has arrived then, and what comes of it is sent.
      for (let turn = 0; turn < 2; turn++) {
        await datapath.barrier()
        controller.flush()
        await controller.session('sw1')?.settled()
      }
      const { network } = controller
      const state = network.dps.get('sw1')
      if (!state) throw new Error('no sw1')
      const { messages } = mendingOf(await inventoryOf(datapath), wantedOf({ network, state }), clock.now())
      expect({ round, differs: messages.map(textOf), problems }).toEqual({ round, differs: [], problems: [] })
    }
    await controller.close()
  })
})
