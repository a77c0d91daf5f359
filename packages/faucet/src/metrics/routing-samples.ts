import type { DpState } from '../controller/core/state.js'
import { neighbourCount } from '../controller/routing/state.js'
import type { Samples } from './host-samples.js'
import { dpLabels } from './labels.js'

/** The neighbours of the routers, for each VLAN and each version of IP that it has an address of. */
export function routingSamples({ dp, routing }: DpState): Samples {
  const labels = dpLabels(dp)
  const vlans = [...dp.vlans.values()].filter((vlan) => !vlan.reserved_internal_vlan)
  return {
    vlan_neighbors: vlans.flatMap((vlan) => {
      const versions = [...new Set(vlan.faucet_vips.map(({ version }) => version))].sort()
      return versions.map((ipv) => ({ labels: { ...labels, vlan: String(vlan.vid), ipv: String(ipv) }, value: neighbourCount(routing, vlan.vid, ipv) }))
    }),
  }
}
