import { OFPP } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import type { Labels } from './family.js'

/** The labels of everything that belongs to a dataplane. The number is hexadecimal, as in Faucet. */
export function dpLabels(dp: Pick<ResolvedDp, 'dp_id' | 'name'>): Labels {
  return { dp_id: `0x${dp.dp_id.toString(16)}`, dp_name: dp.name }
}

/**
 * The labels of a port: its name and its description, which are its number where the configuration does not say; ports
 * that are not in the configuration too.
 */
export function portLabels(dp: ResolvedDp, number: number): Labels {
  const configured = dp.ports.get(number)
  const known = number === OFPP.LOCAL ? 'LOCAL' : number === OFPP.CONTROLLER ? 'CONTROLLER' : String(number)
  return {
    ...dpLabels(dp),
    port: configured?.name ?? known,
    port_description: configured?.description ?? known,
  }
}
