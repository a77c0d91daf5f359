import { describe, expect, it } from 'vitest'
import { parseEventLine } from './event-line.js'

describe('parseEventLine', () => {
  it('reads an event, its dataplane exactly', () => {
    const line = '{"version": 1, "time": 1.5, "dp_id": 18446744073709551615, "dp_name": "sw1", "event_id": 3, "DP_CHANGE": {"reason": "cold_start"}}'
    expect(parseEventLine(line)).toEqual({
      version: 1, time: 1.5, dp_id: 18446744073709551615n, dp_name: 'sw1', event_id: 3, DP_CHANGE: { reason: 'cold_start' },
    })
    expect(parseEventLine(line.replace('18446744073709551615', '1'))).toMatchObject({ dp_id: 1n })
  })

  it('takes nothing else', () => {
    for (const line of ['', 'null', '[]', '{"time": 1', '{"dp_id": "1", "event_id": 1}']) expect(parseEventLine(line)).toBeUndefined()
  })
})
