import type { Comparison, FlowDifference, ForwardingDifference } from './forwarding-comparison.js'

/** A packet that our switch treats otherwise, on purpose. */
export interface KnownForwardingDifference {
  readonly name: string
  /** Why ours is right. */
  readonly reason: string
  is(difference: ForwardingDifference, comparison: Comparison): boolean
}

/** A flow, group or meter that only one of both has, while packets come out the same. */
export interface KnownFlowDifference {
  readonly name: string
  /** Why it makes no difference, or why ours is right. */
  readonly reason: string
  is(difference: FlowDifference): boolean
}

/** Whether a flow is one of a host: its source is known, or where it is. */
function isLearned(flow: string): boolean {
  return /priority=819[12],.*dl_(?:src|dst)=[0-9a-f:]{17}(?: |,)/.test(flow)
}

/** Whether it is a flow that takes packets of a tunnel on to the next dataplane, where only the real Faucet has one. */
function isOldWay({ side, flow }: FlowDifference): boolean {
  return side === 'real' && /priority=20481,dl_vlan=\d+,dl_vlan_pcp=[34] actions=output/.test(flow)
}

/**
 * Every packet that may come out otherwise. One more difference is taken away at its source, in forwarding_courier.py,
 * since it depends on what the real Faucet did before: it keeps instructions that look alike as one object
 * (`valve_of._apply_actions`), and `ValveTable._trim_inst` takes the set_field actions out of that object when one of the
 * flows neither outputs nor goes on. Flows that go on lose their set_field then. The test of it starts the real one as it
 * is installed.
 */
export const knownForwardingDifferences: readonly KnownForwardingDifference[] = [
  {
    name: 'matches of nw_ttl and ip_proto_nxm',
    reason:
      'os-ken writes these fields before eth_type, and Open vSwitch refuses a match whose prerequisite comes later: with ' +
      'the real Faucet the rule is missing. Ours does what the configuration says.',
    is: ({ name }) => /^ACL: field (?:nw_ttl|ip_proto_nxm)$/.test(name),
  },
  {
    name: 'tunnels from ports that are mirrors',
    reason:
      'A port that an ACL mirrors to is output only: the real Faucet installs none of the rules for packets from it, but for ' +
      'those of tunnels, which then take what rules before them say otherwise. Ours installs none.',
    is: ({ name }) => name === 'tunnel: from a port that is a mirror',
  },
  {
    name: 'tunnels in the second ACL of a port',
    reason: 'See the flows: packets enter the tunnel that a rule of the first ACL drops.',
    is: ({ name, ours }) => name === 'tunnel: in the second ACL of a port' && ours.length === 0,
  },
  {
    name: 'ways of tunnels that are no more',
    reason:
      'See the flows. A packet with the tag of the tunnel that would come to a dataplane where the tunnel does not pass is ' +
      'sent on by the flow that is left there.',
    is: ({ packet, dp }, { flowDifferences }) =>
      /dl_vlan_pcp=[34],/.test(packet) && flowDifferences.some((one) => one.dp === dp && isOldWay(one)),
  },
  {
    name: 'hosts that other dataplanes learn at once',
    reason:
      'See the flows. The real Faucet floods to such a host, and sends each packet of it to the controller, where ours sends ' +
      'it to its port. Nothing else may differ in the flows of that configuration, but for ways of tunnels that are no ' +
      'more, which only packets with the tag of a tunnel meet.',
    is: ({ phase }, { routesInStack, flowDifferences }) => {
      const mattering = flowDifferences.filter((one) => one.phase === 'after' && !isIdle(one) && !isOldWay(one))
      return routesInStack && phase === 'after' && mattering.length > 0 && mattering.every(({ side, flow }) => side === 'ours' && isLearned(flow))
    },
  },
]

/** Whether a flow changes no packet. */
function isIdle(difference: FlowDifference): boolean {
  return idleFlows.some((known) => known.is(difference))
}

/** Flows that change no packet: those that do nothing, or are there at both sides, but for the time. */
const idleFlows: readonly KnownFlowDifference[] = [
  {
    name: 'flows that drop what would be dropped without them',
    reason:
      'Ours installs no flow that does nothing: floods of a VLAN without ports, also through a group without a bucket.',
    is: ({ side, flow }) => side === 'real' && /priority=(?:82\d\d|819\d|10294|427\d\d),.*actions=drop$/.test(flow),
  },
  {
    name: 'permanent hosts do not become idle',
    reason: 'The real Faucet lets the destination of a permanent host end after idle time, and floods to it from then on.',
    is: ({ flow, onlyTimes }) => onlyTimes && /priority=8192,.*dl_dst=/.test(flow),
  },
  {
    name: 'mirrors that drop what they receive',
    reason: 'Ours says so with a flow, as for every port that is output only; the real Faucet has no flow that would take such a packet.',
    is: ({ side, flow }) => side === 'ours' && /priority=9\d+,in_port=\d+ actions=drop$/.test(flow),
  },
]

/** Every flow that may be at one side only. */
export const knownFlowDifferences: readonly KnownFlowDifference[] = [
  ...idleFlows,
  {
    name: 'matches of nw_ttl and ip_proto_nxm',
    reason: 'See the packets.',
    is: ({ name, side }) => side === 'ours' && /^ACL: field (?:nw_ttl|ip_proto_nxm)$/.test(name),
  },
  {
    name: 'hosts that other dataplanes learn at once',
    reason:
      'In a stack that routes, the real Faucet tells the other dataplanes of a new host before it has learned it itself, so ' +
      'that they do not learn it until the switch of the host sends another packet of it to the controller. Ours does.',
    is: ({ side, flow, phase }) => side === 'ours' && phase === 'after' && isLearned(flow),
  },
  {
    name: 'tunnels from ports that are mirrors',
    reason: 'See the packets.',
    is: ({ name, side }) => side === 'real' && name === 'tunnel: from a port that is a mirror',
  },
  {
    name: 'tunnels in the second ACL of a port',
    reason: 'The real Faucet gives a rule with a tunnel the priority of its place in its own ACL, before rules of the ACL that comes first. Ours keeps the order.',
    is: ({ name, flow }) => name === 'tunnel: in the second ACL of a port' && /priority=2047\d|priority=20480/.test(flow),
  },
  {
    name: 'ways of tunnels that are no more',
    reason: 'When a shorter path comes up, the real Faucet leaves the flow of the longer one on the dataplanes of it.',
    is: isOldWay,
  },
]
