import { taggedVid } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { priority } from '../core/priority.js'

/** The longest timeout that OpenFlow has. */
const longest = 0xffff

/** Sources that are banned for a while. */
export const learningFlows: FlowPart = function* ({ state: { dp, learning } }, make) {
  for (const { type, number, since } of learning.bans.values()) {
    const fields = type === 'port' ? { in_port: number } : { vlan_vid: taggedVid(number) }
    yield make.flow('eth_src', priority.low + 1, fields, [], { hardTimeout: Math.max(0, Math.min(dp.learn_ban_timeout, longest)), since })
  }
}
