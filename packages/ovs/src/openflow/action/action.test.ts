import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../wire/byte-reader.js'
import { ByteWriter } from '../../wire/byte-writer.js'
import { OvsError } from '../../errors.js'
import { actionsArbitrary, plainActionArbitraries } from './action.arbitrary.js'
import { type ActionInput, decodeActions, encodeActions, MAX_ACTION_DEPTH } from './index.js'

function encode(actions: readonly ActionInput[]): Uint8Array {
  const writer = new ByteWriter()
  encodeActions(writer, actions)
  return writer.finish()
}

const decode = (bytes: Uint8Array) => decodeActions(new ByteReader(bytes))
const decodeHex = (hex: string) => decode(Buffer.from(hex.replace(/\s/g, ''), 'hex'))

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(actionsArbitrary, (actions) => {
      expect(decode(encode(actions))).toEqual(actions)
    }),
  )
})

test.each(Object.keys(plainActionArbitraries))('%s is decoded as it was encoded', (type) => {
  const arbitrary = plainActionArbitraries[type] as (typeof plainActionArbitraries)[string]
  fc.assert(
    fc.property(arbitrary, (action) => {
      const bytes = encode([action])
      expect(bytes.length % 8).toBe(0)
      expect(decode(bytes)).toEqual([action])
      expect(encode(decode(bytes))).toEqual(bytes)
    }),
    { numRuns: 30 },
  )
})

test('anything is decoded or malformed, and what is decoded can be encoded', () => {
  const mutated = fc
    .tuple(actionsArbitrary, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }))
    .map(([actions, changes]) => {
      const bytes = encode(actions).slice()
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 64 })), (bytes) => {
      try {
        encode(decode(bytes))
      } catch (error) {
        if (!(error instanceof OvsError)) throw error
        expect(error.code).toBe('malformed')
      }
    }),
    { numRuns: 1000 },
  )
})

describe('lengths', () => {
  test.each([
    ['zero', '0000 0000 00000000', 'a multiple of 8 bytes long, at least 8, not 0'],
    ['odd', '0010 000c 00000000 00000000', 'not 12'],
    ['beyond the end', '0000 0018 00000001 0000 000000000000', '20 bytes are needed'],
    ['another than the type has', '0000 0008 00000001', 'must be 16 bytes long, not 8'],
    ['more than the field needs', '0019 0018 80000602 0800 000000000000 0000000000000000', '14 bytes are left'],
    ['an encap property of none', 'ffff 0018 00002320 002e 0000 0001894f 0004 01 00 00000000', 'cannot be 0 bytes'],
    ['a controller property of none', 'ffff 0018 00002320 0025 000000000000 0000 0000 00000000', 'cannot be 0 bytes'],
  ])('%s is malformed', (_what, hex, message) => {
    expect(() => decodeHex(hex)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining(message) }),
    )
  })

  test('errors have the offset from the beginning of the message', () => {
    const bytes = Buffer.from('0000000000000000 0010000800000000 0010000000000000'.replace(/ /g, ''), 'hex')
    const reader = new ByteReader(bytes)
    reader.skip(8)
    expect(() => decodeActions(reader)).toThrow(expect.objectContaining({ detail: { type: 'offset', offset: 16 } }))
  })
})

test('actions are nested no deeper than the limit', () => {
  const nested = (depth: number): ActionInput =>
    depth === 0 ? { type: 'dec_nw_ttl' } : { type: 'nx_clone', actions: [nested(depth - 1)] }
  const deepest = encode([nested(MAX_ACTION_DEPTH)])
  expect(decode(deepest)).toEqual([nested(MAX_ACTION_DEPTH)])
  expect(() => encode([nested(MAX_ACTION_DEPTH + 1)])).toThrow('more than 64 deep')
  const outer = Buffer.from('ffff000000002320002a000000000000', 'hex')
  outer.writeUInt16BE(deepest.length + 16, 2)
  expect(() => decode(Buffer.concat([outer, deepest]))).toThrow(
    expect.objectContaining({ code: 'malformed', message: expect.stringContaining('more than 64 deep') }),
  )
})

test('subtypes that are not known survive', () => {
  const hex = 'ffff001800002320012c0102030405060708090a0b0c0d0e'
  const data = Buffer.from(hex, 'hex').subarray(8)
  const [action] = decodeHex(hex)
  expect(action).toEqual({ type: 'experimenter', experimenter: 0x2320, data: new Uint8Array(data) })
  expect(Buffer.from(encode(decodeHex(hex))).toString('hex')).toBe(hex)
})

describe('defaults', () => {
  test.each([
    [{ type: 'output', port: 0xfffffffd }, '0000 0010 fffffffd ffff 000000000000'],
    [{ type: 'output', port: 1 }, '0000 0010 00000001 0000 000000000000'],
    [{ type: 'nx_resubmit_table', tableId: 5 }, 'ffff 0010 00002320 000e fff8 05 000000'],
    [{ type: 'nx_ct' }, 'ffff 0018 00002320 0023 0000 00000000 0000 ff 000000 0000'],
    [{ type: 'nx_controller' }, 'ffff 0010 00002320 0014 ffff 0000 01 00'],
    [{ type: 'nx_decap' }, 'ffff 0010 00002320 002f 0000 0000fffe'],
    [{ type: 'nx_note', note: new Uint8Array([1]) }, 'ffff 0010 00002320 0008 010000000000'],
  ] as [ActionInput, string][])('%#', (action, hex) => {
    expect(Buffer.from(encode([action])).toString('hex')).toBe(hex.replace(/ /g, ''))
  })
})

describe('what cannot be encoded names the property', () => {
  test.each([
    [{ type: 'output', port: -1 }, 'port must be an integer from 0 to 4294967295, not -1'],
    [{ type: 'nx_resubmit', port: 0x10000 }, 'port must be from 0 to 0xfeff, or a reserved port of OFPP, not 65536'],
    [{ type: 'nx_reg_load', dst: { field: 'reg0', offset: 0, bits: 4 }, value: 16n }, 'value must fit into the 4 bits'],
    [
      { type: 'nx_output_reg', src: { field: 'nsh_c1', offset: 0, bits: 32 } },
      'src.field must be a field with a header of 4',
    ],
    [
      { type: 'nx_reg_move', src: { field: 'reg0', offset: 0, bits: 4 }, dst: { field: 'reg1', offset: 0, bits: 5 } },
      'src.bits and dst.bits must be the same, not 4 and 5',
    ],
    [{ type: 'nx_conjunction', clause: 2, clauses: 2, id: 1 }, 'below it, not 2 and 2'],
    [{ type: 'nx_nat', ipv4Min: '10.0.0' }, 'ipv4Min must be an IPv4 address such as 10.0.0.1, not "10.0.0"'],
    [{ type: 'experimenter', experimenter: 1, data: new Uint8Array(3) }, 'a multiple of 8 bytes long, not 11'],
    [{ type: 'nonsense' }, 'there is no action of type "nonsense"'],
  ] as unknown as [ActionInput, string][])('%#', (action, message) => {
    expect(() => encode([action])).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }),
    )
  })
})
