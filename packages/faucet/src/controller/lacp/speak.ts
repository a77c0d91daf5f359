import { printPort } from '@streambed/ovs/openflow'
import type { ResolvedPort } from '../../config/index.js'
import { formatMac } from '../../config/address.js'
import type { Effect } from '../core/effect.js'
import type { DpState } from '../core/state.js'
import { encodeLacp, noLacpEnd } from '../packet/lacp.js'
import { stateBits } from './role.js'
import { actorState, portRole } from './state.js'

const systemPriority = 0xffff

/**
 * Tells the partner of a port what this end is, and what it has heard from there. Nothing is sent while one of the ports
 * of `lacp_passthrough` has no partner in sync, so that the far end gives up this link as well.
 */
export function speak(state: DpState, port: ResolvedPort): readonly Effect[] {
  const { dp, lacp } = state
  const silent = (port.lacp_passthrough ?? []).find((peer) => lacp.ports.get(numberOf(state, peer))?.actor !== actorState.up)
  if (silent !== undefined) {
    const text = `no LACP on port ${printPort(port.number)}, since port ${String(silent)} of its lacp_passthrough has no partner`
    return [{ type: 'log', level: 'debug', dpName: dp.name, text }]
  }
  const partner = lacp.partners.get(port.number)
  // A partner that is not known yet would take it amiss not to be named.
  if (partner && !partner.pdu) return []
  const system = formatMac(dp.faucet_dp_mac)
  const data = encodeLacp(system, {
    actor: {
      systemPriority,
      system,
      key: port.lacp & 0xffff,
      portPriority: port.lacp_port_priority,
      port: port.lacp_port_id & 0xffff,
      state: stateBits(port, lacp.ports.get(port.number)?.role ?? portRole.notConfigured),
    },
    partner: partner?.pdu?.actor ?? noLacpEnd,
    collectorMaxDelay: 0,
  })
  return [{ type: 'packet_out', dpId: dp.dp_id, ports: [port.number], data }]
}

function numberOf(state: DpState, port: string | number): number {
  if (typeof port === 'number') return port
  return [...state.dp.ports.values()].find(({ name }) => name === port)?.number ?? -1
}
