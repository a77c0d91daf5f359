import { expect, it } from 'vitest'
import { interfaceName } from './container-interface.js'

const links = JSON.stringify([
  { ifindex: 1, ifname: 'lo', link_type: 'loopback', address: '00:00:00:00:00:00' },
  {},
  { ifindex: 2, ifname: 'tun0', link_type: 'none' },
  { ifindex: 7, link_index: 8, ifname: 'eth1', link_type: 'ether', address: '0e:99:00:00:00:01' },
])

it('finds an interface by its MAC address, whatever it is called', () => {
  expect(interfaceName(links, '0E:99:00:00:00:01')).toBe('eth1')
  expect(interfaceName(links, '0e:99:00:00:00:02')).toBeUndefined()
  expect(interfaceName(links, '00:00:00:00:00:00')).toBeUndefined()
})
