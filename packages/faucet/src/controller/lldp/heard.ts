import type { DpState } from '../core/state.js'
import type { HeardBeacon } from './state.js'

/**
 * The last beacon of another dataplane that a port has heard, with the time when it came (`at`): `undefined` when there
 * never was one. A stack port keeps it however old it is (Faucet's `dyn_stack_probe_info`); others forget it after
 * `max_lldp_lost` intervals.
 */
export function heardFrom(state: DpState, port: number): HeardBeacon | undefined {
  return state.lldp.heard.get(port)
}
