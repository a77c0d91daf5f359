import { OFPVID_PRESENT, type ActionInput } from '@streambed/ovs/openflow'
import type { ResolvedOutput } from '../../config/index.js'
import { setFieldOf } from './field-value.js'

/** The Ethertype of an ordinary tag. */
const tagged = 0x8100

/** A step that is carried out where it stands: anything but a tunnel. */
export type LocalOutput = Exclude<ResolvedOutput, { readonly type: 'tunnel' }>

/** The actions of one step of an output (Faucet's `build_ordered_output_actions`). */
export function actionsOf(step: LocalOutput): readonly ActionInput[] {
  switch (step.type) {
    case 'pop_vlans':
      return Array.from({ length: Math.max(0, step.count) }, () => ({ type: 'pop_vlan' }))
    case 'push_vlan': {
      const { vid, eth_type = tagged } = typeof step.tag === 'object' ? step.tag : { vid: step.tag }
      return pushVlan(vid, eth_type)
    }
    case 'swap_vid':
      return [setVid(step.vid)]
    case 'set_field':
      return [{ type: 'set_field', field: setFieldOf(step.field, step.value) }]
    case 'port':
      return [{ type: 'output', port: step.port }]
    case 'failover':
      return [{ type: 'group', groupId: step.failover.group_id }]
  }
}

/** Puts a tag on. */
export function pushVlan(vid: number, ethertype = tagged): readonly ActionInput[] {
  return [{ type: 'push_vlan', ethertype }, setVid(vid)]
}

function setVid(vid: number): ActionInput {
  return { type: 'set_field', field: { field: 'vlan_vid', value: (vid | OFPVID_PRESENT) & 0xffff } }
}
