import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../wire/byte-reader.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { instructionsArbitrary } from './instruction.arbitrary.js'
import { decodeInstructions, encodeInstructions, type InstructionInput } from './instruction.js'

function encode(instructions: readonly InstructionInput[]): Uint8Array {
  const writer = new ByteWriter()
  encodeInstructions(writer, instructions)
  return writer.finish()
}

const decodeHex = (hex: string) => decodeInstructions(new ByteReader(Buffer.from(hex.replace(/ /g, ''), 'hex')))

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(instructionsArbitrary, (instructions) => {
      expect(decodeInstructions(new ByteReader(encode(instructions)))).toEqual(instructions)
    }),
  )
})

test.each([
  [{ type: 'goto_table', tableId: 3 }, '0001 0008 03 000000'],
  [{ type: 'write_metadata', metadata: 5n }, '0002 0018 00000000 0000000000000005 ffffffffffffffff'],
  [{ type: 'apply_actions', actions: [{ type: 'pop_vlan' }] }, '0004 0010 00000000 0012 0008 00000000'],
  [{ type: 'clear_actions' }, '0005 0008 00000000'],
  [{ type: 'meter', meterId: 7 }, '0006 0008 00000007'],
  [{ type: 'experimenter', experimenter: 0xabcdef, data: new Uint8Array(0) }, 'ffff 0008 00abcdef'],
] as [InstructionInput, string][])('%# has the bytes of the specification', (instruction, hex) => {
  expect(Buffer.from(encode([instruction])).toString('hex')).toBe(hex.replace(/ /g, ''))
})

describe('lengths that cannot be are malformed', () => {
  test.each([
    ['0001 0000 00000000', 'a multiple of 8 bytes long, at least 8, not 0'],
    ['0001 0009 03 000000 00', 'not 9'],
    ['0001 0010 03 000000 0000000000000000', 'goto_table cannot be 16 bytes long'],
    ['0002 0010 00000000 0000000000000000', '4 bytes are needed where 0 are left'],
    ['0004 0018 00000000 0012 0008 00000000', '20 bytes are needed where 12 are left'],
  ])('%s', (hex, message) => {
    expect(() => decodeHex(hex)).toThrow(expect.objectContaining({ code: 'malformed' }))
    expect(() => decodeHex(hex)).toThrow(message)
  })
})

test('what is not a multiple of 8 bytes is not encoded', () => {
  const instruction = { type: 'unknown', instructionType: 99, data: new Uint8Array(3) } as const
  expect(() => encode([instruction])).toThrow('data must make the instruction a multiple of 8 bytes long, not 7')
})
