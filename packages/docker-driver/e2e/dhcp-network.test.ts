import { expect, it } from 'vitest'
import { Embedded } from './world/embedded.js'
import { run, until } from './world/program.js'
import { dhcpServer } from './world/servers.js'
import { useWorld } from './world/world.js'

// A container that runs already is connected to a network with DHCP, and disconnected.
const world = useWorld()
const { docker } = world
const embedded = new Embedded(world)

it('a running container gets an address when it is connected, and gives it back when it is disconnected', async () => {
  await run('ip', 'netns', 'add', 'office')
  world.afterTest(() => run('ip', 'netns', 'del', 'office'))
  await world.card('eno1', 'lan', 'office')
  await run('ip', '-n', 'office', 'addr', 'add', '192.168.7.1/24', 'dev', 'lan')
  await world.daemon(dhcpServer('192.168.7', 'lan', { namespace: 'office' }))
  await embedded.start()
  await embedded.create('office', '--ipam-driver null', 'dhcp=true', 'add_ports=eno1/1')
  await embedded.create('lab', '--subnet=10.9.0.0/24')
  await docker.sleeper('web', '--network', 'lab')
  // Docker never gives a name twice: at the second connection it is eth2.
  const address = async (): Promise<string | undefined> => /eth[12] +inet (192\.168\.7\.\d+\/24)/.exec(await docker.exec('web', 'ip', '-4', '-o', 'addr'))?.[1]
  const reported = (): string | undefined => [...(embedded.network('office')?.endpoints.values() ?? [])][0]?.ipv4

  await docker.cli('network', 'connect', 'office', 'web')
  await until(async () => (await address()) !== undefined, () => `the container has an address: ${embedded.log.join('\n')}`)
  const first = await address()
  await until(() => reported() === first, 'the driver says so')
  expect(await docker.reaches('web', '192.168.7.1')).toBe(true)
  expect(await run('ip', 'netns', 'exec', 'office', 'ping', '-c1', '-W3', first?.split('/')[0] ?? '')).toContain('1 received')
  // The other network is as it was.
  expect(await docker.exec('web', 'ip', '-4', '-o', 'addr', 'show', 'eth0')).toContain('10.9.0.2/24')

  await docker.cli('network', 'disconnect', 'office', 'web')
  await expect(run('pgrep', '-f', 'udhcpc -f')).rejects.toThrow()
  expect(await docker.exec('web', 'ip', '-o', 'link')).not.toMatch(/eth[12]/)
  expect(reported()).toBeUndefined()
  await docker.cli('network', 'connect', 'office', 'web')
  await until(async () => (await address()) !== undefined, () => `it has an address again: ${embedded.log.join('\n')}`)
})
