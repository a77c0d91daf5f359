import { addBridge, addPorts, type OvsdbClient, removeBridges, removePorts, updatePort, Vswitch } from '@streambed/ovs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datapath, PrivateOvs } from './private-ovs.js'

let ovs: PrivateOvs
let client: OvsdbClient
let vswitch: Vswitch
beforeAll(async () => {
  const first = {
    name: 'br0',
    datapath_type: datapath,
    fail_mode: 'standalone',
    datapath_id: '00000000000000ab',
  } as const
  ovs = await PrivateOvs.start({ vswitchd: true, bridges: [first] })
  client = await ovs.client()
  vswitch = await Vswitch.open(client)
  await vswitch.ready({ interfaces: ['br0'] })
})
afterAll(async () => {
  await client?.close()
  await ovs?.stop()
})

/** OpenFlow port numbers by name, from the switch itself: ` 7(p7): addr:…`. */
async function ofportsOf(bridge: string): Promise<Map<string, number>> {
  const shown = await ovs.run('ovs-ofctl', 'show', ovs.management(bridge))
  return new Map(
    [...shown.matchAll(/^ (\d+)\(([^)]+)\): addr/gm)].map(([, number, name]) => [name as string, Number(number)]),
  )
}

const fifty = Array.from({ length: 50 }, (_, index) => ({
  name: `p${index}`,
  type: 'internal',
  ofport_request: 100 + index,
  tag: 1 + (index % 3),
}))

describe('Vswitch with ovs-vswitchd', () => {
  it('finds the bridge of the initial database in place', async () => {
    expect(await ovs.run('ovs-vsctl', 'show')).toMatch(
      new RegExp(
        `Bridge br0\\s+fail_mode: standalone\\s+datapath_type: ${datapath}\\s+Port br0\\s+Interface br0\\s+type: internal`,
      ),
    )
    expect(await ovs.run('ovs-ofctl', 'show', ovs.management('br0'))).toContain('dpid:00000000000000ab')
    expect(await ovs.complaints()).toEqual([])
  })

  it('adds a bridge with 50 ports in one transaction, and knows their numbers', async () => {
    const { ofports } = await vswitch.commit([
      ...addBridge({ name: 'br1', datapath_type: datapath }),
      ...addPorts('br1', fifty),
    ])
    expect(ofports.get('br1')).toBe(65534)
    const expected = new Map(fifty.map(({ name, ofport_request }) => [name, ofport_request]))
    expect(new Map([...ofports].filter(([name]) => name !== 'br1'))).toEqual(expected)
    expect(await ofportsOf('br1')).toEqual(expected)
    expect(
      (await ovs.run('ovs-vsctl', 'get', 'Interface', 'p7', 'ofport', '--', 'get', 'Port', 'p7', 'tag')).trim(),
    ).toBe('107\n2')
    expect((await ovs.run('ovs-vsctl', 'list-ports', 'br1')).trim().split('\n')).toHaveLength(50)
  })

  it('changes VLANs', async () => {
    await vswitch.commit([...updatePort('p0', { tag: undefined, trunks: [5, 6] }), ...updatePort('p1', { tag: 9 })])
    const columns = ['get', 'Port', 'p0', 'tag', 'trunks', '--', 'get', 'Port', 'p1', 'tag']
    expect((await ovs.run('ovs-vsctl', ...columns)).trim().split('\n')).toEqual(['[]', '[5, 6]', '9'])
  })

  it('gives another number when the requested one is taken, and says which', async () => {
    const { ofports } = await vswitch.commit(addPorts('br1', [{ name: 'late', type: 'internal', ofport_request: 100 }]))
    expect(ofports.get('late')).not.toBe(100)
    expect((await ofportsOf('br1')).get('late')).toBe(ofports.get('late'))
  })

  it('names every interface that cannot be brought up, with the reason, and the others work', async () => {
    const ports = [{ name: 'nowhere' }, { name: 'fine', type: 'internal' }, { name: 'strange', type: 'nosuchtype' }]
    await expect(vswitch.commit(addPorts('br1', ports))).rejects.toMatchObject({
      code: 'interface',
      message: expect.stringMatching(
        /2 interfaces: nowhere: .*No such device.*; strange: could not open network device/,
      ),
      detail: {
        interfaces: new Map([
          ['nowhere', expect.any(String)],
          ['strange', expect.any(String)],
        ]),
      },
    })
    expect((await ofportsOf('br1')).has('fine')).toBe(true)
    expect((await ovs.complaints()).join('\n')).toContain('nowhere')
    await vswitch.commit(removePorts('br1', vswitch.portUuids(['nowhere', 'strange', 'fine'])))
    expect((await ofportsOf('br1')).has('fine')).toBe(false)
  })

  it('refuses ports for a bridge that does not exist', async () => {
    await expect(vswitch.commit(addPorts('br9', [{ name: 'x', type: 'internal' }]))).rejects.toMatchObject({
      code: 'transaction',
      message: expect.stringContaining('operation 0 (wait Bridge) failed'),
    })
    await expect(ovs.run('ovs-vsctl', 'get', 'Interface', 'x', 'name')).rejects.toThrow('no row "x"')
  })

  it('refuses a port that exists already', async () => {
    await expect(vswitch.commit(addPorts('br1', [{ name: 'p3', type: 'internal' }]))).rejects.toMatchObject({
      code: 'constraint',
      message: expect.stringMatching(/failed: constraint violation: .*\(p3\)/),
    })
  })

  it('runs commits side by side', async () => {
    const names = ['q0', 'q1', 'q2', 'q3', 'q4']
    const commits = await Promise.all(
      names.map((name) => vswitch.commit(addPorts('br1', [{ name, type: 'internal' }]))),
    )
    const ofports = await ofportsOf('br1')
    expect(commits.map((commit, index) => commit.ofports.get(names[index] as string))).toEqual(
      names.map((name) => ofports.get(name)),
    )
  })

  it('removes a bridge with its ports', async () => {
    await vswitch.commit(removeBridges(vswitch.bridgeUuids(['br1'])))
    expect((await ovs.run('ovs-vsctl', 'list-br')).trim()).toBe('br0')
    expect((await ovs.run('ovs-vsctl', '--bare', '--columns=name', 'list', 'Interface')).trim()).toBe('br0')
  })
})
