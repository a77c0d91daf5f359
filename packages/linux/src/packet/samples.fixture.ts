import { encodePacket, type PacketFields } from './encode.js'
import { encodeIcmp } from './icmp.js'
import { encodeIpv4 } from './ipv4.js'
import { encodeIpv6 } from './ipv6.js'
import type { NeighborDiscovery } from './neighbor-discovery.js'
import { encodeTcp } from './tcp.js'
import { encodeUdp } from './udp.js'
import { encodeVxlan } from './vxlan.js'

// Packets of every kind that the codec knows. Their bytes, and what tcpdump says of them, are in samples.golden.ts.

const ethernet = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01' }
const v4 = { src: '10.0.0.1', dst: '10.0.0.2' }
const v6 = { src: 'fd00::1', dst: 'fd00::2' }
const ports = { srcPort: 1000, dstPort: 2000 }
const hello = new TextEncoder().encode('hello')
const noMac = '00:00:00:00:00:00'
const count = (length: number) => Uint8Array.from({ length }, (_, i) => i)
const tag = (vid: number, pcp = 0, tpid = 0x8100) => ({ tpid, pcp, dei: false, vid })
const arp = (op: number, spa: string, tha = noMac): PacketFields => ({ ethernet, arp: { op, sha: ethernet.src, spa, tha, tpa: '10.0.0.2' } })

const udpProbe4 = encodeIpv4({ ...v4, protocol: 17 }, encodeUdp({ srcPort: 40000, dstPort: 33434 }, v4, hello))
const tcpProbe4 = encodeIpv4({ ...v4, protocol: 6 }, encodeTcp({ srcPort: 1, dstPort: 80 }, v4, hello))
const ping4 = encodeIpv4({ ...v4, protocol: 1 }, encodeIcmp({ type: 8, id: 1, seq: 2 }, count(8)))
const udpProbe6 = encodeIpv6({ ...v6, protocol: 17 }, encodeUdp({ srcPort: 40000, dstPort: 33434 }, v6, hello))
const tcpProbe6 = encodeIpv6({ ...v6, protocol: 6 }, encodeTcp({ srcPort: 40000, dstPort: 80, flags: { syn: true } }, v6, new Uint8Array()))

/** An ICMP error of 10.0.0.2, with 8 bytes of the upper layer as in RFC 792. */
const error4 = (type: number, code: number, extra: Partial<PacketFields['icmp']> = {}, about = udpProbe4): PacketFields => ({
  ethernet,
  ipv4: { src: v4.dst, dst: v4.src },
  icmp: { type, code, ...extra },
  payload: about.subarray(0, 28),
})
const error6 = (type: number, code: number, extra: Partial<PacketFields['icmpv6']> = {}, about = udpProbe6): PacketFields => ({
  ethernet,
  ipv6: { src: v6.dst, dst: v6.src },
  icmpv6: { type, code, ...extra },
  payload: about,
})
const neighbor = (dst: string, nd: NeighborDiscovery): PacketFields => ({
  ethernet,
  ipv6: { src: v6.src, dst, hopLimit: 255 },
  icmpv6: { type: 0, nd },
})
const segment = (tcp: Partial<PacketFields['tcp']>, payload = new Uint8Array()): PacketFields => ({
  ethernet,
  ipv4: v4,
  tcp: { ...ports, seq: 9, ...tcp },
  payload,
})

const datagram4 = encodeUdp(ports, v4, count(100))
const datagram6 = encodeUdp(ports, v6, count(100))
const fragment4 = (fragmentOffset: number, mf: boolean, payload: Uint8Array): PacketFields => ({
  ethernet,
  ipv4: { ...v4, identification: 9, flags: { reserved: false, df: false, mf }, fragmentOffset, protocol: 17 },
  payload,
})
const fragment6 = (fragmentOffset: number, moreFragments: boolean, payload: Uint8Array): PacketFields => ({
  ethernet,
  ipv6: { ...v6, protocol: 17, extensions: [{ type: 'fragment', fragmentOffset, moreFragments, identification: 77 }] },
  payload,
})
const routerAlert = { type: 'hopByHop', data: Uint8Array.of(5, 2, 0, 0, 1, 0) } as const

export const samples: Readonly<Record<string, PacketFields>> = {
  arpRequest: arp(1, '10.0.0.1'),
  arpUnicastRequest: arp(1, '10.0.0.1', ethernet.dst),
  arpProbe: arp(1, '0.0.0.0'),
  arpAnnouncement: arp(1, '10.0.0.2'),
  arpReply: arp(2, '10.0.0.1', ethernet.dst),
  arpUnknown: arp(25, '10.0.0.1'),

  echoRequest: { ethernet, ipv4: v4, icmp: { type: 8, id: 1, seq: 2 }, payload: count(56) },
  echoReplyInVlan: { ethernet, vlans: [tag(100, 5)], ipv4: v4, icmp: { type: 0, id: 1, seq: 2 }, payload: count(56) },
  echoReplyInTwoVlans: { ethernet, vlans: [tag(10, 0, 0x88a8), tag(100)], ipv4: v4, icmp: { type: 0, id: 1, seq: 2 }, payload: count(56) },
  netUnreachable: error4(3, 0),
  hostUnreachable: error4(3, 1),
  protocolUnreachable: error4(3, 2),
  udpPortUnreachable: error4(3, 3),
  tcpPortUnreachable: error4(3, 3, {}, tcpProbe4),
  portUnreachableForPing: error4(3, 3, {}, ping4),
  needToFragment: error4(3, 4, { mtu: 1400 }),
  needToFragmentWithoutMtu: error4(3, 4),
  sourceRouteFailed: error4(3, 5),
  netUnknown: error4(3, 6),
  hostUnknown: error4(3, 7),
  netProhibited: error4(3, 9),
  hostProhibited: error4(3, 10),
  prohibitedByFilter: error4(3, 13),
  unreachableUnknown: error4(3, 20),
  redirectNet: error4(5, 0, { gateway: '10.0.0.254' }),
  redirectHost: error4(5, 1, { gateway: '10.0.0.254' }),
  timeExceeded: error4(11, 0),
  reassemblyTimeExceeded: error4(11, 1),
  parameterProblem: error4(12, 0, { restOfHeader: 0x14000000 }),
  icmpUnknown: error4(42, 0, { restOfHeader: 0xdeadbeef }),

  udp: { ethernet, ipv4: v4, udp: ports, payload: hello },
  udpWithoutChecksum: { ethernet, ipv4: v4, udp: { ...ports, checksum: 0 }, payload: hello },
  udpOverIpv6: { ethernet, ipv6: v6, udp: ports, payload: hello },
  ipv4Options: { ethernet, ipv4: { ...v4, options: Uint8Array.of(0x94, 4, 0, 0) }, udp: ports, payload: hello },
  firstFragment: fragment4(0, true, datagram4.subarray(0, 48)),
  lastFragment: fragment4(6, false, datagram4.subarray(48)),
  unknownProtocol: { ethernet, ipv4: { ...v4, protocol: 253 }, payload: hello },

  tcpSyn: {
    ethernet,
    ipv4: { ...v4, dscp: 46, ecn: 1, identification: 7, ttl: 3 },
    tcp: {
      ...ports,
      seq: 1000,
      flags: { syn: true },
      options: [
        { type: 'mss', mss: 1460 },
        { type: 'sackPermitted' },
        { type: 'timestamps', value: 5, echoReply: 0 },
        { type: 'nop' },
        { type: 'windowScale', shift: 7 },
      ],
    },
  },
  tcpData: {
    ethernet,
    ipv6: v6,
    tcp: {
      ...ports,
      seq: 0xfffffffe,
      ack: 7,
      flags: { psh: true, ack: true },
      options: [{ type: 'nop' }, { type: 'nop' }, { type: 'sack', blocks: [{ left: 10, right: 20 }, { left: 30, right: 40 }] }],
    },
    payload: hello,
  },
  tcpAck: segment({ ack: 8, flags: { ack: true } }),
  tcpFinAck: segment({ ack: 7, flags: { fin: true, ack: true } }),
  tcpReset: segment({ window: 0, flags: { rst: true } }),
  tcpNoFlags: segment({}),
  tcpUnknownOption: segment({
    urgentPointer: 3,
    flags: { urg: true, ece: true, cwr: true },
    options: [{ type: 'unknown', kind: 99, data: hello.subarray(0, 4) }, { type: 'endOfOptions', padding: Uint8Array.of(0) }],
  }),

  extensionHeaders: {
    ethernet,
    ipv6: { ...v6, extensions: [routerAlert, { type: 'destination', data: Uint8Array.of(1, 4, 0, 0, 0, 0) }] },
    udp: ports,
    payload: hello,
  },
  firstFragment6: fragment6(0, true, datagram6.subarray(0, 48)),
  lastFragment6: fragment6(6, false, datagram6.subarray(48)),
  noNextHeader: { ethernet, ipv6: { ...v6, protocol: 59 } },
  unknownProtocol6: { ethernet, ipv6: { ...v6, protocol: 253 }, payload: hello },
  echoRequest6: { ethernet, ipv6: { ...v6, trafficClass: 0xb8, flowLabel: 0x12345 }, icmpv6: { type: 128, id: 1, seq: 2 }, payload: count(56) },
  echoReply6: { ethernet, ipv6: v6, icmpv6: { type: 129, id: 1, seq: 2 }, payload: count(56) },
  noRoute6: error6(1, 0),
  prohibited6: error6(1, 1),
  beyondScope6: error6(1, 2),
  addressUnreachable6: error6(1, 3),
  udpPortUnreachable6: error6(1, 4),
  tcpPortUnreachable6: error6(1, 4, {}, tcpProbe6),
  unreachableUnknown6: error6(1, 9),
  packetTooBig: error6(2, 0, { mtu: 1280 }),
  timeExceeded6: error6(3, 0),
  reassemblyTimeExceeded6: error6(3, 1),
  parameterProblem6: error6(4, 1, { pointer: 6 }),
  icmpv6Unknown: { ethernet, ipv6: v6, icmpv6: { type: 200, code: 3 }, payload: hello },

  neighborSolicitation: neighbor('ff02::1:ff00:2', {
    type: 'neighborSolicitation',
    target: 'fd00::2',
    options: [{ type: 'sourceLinkLayerAddress', mac: ethernet.src }],
  }),
  neighborAdvertisement: neighbor('fd00::2', {
    type: 'neighborAdvertisement',
    target: 'fd00::1',
    router: false,
    solicited: true,
    override: true,
    options: [{ type: 'targetLinkLayerAddress', mac: ethernet.src }],
  }),
  routerSolicitation: neighbor('ff02::2', { type: 'routerSolicitation', options: [{ type: 'sourceLinkLayerAddress', mac: ethernet.src }] }),
  routerAdvertisement: neighbor('ff02::1', {
    type: 'routerAdvertisement',
    curHopLimit: 64,
    managed: true,
    otherConfig: false,
    otherFlags: 0x08,
    routerLifetime: 1800,
    reachableTime: 30_000,
    retransTimer: 1000,
    options: [
      { type: 'sourceLinkLayerAddress', mac: ethernet.src },
      { type: 'mtu', mtu: 1500 },
      {
        type: 'prefixInformation',
        prefix: 'fd00::',
        prefixLength: 64,
        onLink: true,
        autonomous: true,
        validLifetime: 86_400,
        preferredLifetime: 14_400,
      },
      { type: 'unknown', rawType: 25, data: Uint8Array.of(0, 0, 0, 0, 0, 60, ...new Uint8Array(16)) },
    ],
  }),
  redirect6: neighbor('fd00::2', { type: 'redirect', target: 'fd00::9', destination: 'fd00:1::1', options: [] }),

  vxlan: {
    ethernet,
    ipv4: v4,
    udp: { srcPort: 40000, dstPort: 4789, checksum: 0 },
    payload: encodeVxlan(
      100,
      encodePacket({
        ethernet,
        vlans: [tag(7)],
        ipv4: { src: '192.168.0.1', dst: '192.168.0.2' },
        icmp: { type: 8, id: 1, seq: 1 },
        payload: count(8),
      }),
    ),
  },
  unknownEtherType: { ethernet: { ...ethernet, type: 0x88b5 }, payload: hello },
  lldp: {
    ethernet: { ...ethernet, dst: '01:80:c2:00:00:0e', type: 0x88cc },
    payload: Uint8Array.of(2, 7, 4, 2, 0, 0, 0, 0, 1, 4, 2, 7, 0x31, 6, 2, 0, 120, 0, 0),
  },
  stp: {
    ethernet: { ...ethernet, dst: '01:80:c2:00:00:00', type: 38 },
    payload: Uint8Array.of(0x42, 0x42, 3, ...new Uint8Array(5), 0x80, 0, 2, 0, 0, 0, 0, 1, ...new Uint8Array(4), 0x80, 0, 2, 0, 0, 0, 0, 1, 0x80, 1, 0, 0, 20, 0, 2, 0, 15, 0),
  },
}
