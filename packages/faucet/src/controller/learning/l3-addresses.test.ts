import { expect, it } from 'vitest'
import type { ReceivedFrame } from '../core/frame.js'
import { l3Addresses } from './l3-addresses.js'

const frame = (ethType: number, hex: string) => ({ ethType, data: Buffer.from('00'.repeat(18) + hex, 'hex') }) as unknown as ReceivedFrame

it.each([
  ['IPv4', 0x0800, `45${'00'.repeat(11)}0a0000010a000002`, '10.0.0.1', '10.0.0.2'],
  ['ARP', 0x0806, `${'00'.repeat(14)}0a000003${'00'.repeat(6)}0a000004`, '10.0.0.3', '10.0.0.4'],
  ['IPv6', 0x86dd, `60${'00'.repeat(7)}fe80${'00'.repeat(13)}01ff02${'00'.repeat(13)}02`, 'fe80::1', 'ff02::2'],
  ['a packet that is cut', 0x0800, '45', 'None', 'None'],
  ['a packet of the wrong version', 0x0800, `65${'00'.repeat(40)}`, 'None', 'None'],
  ['anything else', 0x88cc, '00'.repeat(60), 'None', 'None'],
])('reads the addresses of %s', (_name, type, hex, src, dst) => {
  expect(l3Addresses(frame(type, hex))).toEqual({ src, dst })
})
