import { invalidTopology, type TopologyIssue } from '../errors.js'
import type { TestbedModel } from '../topology/model.js'

/** A partition: hosts of different groups do not reach each other. */
export interface PartitionPlan {
  /** All hosts, in groups. */
  readonly groups: readonly (readonly string[])[]
  /** The VLAN VID of an access port on a network, by `network host`; those not in it keep the network's own. */
  readonly vlans: ReadonlyMap<string, number>
}

/**
 * Plans a partition by VLANs: on every network, each group but one gets a VID of its own. The hosts that are in no
 * group stay together as one more group, which keeps the networks' own VIDs, unless a trunk needs them: a trunk's frames carry the VID, so
 * that the group with the trunk must keep it.
 * @throws TestbedError `invalid` for unknown or repeated hosts, fewer than two groups, or trunks of one network in two groups
 */
export function planPartition(model: TestbedModel, groups: readonly (readonly string[])[]): PartitionPlan {
  const issues: TopologyIssue[] = []
  const seen = new Set<string>()
  for (const [index, group] of groups.entries()) {
    if (group.length === 0) issues.push({ path: `partition[${index}]`, value: group, message: 'a group has at least one host' })
    for (const [at, name] of group.entries()) {
      const path = `partition[${index}][${at}]`
      if (!model.hosts.has(name)) issues.push({ path, value: name, message: 'there is no such host' })
      if (seen.has(name)) issues.push({ path, value: name, message: 'the host is in a group already' })
      seen.add(name)
    }
  }
  const rest = [...model.hosts.keys()].filter((name) => !seen.has(name))
  const all = rest.length > 0 ? [rest, ...groups] : [...groups]
  if (all.length < 2) issues.push({ path: 'partition', value: groups, message: 'a partition has at least two groups; hosts that are named in none are one more' })
  if (issues.length > 0) throw invalidTopology(issues, 'the partition')

  const used = new Set([...model.networks.values()].map(({ vlan }) => vlan))
  const vlans = new Map<string, number>()
  for (const { name: network } of model.networks.values()) {
    const keeper = keepingGroup(model, network, all, issues)
    for (const [index, group] of all.entries()) {
      const members = group.filter((host) => model.hosts.get(host)?.interfaces.some((item) => item.network === network) === true)
      if (index === keeper || members.length === 0) continue
      const vlan = freeVlan(used)
      if (vlan === undefined) issues.push({ path: 'partition', value: network, message: 'no VLAN VID is left to keep the groups apart' })
      else for (const host of members) vlans.set(`${network} ${host}`, vlan)
    }
  }
  if (issues.length > 0) throw invalidTopology(issues, 'the partition')
  return { groups: all, vlans }
}

/** Which group keeps the network's own VID: the one with a trunk of it, else the first. */
function keepingGroup(model: TestbedModel, network: string, groups: readonly (readonly string[])[], issues: TopologyIssue[]): number {
  const withTrunk = groups.flatMap((group, index) => (group.some((host) => model.hosts.get(host)?.interfaces.some(({ trunk }) => trunk?.includes(network) === true) === true) ? [index] : []))
  if (withTrunk.length > 1) {
    issues.push({ path: 'partition', value: network, message: `two groups have a host with a trunk that carries network "${network}"; frames of a trunk carry its VLAN tag, so they cannot be kept apart: put these hosts into one group` })
  }
  return withTrunk[0] ?? 0
}

function freeVlan(used: Set<number>): number | undefined {
  for (let vlan = 4094; vlan >= 1; vlan--) {
    if (used.has(vlan)) continue
    used.add(vlan)
    return vlan
  }
  return undefined
}
