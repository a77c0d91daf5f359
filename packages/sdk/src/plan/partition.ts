import { invalidTopology, type TopologyIssue } from '../errors.js'
import type { TestbedModel } from '../topology/model.js'

/** A partition: hosts of different groups do not reach each other. */
export interface PartitionPlan {
  /** The groups that were named. */
  readonly named: readonly (readonly string[])[]
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
    if (!Array.isArray(group)) issues.push({ path: `partition[${index}]`, value: group, message: 'a group is a list of names of hosts' })
    else if (group.length === 0) issues.push({ path: `partition[${index}]`, value: group, message: 'a group has at least one host' })
    for (const [at, name] of (Array.isArray(group) ? (group as string[]) : []).entries()) {
      const path = `partition[${index}][${at}]`
      if (!model.hosts.has(name)) issues.push({ path, value: name, message: `there is no such host; the hosts are ${[...model.hosts.keys()].join(', ') || 'none'}` })
      else if (seen.has(name)) issues.push({ path, value: name, message: 'the host is in a group already' })
      seen.add(name)
    }
  }
  if (groups.length + (seen.size < model.hosts.size ? 1 : 0) < 2 && issues.length === 0) {
    issues.push({ path: 'partition', value: groups, message: 'a partition has at least two groups; hosts that are named in none are one more' })
  }
  if (issues.length > 0) throw invalidTopology(issues, 'the partition')
  return assignVlans(model, groups)
}

/**
 * The partition of a testbed that has changed: hosts that were added are in no named group, those that were removed are in none at
 * all, and no VID is one of a network that was added.
 * @throws TestbedError `invalid` when the trunk of an added host makes it impossible, or no VID is left
 */
export function adaptPartition(model: TestbedModel, plan: PartitionPlan): PartitionPlan {
  return assignVlans(
    model,
    plan.named.map((group) => group.filter((name) => model.hosts.has(name))).filter(({ length }) => length > 0),
  )
}

/** The VID of a host's access port on a network, with a partition or without. */
export function partitionVlan(model: TestbedModel, plan: PartitionPlan | undefined, network: string, host: string): number {
  return plan?.vlans.get(`${network} ${host}`) ?? model.networks.get(network)?.vlan ?? 0
}

function assignVlans(model: TestbedModel, named: readonly (readonly string[])[]): PartitionPlan {
  const grouped = new Set(named.flat())
  const rest = [...model.hosts.keys()].filter((name) => !grouped.has(name))
  const groups = rest.length > 0 ? [rest, ...named] : [...named]
  const issues: TopologyIssue[] = []
  const used = new Set([...model.networks.values()].map(({ vlan }) => vlan))
  const vlans = new Map<string, number>()
  for (const { name: network } of model.networks.values()) {
    const keeper = keepingGroup(model, network, groups, issues)
    for (const [index, group] of groups.entries()) {
      const members = group.filter((host) => model.hosts.get(host)?.interfaces.some((item) => item.network === network) === true)
      if (index === keeper || members.length === 0) continue
      const vlan = freeVlan(used)
      if (vlan === undefined) issues.push({ path: 'partition', value: network, message: 'no VLAN VID is left to keep the groups apart' })
      else for (const host of members) vlans.set(`${network} ${host}`, vlan)
    }
  }
  if (issues.length > 0) throw invalidTopology(issues, 'the partition')
  return { named, groups, vlans }
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
