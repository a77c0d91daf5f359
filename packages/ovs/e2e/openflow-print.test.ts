import { encodeMessage, type Message, type MessageType, printMessage } from '@streambed/ovs/openflow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageArbitraries } from '../src/openflow/message.arbitrary.js'
import { rounds } from './campaign.js'
import { ofpPrint } from './ofp-print.js'

/** Types that Open vSwitch cannot know. */
const unknown: readonly MessageType[] = [
  'unknown',
  'experimenter',
  'experimenter_stats_request',
  'experimenter_stats_reply',
  'unknown_multipart_request',
  'unknown_multipart_reply',
  // Versions that have it are not the ones that these are sent in.
  'nxt_flow_monitor_cancel',
  'nxt_flow_monitor_paused',
  'nxt_flow_monitor_resumed',
  // Their actions are those of OpenFlow 1.0, of which we know few.
  'nxst_flow_monitor_reply',
  'nxst_flow_reply',
  'nxt_flow_mod',
]

/** Random table features hardly ever fit together, and errors of other versions have other names. */
const rarelyAccepted: readonly MessageType[] = ['table_features_reply', 'onf_bundle_add', 'flow_mod', 'nxt_flow_mod', 'onf_requestforward']

const types = (Object.keys(messageArbitraries) as MessageType[]).filter((type) => !unknown.includes(type))

describe('every type of message, encoded by us and printed by ovs-ofctl', () => {
  it.each(types)('%s', async (type) => {
    const count = rounds(150, 5_000)
    const messages: Message[] = fc.sample(messageArbitraries[type], { numRuns: count, seed: 20261121 })
    const texts = await ofpPrint(messages.map((message) => encodeMessage(message)))
    const accepted = messages.flatMap((message, index) => {
      const text = (texts[index] as string).trimEnd()
      // Random messages break rules that Open vSwitch has beyond the specification: those it does not print. And nobody
      // knows the names of all messages of OpenFlow 1.5, the beginnings of which are in random errors.
      // Experimenter 0 is for Open vSwitch the specification itself.
      const zero = 'experimenter' in message && message.experimenter === 0
      const foreign = zero || (type === 'error' && /^OFPT_\w+ \(OF1\.[45]\)/m.test(text))
      return foreign || text.includes('decode error') ? [] : [{ message, text }]
    })
    expect(accepted.length).toBeGreaterThan(rarelyAccepted.includes(type) ? -1 : 0)
    const different = accepted.filter(({ message, text }) => printMessage(message) !== text)
    expect(different.map(({ message, text }) => ({ message, ours: printMessage(message), text })).slice(0, 3)).toEqual([])
  })
})
