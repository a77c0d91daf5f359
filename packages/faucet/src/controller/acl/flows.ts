import { taggedVid } from '../core/flow.js'
import type { FlowPart } from '../core/part.js'
import { runningPorts } from '../core/ports.js'
import { priority } from '../core/priority.js'
import { ruleFlows } from './places.js'
import { tunnelFlows } from './tunnel.js'

/** The rules of ACLs. */
export const aclFlows: FlowPart = function* (context, make) {
  for (const { flow } of ruleFlows(context)) if (flow) yield flow
  if (make.has('port_acl')) {
    yield* openPorts(context, make)
    for (const { flow } of tunnelFlows(context, make)) if (flow) yield flow
  }
  if (make.has('egress_acl')) yield* openVlans(context, make)
}

/** Ports without an ACL, where others have one: everything goes on. */
const openPorts: FlowPart = function* ({ state }, make) {
  if (state.dp.dp_acls.length > 0) return
  for (const port of runningPorts(state)) {
    const isUsed = port.native_vlan !== undefined || port.tagged_vlans.length > 0 || port.stack || port.coprocessor
    if (port.acls_in.length > 0 || port.output_only || port.dot1x || !isUsed) continue
    yield make.flow('port_acl', priority.filter, { in_port: port.number }, [make.goto('vlan')])
  }
}

/** VLANs without an ACL for what leaves, where others have one. */
const openVlans: FlowPart = function* ({ state }, make) {
  for (const { vid, acls_out: acls, reserved_internal_vlan: isInternal } of state.dp.vlans.values()) {
    if (acls.length > 0 || isInternal) continue
    yield make.flow('egress_acl', priority.filter, { vlan_vid: taggedVid(vid) }, [make.goto('egress')])
  }
}
