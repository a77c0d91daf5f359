import { expect, it } from 'vitest'
import { eventLine } from './event-line.js'

it('is a line of JSON with exact numbers', () => {
  const line = eventLine({
    version: 1, time: 1795272648.5, dp_id: 0xffff_ffff_ffff_ffffn, dp_name: 'sw"1', event_id: 3,
    L2_EXPIRE: { port_no: 1, vid: 100, eth_src: '00:00:00:00:00:01' },
  })
  expect(line).toBe(
    '{"version":1,"time":1795272648.5,"dp_id":18446744073709551615,"dp_name":"sw\\"1","event_id":3,' +
      '"L2_EXPIRE":{"port_no":1,"vid":100,"eth_src":"00:00:00:00:00:01"}}\n',
  )
})
