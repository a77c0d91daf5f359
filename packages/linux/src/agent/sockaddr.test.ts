import { expect, it } from 'vitest'
import { parseAddress } from '../rtnetlink/ip-address.js'
import { decodeSocketAddress, encodeSocketAddress } from './sockaddr.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

it.each([
  ['10.0.0.1', 80, '0200 0050 0a000001 0000000000000000'],
  ['fd00::1', 65535, '0a00 ffff 00000000 fd000000000000000000000000000001 00000000'],
] as const)('%s port %i', (address, port, text) => {
  expect(hex(encodeSocketAddress(address, port))).toBe(text.replaceAll(' ', ''))
  expect(decodeSocketAddress(encodeSocketAddress(address, port))).toEqual({ address, port })
})

it.each(['', 'name', '10.0.0', '10.0.0.256', '1.2.3.4/8', 'fd00::1::2', 'fe80::1%eth0', ' 10.0.0.1'])('refuses %j as an address', (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'invalid', message: `"${text}" is no IPv4 or IPv6 address` }))
})
