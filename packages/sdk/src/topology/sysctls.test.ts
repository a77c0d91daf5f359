import { expect, it } from 'vitest'
import { buildModel } from './build.js'
import type { HostModel } from './model.js'
import type { HostSpec } from './spec.js'
import { hostSysctls } from './sysctls.js'

function settings(host: HostSpec): ReturnType<typeof hostSysctls> {
  const model = buildModel({ networks: { lan: {}, four: { subnet: '10.4.0.0/24' } }, hosts: { a: { networks: ['lan'], ...host } } })
  return hostSysctls(model, model.hosts.get('a') as HostModel)
}

const NO_DAD = ['net/ipv6/conf/default/accept_dad', '0']

it('without any, only duplicate-address detection is off', () => {
  expect(settings({})).toEqual({ general: [NO_DAD], ofInterfaces: [] })
})

it('nothing is set in a host that does not speak IPv6', () => {
  expect(settings({ networks: ['four'] }).general).toEqual([])
})

it('forwarding is for both families, and what the user says comes behind it', () => {
  expect(settings({ forwarding: true, sysctls: { 'net.ipv6.conf.all.forwarding': 0, 'net.ipv6.conf.default.accept_dad': 1 } }).general).toEqual([
    NO_DAD,
    ['net/ipv4/ip_forward', '1'],
    ['net/ipv6/conf/all/forwarding', '1'],
    ['net/ipv6/conf/default/forwarding', '1'],
    ['net/ipv6/conf/all/forwarding', '0'],
    ['net/ipv6/conf/default/accept_dad', '1'],
  ])
})

it('names are read as sysctl(8) reads them', () => {
  const { general, ofInterfaces } = settings({
    sysctls: { 'net.ipv4.tcp_rmem': '4096 87380 6291456', 'net/core/somaxconn': 128, 'net.ipv4.conf.lo.rp_filter': 1, 'net.ipv4.conf.up0/100.rp_filter': 2, 'net/ipv4/conf/up0.100/arp_ignore': 1, 'net.ipv4.neigh.eth0.gc_stale_time': 5 },
  })
  expect(general.slice(1)).toEqual([
    ['net/ipv4/tcp_rmem', '4096 87380 6291456'],
    ['net/core/somaxconn', '128'],
    ['net/ipv4/conf/lo/rp_filter', '1'],
  ])
  // Their directories are there when the interfaces are, not before.
  expect(ofInterfaces).toEqual([
    ['net/ipv4/conf/up0.100/rp_filter', '2'],
    ['net/ipv4/conf/up0.100/arp_ignore', '1'],
    ['net/ipv4/neigh/eth0/gc_stale_time', '5'],
  ])
})

it('an interface is known by the name that the user gave it', () => {
  const { ofInterfaces } = settings({ networks: { lan: { interface: 'uplink-to-the-internet' } }, sysctls: { 'net.ipv4.conf.uplink-to-the-internet.rp_filter': 1 } })
  expect(ofInterfaces).toEqual([['net/ipv4/conf/eth0/rp_filter', '1']])
})
