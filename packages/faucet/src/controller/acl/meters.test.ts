import { describe, expect, it } from 'vitest'
import { contextFor, withRules } from './acl.test-support.js'
import { meterOf, meterProblem, meters } from './meters.js'
import { aclProblems } from './problems.js'

const meter = (flags: string | readonly string[], ...bands: readonly Record<string, number | string>[]) => ({
  name: 'm',
  meter_id: 7,
  entry: { flags, bands: bands.map((band) => ({ type: 'DROP', ...band })) },
})

describe('meters', () => {
  it('have the flags and bands of their entry', () => {
    expect(meterOf(meter(['PKTPS', 'BURST', 'STATS'], { rate: 100, burst_size: 10 }, { type: 'DSCP_REMARK', rate: 5, prec_level: 2 }))).toEqual({
      meterId: 7,
      flags: 14,
      bands: [
        { type: 'drop', rate: 100, burstSize: 10 },
        { type: 'dscp_remark', rate: 5, burstSize: 0, precLevel: 2 },
      ],
    })
    expect(meterOf(meter('KBPS', { rate: '0x10' }))).toEqual({ meterId: 7, flags: 1, bands: [{ type: 'drop', rate: 16, burstSize: 0 }] })
  })

  it('are without what Faucet does not know', () => {
    expect(meterOf(meter(['KBPS', 'other'], { type: 'other', rate: 1 }))).toEqual({ meterId: 7, flags: 1, bands: [] })
  })

  it.each([
    [meter('BURST', { rate: 1 }), 'flags must have one of KBPS and PKTPS'],
    [meter(['KBPS', 'PKTPS'], { rate: 1 }), 'flags must have one of KBPS and PKTPS'],
    [meter('KBPS', { rate: 0 }), 'rate must be from 1 to 4294967295'],
    [meter('KBPS', { rate: 1, burst_size: -1 }), 'burst_size must be from 0 to 4294967295'],
    [meter('KBPS'), 'there must be 1 to 8 bands, not 0'],
    [meter('KBPS', { type: 'DSCP_REMARK', rate: 1 }), 'Open vSwitch has bands of the type DROP only'],
    [{ ...meter('KBPS', { rate: 1 }), meter_id: 0 }, 'meter_id must be 1 or more'],
  ])('can be such that the switch refuses them: %o', (one, problem) => {
    expect(meterProblem(one)).toBe(problem)
  })

  it('are those that rules use and the switch takes, and those for packets to the controller', () => {
    const more = `meters:
  used: {meter_id: 1, entry: {flags: KBPS, bands: [{type: DROP, rate: 10}]}}
  unused: {meter_id: 2, entry: {flags: KBPS, bands: [{type: DROP, rate: 10}]}}
  refused: {meter_id: 3, entry: {flags: KBPS, bands: [{type: DSCP_REMARK, rate: 10}]}}`
    const rules = ['{actions: {meter: used, allow: 1}}', '{actions: {meter: refused, allow: 1}}']
    const yaml = withRules(rules, more).replace('dp_id: 1', 'dp_id: 1\n    packetin_pps: 99\n    slowpath_pps: 55')
    const context = contextFor(yaml)
    expect([...meters(context)]).toEqual([
      { meterId: 0xfffffffe, flags: 2, bands: [{ type: 'drop', rate: 99, burstSize: 0 }] },
      { meterId: 0xfffffffd, flags: 2, bands: [{ type: 'drop', rate: 55, burstSize: 0 }] },
      { meterId: 1, flags: 1, bands: [{ type: 'drop', rate: 10, burstSize: 0 }] },
    ])
    expect(aclProblems(context)).toEqual(['rule 2 of ACL a: meter refused: Open vSwitch has bands of the type DROP only (port 1)'])
  })
})
