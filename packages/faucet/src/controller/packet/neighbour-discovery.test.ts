import { describe, expect, it } from 'vitest'
import { decodeNd, encodeNd, type NdMessage } from './neighbour-discovery.js'

const link = { type: 'source_link_address', mac: '0e:00:00:00:10:01' } as const
const messages: Readonly<Record<string, readonly [NdMessage, hex: string]>> = {
  'a router solicitation': [{ type: 'router_solicitation', options: [link] }, '000000000101' + '0e0000001001'],
  'a router advertisement': [
    {
      type: 'router_advertisement',
      hopLimit: 64,
      managed: true,
      other: true,
      routerLifetime: 1800,
      reachableTime: 3_000_000_000,
      retransTimer: 5,
      options: [
        { type: 'prefix', prefix: 'fc00::1:0', prefixLength: 112, onLink: true, autonomous: true, validLifetime: 86400, preferredLifetime: 14400 },
        link,
        { type: 'other', code: 5, data: Uint8Array.of(0, 0, 0, 0, 5, 220) },
      ],
    },
    '40c00708b2d05e0000000005' + '030470c0000151800000384000000000fc000000000000000000000000010000' + '01010e0000001001' + '05010000000005dc',
  ],
  'a neighbour solicitation': [
    { type: 'neighbour_solicitation', target: 'fc00::1:7', options: [link] },
    '00000000fc00000000000000000000000001000701010e0000001001',
  ],
  'a neighbour advertisement': [
    {
      type: 'neighbour_advertisement',
      target: 'fc00::1:254',
      router: true,
      solicited: true,
      override: false,
      options: [{ type: 'target_link_address', mac: '0e:00:00:00:10:01' }],
    },
    'c0000000fc00000000000000000000000001025402010e0000001001',
  ],
}

describe('neighbour discovery', () => {
  it.each(Object.entries(messages))('writes and reads %s', (_, [message, hex]) => {
    const icmp = encodeNd(message)
    expect(Buffer.from(icmp.body).toString('hex')).toBe(hex)
    expect(decodeNd(icmp)).toEqual(message)
  })

  it('does not read other messages, nor what is cut', () => {
    const [message] = messages['a neighbour solicitation'] ?? []
    if (!message) throw new Error('no message')
    const icmp = encodeNd(message)
    expect(decodeNd({ ...icmp, body: icmp.body.subarray(0, 19) })).toBeUndefined()
    expect(decodeNd({ ...icmp, code: 1 })).toBeUndefined()
    expect(decodeNd({ ...icmp, type: 128 })).toBeUndefined()
  })

  it('leaves out options that are cut, or have no length', () => {
    const target = { type: 'neighbour_solicitation', target: 'fc00::1:7' } as const
    const { type, code, body } = encodeNd({ ...target, options: [link] })
    expect(decodeNd({ type, code, body: body.subarray(0, body.length - 1) })).toEqual({ ...target, options: [] })
    expect(decodeNd({ type, code, body: body.with(21, 0) })).toEqual({ ...target, options: [] })
  })
})
