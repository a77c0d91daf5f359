import { describe, expect, it } from 'vitest'
import { allRoutersMac } from '../packet/ipv6.js'
import { neighbourCount } from './state.js'
import { alice, alice6, bob, frames, Lab, routerMac, twoNetworks } from './routing.test-support.js'

const reply = '1: 0e:00:00:00:10:01 > 02:00:00:00:00:01'

describe('ARP', () => {
  it('is answered for a VIP, and its sender learned', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    expect(lab.packets).toEqual([`${reply} arp reply 10.0.1.254 > 10.0.1.1`])
    expect(lab.events).toEqual([{ eth_src: alice.mac, l3_src_ip: '10.0.1.1', port_no: 1, vid: 100 }])
    expect(neighbourCount(lab.network.dps.get('sw1')!.routing, 100, 4)).toBe(1)
  })

  it('is answered with a tag on a tagged port', () => {
    const lab = new Lab(twoNetworks()).frame({ port: 3 }, frames.arpRequest(alice, '10.0.1.254'))
    expect(lab.packets).toEqual(['3: 0e:00:00:00:10:01 > 02:00:00:00:00:01 vlan 100 arp reply 10.0.1.254 > 10.0.1.1'])
  })

  it('is answered when it comes to the router alone', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254', routerMac[100]))
    expect(lab.packets).toHaveLength(1)
  })

  it.each(['10.0.1.7', '10.0.2.254', '10.0.1.0'])('is not answered for %s', (address) => {
    expect(new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, address)).packets).toEqual([])
  })

  it('is not answered to who is not of the network', () => {
    const stranger = { ...alice, ip: '10.0.9.1' }
    expect(new Lab(twoNetworks()).frame(stranger, frames.arpRequest(stranger, '10.0.1.254')).packets).toEqual([])
  })

  it('is not answered when the frame is cut', () => {
    const frame = frames.arpRequest(alice, '10.0.1.254')
    expect(new Lab(twoNetworks()).frame(alice, frame, { totalLen: frame.length + 1 }).packets).toEqual([])
  })

  it('teaches nobody that a VIP is somewhere else', () => {
    const thief = { ...alice, ip: '10.0.1.254' }
    const lab = new Lab(twoNetworks()).frame(thief, frames.arpRequest(thief, '10.0.1.254'))
    expect(lab.network.dps.get('sw1')?.routing.fib.size).toBe(0)
  })

  it('is no neighbour when nobody asked', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpReply(alice))
    expect(lab.network.dps.get('sw1')?.routing.neighbours.size).toBe(0)
    expect(lab.events).toHaveLength(1)
  })
})

describe('neighbour discovery', () => {
  const link = { ...alice, ip: 'fe80::1' }

  it('is answered for a VIP, and its sender learned', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.solicitation(alice6, 'fc00::1:254'))
    expect(lab.packets).toEqual([`${reply} fc00::1:254 > fc00::1:1 neighbour_advertisement fc00::1:254`])
    expect(lab.events).toEqual([{ eth_src: alice.mac, l3_src_ip: 'fc00::1:1', port_no: 1, vid: 100 }])
    expect(lab.network.dps.get('sw1')?.routing.fib.get('fc00::1:1/128')).toEqual([{ vid: 100, mac: alice.mac }])
  })

  it('makes no routes to addresses of the link', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.solicitation(link, 'fe80::1:254'))
    expect(lab.packets).toEqual([`${reply} fe80::1:254 > fe80::1 neighbour_advertisement fe80::1:254`])
    expect(lab.network.dps.get('sw1')?.routing.fib.size).toBe(0)
  })

  it('must come from the link itself', () => {
    const message = { type: 'neighbour_solicitation', target: 'fc00::1:254', options: [] } as const
    const frame = frames.discovery(alice6, { ip: 'fc00::1:254', mac: routerMac[100] ?? '' }, message, 254)
    expect(new Lab(twoNetworks()).frame(alice, frame).packets).toEqual([])
  })

  it('tells who asks for routers', () => {
    const to = { ip: 'ff02::2', mac: allRoutersMac }
    const lab = new Lab(twoNetworks()).frame(alice, frames.discovery(link, to, { type: 'router_solicitation', options: [] }))
    expect(lab.packets).toEqual([`${reply} fe80::1:254 > fe80::1 router_advertisement`])
  })
})

describe('a ping to a VIP', () => {
  it('is answered with what it said, and its sender learned', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.ping(alice, '10.0.1.254'))
    expect(lab.packets).toEqual([`${reply} 10.0.1.254 > 10.0.1.1 icmp 0 00070001aa`])
    expect(lab.network.dps.get('sw1')?.routing.fib.get('10.0.1.1/32')).toEqual([{ vid: 100, mac: alice.mac }])
  })

  it('is answered in IPv6 too', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.ping6(alice6, 'fc00::1:254'))
    expect(lab.packets).toEqual([`${reply} fc00::1:254 > fc00::1:1 icmp 129 00070001aa`])
  })

  it('is not answered from another network', () => {
    expect(new Lab(twoNetworks()).frame(alice, frames.ping(alice, '10.0.2.254')).packets).toEqual([])
  })
})

describe('a packet that went through too many routers', () => {
  it('is told to its sender, with the beginning of it', () => {
    const frame = frames.udp(alice, '10.0.2.2', { ttl: 1 })
    const lab = new Lab(twoNetworks()).frame(alice, frame, { reason: 'invalid_ttl' })
    expect(lab.packets).toEqual([`${reply} 10.0.1.254 > 10.0.1.1 icmp 11 00000000${Buffer.from(frame.subarray(18, 46)).toString('hex')}`])
    expect(lab.network.dps.get('sw1')?.routing.neighbours.size).toBe(0)
  })

  it('is told in IPv6, with as much as there is of it', () => {
    const frame = frames.udp(alice6, 'fc01::1:2', { ttl: 1 })
    const lab = new Lab(twoNetworks()).frame(alice, frame, { reason: 'invalid_ttl' })
    expect(lab.packets).toEqual([`${reply} fc00::1:254 > fc00::1:1 icmp 3 00000000${Buffer.from(frame.subarray(18)).toString('hex')}`])
  })

  it('is not told of errors, nor to strangers', () => {
    const error = frames.ping(alice, '10.0.2.2').with(38, 11)
    expect(new Lab(twoNetworks()).frame(alice, error, { reason: 'invalid_ttl' }).packets).toEqual([])
    const stranger = { ...alice, ip: '10.0.9.1' }
    expect(new Lab(twoNetworks()).frame(alice, frames.udp(stranger, '10.0.2.2'), { reason: 'invalid_ttl' }).packets).toEqual([])
  })
})

describe('other packets', () => {
  it('tell where their sender is', () => {
    const lab = new Lab(twoNetworks()).frame(bob, frames.udp(bob, '10.0.9.9', { mac: '02:00:00:00:00:09' }))
    expect(lab.packets).toEqual([])
    expect(lab.network.dps.get('sw1')?.routing.fib.get('10.0.2.2/32')).toEqual([{ vid: 200, mac: bob.mac }])
  })

  it('say nothing of hosts that are not of the network', () => {
    const stranger = { ...bob, ip: '10.0.9.1' }
    expect(new Lab(twoNetworks()).frame(bob, frames.udp(stranger, '10.0.2.2')).network.dps.get('sw1')?.routing.fib.get('10.0.9.1/32')).toBeUndefined()
  })

  it('change nothing when nothing is new', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.arpRequest(alice, '10.0.1.254'))
    const before = lab.network.dps.get('sw1')?.routing
    expect(lab.frame(alice, frames.arpRequest(alice, '10.0.1.254')).network.dps.get('sw1')?.routing).toBe(before)
    lab.now += 3
    expect(lab.frame(alice, frames.arpRequest(alice, '10.0.1.254')).network.dps.get('sw1')?.routing.fib).toBe(before?.fib)
  })
})
