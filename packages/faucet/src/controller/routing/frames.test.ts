import { describe, expect, it } from 'vitest'
import * as frames from './frames.js'
import { vipsOf } from './vip.js'

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')
const router = { mac: '0e:00:00:00:10:01', ip: '10.0.1.254' }
const host = { mac: '02:00:00:00:00:07', ip: '10.0.1.7' }
const router6 = { ...router, ip: 'fc00::1:254' }
const host6 = { ...host, ip: 'fc00::1:abcd' }
const tag = { vid: 100, pcp: 0, dei: false }

describe('frames of the router', () => {
  it('ask by ARP', () => {
    expect(hex(frames.arpRequest(router, host.ip)(tag))).toBe(
      'ffffffffffff0e000000100181000064' + '080600010800060400010e00000010010a0001fe0000000000000a000107' + '00'.repeat(14),
    )
    expect(hex(frames.arpRequest(router, host.ip, host.mac)(undefined)).slice(0, 28)).toBe('0200000000070e00000010010806')
  })

  it('answer by ARP', () => {
    expect(hex(frames.arpReply(router, host)(undefined))).toBe(
      '0200000000070e0000001001' + '080600010800060400020e00000010010a0001fe0200000000070a000107' + '00'.repeat(18),
    )
  })

  it('ask by neighbour discovery', () => {
    expect(hex(frames.neighbourSolicitation(router6, host6.ip)(undefined))).toBe(
      '3333ff01abcd0e0000001001' + '86dd6000000000203afffc000000000000000000000000010254ff0200000000000000000001ff01abcd' +
        '8700' + '09aa00000000fc00000000000000000000000001abcd' + '01010e0000001001',
    )
    expect(hex(frames.neighbourSolicitation(router6, host6.ip, host.mac)(undefined)).slice(0, 28)).toBe('0200000000070e000000100186dd')
  })

  it('answer pings with what they said', () => {
    const body = Uint8Array.of(0, 77, 0, 5, 1, 2, 3)
    expect(hex(frames.echoReply(router, host, body)(tag).subarray(38))).toBe('0000fbab004d0005010203' + '00'.repeat(11))
    // Next header ICMPv6, and the hop limit of the question.
    expect(hex(frames.echoReplyV6(router6, host6, body, 64)(tag).subarray(24, 26))).toBe('3a40')
  })

  it('advertise the networks of a link', () => {
    const vips = vipsOf({ faucet_vips: [{ version: 6, address: 'fc00::1:254', prefix_length: 112 }] } as never)
    const frame = frames.routerAdvertisement({ ...router, ip: 'fe80::1:254' }, { mac: '33:33:00:00:00:01', ip: 'ff02::1' }, vips)(undefined)
    expect(hex(frame.subarray(58))).toBe('4000070800000000000000000' + '30470c0000151800000384000000000fc000000000000000000000000010000' + '01010e0000001001')
  })
})
