import type { DpState } from '../controller/core/state.js'
import type { LearnedHost } from '../controller/learning/state.js'
import type { MetricSample } from './family.js'
import { dpLabels, portLabels } from './labels.js'

/** Time series by name of the metric. */
export type Samples = Readonly<Record<string, readonly MetricSample[]>>

/**
 * The hosts of a dataplane. Each host has a series in `learned_macs` as long as it is known; Faucet leaves the series of
 * hosts that are gone behind, with the value 0.
 */
export function hostSamples({ dp, learning }: DpState): Samples {
  const labels = dpLabels(dp)
  const hosts = [...learning.hosts.values()]
  const byVlan = grouped(hosts, ({ vid }) => vid)
  const vlans = [...dp.vlans.values()].filter((vlan) => !vlan.reserved_internal_vlan)
  const perPort = vlans.flatMap((vlan) => {
    const here = grouped(byVlan.get(vlan.vid) ?? [], ({ port }) => port)
    return [...vlan.tagged, ...vlan.untagged].map((port) => ({
      labels: { ...portLabels(dp, port), vlan: String(vlan.vid) },
      macs: (here.get(port) ?? []).map(({ mac }) => macNumber(mac)).sort((one, other) => (one < other ? -1 : 1)),
    }))
  })
  return {
    vlan_hosts_learned: vlans.map(({ vid }) => ({ labels: { ...labels, vlan: String(vid) }, value: byVlan.get(vid)?.length ?? 0 })),
    port_vlan_hosts_learned: perPort.map((one) => ({ labels: one.labels, value: one.macs.length })),
    learned_macs: perPort.flatMap((one) => one.macs.map((value, n) => ({ labels: { ...one.labels, n: String(n) }, value }))),
    learned_l2_port: hosts.map(({ vid, mac, port }) => ({ labels: { ...labels, vid: String(vid), eth_src: mac }, value: port })),
  }
}

function grouped(hosts: readonly LearnedHost[], by: (host: LearnedHost) => number): ReadonlyMap<number, readonly LearnedHost[]> {
  const groups = new Map<number, LearnedHost[]>()
  for (const host of hosts) {
    const key = by(host)
    const group = groups.get(key)
    if (group) group.push(host)
    else groups.set(key, [host])
  }
  return groups
}

/** An Ethernet address has 48 bits, which a number holds. */
function macNumber(mac: string): number {
  return parseInt(mac.replaceAll(':', ''), 16)
}
