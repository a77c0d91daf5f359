import { describe, expect, it } from 'vitest'
import { formatMac, isMac, parseMac } from './mac.js'
import { multicastMac, solicitedNodeAddress } from './multicast.js'

describe('MAC text', () => {
  it.each(['02:00:5e:10:aB:fF', '02-00-5E-10-AB-FF'])('reads %s', (text) => {
    expect(parseMac(text)).toEqual(Uint8Array.of(2, 0, 0x5e, 0x10, 0xab, 0xff))
    expect(formatMac(parseMac(text))).toBe('02:00:5e:10:ab:ff')
  })
  it.each(['', '2:0:5e:10:ab:ff', '02:00:5e:10:ab', '02:00:5e:10:ab:ff:00', '02:00-5e:10:ab:ff', '02005e10abff', '0200.5e10.abff', '02:00:5e:10:ab:fg', '02:00:5e:10:ab:ff\n'])(
    'refuses %j',
    (text) => {
      expect(isMac(text)).toBe(false)
      expect(() => parseMac(text)).toThrow(RangeError)
    },
  )
})

it('knows where multicast goes', () => {
  expect(solicitedNodeAddress('fd00::12:3456:789a')).toBe('ff02::1:ff56:789a')
  expect(multicastMac('ff02::1:ff56:789a')).toBe('33:33:ff:56:78:9a')
  expect(multicastMac('239.129.2.3')).toBe('01:00:5e:01:02:03')
})
