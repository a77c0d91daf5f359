import { describe, expect, it } from 'vitest'
import type { AclMatch } from './acl-match.js'
import { acl, allow, deny, mirror, output, outputInOrder } from './acl.js'

const ipv4 = { eth_type: 0x800 }
const ipv6 = { eth_type: 0x86dd }

describe('allow and deny', () => {
  it('are for any packet without a match', () => {
    expect(allow()).toEqual([{ rule: { actions: { allow: 1 } } }])
    expect(deny()).toEqual([{ rule: { actions: { allow: 0 } } }])
  })

  it('are for both versions of IP where none is said', () => {
    const rest = { ip_proto: 6, tcp_dst: 23, actions: { allow: 0 } }
    expect(deny({ tcp: { dst: 23 } })).toEqual([{ rule: { ...ipv4, ...rest } }, { rule: { ...ipv6, ...rest } }])
    expect(allow({ ip: true })).toHaveLength(2)
    expect(allow({ dscp: 46 })).toHaveLength(2)
  })

  it('are for the version of an address', () => {
    expect(allow({ udp: { dst: 53 }, from: '10.0.0.0/8' })).toEqual([
      { rule: { ...ipv4, ip_proto: 17, ipv4_src: '10.0.0.0/8', udp_dst: 53, actions: { allow: 1 } } },
    ])
    expect(allow({ to: 'fd00::/8' })).toEqual([{ rule: { ...ipv6, ipv6_dst: 'fd00::/8', actions: { allow: 1 } } }])
  })

  it.each<[AclMatch, object]>([
    [{ icmp: { type: 8, code: 0 } }, { ...ipv4, ip_proto: 1, icmpv4_type: 8, icmpv4_code: 0 }],
    [{ icmpv6: { type: 135 } }, { ...ipv6, ip_proto: 58, icmpv6_type: 135 }],
    [{ arp: { op: 1, target: '10.0.0.1' } }, { eth_type: 0x806, arp_op: 1, arp_tpa: '10.0.0.1' }],
    [{ sctp: { src: 7 }, ip: 6 }, { ...ipv6, ip_proto: 132, sctp_src: 7 }],
    [{ tcp: { dst: '0x1000/0xf000' }, ip: 4 }, { ...ipv4, ip_proto: 6, tcp_dst: '0x1000/0xf000' }],
    [{ fromMac: '0e:00:00:00:00:02', vlan: 5 }, { eth_src: '0e:00:00:00:00:02', vlan_vid: 5 }],
    [{ toMac: '01:00:00:00:00:00/01:00:00:00:00:00' }, { eth_dst: '01:00:00:00:00:00/01:00:00:00:00:00' }],
    [{ ethType: 0x88cc }, { eth_type: 0x88cc }],
    [{ ipProto: 47, ip: 4, fields: { nw_ttl: 1 } }, { ...ipv4, ip_proto: 47, nw_ttl: 1 }],
  ])('match %o', (match, fields) => {
    expect(allow(match)).toEqual([{ rule: { ...fields, actions: { allow: 1 } } }])
  })

  it('take a meter, a mirror, a cookie and a description', () => {
    expect(allow({}, { meter: 'slow', mirror: 3, cookie: 7, description: 'guests' })).toEqual([
      { rule: { description: 'guests', cookie: 7, actions: { allow: 1, meter: 'slow', mirror: 3 } } },
    ])
  })

  it.each<[unknown, string]>([
    [{ tcp: { dst: 70000 } }, 'tcp.dst is 70000; it must be a port from 0 to 65535'],
    [{ tcp: { dst: '80' } }, 'tcp.dst is "80"'],
    [{ tcp: { port: 80 } }, "tcp has 'port'; it must be true, or an object with src, dst"],
    [{ tcp: 80 }, 'tcp is 80; it must be true, or an object with src, dst'],
    [{ http: true }, "match has 'http'; it may have icmp, tcp,"],
    [{ tcp: true, udp: true }, 'match has tcp and udp; a packet is one of them'],
    [{ from: '10.0.0.1', to: 'fd00::1' }, 'match has from 10.0.0.1 and to fd00::1: one is IPv4, another IPv6'],
    [{ icmp: true, from: 'fd00::1' }, 'choose one version'],
    [{ from: '10.0.0.0/33' }, `from is "10.0.0.0/33"; it must be an IP address or network`],
    [{ from: 'web' }, 'from is "web"'],
    [{ arp: true, from: '10.0.0.1' }, 'match has arp and something of IP; the addresses of ARP are arp.sender'],
    [{ arp: { sender: 'fd00::1' } }, "arp.sender is 'fd00::1'; ARP has IPv4 addresses"],
    [{ fromMac: '0e:00' }, 'fromMac is "0e:00"; it must be a MAC address'],
    [{ vlan: 4096 }, 'vlan is 4096; it must be a whole number from 1 to 4095'],
    [{ ip: 5 }, 'ip is 5; it must be 4, 6, or true for both'],
    ['tcp', 'match is "tcp"; it must be an object'],
  ])('refuse %o', (match, message) => {
    expect(() => deny(match as AclMatch)).toThrow(message)
  })
})

describe('mirror and output', () => {
  it('send to ports', () => {
    expect(mirror('tap', { icmp: true })).toEqual([{ rule: { ...ipv4, ip_proto: 1, actions: { allow: 1, mirror: 'tap' } } }])
    expect(output(3)).toEqual([{ rule: { actions: { allow: 0, output: { port: 3 } } } }])
    expect(output([1, 'b'], {}, { allow: true })).toEqual([{ rule: { actions: { allow: 1, output: { ports: [1, 'b'] } } } }])
    const to = { set_fields: [{ eth_dst: '0e:00:00:00:00:02' }], port: 3 }
    expect(output(to)).toEqual([{ rule: { actions: { allow: 0, output: to } } }])
  })

  it('carry out steps in order', () => {
    const steps = [{ port: 1 }, { vlan_vid: 5 }, { port: 2 }]
    expect(outputInOrder(steps)).toEqual([{ rule: { actions: { allow: 0, output: steps } } }])
  })

  it('refuse what Faucet would', () => {
    expect(() => output([])).toThrow('output has no port; to drop packets, use deny()')
    expect(() => output({})).toThrow('output is empty')
    expect(() => output(0)).toThrow('output is 0; it must be a port')
    expect(() => output({ vlan_vid: 0 })).toThrow('output.vlan_vid is 0; a VID is from 1 to 4095')
    expect(() => outputInOrder([{ port: 1, vlan_vid: 2 }])).toThrow('steps[0] is {"port":1,"vlan_vid":2}')
    expect(() => allow({}, { cookie: -1 })).toThrow('cookie is -1')
  })
})

describe('acl', () => {
  it('joins rules', () => {
    expect(acl(deny({ tcp: true }), allow(), { actions: { allow: 0 } })).toHaveLength(4)
    expect(() => acl()).toThrow('the ACL has no rules')
  })
})
