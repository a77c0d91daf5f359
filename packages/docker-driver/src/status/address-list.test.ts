import { describe, expect, it } from 'vitest'
import { addressList } from './address-list.js'

describe('addressList', () => {
  const list = addressList(['127.0.0.0/8', '::1/128', ' 10.0.0.7', 'fd00::/8'])

  it.each(['127.0.0.1', '127.255.255.255', '::1', '10.0.0.7', 'fd12::1', '::ffff:127.0.0.1', '::FFFF:10.0.0.7', 'fd00::1%eth0'])('has %s', (address) => {
    expect(list.has(address)).toBe(true)
  })

  it.each(['128.0.0.1', '::2', '10.0.0.8', 'fe80::1', '::ffff:10.0.0.8', '::ffff:1.2.3.4', '', 'localhost', undefined])('does not have %s', (address) => {
    expect(list.has(address)).toBe(false)
  })

  it('of nothing has nobody, of everything everybody of that version', () => {
    expect(addressList([]).has('127.0.0.1')).toBe(false)
    expect(addressList(['0.0.0.0/0']).has('203.0.113.1')).toBe(true)
    expect(addressList(['0.0.0.0/0']).has('2001:db8::1')).toBe(false)
    expect(addressList(['::/0']).has('2001:db8::1')).toBe(true)
  })

  it.each(['', '127.0.0.1/33', '::1/129', '127.0.0.1/', '127.0.0.1/8/8', '127.0.0.1/-1', '127.1/8', 'localhost', 'fe80::1%eth0/64', '10.0.0.0/0x8'])('refuses %j', (item) => {
    expect(() => addressList([item])).toThrow(expect.objectContaining({ code: 'invalid', message: `${JSON.stringify(item)} is no network of IP addresses: write one such as 127.0.0.0/8 or ::1/128` }) as Error)
  })
})
