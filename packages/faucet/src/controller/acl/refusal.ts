import { HIGHEST_OFPORT } from '@streambed/ovs'
import {
  matchProblem,
  OFPG,
  OFPP,
  OFPVID_PRESENT,
  type ActionInput,
  type FieldName,
  type InstructionInput,
  type Match,
  type MatchFields,
  type OxmField,
} from '@streambed/ovs/openflow'
import { refusalOfCt } from './conntrack-refusal.js'

/** Fields of OpenFlow that Open vSwitch does not have (ovs-fields(7)). */
const absent: ReadonlySet<string> = new Set<FieldName>(['in_phy_port', 'pbb_isid', 'ipv6_exthdr'])

/** Fields that no action may change in Open vSwitch (ovs-fields(7), “Access”). */
const readOnly: ReadonlySet<string> = new Set<FieldName>(['in_port', 'eth_type', 'ip_proto', 'mpls_bos', 'ct_state', 'ct_zone'])

/** Fields that only `ct` may change, when it commits. */
const tracked: ReadonlySet<string> = new Set<FieldName>(['ct_mark', 'ct_label'])

/** Fields that say whether others are there. */
const conditions: ReadonlySet<string> = new Set<FieldName>(['eth_type', 'ip_proto', 'icmpv6_type'])

/** How many tags Open vSwitch follows (`FLOW_MAX_VLAN_HEADERS`). */
const mostTags = 2

/**
 * Why Open vSwitch would refuse a flow: then it is not sent, as it would take every other change of its bundle with it.
 * It goes by what the match says of the packet: a tag can only be taken off, and a field only be changed, where the
 * match says that there is one (ovs-actions(7), `lib/ofp-actions.c`).
 */
export function refusalOf(match: Match, instructions: readonly InstructionInput[]): string | undefined {
  if (instructions.filter(({ type }) => type === 'goto_table').length > 1) return 'the packet cannot go on to two tables'
  for (const instruction of instructions) {
    const found =
      instruction.type === 'apply_actions' ? refusalOfActions(match, instruction.actions)
      : instruction.type === 'meter' && instruction.meterId === 0 ? 'meter_id must be 1 or more'
      : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Why Open vSwitch would refuse the fields of a match, of which `match` is what they say. A field that is there with a
 * mask of zeros says nothing, and yet must be possible.
 */
export function refusalOfFields(match: Match, fields: MatchFields): string | undefined {
  for (const [name, input] of Object.entries(fields)) {
    if (absent.has(name)) return `Open vSwitch cannot match ${name}`
    if (!Array.isArray(input) || match.some(({ field }) => field === name)) continue
    const [, mask] = input as readonly [unknown, unknown]
    const problem = matchProblem([...match, { field: name, value: mask, mask } as OxmField])
    if (problem) return problem.message
  }
  return undefined
}

function refusalOfActions(match: Match, actions: readonly ActionInput[]): string | undefined {
  let tags = isTagged(match) ? 1 : 0
  for (const action of actions) {
    switch (action.type) {
      case 'pop_vlan':
        if (tags === 0) return 'a tag is taken off where the match does not say that there is one: match vlan_vid'
        tags--
        break
      case 'push_vlan':
        if (action.ethertype !== 0x8100 && action.ethertype !== 0x88a8) {
          return `the eth_type of a tag must be 0x8100 or 0x88a8, not 0x${action.ethertype.toString(16)}`
        }
        if (tags === mostTags) return `a packet must have ${String(mostTags)} tags at most`
        tags++
        break
      case 'output':
        if (!isPort(action.port)) return refusalOfPort(action.port)
        break
      case 'set_field': {
        const found = refusalOfField(match, action.field, tags > 0)
        if (found !== undefined) return found
        break
      }
      case 'nx_ct': {
        const found = refusalOfCt(match, action)
        if (found !== undefined) return found
        break
      }
    }
  }
  return undefined
}

/** Whether Open vSwitch can have a port with this number. */
function isPort(port: number): boolean {
  return port <= HIGHEST_OFPORT || port === OFPP.LOCAL
}

function refusalOfPort(port: number): string {
  return `the port must be from 1 to ${String(HIGHEST_OFPORT)}, not ${String(port)}`
}

/** Why Open vSwitch would refuse a group that sends to the first of its ports that is up. */
export function refusalOfGroup(groupId: number, ports: readonly number[]): string | undefined {
  if (groupId > OFPG.MAX) return `the group_id must be at most ${String(OFPG.MAX)}, not ${String(groupId)}`
  const wrong = ports.find((port) => !isPort(port))
  return wrong === undefined ? undefined : refusalOfPort(wrong)
}

function refusalOfField(match: Match, field: OxmField, hasTag: boolean): string | undefined {
  const name = field.field
  if (absent.has(name) || readOnly.has(name)) return `Open vSwitch cannot set ${name}`
  if (tracked.has(name)) return `${name} can only be set by ct`
  if ('mask' in field && field.mask !== undefined) return `${name} must be set without a mask`
  if (name === 'vlan_vid') {
    if (!hasTag) return 'a VID is set where the match does not say that there is a tag: match vlan_vid'
    if ((Number(field.value) & OFPVID_PRESENT) === 0) return `vlan_vid must be set with the bit 0x${OFPVID_PRESENT.toString(16)}`
  }
  const context = match.filter((other) => other.field !== name && conditions.has(other.field))
  const tag = hasTag && name !== 'vlan_vid' ? [{ field: 'vlan_vid', value: OFPVID_PRESENT } as const] : []
  const problem = matchProblem([...tag, ...context, field])
  return problem && `set_fields: ${problem.message}`
}

/** Whether a match says that there is a tag. */
function isTagged(match: Match): boolean {
  const vid = match.find((field) => field.field === 'vlan_vid')
  return vid?.field === 'vlan_vid' && (vid.value & (vid.mask ?? -1) & OFPVID_PRESENT) !== 0
}
