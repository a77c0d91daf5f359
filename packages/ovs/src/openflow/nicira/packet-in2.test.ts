import { describe, expect, it } from 'vitest'
import { summarizePacketIn2 } from './packet-in2.js'

describe('summarizePacketIn2', () => {
  it('has defaults for what is not there', () => {
    expect(summarizePacketIn2({ properties: [] })).toEqual({
      data: new Uint8Array(),
      totalLen: 0,
      bufferId: 0xffffffff,
      tableId: 0,
      cookie: 0xffff_ffff_ffff_ffffn,
      reason: 'no_match',
      match: [],
      userdata: new Uint8Array(),
      continuation: undefined,
    })
  })

  it('takes every property, and the length of the packet when there is no other', () => {
    const data = Uint8Array.of(1, 2, 3)
    const summary = summarizePacketIn2({
      properties: [
        { type: 'packet', data },
        { type: 'buffer_id', bufferId: 4 },
        { type: 'table_id', tableId: 5 },
        { type: 'cookie', cookie: 6n },
        { type: 'reason', reason: 'action' },
        { type: 'metadata', match: [{ field: 'in_port', value: 7 }] },
        { type: 'userdata', data: Uint8Array.of(8) },
        { type: 'continuation', data: Uint8Array.of(9) },
        { type: 'unknown', propertyType: 99, data },
      ],
    })
    expect(summary).toEqual({
      data,
      totalLen: 3,
      bufferId: 4,
      tableId: 5,
      cookie: 6n,
      reason: 'action',
      match: [{ field: 'in_port', value: 7 }],
      userdata: Uint8Array.of(8),
      continuation: Uint8Array.of(9),
    })
    expect(
      summarizePacketIn2({
        properties: [
          { type: 'packet', data },
          { type: 'full_len', fullLen: 10 },
        ],
      }).totalLen,
    ).toBe(10)
  })
})
