import type { DpState } from '../controller/core/state.js'
import type { Samples } from './host-samples.js'
import { portLabels } from './labels.js'

/** The ports of aggregates; one that was never up has no series, as with Faucet. */
export function lacpSamples({ dp, lacp }: DpState): Samples {
  const ports = [...lacp.ports].filter(([number]) => (dp.ports.get(number)?.lacp ?? 0) > 0)
  return {
    port_lacp_state: ports.map(([number, { actor }]) => ({ labels: portLabels(dp, number), value: actor })),
    port_lacp_role: ports.map(([number, { role }]) => ({ labels: portLabels(dp, number), value: role })),
    lacp_port_id: ports.map(([number]) => ({ labels: portLabels(dp, number), value: dp.ports.get(number)?.lacp_port_id ?? number })),
  }
}
