import { expect, it } from 'vitest'
import { busybox } from './world/docker.js'
import { machine } from './world/leftovers.js'
import { useWorld } from './world/world.js'

// What all tests of this package stand on. When this fails, look here first.
const { docker, ovs } = useWorld()

it('has a Docker that starts containers, and an Open vSwitch that makes bridges, also after they were killed', async () => {
  expect(await docker.cli('run', '--rm', busybox, 'hostname', '-i')).toBe('172.17.0.2')
  await ovs.vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev')
  expect((await machine(docker)).bridges).toEqual(['br0'])
  await ovs.restart('SIGKILL')
  await docker.restart('SIGKILL')
  expect(await ovs.vsctl('list-br')).toBe('br0')
  await ovs.vsctl('del-br', 'br0')
})
