import type { ResolvedPort } from '../../config/index.js'
import { lacpBits } from '../packet/lacp.js'
import { portRole, type PortRole } from './state.js'

/** What the aggregate may do with a port: what its configuration forces, or what follows from the nomination. */
export function roleOf(port: ResolvedPort, isNominated: boolean): PortRole {
  if (port.lacp_selected) return portRole.selected
  if (port.lacp_unselected) return portRole.unselected
  if (isNominated) return portRole.selected
  return port.lacp_standby ? portRole.standby : portRole.unselected
}

/** The state that a port with this role tells its partner. It always asks for a frame each second. */
export function stateBits(port: ResolvedPort, role: PortRole): number {
  const { activity, timeout, aggregation, synchronization, collecting, distributing } = lacpBits
  const own = timeout | aggregation | (port.lacp_active ? activity : 0)
  if (port.lacp_collect_and_distribute || role === portRole.selected) return own | synchronization | collecting | distributing
  return role === portRole.standby ? own | synchronization : own
}
