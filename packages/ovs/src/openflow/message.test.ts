import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OvsError } from '../errors.js'
import { decodeMessage, encodeMessage, type MessageType } from './message.js'
import { messageArbitraries, messageArbitrary } from './message.arbitrary.js'

const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Decodes what may be anything: the only way to fail is a malformed message. */
function decodeAnything(bytes: Uint8Array): void {
  try {
    const message = decodeMessage(bytes)
    // What was understood can be written, and means the same when it is read again.
    expect(decodeMessage(encodeMessage(message))).toEqual(message)
  } catch (error) {
    expect(error).toBeInstanceOf(OvsError)
    expect((error as OvsError).code).toBe('malformed')
    expect((error as OvsError).detail).toMatchObject({ type: 'offset' })
  }
}

describe('every type of message', () => {
  for (const type of Object.keys(messageArbitraries) as MessageType[]) {
    it(`${type}: what is decoded is what was encoded`, () => {
      fc.assert(
        fc.property(messageArbitraries[type], (message) => {
          const bytes = encodeMessage(message)
          const decoded = decodeMessage(bytes)
          expect(decoded).toEqual(message)
          expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes))
        }),
        { numRuns: 60 },
      )
    })
  }
})

describe('decodeMessage of what is no message', () => {
  const encoded = messageArbitrary.map((message) => encodeMessage(message))

  it('refuses random bytes behind a header as malformed, or makes sense of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(1, 4, 5),
        fc.uint8Array({ maxLength: 80 }),
        (type, version, body) => {
          decodeAnything(Uint8Array.from([version, type, 0, 8 + body.length, 0, 0, 0, 1, ...body]))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('refuses a message that is cut off, with or without the length in its header put right', () => {
    fc.assert(
      fc.property(encoded, fc.nat(), fc.boolean(), (bytes, at, right) => {
        const cut = bytes.slice(0, 8 + (at % Math.max(1, bytes.length - 8)))
        if (right) new DataView(cut.buffer).setUint16(2, cut.length)
        decodeAnything(cut)
      }),
      { numRuns: 1000 },
    )
  })

  it('survives flipped bits', () => {
    fc.assert(
      fc.property(encoded, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (bytes, bits) => {
        for (const bit of bits) {
          const at = 4 + ((bit >>> 3) % (bytes.length - 4))
          bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7))
        }
        decodeAnything(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it('survives lengths that are not those of what follows', () => {
    fc.assert(
      fc.property(
        encoded,
        fc.nat(),
        fc.constantFrom(0, 1, 2, 3, 4, 7, 8, 12, 16, 0x7fff, 0xffff),
        (bytes, place, length) => {
          const at = 8 + 2 * (place % Math.max(1, (bytes.length - 8) >> 1))
          if (at + 2 <= bytes.length) new DataView(bytes.buffer).setUint16(at, length)
          decodeAnything(bytes)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('says where a message of the wrong length goes wrong', () => {
    expect(() => decodeMessage(fromHex('04140008 00000001 00'))).toThrow(/the header says 8 bytes where there are 9/)
    expect(() => decodeMessage(fromHex('04140007 00000001'))).toThrow(/at least 8, not 7/)
    expect(() => decodeMessage(fromHex('04140009 00000001 00'))).toThrow(/1 bytes are left behind the barrier_request/)
    expect(() => decodeMessage(fromHex('0414'))).toThrow(/2 bytes are needed where 0 are left/)
  })
})

describe('decodeMessage', () => {
  it('shares no memory with the bytes, also when they are a Buffer', () => {
    const bytes = Buffer.from('0402000c0000000101020304', 'hex')
    const message = decodeMessage(bytes)
    bytes.fill(0)
    expect(message).toEqual({ type: 'echo_request', version: 4, xid: 1, data: Uint8Array.of(1, 2, 3, 4) })
    expect((message as { data: unknown }).data).not.toBeInstanceOf(Buffer)
  })

  it('keeps messages of other versions as they are, but for those that are the same in all', () => {
    for (const version of [1, 2, 3, 5, 6]) {
      const header = version.toString(16).padStart(2, '0')
      for (const [hex, type] of [
        [`${header}00000800000001`, 'hello'],
        [`${header}01000c0000000100010001`, 'error'],
        [`${header}02000800000001`, 'echo_request'],
        [`${header}03000800000001`, 'echo_reply'],
        [`${header}05000800000001`, 'unknown'],
        [`${header}0a000900000001ff`, 'unknown'],
        [`${header}0400180000000100002320000000130000000000000000`, 'malformed'],
        [`${header}04001400000001000023200000001400000007`, 'malformed'],
        [`${header}04001400000001000023200000000a00000001`, 'nxt_role_request'],
      ] as const) {
        if (type === 'malformed') {
          expect(() => decodeMessage(fromHex(hex))).toThrow(OvsError)
        } else {
          const message = decodeMessage(fromHex(hex))
          expect(message.type).toBe(type)
          expect(toHex(encodeMessage(message))).toBe(hex)
        }
      }
    }
  })

  it('takes a vendor message of OpenFlow 1.0 with nothing but the vendor', () => {
    const message = decodeMessage(fromHex('0104000c 00000001 00abcdef'))
    expect(message).toMatchObject({ type: 'unknown', version: 1, messageType: 4 })
  })

  it('does not look into messages in messages in messages', () => {
    let inner = encodeMessage({ type: 'barrier_request' })
    for (let depth = 0; depth < 2000; depth++) {
      const bytes = new Uint8Array(24 + inner.length)
      bytes.set(fromHex('04040000 00000000 4f4e4600 000008fd 00000001 00000000'))
      new DataView(bytes.buffer).setUint16(2, bytes.length)
      bytes.set(inner, 24)
      inner = bytes
    }
    const message = decodeMessage(inner)
    expect(message).toMatchObject({ type: 'onf_bundle_add', message: { type: 'experimenter', expType: 2301 } })
    expect(toHex(encodeMessage(message))).toBe(toHex(inner))
  })
})

describe('encodeMessage', () => {
  it('takes the defaults of the specification for what is left out', () => {
    expect(decodeMessage(encodeMessage({ type: 'flow_mod', command: 'add' }))).toEqual({
      type: 'flow_mod',
      version: 4,
      xid: 0,
      command: 'add',
      tableId: 0,
      priority: 0x8000,
      cookie: 0n,
      cookieMask: 0n,
      idleTimeout: 0,
      hardTimeout: 0,
      bufferId: 0xffffffff,
      outPort: 0xffffffff,
      outGroup: 0xffffffff,
      flags: 0,
      match: [],
      instructions: [],
    })
  })

  it('gives a bundled message the version and xid of its bundle', () => {
    const bytes = encodeMessage({
      type: 'onf_bundle_add',
      xid: 7,
      bundleId: 1,
      message: { type: 'flow_mod', command: 'add' },
    })
    expect(decodeMessage(bytes)).toMatchObject({ xid: 7, message: { type: 'flow_mod', xid: 7, version: 4 } })
  })

  it('names what does not fit', () => {
    const invalid = (message: Parameters<typeof encodeMessage>[0], text: RegExp) => {
      expect(() => encodeMessage(message)).toThrow(text)
      expect(() => encodeMessage(message)).toThrow(expect.objectContaining({ code: 'invalid' }))
    }
    invalid(
      { type: 'flow_mod', command: 'add', priority: 65536 },
      /priority must be an integer from 0 to 65535, not 65536/,
    )
    invalid({ type: 'flow_mod', command: 'add', cookie: -1n }, /cookie must be a bigint/)
    invalid({ type: 'flow_mod', command: 'replace' as 'add' }, /the command of a flow-mod must be one of add, modify/)
    invalid({ type: 'flow_mod', command: 'add', version: 1 }, /version must be 4 in a message of type flow_mod, not 1/)
    invalid({ type: 'nxt_flow_mod', command: 'add' }, /version must be 1 in a message of type nxt_flow_mod, not 4/)
    invalid({ type: 'hallo' as 'hello' }, /there is no message of type "hallo"/)
    invalid({ type: 'echo_request', xid: -1 }, /xid must be an integer/)
    invalid({ type: 'echo_request', data: 'text' as unknown as Uint8Array }, /the data must be a Uint8Array/)
    invalid(
      { type: 'echo_request', data: new Uint8Array(65528) },
      /the length of the message must be an integer from 0 to 65535/,
    )
    invalid({ type: 'port_mod', portNo: 1, hwAddr: '02:00' }, /hwAddr must be a MAC address/)
    invalid(
      {
        type: 'onf_bundle_add',
        bundleId: 1,
        message: { type: 'onf_requestforward', request: { type: 'barrier_request' } },
      },
      /must not be of type onf_requestforward/,
    )
    // The writer that is kept for the next message is not the worse for it.
    expect(toHex(encodeMessage({ type: 'barrier_request', xid: 1 }))).toBe('0414000800000001')
  })
})
