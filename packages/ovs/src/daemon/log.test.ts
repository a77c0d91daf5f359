import { describe, expect, it } from 'vitest'
import { lastComplaints, parseLog, parseLogLine } from './log.js'

const log = `2026-11-21T08:33:38.287Z|00001|vlog|INFO|opened log file /x/ovs-vswitchd.log
2026-11-21T08:33:38.288Z|00002|netdev|WARN|could not create netdev p9 of unknown type nope
2026-11-21T08:33:38.289Z|00003|ovs_rcu(urcu1)|WARN|blocked 1000 ms waiting for main to quiesce
a line of a library
2026-11-21T08:33:38.290Z|00004|bridge|ERR|could not open|network device p9
2026-11-21T08:33:38.291Z|00005|bridge|ERR|could not open|network device p9
`

describe('parseLogLine', () => {
  it('reads the five fields', () => {
    expect(parseLogLine('2026-11-21T08:33:38.287Z|00012|ovs_rcu(urcu1)|WARN|a|b')).toEqual({
      time: '2026-11-21T08:33:38.287Z',
      sequence: 12,
      module: 'ovs_rcu(urcu1)',
      level: 'WARN',
      text: 'a|b',
    })
  })

  it.each(['', 'x', '2026|1|m|INFO', '2026-11-21T08:33:38.287Z|1|m|LOUD|x'])('leaves %j alone', (line) =>
    expect(parseLogLine(line)).toBeUndefined(),
  )
})

describe('parseLog', () => {
  it('adds a line of another form to the one before', () => {
    expect(parseLog(`no line yet\n${log}`).map(({ text }) => text)[2]).toBe(
      'blocked 1000 ms waiting for main to quiesce\na line of a library',
    )
  })
})

describe('lastComplaints', () => {
  it('quotes errors, each once', () =>
    expect(lastComplaints(log)).toEqual(['bridge: could not open|network device p9']))

  it('quotes warnings when there are no errors', () => {
    const warnings = log.split('\n').slice(0, 3).join('\n')
    expect(lastComplaints(warnings)).toHaveLength(2)
    expect(lastComplaints(warnings, 1)).toEqual(['ovs_rcu(urcu1): blocked 1000 ms waiting for main to quiesce'])
  })

  it('has nothing to say about a quiet log', () => expect(lastComplaints('')).toEqual([]))
})
