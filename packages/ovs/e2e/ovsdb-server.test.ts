import { setTimeout as sleep } from 'node:timers/promises'
import { namedUuid, type OvsdbClient } from '@streambed/ovs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PrivateOvs } from './private-ovs.js'

const largest = 2n ** 63n - 1n

let ovs: PrivateOvs
let client: OvsdbClient
beforeAll(async () => void (ovs = await PrivateOvs.start({ vswitchd: false, bridges: [{ name: 'br0' }] })))
afterAll(() => ovs.stop())
beforeEach(async () => void (client = await ovs.client()))
afterEach(() => client.close())

describe('OvsdbClient with ovsdb-server', () => {
  it('lists databases and reads schemas', async () => {
    expect([...(await client.listDbs())].sort()).toEqual(['Open_vSwitch', '_Server'])
    expect((await client.getSchema('_Server')).tables.has('Database')).toBe(true)
    await expect(client.getSchema('nope')).rejects.toMatchObject({
      code: 'peer',
      message: expect.stringContaining('unknown database'),
    })
    await client.echo()
  })

  it('keeps 64-bit integers exact, both ways', async () => {
    const statistics = { rx_bytes: largest, tx_bytes: -largest - 1n, rx_packets: 2n ** 53n + 1n, tx_packets: 7n }
    const where = [['name', '==', 'br0']] as const
    await client.transact('Open_vSwitch', [{ op: 'update', table: 'Interface', where, row: { statistics } }])
    const [{ rows }] = await client.transact('Open_vSwitch', [
      { op: 'select', table: 'Interface', where, columns: ['statistics'] },
    ])
    expect(rows).toEqual([{ statistics }])
    expect((await ovs.run('ovs-vsctl', 'get', 'Interface', 'br0', 'statistics')).trim()).toBe(
      '{rx_bytes=9223372036854775807, rx_packets=9007199254740993, tx_bytes=-9223372036854775808, tx_packets=7}',
    )
    await using monitor = await client.monitor('Open_vSwitch', { Interface: ['statistics'] })
    expect([...monitor.rows('Interface').values()]).toEqual([{ statistics }])
  })

  it('sends text in any language', async () => {
    const external_ids = { 'owner – 東京': 'Zoë "🎉" \\ \u0001' }
    await client.transact('Open_vSwitch', [{ op: 'update', table: 'Open_vSwitch', where: [], row: { external_ids } }])
    const [{ rows }] = await client.transact('Open_vSwitch', [
      { op: 'select', table: 'Open_vSwitch', where: [], columns: ['external_ids'] },
    ])
    expect(rows).toEqual([{ external_ids }])
  })

  it('names the operation that breaks a constraint, and changes nothing', async () => {
    // A sum that only the server can know.
    const overflow = { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', largest]] } as const
    const operations = [{ op: 'insert', table: 'Interface', row: { name: 'x' } }, overflow, overflow] as const
    await expect(client.transact('Open_vSwitch', operations)).rejects.toMatchObject({
      code: 'transaction',
      message: expect.stringMatching(/operation 1 \(mutate Open_vSwitch\) failed: range error/),
      detail: { index: 1, op: 'mutate', table: 'Open_vSwitch' },
    })
    expect(await ovs.run('ovs-vsctl', '--bare', '--columns=name', 'list', 'Interface')).toBe('br0\n')
  })

  it('names the commit when a name is taken', async () => {
    const again = [
      { op: 'insert', table: 'Interface', 'uuid-name': 'i', row: { name: 'br0' } },
      { op: 'insert', table: 'Port', 'uuid-name': 'p', row: { name: 'other', interfaces: [namedUuid('i')] } },
      {
        op: 'mutate',
        table: 'Bridge',
        where: [['name', '==', 'br0']],
        mutations: [['ports', 'insert', [namedUuid('p')]]],
      },
    ] as const
    await expect(client.transact('Open_vSwitch', again)).rejects.toMatchObject({
      code: 'constraint',
      message: expect.stringMatching(/the commit of 3 operations failed: constraint violation: .*"Interface".*\(br0\)/),
    })
  })

  it('sees the changes of others', async () => {
    await using monitor = await client.monitor('Open_vSwitch', { Bridge: ['name', 'external_ids', 'flood_vlans'] })
    const bridge = () => [...monitor.rows('Bridge').values()][0]
    const vlans = monitor.until(() => (bridge()?.flood_vlans.length === 2 ? bridge()?.flood_vlans : undefined), {
      timeout: 5000,
    })
    await ovs.run('ovs-vsctl', '--no-wait', 'set', 'Bridge', 'br0', 'flood_vlans=5,6', 'external_ids:a=1')
    expect(await vlans).toEqual([5, 6])
    await ovs.run(
      'ovs-vsctl',
      '--no-wait',
      'remove',
      'Bridge',
      'br0',
      'flood_vlans',
      '5',
      '--',
      'set',
      'Bridge',
      'br0',
      'external_ids:b=2',
    )
    await monitor.until(() => (bridge()?.external_ids['b'] === '2' ? true : undefined), { timeout: 5000 })
    expect(bridge()).toEqual({ name: 'br0', external_ids: { a: '1', b: '2' }, flood_vlans: [6] })
  })

  it('gives up a wait that never ends', async () => {
    const never = [
      { op: 'wait', table: 'Bridge', where: [], columns: ['name'], until: '==', rows: [{ name: 'never' }] },
    ] as const
    await expect(client.transact('Open_vSwitch', never, { timeout: 50 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(client.transact('Open_vSwitch', never, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(await client.listDbs()).toContain('Open_vSwitch')
  })
})

describe('OvsdbClient when ovsdb-server is killed', () => {
  it('rejects the pending transaction with closed', async () => {
    const doomed = await PrivateOvs.start({ vswitchd: false })
    try {
      const held = await doomed.client()
      await held.getSchema('Open_vSwitch')
      const never = [
        { op: 'wait', table: 'Open_vSwitch', where: [], columns: ['next_cfg'], until: '==', rows: [{ next_cfg: 99 }] },
      ] as const
      const pending = Promise.allSettled([held.transact('Open_vSwitch', never)])
      await sleep(20)
      await doomed.killServer()
      expect(await pending).toMatchObject([
        { status: 'rejected', reason: { code: 'closed', message: expect.stringContaining('transact') } },
      ])
      expect(await held.closed).toMatchObject({ code: 'closed' })
      await expect(held.echo()).rejects.toMatchObject({ code: 'closed' })
    } finally {
      await doomed.stop()
    }
  })
})
