import { flowRemovedReason, packetInReason, portReason, type AsyncConfig } from '@streambed/ovs/openflow'

/**
 * What a switch is to send of its own accord, as Faucet has it: packets that a flow sends or whose TTL is over, every
 * change of a port, and the end of flows only where somebody goes by it (`use_idle_timeout`).
 */
export function asyncConfigOf(flowsRemoved: boolean): AsyncConfig {
  const packets = bit(packetInReason.encode('action')) | bit(packetInReason.encode('invalid_ttl'))
  const ports = (['add', 'delete', 'modify'] as const).reduce((mask, reason) => mask | bit(portReason.encode(reason)), 0)
  const flows = flowsRemoved ? bit(flowRemovedReason.encode('idle_timeout')) | bit(flowRemovedReason.encode('hard_timeout')) : 0
  return { packetInMask: [packets, packets], portStatusMask: [ports, ports], flowRemovedMask: [flows, flows] }
}

function bit(number: number): number {
  return 1 << number
}
