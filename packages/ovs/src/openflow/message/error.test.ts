import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from '../message.js'
import { errorCodes } from './error-codes.js'
import { errorName, type ErrorMessage } from './error.js'

const decode = (hex: string) => decodeMessage(new Uint8Array(Buffer.from(hex, 'hex'))) as ErrorMessage

describe('error', () => {
  it('counts types from 0, as many as OpenFlow 1.3.5 has', () => {
    expect(Object.values(errorCodes).map(({ number }) => number)).toEqual(
      Array.from({ length: 14 }, (_, index) => index),
    )
    expect(Object.values(errorCodes).map(({ codes }) => codes.length)).toEqual([
      2, 14, 16, 9, 12, 8, 15, 5, 3, 3, 3, 3, 12, 6,
    ])
  })

  it('has names as the specification has them', () => {
    expect(errorName({ type: 'error', errorType: 'bad_request', code: 'bad_multipart' })).toBe('OFPBRC_BAD_MULTIPART')
    expect(errorName(decode('0401000c0000000000050001'))).toBe('OFPFMFC_TABLE_FULL')
    expect(errorName(decode('040100100000000' + '0ffff090a4f4e4600'))).toBe('OFPBFC_TIMEOUT')
    expect(errorName(decode('0401001000000000ffff000200002320'))).toBe('NXBRC_NXM_INVALID')
    expect(errorName(decode('0401001000000000ffff000100abcdef'))).toBe('error 1 of experimenter 0xabcdef')
    expect(errorName(decode('0401000c0000000000050063'))).toBe('error type flow_mod_failed code 99')
    expect(errorName(decode('0401000c0000000000630001'))).toBe('error type 99 code 1')
  })

  it('does not name the types of OpenFlow 1.0 that are others in 1.3', () => {
    expect(decode('0101000c0000000000010001')).toMatchObject({ errorType: 'bad_request', code: 'bad_type' })
    expect(decode('0101000c0000000000030001')).toMatchObject({ errorType: 3, code: 1 })
    expect(decode('0101000c00000000ffff0001')).toMatchObject({ errorType: 0xffff, code: 1 })
  })

  it('refuses types and codes that do not exist', () => {
    expect(() => encodeMessage({ type: 'error', errorType: 'bad_luck' as 'bad_match', code: 1 })).toThrow(
      /no error type "bad_luck"/,
    )
    expect(() => encodeMessage({ type: 'error', errorType: 'bad_match', code: 'stale' as 'bad_len' })).toThrow(
      /the code of an error bad_match must be one of bad_type/,
    )
  })
})
