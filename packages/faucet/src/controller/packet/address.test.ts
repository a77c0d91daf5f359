import { describe, expect, it } from 'vitest'
import { ipAt, ipOctets, isGroupMac, macAt, macOctets } from './address.js'

describe('addresses in packets', () => {
  it('writes and reads MAC addresses', () => {
    const octets = macOctets('0E:00:00:00:10:01')
    expect([...octets]).toEqual([0x0e, 0, 0, 0, 0x10, 1])
    expect(macAt(octets, 0)).toBe('0e:00:00:00:10:01')
    expect(() => macOctets('0e:00')).toThrow('"0e:00" is no MAC address')
  })

  it.each([['10.0.1.254', 4], ['fe80::1:254', 6], ['::', 6], ['255.255.255.255', 4]] as const)('writes and reads %s', (text, version) => {
    expect(ipAt(ipOctets(text), 0, version)).toBe(text)
  })

  it('refuses what is no address', () => {
    expect(() => ipOctets('10.0.1')).toThrow('"10.0.1" is no IP address')
  })

  it('counts octets that are not there as 0', () => {
    expect(macAt(Uint8Array.of(1, 2), 0)).toBe('01:02:00:00:00:00')
    expect(ipAt(Uint8Array.of(10), 0, 4)).toBe('10.0.0.0')
  })

  it('tells addresses of groups', () => {
    expect(['ff:ff:ff:ff:ff:ff', '33:33:00:00:00:01', '01:00:5e:00:00:01'].every(isGroupMac)).toBe(true)
    expect(isGroupMac('0e:00:00:00:00:01')).toBe(false)
  })
})
