import { afterAll, beforeAll, expect, it } from 'vitest'
import { busybox, Docker } from './world/docker.js'
import { machine } from './world/leftovers.js'
import { OpenVswitch } from './world/ovs.js'

// What all tests of this package stand on. When this fails, look here first.
let docker: Docker
let ovs: OpenVswitch

beforeAll(async () => {
  ;[docker, ovs] = await Promise.all([Docker.start(), OpenVswitch.start()])
})
afterAll(() => Promise.all([docker.down(), ovs.down()]))

it('has a Docker that starts containers, and an Open vSwitch that makes bridges', async () => {
  const before = await machine()
  expect(await docker.cli('run', '--rm', busybox, 'hostname', '-i')).toBe('172.17.0.2')
  await ovs.vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev')
  expect((await machine()).bridges).toEqual(['br0'])
  await ovs.restart('SIGKILL')
  await docker.restart('SIGKILL')
  expect(await ovs.vsctl('list-br')).toBe('br0')
  await ovs.vsctl('del-br', 'br0')
  expect(await machine()).toEqual({ ...before, firewall: expect.anything() })
})
