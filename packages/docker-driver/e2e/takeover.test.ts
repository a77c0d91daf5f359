import { describe, expect, it } from 'vitest'
import { Embedded } from './world/embedded.js'
import { until } from './world/program.js'
import { useWorld } from './world/world.js'

// A driver that starts finds what another one has left: made with other flags, or damaged.
const world = useWorld()
const { docker, ovs } = world
const config = 'acls: {denyall: [{rule: {actions: {allow: 0}}}]}'
const embedded = new Embedded(world, { config })
const { log } = embedded

const controllers = async (bridge: string): Promise<string[]> => (await ovs.vsctl('get-controller', bridge)).split('\n').filter(Boolean).sort()
const complaints = (): string[] => log.filter((line) => /^(warning|error)/.test(line))

/** Two containers that reach one another, and one whose ACL lets nothing through. */
async function three(): Promise<string> {
  const { bridge } = await embedded.create('lab', '--subnet=10.9.0.0/24', 'mode=nat')
  for (const name of ['con1', 'con2']) await docker.sleeper(name, '--network', 'lab')
  await docker.sleeper('denied', '--network', 'lab', '--label', 'dovesnap.faucet.portacl=denyall')
  await expectReach()
  return bridge
}

async function expectReach(): Promise<void> {
  expect(await docker.reaches('con1', '10.9.0.3')).toBe(true)
  expect(await docker.reaches('denied', '10.9.0.3', 1)).toBe(false)
}

/** Writes something else where the driver has written. */
async function damage(table: string, record: string, key: string, value: string): Promise<void> {
  await ovs.vsctl('remove', table, record, 'external_ids', key)
  await ovs.vsctl('set', table, record, `external_ids:${key}=${JSON.stringify(value)}`)
}

describe('a driver that starts again', () => {
  it('with other controllers gives its networks those, and takes them away again', async () => {
    await embedded.start()
    const bridge = await three()
    const { bridge: own } = await embedded.create('own', '--subnet=10.8.0.0/24', 'controller=tcp:127.0.0.1:7001')
    const [socket = ''] = await controllers(bridge)
    expect(await controllers(own)).toEqual(['tcp:127.0.0.1:7001', socket])
    await embedded.driver.close()
    await embedded.start({ defaultControllers: ['tcp:127.0.0.1:7002', 'tcp:127.0.0.1:7003'] })
    await until(async () => (await controllers(bridge)).join() === ['tcp:127.0.0.1:7002', 'tcp:127.0.0.1:7003', socket].join(), 'the network has the new controllers')
    // What the network itself names stays.
    expect(await controllers(own)).toEqual(['tcp:127.0.0.1:7001', socket])
    await expectReach()
    await embedded.driver.close()
    await embedded.start()
    await until(async () => (await controllers(bridge)).join() === socket, 'they are gone')
    await embedded.driver.control.ready()
    await expectReach()
    expect(complaints()).toEqual([])
  })

  it('reports the damaged record of a network, and makes it again from what Docker knows', async () => {
    await embedded.start()
    const bridge = await three()
    await embedded.driver.close()
    await damage('bridge', bridge, 'streambed-request', '{"options":')
    await embedded.start()
    expect(complaints()).toContainEqual(expect.stringMatching(new RegExp(`^error: the record of network [0-9a-f]{12} on bridge ${bridge} is damaged`)))
    await until(() => embedded.network('lab')?.endpoints.size === 3, 'the network is known again')
    await embedded.driver.reconcile()
    await embedded.driver.control.ready()
    expect(embedded.network('lab')?.bridge).toBe(bridge)
    await expectReach()
  })

  it('reports the damaged record of a container, and keeps its rules', async () => {
    await embedded.start()
    await three()
    const denied = [...(embedded.network('lab')?.endpoints.values() ?? [])].find(({ joined }) => joined?.containerName === 'denied')
    await embedded.driver.close()
    await damage('interface', denied?.hostInterface ?? '', 'streambed-state', 'nonsense')
    await embedded.start()
    expect(complaints()).toContainEqual(expect.stringMatching(/^error: the record of endpoint [0-9a-f]{12} on port odsve[0-9a-f]{5} of bridge odsbr[0-9a-f]{5} is damaged/))
    await embedded.driver.reconcile()
    await embedded.driver.control.ready()
    await until(() => embedded.network('lab')?.endpoints.get(denied?.id ?? '')?.joined?.containerName === 'denied', 'the container is known again')
    await expectReach()
  })

  it('leaves alone what is not its own, however that is written', async () => {
    await embedded.start()
    await three()
    await embedded.driver.close()
    for (const [name, ...ids] of [
      ['other0', 'streambed-driver=other', 'streambed-network=x', 'streambed-request=nonsense'],
      ['other1', 'streambed-network=x'],
      ['other2', 'streambed-driver=dovesnap'],
    ]) await ovs.vsctl('add-br', name ?? '', '--', 'set', 'bridge', name ?? '', 'datapath_type=netdev', ...ids.map((id) => `external_ids:${id}`))
    world.afterTest(() => ovs.vsctl('del-br', 'other0', '--', 'del-br', 'other1', '--', 'del-br', 'other2'))
    await embedded.start()
    await embedded.driver.reconcile()
    expect((await ovs.vsctl('list-br')).split('\n')).toEqual(expect.arrayContaining(['other0', 'other1', 'other2']))
    expect(complaints()).toEqual([])
    await expectReach()
  })
})
