import { readFlowsOf, resolveFaucetConfig, type AclOrigin, type FlowReader } from '@streambed/faucet'
import type { TestbedCore } from '../core.js'
import { controlPlan } from '../core.js'
import { TestbedError } from '../errors.js'
import { sourceOf } from '../rules.js'
import type { HostModel, InterfaceModel, TestbedModel } from '../topology/model.js'
import { explanationText, type DecidingRule, type Explanation, type ExplanationStep } from './explanation.js'
import { parseTrace, type TraceStep } from './parse-trace.js'
import { tracePacket, type PacketKind, type TracePacket } from './trace-packet.js'

/** A packet to be explained. */
export type ExplainOptions = PacketKind & {
  readonly from: string
  readonly to: string
  /** IPv4 or IPv6. Default: the first that both have. */
  readonly family?: 4 | 6
}

/**
 * Runs the switch's own trace for a packet, and puts it into words.
 * @throws TestbedError `invalid` for hosts that there are not, or a packet that could not be sent at all
 */
export async function explain(core: TestbedCore, options: ExplainOptions): Promise<Explanation> {
  const { model } = core
  if (core.control === undefined) throw new TestbedError('invalid', "explain() needs a controller: start the testbed without control: 'none'")
  const [from, to] = [core.host(options.from), core.host(options.to)]
  const packet = tracePacket(model, from, to, options, options.family)
  const trace = await core.bridge.appctl('ofproto/trace', [packet.bridge, packet.flow])
  const reader = readFlowsOf(resolveFaucetConfig(controlPlan(model, core.partition).config))
  return explanationOf(model, { from, to, kind: options, packet, trace, reader })
}

interface Traced {
  readonly from: HostModel
  readonly to: HostModel
  readonly kind: PacketKind
  readonly packet: TracePacket
  readonly trace: string
  readonly reader: FlowReader
}

/** The explanation of a trace. Pure. */
export function explanationOf(model: TestbedModel, { from, to, kind, packet, trace, reader }: Traced): Explanation {
  const { steps: traced, datapathActions } = parseTrace(trace)
  const steps = traced.flatMap((step) => stepOf(model, step, reader))
  const rules = steps.flatMap(({ rule }) => rule ?? [])
  const goal = packet.next.type === 'host' ? packet.next.port : packet.target.port
  const outputs = traced.flatMap(({ bridge, actions }) => actions.flatMap((action) => portOf(model, bridge, action) ?? []))
  const delivered = datapathActions !== 'drop' && outputs.includes(goal)
  const decidedBy = delivered ? rules.at(-1) : (rules.find(({ action }) => action === 'drops') ?? rules.at(-1))
  const body = { from: from.name, to: to.name, packet: packetText(kind, packet), delivered, steps, decidedBy, summary: summaryOf(packet, to, delivered, decidedBy, steps), trace }
  return { ...body, toString: () => explanationText(body) }
}

function stepOf(model: TestbedModel, step: TraceStep, reader: FlowReader): ExplanationStep[] {
  const { bridge, tableId, flow, actions } = step
  const name = [...model.switches.values()].find((item) => item.bridge === bridge)?.name ?? bridge
  const table = reader.table(name, tableId) ?? `table ${tableId}`
  const origin = flow && reader.rule(name, { tableId, ...flow })
  if (origin !== undefined) {
    const rule = ruleOf(model, origin, actions)
    const source = rule.source === undefined ? '' : ` (${rule.source})`
    const description = rule.description === undefined ? '' : ` "${rule.description}"`
    return [{ switch: name, table, rule, text: `rule ${rule.rule} of ACL "${rule.acl}" on ${rule.place}${description}${source} ${rule.action} it` }]
  }
  const text = sentence(model, bridge, table, flow, actions)
  return text === undefined ? [] : [{ switch: name, table, text }]
}

function ruleOf(model: TestbedModel, { acl, rule, place }: AclOrigin, actions: readonly string[]): DecidingRule {
  const entry = model.acls.get(acl)?.[rule]
  const body = entry !== undefined && 'rule' in entry && typeof entry.rule === 'object' ? (entry.rule as { readonly description?: unknown }) : (entry as { readonly description?: unknown } | undefined)
  const goesOn = actions.some((action) => action.startsWith('goto_table'))
  return {
    acl,
    rule: rule + 1,
    place: place.type === 'port' ? `port ${interfaceByOfport(model, place.port)?.port ?? place.port}` : place.type === 'vlan' ? `network ${networkOf(model, place.vid)}` : 'the switch',
    action: goesOn ? 'allows' : actions.some((action) => /output|group/.test(action)) ? 'forwards' : 'drops',
    source: entry === undefined ? undefined : sourceOf(entry),
    description: typeof body?.description === 'string' ? body.description : undefined,
  }
}

/** What a flow that comes from no rule does; undefined where there is nothing to say. */
function sentence(model: TestbedModel, bridge: string, table: string, flow: TraceStep['flow'], actions: readonly string[]): string | undefined {
  const outputs = actions.flatMap((action) => portOf(model, bridge, action) ?? [])
  const drops = actions.includes('drop') || actions.length === 0
  const to = outputs.length > 0 ? `goes out of ${outputs.join(', ')}` : undefined
  const controller = actions.some((action) => /CONTROLLER/i.test(action))
  if (flow === undefined) return 'no flow takes it: it is dropped'
  switch (table) {
    case 'port_acl':
      return drops ? 'no rule of the ACLs of the port lets it through: it is dropped' : undefined
    case 'vlan': {
      const vid = Number(/set_field:(\d+)->vlan_vid/.exec(actions.join(' '))?.[1] ?? 0) & 0xfff || Number(/dl_vlan=(\d+)/.exec(flow.match)?.[1] ?? 0)
      if (drops) return 'its port does not take it: a wrong VLAN tag, or none'
      return `comes in on ${portOfMatch(model, bridge, flow.match)}${vid > 0 ? ` on network ${networkOf(model, vid)}` : ''}`
    }
    case 'vlan_acl':
      return drops ? 'no rule of the ACLs of the network lets it through: it is dropped' : undefined
    case 'eth_src':
      if (drops) return 'its source address is not let through'
      return controller ? 'its source is not known: the controller gets a copy, to learn it' : undefined
    case 'ipv4_fib':
    case 'ipv6_fib': {
      if (drops) return 'the gateway knows no way there: it is dropped'
      const mac = /set_field:([0-9a-f:]{17})->eth_dst/.exec(actions.join(' '))?.[1]
      const vid = Number(/set_field:(\d+)->vlan_vid/.exec(actions.join(' '))?.[1] ?? 0) & 0xfff
      return mac === undefined ? 'the gateway does not know the next hop yet, or it is for the gateway itself' : `routed to ${ownerOf(model, mac)} on network ${networkOf(model, vid)}`
    }
    case 'vip':
      return controller ? 'the controller gets it, to answer or to find the next hop' : undefined
    case 'eth_dst':
    case 'eth_dst_hairpin':
      return to && `the destination is known: ${to}`
    case 'flood':
      return to === undefined ? 'nobody is there to get it: it is dropped' : `the destination is not known, or everybody is: ${to}`
    default:
      return to ?? (drops ? 'dropped' : undefined)
  }
}

function summaryOf(packet: TracePacket, to: HostModel, delivered: boolean, rule: DecidingRule | undefined, steps: readonly ExplanationStep[]): string {
  const because = rule === undefined ? '' : `: rule ${rule.rule} of ACL "${rule.acl}" on ${rule.place}${rule.source === undefined ? '' : ` (${rule.source})`} ${rule.action} it`
  if (delivered) return packet.next.type === 'host' ? `Delivered to router ${packet.next.host}, which forwards it or not${because}.` : `Delivered to ${to.name}${because}.`
  const last = steps.at(-1)
  return `Not delivered to ${to.name}${rule?.action === 'drops' ? because : last === undefined ? '' : `: ${last.text}`}.`
}

function packetText(kind: PacketKind, { source, destination, next }: TracePacket): string {
  const name = 'tcp' in kind ? 'TCP' : 'udp' in kind ? 'UDP' : 'sctp' in kind ? 'SCTP' : 'arp' in kind ? 'ARP request' : 'ICMP echo request'
  const port = 'tcp' in kind ? kind.tcp : 'udp' in kind ? kind.udp : 'sctp' in kind ? kind.sctp : undefined
  const via = next.type === 'gateway' ? ` via the gateway ${next.address}` : next.type === 'host' ? ` via ${next.host}` : ''
  return `${name} ${source} → ${destination}${port === undefined ? '' : ` port ${port}`}${via}`
}

function portOf(model: TestbedModel, bridge: string, action: string): string | undefined {
  const [, number] = /^output:(\d+)/.exec(action) ?? []
  if (number === undefined) return undefined
  const found = interfaceByOfport(model, Number(number))?.port ?? model.links.flatMap(({ ends }) => ends).find(({ ofport }) => ofport === Number(number))?.port
  return found ?? `port ${number} of ${bridge}`
}

function portOfMatch(model: TestbedModel, bridge: string, match: string): string {
  const [, number] = /in_port=(\d+)/.exec(match) ?? []
  return number === undefined ? (/in_port="?([^",]+)"?/.exec(match)?.[1] ?? 'a port') : (portOf(model, bridge, `output:${number}`) ?? `port ${number}`)
}

function interfaceByOfport(model: TestbedModel, ofport: number): InterfaceModel | undefined {
  for (const { interfaces } of model.hosts.values()) {
    const found = interfaces.find((item) => item.ofport === ofport)
    if (found !== undefined) return found
  }
  return undefined
}

function networkOf(model: TestbedModel, vid: number): string {
  return [...model.networks.values()].find(({ vlan }) => vlan === vid)?.name ?? `VLAN ${vid}`
}

function ownerOf(model: TestbedModel, mac: string): string {
  return [...model.hosts.values()].find(({ interfaces }) => interfaces.some((item) => item.mac === mac))?.name ?? mac
}
