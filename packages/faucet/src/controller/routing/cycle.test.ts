import { describe, expect, it } from 'vitest'
import { flowsOf } from '../core/network.test-support.js'
import { alice, bob, frames, Lab, twoNetworks } from './routing.test-support.js'

const quick = 'advertise_interval: 0\n    max_resolve_backoff_time: 8\n    max_host_fib_retry_count: 3\n    arp_neighbor_timeout: 30'
const question = ['2: 0e:00:00:00:20:02 > ff:ff:ff:ff:ff:ff arp request 10.0.2.254 > 10.0.2.2', '3: 0e:00:00:00:20:02 > ff:ff:ff:ff:ff:ff vlan 200 arp request 10.0.2.254 > 10.0.2.2']
const sorted = (lab: Lab) => [...lab.packets].sort()
const asked = (lab: Lab) => lab.packets.some((packet) => packet.endsWith('arp request 10.0.2.254 > 10.0.2.2'))

/** When a host is asked for, in seconds from now on, one tick after the other. */
function times(lab: Lab, seconds: number): readonly number[] {
  const found: number[] = []
  for (let second = 1; second <= seconds; second++) if (asked(lab.wait(1))) found.push(second)
  return found
}

describe('a host that packets come for', () => {
  it('is asked for on all ports of its VLAN, with and without tag', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.udp(alice, '10.0.2.2'))
    expect(sorted(lab)).toEqual(question)
  })

  it('is asked for port by port where the switch wants it so', () => {
    const yaml = twoNetworks({ dp: 'multi_out: false' }).replace('3: {tagged', '4: {native_vlan: 200}\n      3: {tagged')
    const lab = new Lab(yaml).frame(alice, frames.udp(alice, '10.0.2.2'))
    expect(sorted(lab).map((packet) => packet.slice(0, 2))).toEqual(['2:', '3:', '4:'])
  })

  it('is asked for by neighbour discovery in IPv6', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.udp({ ...alice, ip: 'fc00::1:1' }, 'fc01::1:2'))
    expect(sorted(lab)[0]).toBe('2: 0e:00:00:00:20:02 > 33:33:ff:01:00:02 fc01::1:254 > ff02::1:ff01:2 neighbour_solicitation fc01::1:2')
  })

  it('is asked for once, however many packets come', () => {
    const lab = new Lab(twoNetworks()).frame(alice, frames.udp(alice, '10.0.2.2'))
    expect(lab.frame(alice, frames.udp(alice, '10.0.2.2')).packets).toEqual([])
  })

  it('is asked for less and less often, and given up', () => {
    const lab = new Lab(twoNetworks({ dp: quick })).frame(alice, frames.udp(alice, '10.0.2.2'))
    const [second = 0, third = 0, ...more] = times(lab, 60)
    expect(more).toEqual([])
    expect(second).toBeGreaterThan(2)
    expect(third - second).toBeGreaterThan(4)
    expect(lab.network.dps.get('sw1')?.routing.neighbours.get('200 4')).toBeUndefined()
  })

  it('is sought again when packets come after the time of the blackhole', () => {
    const lab = new Lab(twoNetworks({ dp: quick })).frame(alice, frames.udp(alice, '10.0.2.2'))
    times(lab, 60)
    expect(flowsOf(lab.network).some((flow) => flow.includes('hard_timeout') && flow.includes('10.0.2.2'))).toBe(false)
    expect(asked(lab.frame(alice, frames.udp(alice, '10.0.2.2')))).toBe(true)
  })

  it('is not asked for when it is of no connected network, a VIP, or of another router', () => {
    const lab = new Lab(twoNetworks())
    for (const address of ['10.0.9.1', '10.0.2.254', '10.0.2.255', '10.0.2.0']) expect(lab.frame(alice, frames.udp(alice, address)).packets).toEqual([])
    expect(new Lab(twoNetworks({ routers: '' })).frame(alice, frames.udp(alice, '10.0.2.2')).packets).toEqual([])
  })

  it('is not asked for when there are too many neighbours', () => {
    const lab = new Lab(twoNetworks({ vlan: ', proactive_arp_limit: 1' })).frame(alice, frames.udp(alice, '10.0.2.2'))
    expect(lab.frame(alice, frames.udp(alice, '10.0.2.3')).packets).toEqual([])
  })

  it('is not asked for where nothing is learned proactively', () => {
    expect(new Lab(twoNetworks({ dp: 'proactive_learn_v4: false' })).frame(alice, frames.udp(alice, '10.0.2.2')).packets).toEqual([])
  })
})

describe('a host that is known', () => {
  const known = (options: Parameters<typeof twoNetworks>[0] = { dp: quick }) =>
    new Lab(twoNetworks(options)).frame(bob, frames.arpRequest(bob, '10.0.2.254')).wait(1)

  it('is asked for again when it has been silent, first where it was', () => {
    const lab = known()
    expect(times(lab, 28)).toEqual([])
    const first = lab.wait(4).packets.length > 0 ? lab : lab.wait(4)
    expect(first.packets).toEqual(['2: 0e:00:00:00:20:02 > 02:00:00:00:00:02 arp request 10.0.2.254 > 10.0.2.2'])
    for (let second = 0; second < 10 && !asked(lab.wait(1)); second++);
    expect(sorted(lab)).toEqual(question)
  })

  it('is asked for everywhere at once where it is configured so', () => {
    const lab = known({ dp: quick, vlan: ', targeted_gw_resolution: false' })
    for (let second = 0; second < 40 && !asked(lab.wait(1)); second++);
    expect(sorted(lab)).toEqual(question)
  })

  it('is fresh again when it answers', () => {
    const lab = known()
    for (let second = 0; second < 40 && !asked(lab.wait(1)); second++);
    lab.frame(bob, frames.arpReply(bob))
    expect(times(lab, 28)).toEqual([])
  })

  it('is forgotten with its routes when it does not', () => {
    const lab = known()
    times(lab, 90)
    expect(flowsOf(lab.network).some((flow) => flow.includes('nw_dst=10.0.2.2 '))).toBe(false)
  })
})

describe('a gateway', () => {
  const routes = ', routes: [{ip_dst: 192.168.0.0/24, ip_gw: 10.0.1.1}, {ip_dst: 192.168.1.0/24, ip_gw: 10.0.7.1}]'
  const askedFor = (lab: Lab) => lab.packets.filter((packet) => packet.endsWith('10.0.1.254 > 10.0.1.1')).length > 0

  it('is asked for from the beginning, and as long as there are routes', () => {
    const lab = new Lab(twoNetworks({ dp: quick, routes })).wait(1)
    expect(askedFor(lab)).toBe(true)
    let count = 0
    for (let second = 0; second < 200; second++) if (askedFor(lab.wait(1))) count++
    expect(count).toBeGreaterThan(15)
  })

  it('is not asked for when it is of no network here', () => {
    const lab = new Lab(twoNetworks({ routes })).wait(1)
    expect(lab.packets.some((packet) => packet.includes('10.0.7.1'))).toBe(false)
  })
})

describe('a cycle', () => {
  it('asks for so many hosts at most, and packets for the next ones', () => {
    const lab = new Lab(twoNetworks({ dp: `max_hosts_per_resolve_cycle: 2\n    ${quick}` }))
    for (const last of [2, 3, 4, 5]) lab.frame(alice, frames.udp(alice, `10.0.2.${String(last)}`))
    lab.now += 4
    lab.wait(1)
    expect(lab.packets).toHaveLength(4)
    const more = [0, 1, 2, 3].map(() => lab.frame(bob, frames.udp(bob, '10.0.9.9', { mac: '02:00:00:00:00:09' })).packets.length)
    expect(more.reduce((sum, count) => sum + count, 0)).toBe(4)
  })
})
