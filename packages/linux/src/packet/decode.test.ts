import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePacket } from './decode.js'
import { encodePacket } from './encode.js'
import { encodeEthernet } from './ethernet.js'
import { formatPacket } from './format.js'
import { kernelGoldens } from './kernel.golden.js'
import { sampleGoldens } from './samples.golden.js'
import { decodeVxlan } from './vxlan.js'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const golden = (name: string) => {
  const found = { ...sampleGoldens, ...kernelGoldens }[name]
  if (found === undefined) throw new Error(`no golden ${name}`)
  return bytes(found.hex)
}
const ethernet = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01' }

describe('decodePacket', () => {
  it('reads the TCP SYN of a Linux kernel', () => {
    expect(decodePacket(golden('SYN'))).toMatchObject({
      ethernet: { ...ethernet, type: 0x0800 },
      vlans: [],
      ipv4: {
        ihl: 5,
        dscp: 0,
        ecn: 0,
        totalLength: 60,
        identification: 0x14bc,
        flags: { reserved: false, df: true, mf: false },
        fragmentOffset: 0,
        ttl: 64,
        protocol: 6,
        headerChecksum: 0x11fe,
        src: '10.0.0.1',
        dst: '10.0.0.2',
      },
      tcp: {
        srcPort: 56730,
        dstPort: 8000,
        seq: 2238544788,
        ack: 0,
        dataOffset: 10,
        flags: { fin: false, syn: true, rst: false, psh: false, ack: false, urg: false, ece: false, cwr: false },
        flagsText: 'S',
        window: 64240,
        options: [
          { type: 'mss', mss: 1460 },
          { type: 'sackPermitted' },
          { type: 'timestamps', value: 772891686, echoReply: 0 },
          { type: 'nop' },
          { type: 'windowScale', shift: 10 },
        ],
      },
      payload: new Uint8Array(),
    })
  })

  it('reads stacked VLAN tags, outermost first, and gives the EtherType behind them', () => {
    const packet = decodePacket(golden('echoReplyInTwoVlans'))
    expect(packet.ethernet.type).toBe(0x0800)
    expect(packet.vlans).toEqual([
      { tpid: 0x88a8, pcp: 0, dei: false, vid: 10 },
      { tpid: 0x8100, pcp: 0, dei: false, vid: 100 },
    ])
    expect(packet.icmp).toMatchObject({ type: 0, id: 1, seq: 2 })
  })

  it('reads a neighbour advertisement with its option', () => {
    const packet = decodePacket(golden('neighbour advertisement'))
    expect(packet.ipv6).toMatchObject({ src: 'fd00::2', dst: 'fd00::1', hopLimit: 255, protocol: 58, extensions: [] })
    expect(packet.icmpv6?.nd).toEqual({
      type: 'neighborAdvertisement',
      target: 'fd00::2',
      router: false,
      solicited: true,
      override: true,
      options: [{ type: 'targetLinkLayerAddress', mac: '02:00:00:00:00:02' }],
    })
  })

  it('reads ARP', () => {
    expect(decodePacket(golden('ARP reply')).arp).toEqual({
      op: 2,
      sha: '02:00:00:00:00:02',
      spa: '10.0.0.2',
      tha: '02:00:00:00:00:01',
      tpa: '10.0.0.1',
    })
  })

  it('walks IPv6 extension headers', () => {
    const packet = decodePacket(golden('extensionHeaders'))
    expect(packet.ipv6?.extensions.map(({ type }) => type)).toEqual(['hopByHop', 'destination'])
    expect(packet.udp).toMatchObject({ srcPort: 1000, dstPort: 2000, length: 13 })
    expect(Buffer.from(packet.payload).toString()).toBe('hello')
  })

  it('shows which flow an ICMP error is about', () => {
    const flow = { src: '10.0.0.1', dst: '10.0.0.2', protocol: 17, srcPort: 40000, dstPort: 33434 }
    expect(decodePacket(golden('needToFragment')).icmp).toMatchObject({ type: 3, code: 4, mtu: 1400, embedded: flow })
    expect(decodePacket(golden('port unreachable over IPv6')).icmpv6?.embedded).toMatchObject({ src: 'fd00::1', dstPort: 33434 })
    expect(decodePacket(golden('portUnreachableForPing')).icmp?.embedded).toMatchObject({ protocol: 1, id: 1, seq: 2 })
  })

  it('does not take the bytes of a later fragment for an upper-layer header', () => {
    const v4 = decodePacket(golden('lastFragment'))
    expect(v4.ipv4).toMatchObject({ fragmentOffset: 6, protocol: 17 })
    expect(v4.udp).toBeUndefined()
    expect(v4.payload).toHaveLength(60)
    const v6 = decodePacket(golden('lastFragment6'))
    expect(v6.ipv6?.extensions).toEqual([{ type: 'fragment', fragmentOffset: 6, moreFragments: false, identification: 77 }])
    expect(v6.udp).toBeUndefined()
    expect(v6.payload).toHaveLength(60)
  })

  it('does not call a first fragment truncated', () => {
    expect(decodePacket(golden('firstFragment'))).toMatchObject({ udp: { length: 108 }, payload: { length: 40 } })
    expect(decodePacket(golden('firstFragment')).malformed).toBeUndefined()
    expect(decodePacket(golden('firstFragment6')).malformed).toBeUndefined()
  })

  it('leaves Ethernet padding out of the payload', () => {
    for (const name of ['udp', 'udpOverIpv6', 'arpRequest', 'tcpAck', 'neighborSolicitation', 'stp']) {
      const frame = golden(name)
      const padded = decodePacket(Uint8Array.of(...frame, ...new Uint8Array(20).fill(0xa5)))
      expect(padded.payload, name).toEqual(decodePacket(frame).payload)
      expect(padded.malformed, name).toBeUndefined()
    }
  })

  it('keeps LLDP and unknown EtherTypes as bytes', () => {
    const lldp = decodePacket(golden('lldp'))
    expect(lldp.lldp).toHaveLength(19)
    expect(lldp.payload).toBe(lldp.lldp)
    expect(Buffer.from(decodePacket(golden('unknownEtherType')).payload).toString()).toBe('hello')
  })

  it('keeps ARP for other hardware as bytes, without complaint', () => {
    const infiniband = decodePacket(encodeEthernet({ ...ethernet, type: 0x0806 }, bytes('0020 0800 14 04 0001 0000')))
    expect(infiniband.arp).toBeUndefined()
    expect(infiniband.malformed).toBeUndefined()
    expect(infiniband.payload).toHaveLength(10)
  })

  it('takes a total length of 0 as that of a segment that the kernel has not split', () => {
    const frame = golden('tcpSyn')
    frame.set([0, 0], 16)
    expect(decodePacket(frame)).toMatchObject({ ipv4: { totalLength: 0 }, tcp: { flagsText: 'S' } })
    expect(formatPacket(decodePacket(frame))).toMatch(/, length 0$/)
  })

  it('reads the frame inside VXLAN', () => {
    const packet = decodePacket(golden('vxlan'))
    expect(packet.udp?.checksum).toBe(0)
    const vxlan = decodeVxlan(packet)
    expect(vxlan).toMatchObject({ flags: 8, vni: 100, inner: { vlans: [{ vid: 7 }], icmp: { seq: 1 } } })
    expect(decodeVxlan(packet, 4790)).toBeUndefined()
    expect(decodeVxlan(decodePacket(golden('udp')))).toBeUndefined()
  })

  it.each([
    ['a frame below 14 bytes', '020000', 'ethernet', 0, /3 of 14/],
    ['half a VLAN tag', '0200000000020200000000018100 0064', 'vlan', 14, /2 of 4/],
    ['IPv6 under the EtherType of IPv4', `0200000000020200000000010800 60${'00'.repeat(39)}`, 'ipv4', 14, /version 6/],
    ['an IPv4 header length of 4 words', `0200000000020200000000010800 44${'00'.repeat(39)}`, 'ipv4', 14, /below 5/],
    ['a total length below the header', '0200000000020200000000010800 4500000f 00000000 40110000 0a000001 0a000002', 'ipv4', 16, /below/],
    ['a cut IPv4 packet', '0200000000020200000000010800 45000064 00000000 40fd0000 0a000001 0a000002', 'ipv4', 16, /^truncated: 20 of 100/],
    ['a UDP length of 7', '0200000000020200000000010800 4500001c 00000000 40110000 0a000001 0a000002 03e807d0 00070000', 'udp', 38, /below/],
    ['half an ARP', '0200000000020200000000010806 0001080006040001 0200', 'arp', 14, /10 of 28/],
  ])('says what is wrong with %s', (_, hex, layer, offset, reason) => {
    const { malformed } = decodePacket(bytes(hex))
    expect(malformed).toMatchObject({ layer, offset })
    expect(malformed?.reason).toMatch(reason)
  })

  it('finds the wrong TCP option and keeps those before it', () => {
    const frame = golden('tcpSyn')
    frame[14 + 20 + 20 + 4 + 1] = 1
    const packet = decodePacket(frame)
    expect(packet.malformed).toMatchObject({ layer: 'tcp', offset: 58 })
    expect(packet.tcp?.options).toEqual([{ type: 'mss', mss: 1460 }])
    expect(formatPacket(packet)).toMatch(/options \[mss 1460\], length 0 \[malformed tcp: option 4 of length 1/)
  })

  it('reads what there is of a frame that a snap length has cut', () => {
    const packet = decodePacket(golden('ping').subarray(0, 60))
    expect(packet.icmp).toMatchObject({ type: 8 })
    expect(packet.malformed?.reason).toMatch(/^truncated/)
    expect(formatPacket(packet)).toMatch(/^10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo request, id 10528, seq 1, length 64 \[malformed/)
  })
})

/** Decodes from the middle of a larger buffer, where reading too far would go unnoticed without the comparison. */
function decodeBetween(frame: Uint8Array, filler: number) {
  const buffer = new Uint8Array(frame.length + 64).fill(filler)
  buffer.set(frame, 32)
  return decodePacket(buffer.subarray(32, 32 + frame.length))
}

function check(frame: Uint8Array): void {
  const packet = decodePacket(frame)
  expect(formatPacket(packet)).toBeTypeOf('string')
  const start = packet.payload.byteOffset - packet.frame.byteOffset
  expect(packet.payload.buffer).toBe(packet.frame.buffer)
  expect(start).toBeGreaterThanOrEqual(0)
  expect(start + packet.payload.length).toBeLessThanOrEqual(frame.length)
  if (packet.malformed) expect(packet.malformed.offset).toBeLessThanOrEqual(frame.length)
  expect(JSON.stringify(decodeBetween(frame, 0x00))).toBe(JSON.stringify(decodeBetween(frame, 0xff)))
}

describe('decodePacket on hostile bytes', () => {
  const goldens = Object.values({ ...sampleGoldens, ...kernelGoldens }).map(({ hex }) => bytes(hex))

  it('never throws and never reads outside the frame', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check))
    const types = fc.constantFrom(0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x88cc, 20)
    fc.assert(fc.property(types, fc.uint8Array({ maxLength: 200 }), (type, rest) => check(encodeEthernet({ ...ethernet, type }, rest))))
  })

  it('never throws on a good frame with some bytes changed and the end cut', () => {
    const change = fc.tuple(fc.nat(120), fc.nat(255))
    fc.assert(
      fc.property(fc.constantFrom(...goldens), fc.array(change, { maxLength: 4 }), fc.nat(40), (good, changes, cut) => {
        const frame = good.slice(0, Math.max(good.length - cut, 0))
        for (const [at, value] of changes) if (at < frame.length) frame[at] = value
        check(frame)
      }),
      { numRuns: 1000 },
    )
  })

  it('reads every beginning of every golden', () => {
    for (const frame of goldens) for (let length = 0; length < Math.min(frame.length, 130); length++) check(frame.subarray(0, length))
  }, 20_000)

  it('survives VXLAN in VXLAN in VXLAN', () => {
    const endpoints = { src: '10.0.0.1', dst: '10.0.0.2' }
    let frame: Uint8Array = golden('udp')
    for (let i = 0; i < 1000; i++) {
      const payload = Uint8Array.of(8, 0, 0, 0, 0, 0, 1, 0, ...frame)
      frame = encodePacket({ ethernet, ipv4: endpoints, udp: { srcPort: 1, dstPort: 4789, checksum: 0 }, payload })
    }
    expect(formatPacket(decodePacket(frame)).match(/VXLAN/g)).toHaveLength(4)
  })
})
