import { OFPP } from '@streambed/ovs'
import type { ContainerState, ExternalPortState, NetworkState, NetworkStates, OtherBridgePortState, OtherBridgeState } from '../status/index.js'

/** What a diagram shows, whatever draws it. */
export interface DiagramModel {
  readonly title: string
  /** The machines, by their short engine ids; more than one when several daemons told of their networks. */
  readonly engines: readonly string[]
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly DiagramEdge[]
}

/** What is at the end of a line. */
export interface DiagramNode {
  readonly id: string
  readonly kind: 'network' | 'container' | 'external' | 'coprocessor' | 'machine' | 'nat' | 'gateway' | 'mirror' | 'loopback' | 'stack' | 'switch'
  readonly title: string
  /** One for each interface of a container; one for everything else. */
  readonly sections: readonly DiagramSection[]
  /** Index into {@link DiagramModel.engines}; undefined for what belongs to none of them. */
  readonly engine: number | undefined
}

/** Lines of a node. */
export interface DiagramSection {
  readonly lines: readonly string[]
  /** Place of the network among all; gives the colour. */
  readonly network: number | undefined
}

/** A line between nodes, by ids. */
export interface DiagramEdge {
  readonly from: string
  readonly to: string
  /** The section of `to` that it leads to. */
  readonly section: number
  /** Port numbers: `3`, or `99 : 3` with the one at the other end. */
  readonly label: string
  /** Mirrored packets go one way. */
  readonly kind: 'port' | 'mirror' | 'stack'
  readonly network: number | undefined
}

/** Decides what a diagram shows of the networks that one or several daemons told of. Pure. */
export function diagramModel(daemons: readonly NetworkStates[]): DiagramModel {
  const engines = [...new Set(daemons.flatMap((states) => Object.values(states).map(engineOf)))]
  const draft = new Draft(engines)
  for (const states of daemons) for (const [id, state] of Object.entries(states)) draft.network(id, state)
  const containers = draft.count('container')
  const networks = draft.count('network')
  return { title: `${counted(networks, 'network')}, ${counted(containers, 'container')}${engines.length > 1 ? `, ${engines.length} machines` : ''}`, engines, nodes: draft.nodes, edges: draft.edges }
}

class Draft {
  readonly #nodes = new Map<string, { readonly id: string; kind: DiagramNode['kind']; readonly title: string; readonly sections: DiagramSection[]; engine: number | undefined }>()
  readonly #edges = new Map<string, DiagramEdge>()
  #networks = 0

  constructor(private readonly engines: readonly string[]) {}

  get nodes(): readonly DiagramNode[] {
    return [...this.#nodes.values()]
  }

  get edges(): readonly DiagramEdge[] {
    return [...this.#edges.values()]
  }

  count(kind: DiagramNode['kind']): number {
    return this.nodes.filter((node) => node.kind === kind).length
  }

  network(id: string, state: NetworkState): void {
    const engine = this.engines.indexOf(engineOf(state))
    const network = this.#networks++
    const from = `network ${engineOf(state)} ${id}`
    this.#node({ id: from, kind: 'network', title: state.NetworkName === '' ? state.BridgeName : state.NetworkName, sections: [{ lines: networkLines(state), network }], engine })
    const { Containers, ExternalPorts, OtherBridgePorts, OtherBridges } = state.DynamicNetworkStates
    for (const container of byPort(Containers)) this.#container(from, container, network, engine)
    for (const port of byPort(ExternalPorts)) this.#external(from, port, state, network, engine)
    for (const port of byPort(OtherBridgePorts)) this.#otherBridge(from, port, OtherBridges[port.PeerBridgeName], engine)
  }

  #container(from: string, container: ContainerState, network: number, engine: number): void {
    const id = `container ${container.Id === '' ? `${from} ${container.Name}` : container.Id}`
    const node = this.#nodes.get(id)
    const section = { lines: containerLines(container), network }
    if (node === undefined) this.#node({ id, kind: 'container', title: container.Name.replace(/^\//, ''), sections: [section], engine })
    else node.sections.push(section)
    this.#edge({ from, to: id, section: node === undefined ? 0 : node.sections.length - 1, label: String(container.OFPort), kind: 'port', network })
  }

  #external(from: string, port: ExternalPortState, state: NetworkState, network: number, engine: number): void {
    const eng = engineOf(state)
    const edge = (to: string) => this.#edge({ from, to, section: 0, label: port.OFPort === OFPP.LOCAL ? 'LOCAL' : String(port.OFPort), kind: 'port', network })
    if (port.OFPort === OFPP.LOCAL) {
      const id = `local ${from}`
      const address = [state.Gateway === '' ? '' : `${state.Gateway}/${state.GatewayMask}`, state.GatewayIPv6 === `${state.Gateway}/${state.GatewayMask}` ? '' : state.GatewayIPv6]
      const nat = state.Mode === 'nat'
      this.#node({ id, kind: nat ? 'nat' : 'gateway', title: nat ? 'NAT' : 'Gateway', sections: [{ lines: [...address, port.MacAddress, labelled('acl', state.NATAcl)].filter(given), network }], engine })
      return edge(id)
    }
    const id = `interface ${eng} ${port.Name}`
    const added = [addedPort(state.AddPorts, port.Name), addedPort(state.AddCoproPorts, port.Name)] as const
    const kind = added[1] !== undefined ? 'coprocessor' : added[0] === undefined && /^(vnet|tap|macvtap)/.test(port.Name) ? 'machine' : 'external'
    const what = { coprocessor: 'Coprocessor', machine: 'Virtual Machine', external: 'External Interface' }[kind]
    const [, , acl = '', vlan = ''] = added[0] ?? added[1] ?? []
    this.#node({ id, kind, title: [eng, port.Name].filter(given).join(' '), sections: [{ lines: [what, port.MacAddress, labelled('acl', acl), labelled('vlan', vlan)].filter(given), network }], engine })
    edge(id)
  }

  #otherBridge(from: string, port: OtherBridgePortState, bridge: OtherBridgeState | undefined, engine: number): void {
    const name = port.PeerBridgeName
    const kind = bridge?.Kind ?? (name.startsWith('odsmir') ? 'mirror' : name.startsWith('odslb') ? 'loopback' : 'stack')
    const id = this.#bridge(name, kind, engine)
    const label = `${port.OFPort} : ${port.PeerOFPort}`
    if (kind === 'stack') this.#edge({ from: id, to: from, section: 0, label: `${port.PeerOFPort} : ${port.OFPort}`, kind, network: undefined })
    else this.#edge({ from, to: id, section: 0, label, kind: 'mirror', network: undefined })
    if (bridge !== undefined) this.#interfaces(id, bridge, engine)
  }

  #interfaces(id: string, { Interfaces, MirrorTo, StackPriority1 }: OtherBridgeState, engine: number): void {
    for (const [name, { Direction, OFPort, RemoteDp, RemotePort }] of Object.entries(Interfaces)) {
      if (RemoteDp !== undefined) {
        const remote = this.#bridge(RemoteDp, 'switch', undefined, RemoteDp === StackPriority1 ? ['stack priority 1'] : [])
        this.#stackLink(remote, id, `${RemotePort ?? '?'}`, OFPort === undefined ? name : String(OFPort), name)
        continue
      }
      const node = `interface ${this.engines[engine] ?? ''} ${name}`
      const lines = [Direction === 'in' ? 'Mirror input' : Direction === 'out' ? 'Mirror output' : 'External Interface']
      this.#node({ id: node, kind: 'external', title: name, sections: [{ lines, network: undefined }], engine })
      const [from, to] = Direction === 'in' ? [node, id] : [id, node]
      this.#edge({ from, to, section: 0, label: OFPort === undefined ? '' : String(OFPort), kind: 'mirror', network: undefined })
    }
    if (MirrorTo !== undefined) this.#edge({ from: id, to: this.#bridge(MirrorTo.Dp, 'switch', undefined), section: 0, label: String(MirrorTo.Port), kind: 'mirror', network: undefined })
  }

  /** Both of its ends may tell of a link. */
  #stackLink(from: string, to: string, fromPort: string, toPort: string, name: string): void {
    const key = [`${from} ${fromPort}`, `${to} ${toPort}`].toSorted().join(' -- ')
    if (!this.#edges.has(key)) this.#edges.set(key, { from, to, section: 0, label: `${fromPort} : ${toPort} ${name}`, kind: 'stack', network: undefined })
  }

  /** Bridges of daemons have names that no other has, and a switch of a stack is the same for all. */
  #bridge(name: string, kind: DiagramNode['kind'], engine: number | undefined, lines: readonly string[] = []): string {
    const id = `bridge ${name}`
    const what = { mirror: 'Mirror bridge', loopback: 'Loopback bridge', stack: 'Stacking bridge' }[kind as string] ?? 'Switch'
    const known = this.#nodes.get(id)
    if (known === undefined || (known.kind === 'switch' && kind !== 'switch')) this.#nodes.set(id, { id, kind, title: name, sections: [{ lines: [what, ...lines], network: undefined }], engine })
    return id
  }

  #node(node: Omit<DiagramNode, 'sections'> & { readonly sections: DiagramSection[] }): void {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, { ...node })
  }

  #edge(edge: DiagramEdge): void {
    const key = `${edge.from} -- ${edge.to} -- ${edge.section} -- ${edge.label}`
    if (!this.#edges.has(key)) this.#edges.set(key, edge)
  }
}

/** The bridge, and the options by which it differs from a network without options, as they are called there. */
function networkLines(state: NetworkState): string[] {
  return [
    state.BridgeName,
    labelled('dpid', state.BridgeDpid),
    labelled('vlan', String(state.BridgeVLAN)),
    labelled('mode', state.Mode),
    labelled('subnet', state.Subnet),
    labelled('subnet', state.SubnetIPv6),
    state.MTU === 1500 || state.MTU === 0 ? '' : labelled('mtu', String(state.MTU)),
    state.UseDHCP ? 'dhcp: true' : '',
    state.Userspace ? 'userspace: true' : '',
    state.PreAllocatePorts === 0 ? '' : labelled('preallocate_ports', String(state.PreAllocatePorts)),
    labelled('ovs_local_mac', state.OvsLocalMac),
    labelled('nat_acl', state.NATAcl),
    labelled('default_acl', state.DefaultAcl),
    labelled('vlan_out_acl', state.VLANOutAcl),
    ...state.Controller.split(',').map((controller) => labelled('controller', controller)),
  ].filter(given)
}

function containerLines({ IfName, MacAddress, HostIP, HostIPv6, Labels, Acls, Mirror, PortMappings }: ContainerState): string[] {
  const label = (name: string) => Labels[`streambed.${name}`] ?? Labels[`dovesnap.faucet.${name}`] ?? ''
  const acls = Acls.length > 0 ? Acls.join(',') : label('portacl')
  return [
    IfName,
    MacAddress,
    HostIP,
    HostIPv6,
    labelled('portacl', acls),
    Mirror ? 'mirror: true' : labelled('mirror', label('mirror')),
    labelled('mac_prefix', label('mac_prefix')),
    ...PortMappings,
  ].filter(given)
}

function labelled(name: string, value: string): string {
  return value === '' ? '' : `${name}: ${value}`
}

function given(text: string): boolean {
  return text !== ''
}

/** The item about an interface: `name[/ofport[/acl[/vlan]]]`. */
function addedPort(option: string, name: string): readonly string[] | undefined {
  return option.split(',').map((item) => item.trim().split('/')).find(([first]) => first === name)
}

function byPort<T extends { readonly OFPort: number }>(items: Readonly<Record<string, T>>): readonly T[] {
  return Object.values(items).toSorted((a, b) => a.OFPort - b.OFPort)
}

function engineOf(state: NetworkState): string {
  return state.DynamicNetworkStates.ShortEngineId
}

function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
