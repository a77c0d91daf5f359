import type { DpState } from '../controller/core/state.js'
import { banCount } from '../controller/learning/state.js'
import type { Samples } from './host-samples.js'
import { dpLabels, portLabels } from './labels.js'
import type { SwitchDescription } from './source.js'
import { tableNameSamples } from './table-names.js'

/** What there is of every dataplane: whether it is connected, its ports, its tables, itself. */
export function dpSamples(state: DpState, description: SwitchDescription | undefined): Samples {
  const { dp, layout, connected, learning } = state
  const labels = dpLabels(dp)
  const ports = [...dp.ports.keys()]
  const vlans = [...dp.vlans.values()].filter((vlan) => !vlan.reserved_internal_vlan)
  const inVlans = new Set(vlans.flatMap((vlan) => [...vlan.tagged, ...vlan.untagged]))
  return {
    dp_status: [{ labels, value: connected ? 1 : 0 }],
    // A port of a switch that has never been there is neither up nor down.
    port_status: state.connectedAt === undefined ? [] : ports.map((port) => {
      return { labels: portLabels(dp, port), value: connected && state.ports.get(port)?.up ? 1 : 0 }
    }),
    port_learn_bans: ports.filter((port) => inVlans.has(port)).map((port) => {
      return { labels: portLabels(dp, port), value: banCount(learning, 'port', port) }
    }),
    vlan_learn_bans: vlans.map(({ vid }) => {
      return { labels: { ...labels, vlan: String(vid) }, value: banCount(learning, 'vlan', vid) }
    }),
    faucet_config_table_names: tableNameSamples(dp, layout),
    of_dp_desc_stats: description ? [{ labels: { ...labels, ...descriptionLabels(description) }, value: dp.dp_id }] : [],
  }
}

function descriptionLabels({ mfrDesc, hwDesc, swDesc, serialNum, dpDesc }: SwitchDescription): Record<string, string> {
  return { mfr_desc: mfrDesc, hw_desc: hwDesc, sw_desc: swDesc, serial_num: serialNum, dp_desc: dpDesc }
}
