import { expect, it } from 'vitest'
import { Counters } from './counters.js'

it('sums up what is counted, for each set of labels', () => {
  const counters = new Counters()
  counters.add({ metric: 'of_packet_ins', dpName: 'sw1' })
  counters.add({ metric: 'of_packet_ins', dpName: 'sw1', by: 4 })
  counters.add({ metric: 'port_learn_bans', dpName: 'sw1', labels: { port: 1, vlan: 100 } })
  counters.add({ metric: 'port_learn_bans', dpName: 'sw1', labels: { vlan: 100, port: 1 } })
  counters.add({ metric: 'stack_root_change_count', dpName: '' })
  expect(counters.value('of_packet_ins', 'sw1')).toBe(5)
  expect(counters.value('of_packet_ins', 'sw2')).toBe(0)
  expect(counters.value('stack_root_change_count')).toBe(1)
  expect([...counters.counted('port_learn_bans')]).toEqual([{ dpName: 'sw1', labels: { port: 1, vlan: 100 }, value: 2 }])
})

it('keeps histograms', () => {
  const counters = new Counters()
  for (const seconds of [0.002, 2]) counters.observe({ metric: 'faucet_packet_in_secs', dpName: 'sw1', seconds })
  expect([...counters.observed('faucet_packet_in_secs')]).toEqual([
    { dpName: 'sw1', labels: {}, data: { counts: [0, 0, 1, 0, 0, 1], sum: 2.002 } },
  ])
  expect([...counters.observed('other')]).toEqual([])
})
