import { describe, expect, it } from 'vitest'
import { ByteReader } from '../../wire/byte-reader.js'
import { ByteWriter } from '../../wire/byte-writer.js'
import { OFPP } from '../constants.js'
import { decodeVersionedActions, encodeVersionedActions } from './versioned-actions.js'

const encode = (...[actions, version]: [Parameters<typeof encodeVersionedActions>[1], number]) => {
  const w = new ByteWriter()
  encodeVersionedActions(w, actions, version)
  return Buffer.from(w.finish()).toString('hex')
}
const decode = (hex: string, version: number) =>
  decodeVersionedActions(new ByteReader(new Uint8Array(Buffer.from(hex, 'hex'))), version)

describe('actions in the form of a version', () => {
  it('have ports of 16 bits in OpenFlow 1.0', () => {
    const actions = [{ type: 'output', port: OFPP.CONTROLLER, maxLen: 128 }] as const
    expect(encode(actions, 1)).toBe('00000008fffd0080')
    expect(decode('00000008fffd0080', 1)).toEqual(actions)
    expect(encode(actions, 4)).toBe('00000010fffffffd0080000000000000')
    expect(decode('00000010fffffffd0080000000000000', 4)).toEqual(actions)
  })

  it('of OpenFlow 1.0 that 1.3 does not have survive', () => {
    const actions = [
      { type: 'unknown', actionType: 3, data: new Uint8Array(4) },
      { type: 'nx_exit' },
      { type: 'unknown', actionType: 4, data: Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) },
    ] as const
    const hex = encode(actions, 1)
    expect(hex).toBe('0003000800000000ffff00100000232000110000000000000004001002000000000100000000000000'.slice(0, 80))
    expect(decode(hex, 1)).toEqual(actions)
  })

  it('must be actions that OpenFlow 1.0 has', () => {
    expect(() => encode([{ type: 'pop_vlan' }], 1)).toThrow(/OpenFlow 1.0 has no action pop_vlan/)
  })

  it('say where they are broken', () => {
    expect(() => decode('00000007', 1)).toThrow(
      /an action must be a multiple of 8 bytes long, at least 8, not 7 \(at offset 0/,
    )
    expect(() => decode('0000000800010000' + '00010010', 1)).toThrow(
      /12 bytes are needed where 0 are left \(at offset 12/,
    )
  })
})
