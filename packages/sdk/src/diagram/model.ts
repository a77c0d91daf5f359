import type { HostInspection, InterfaceInspection, NetworkInspection, TestbedInspection } from '../inspection.js'

/**
 * What a diagram shows, whatever draws it: networks as they are now (a partition splits one into segments), and each link
 * with the segments that it reaches.
 */
export interface DiagramModel {
  readonly title: string
  /** What is to be said about the whole testbed: `1 switch, 2 networks, 3 hosts`. */
  readonly subtitle: string
  readonly switches: readonly DiagramSwitch[]
  readonly segments: readonly DiagramSegment[]
  readonly hosts: readonly DiagramHost[]
  /** Titles of the groups of a partition; empty when there is none. */
  readonly groups: readonly string[]
  /** What the drawing has of marks that a reader may not know. */
  readonly marks: { readonly trunk: boolean; readonly down: boolean; readonly partition: boolean; readonly container: boolean }
}

/** A switch. */
export interface DiagramSwitch {
  readonly name: string
  readonly datapathType: string
}

/** A network, or what a partition left of it for one group: a broadcast domain. */
export interface DiagramSegment {
  readonly network: string
  /** Place of its network in the inspection; gives the colour. */
  readonly networkIndex: number
  /** `VLAN 200`, the subnets, the MTU when it is not 1500. */
  readonly details: readonly string[]
  /** Index into {@link DiagramModel.groups} when all its hosts are in one group. */
  readonly group: number | undefined
  /** Indices of the switches that carry it. */
  readonly switches: readonly number[]
}

/** A host. */
export interface DiagramHost {
  readonly name: string
  readonly state: HostInspection['state']
  /** Words to show with the name: `router`, `frozen`, `stopped`, the image of a container. */
  readonly marks: readonly string[]
  /** It is a container: round corners. */
  readonly container: boolean
  readonly group: number | undefined
  readonly links: readonly DiagramLink[]
}

/** An interface of a host, and the link from it to one segment, or to several when it is a trunk. */
export interface DiagramLink {
  readonly interface: string
  readonly trunk: boolean
  readonly up: boolean
  /** `port 3`. */
  readonly port: string
  /** The networks of a trunk (`VLAN 200 dmz`), then the addresses. */
  readonly details: readonly string[]
  /** Indices into {@link DiagramModel.segments}. */
  readonly segments: readonly number[]
}

interface SegmentDraft {
  readonly network: NetworkInspection
  readonly networkIndex: number
  readonly vlan: number
  readonly hosts: Set<string>
}

/** Decides what a diagram of the testbed shows. Pure; keeps the order of the inspection. */
export function diagramModel(inspection: TestbedInspection): DiagramModel {
  const { networks, hosts, partition } = inspection
  const groupOf = new Map(partition.flatMap((group, index) => group.map((host) => [host, index] as const)))
  const drafts = segmentDrafts(inspection)
  const segmentsOf = (host: string, item: InterfaceInspection) =>
    drafts.flatMap(({ network, vlan }, index) => {
      const here = item.network === null ? item.trunk.includes(network.name) && vlan === network.vlan : item.network === network.name && vlan === accessVlan(inspection, host, item, network)
      return here ? [index] : []
    })
  const drawn = hosts.map((host): DiagramHost => {
    const links = host.interfaces.map((item) => diagramLink(networks, item, segmentsOf(host.name, item)))
    return { name: host.name, state: host.state, marks: hostMarks(host), container: host.container !== undefined, group: groupOf.get(host.name), links }
  })
  const links = drawn.flatMap((host) => host.links)
  return {
    title: inspection.name,
    subtitle: subtitle(inspection),
    switches: inspection.switches.map(({ name, datapathType }) => ({ name, datapathType })),
    segments: drafts.map((draft) => diagramSegment(inspection, draft, groupOf)),
    hosts: drawn,
    groups: partition.map((_, index) => `partition: group ${index + 1} of ${partition.length}`),
    marks: { trunk: links.some(({ trunk }) => trunk), down: links.some(({ up }) => !up), partition: partition.length > 0, container: drawn.some(({ container }) => container) },
  }
}

/** One segment for each VLAN VID that the ports of a network have now; a network without hosts keeps its own. */
function segmentDrafts(inspection: TestbedInspection): SegmentDraft[] {
  return inspection.networks.flatMap((network, networkIndex) => {
    const members = new Map<number, Set<string>>()
    for (const host of inspection.hosts) {
      for (const item of host.interfaces) {
        const vlan = item.network === network.name ? accessVlan(inspection, host.name, item, network) : item.network === null && item.trunk.includes(network.name) ? network.vlan : undefined
        if (vlan !== undefined) members.set(vlan, (members.get(vlan) ?? new Set()).add(host.name))
      }
    }
    if (members.size === 0) members.set(network.vlan, new Set())
    return [...members].map(([vlan, hosts]) => ({ network, networkIndex, vlan, hosts }))
  })
}

/** The VLAN VID of an access port: what the switch has, else the network's own. */
function accessVlan({ switches }: TestbedInspection, host: string, item: InterfaceInspection, network: NetworkInspection): number {
  for (const { ports } of switches) {
    const port = ports.find((candidate) => candidate.host === host && candidate.interface === item.name)
    if (port !== undefined) return port.vlan ?? network.vlan
  }
  return network.vlan
}

function diagramSegment({ switches }: TestbedInspection, { network, networkIndex, vlan, hosts }: SegmentDraft, groupOf: ReadonlyMap<string, number>): DiagramSegment {
  const groups = new Set([...hosts].map((host) => groupOf.get(host)))
  const carrying = switches.flatMap(({ ports }, index) => (ports.some((port) => hosts.has(port.host) && (port.vlan === vlan || port.trunks.includes(vlan))) ? [index] : []))
  const details = [vlan === network.vlan ? `VLAN ${vlan}` : `VLAN ${vlan} (was ${network.vlan})`, ...network.subnets]
  if (network.mtu !== null && network.mtu !== 1500) details.push(`MTU ${network.mtu}`)
  return {
    network: network.name,
    networkIndex,
    details,
    group: groups.size === 1 ? [...groups][0] : undefined,
    // Nothing but the absence of ports can leave a network off every switch.
    switches: carrying.length > 0 ? carrying : switches.map((_, index) => index),
  }
}

function diagramLink(networks: readonly NetworkInspection[], item: InterfaceInspection, segments: readonly number[]): DiagramLink {
  const trunk = item.network === null
  const carried = trunk ? networks.filter(({ name }) => item.trunk.includes(name)).map(({ name, vlan }) => `VLAN ${vlan} ${name}`) : []
  return { interface: item.name, trunk, up: item.up, port: `port ${item.ofport}`, details: [...carried, ...item.addresses], segments }
}

function hostMarks(host: HostInspection): string[] {
  return [...(host.container === undefined ? [] : [host.container.image]), ...(host.forwarding ? ['router'] : []), ...(host.state === 'running' ? [] : [host.state])]
}

function subtitle({ state, switches, networks, hosts }: TestbedInspection): string {
  const counts = [count(switches.length, 'switch', 'switches'), count(networks.length, 'network'), count(hosts.length, 'host')]
  return [...counts, ...(state === 'running' ? [] : [state])].join(', ')
}

function count(many: number, one: string, more = `${one}s`): string {
  return `${many} ${many === 1 ? one : more}`
}
