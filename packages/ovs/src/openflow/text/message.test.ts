import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from '../message.js'
import { messageArbitrary } from '../message.arbitrary.js'
import { messageGoldens } from '../message.golden.js'
import { printMessage } from './message.js'

describe('printMessage', () => {
  it.each(Object.entries(messageGoldens))('prints %s as ovs-ofctl does', (_, { hex, text }) => {
    expect(printMessage(decodeMessage(Buffer.from(hex, 'hex')))).toBe(text.trimEnd())
  })

  it('prints every message, also what Open vSwitch would refuse', () => {
    fc.assert(
      fc.property(messageArbitrary, (message) => {
        expect(printMessage(decodeMessage(encodeMessage(message)))).toMatch(/^(OFPT|OFPST|NXT|NXST|ONFT|ONFST)_[A-Z0-9_]+/)
      }),
      { numRuns: 500 },
    )
  })

  it('prints the message that an error is about, or what there is of it', () => {
    const error = (data: string) =>
      printMessage({ type: 'error', version: 4, xid: 1, errorType: 'bad_request', code: 'bad_type', data: Buffer.from(data, 'hex') })
    expect(error('0414000800000007')).toMatch(/OFPBRC_BAD_TYPE\nOFPT_BARRIER_REQUEST \(OF1\.3\) \(xid=0x7\):$/)
    expect(error('')).toMatch(/\nOpenFlow message is empty$/)
    expect(error('0414')).toMatch(/\nOpenFlow packet too short \(only 2 bytes\):\n00000000 /)
    expect(error('040e004000000007')).toMatch(/\nOFPT_FLOW_MOD .*:\n\(\*\*\*truncated to 8 bytes from 64\*\*\*\)\n/)
  })
})
