import { match, type ActionInput, type MatchFields } from '@streambed/ovs/openflow'
import type { ResolvedAcl, ResolvedDp, ResolvedFaucetConfig, ResolvedTunnel } from '../../config/index.js'
import { taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import { priority } from '../core/priority.js'
import type { DpContext } from '../core/state.js'
import { isOnPath, towards } from '../stack/paths.js'
import { actionsOf, pushVlan } from './output-actions.js'
import { refusalOf } from './refusal.js'
import { instructionsOf } from './trim.js'

/** The PCP of a tunnel's tag: that it is one, and its direction (Faucet's `PCP_TUNNEL_FLAG`, `PCP_TUNNEL_REVERSE_DIRECTION_FLAG`). */
const pcp = { forward: 3, reverse: 4 } as const

/** Where packets enter a tunnel: a port with the ACL, or with `undefined` all ports of a dataplane. */
export interface TunnelSource {
  readonly dp: string
  readonly port: number | undefined
}

/** What is done with a packet, and the table where it goes on. */
export interface TunnelSteps {
  readonly actions: readonly ActionInput[]
  readonly goto: 'eth_dst' | undefined
}

/** The tunnels of an ACL by their VIDs. Rules with the same VID share one, which is as the last of them says. */
export function tunnelsOf(acl: ResolvedAcl): ReadonlyMap<number, ResolvedTunnel> {
  const steps = acl.rules.flatMap((rule) => rule.actions.output)
  return new Map(steps.flatMap((step) => (step.type === 'tunnel' ? [[step.tunnel.tunnel_id, step.tunnel] as const] : [])))
}

/** Every place of the network with an ACL of this name. */
export function sourcesOf(config: ResolvedFaucetConfig, acl: string): readonly TunnelSource[] {
  return config.dps.flatMap((dp): TunnelSource[] => {
    if (dp.dp_acls.length > 0) return dp.dp_acls.includes(acl) ? [{ dp: dp.name, port: undefined }] : []
    return [...dp.ports.values()].filter((port) => port.acls_in.includes(acl)).map((port) => ({ dp: dp.name, port: port.number }))
  })
}

/** Whether a dataplane has the table of port ACLs for the sake of tunnels alone (Faucet's `finalize_tunnel_acls`). */
export function needsTunnelTable(config: ResolvedFaucetConfig, dp: ResolvedDp): boolean {
  return dp.tunnel_acls.some((name) => {
    const acl = dp.acls.get(name)
    const count = acl?.rules.flatMap((rule) => rule.actions.output).filter((step) => step.type === 'tunnel').length ?? 0
    // Outside of a stack nothing is taken back, and in one an ACL that nothing uses is taken back once, however many
    // tunnels it has.
    return !dp.stack || count > 1 || sourcesOf(config, name).length > 0
  })
}

/** What happens to a packet that enters a tunnel on this dataplane; `undefined` when it leads nowhere now. */
export function tunnelEntrance(context: DpContext, tunnel: ResolvedTunnel, source: TunnelSource): TunnelSteps | undefined {
  const { dp } = context.state
  const exit = wayTo(context, source.dp, tunnel)
  if (!exit) return undefined
  const tag: readonly ActionInput[] = [
    ...pushVlan(tunnel.tunnel_id),
    { type: 'set_field', field: { field: 'vlan_pcp', value: tunnel.reverse ? pcp.reverse : pcp.forward } },
  ]
  // The packet that goes on, if it does, is to be as it came.
  if (tunnel.dp !== dp.name) return { actions: [...tag, ...exit.actions, { type: 'pop_vlan' }], goto: undefined }
  return { ...exit, actions: [...exitActions(tunnel), ...(tunnel.maintain_encapsulation ? tag : []), ...exit.actions] }
}

/** The flow for packets that are in a tunnel already, or the reason that there is none. */
export interface TunnelFlow {
  readonly acl: ResolvedAcl
  readonly tunnelId: number
  readonly direction: keyof typeof pcp
  readonly flow: Flow | undefined
  readonly problem: string | undefined
}

/** The flows for packets of tunnels that entered elsewhere, and for answers through tunnels of both directions. */
export function* tunnelFlows(context: DpContext, make: FlowMaker): Iterable<TunnelFlow> {
  const { state: { dp }, network: { config } } = context
  for (const name of dp.stack ? dp.tunnel_acls : []) {
    const acl = dp.acls.get(name)
    const sources = sourcesOf(config, name)
    for (const [tunnelId, tunnel] of acl ? tunnelsOf(acl) : []) {
      const flow = (direction: keyof typeof pcp, steps: TunnelSteps): TunnelFlow[] =>
        acl ? [{ acl, tunnelId, direction, ...flowOf(make, { vlan_vid: taggedVid(tunnelId), vlan_pcp: pcp[direction] }, steps) }] : []
      for (const source of sources) {
        const exit = source.dp === dp.name ? undefined : wayTo(context, source.dp, tunnel)
        if (exit) yield* flow(tunnel.reverse ? 'reverse' : 'forward', tunnel.dp === dp.name ? unwrapped(tunnel, exit) : exit)
      }
      for (const source of tunnel.bi_directional ? sources : []) {
        const way = wayTo(context, tunnel.dp, source)
        if (way) yield* flow('reverse', source.dp === dp.name ? { ...way, actions: [{ type: 'pop_vlan' }, ...way.actions] } : way)
      }
    }
  }
}

function flowOf(make: FlowMaker, fields: MatchFields, steps: TunnelSteps): Pick<TunnelFlow, 'flow' | 'problem'> {
  const instructions = instructionsOf(undefined, steps.actions, steps.goto ? [make.id(steps.goto)] : [])
  const problem = refusalOf(match(fields), instructions)
  return { flow: problem === undefined ? make.flow('port_acl', priority.filter + 1, fields, instructions) : undefined, problem }
}

function unwrapped(tunnel: ResolvedTunnel, exit: TunnelSteps): TunnelSteps {
  const pop: readonly ActionInput[] = tunnel.maintain_encapsulation ? [] : [{ type: 'pop_vlan' }]
  return { ...exit, actions: [...pop, ...exitActions(tunnel), ...exit.actions] }
}

function exitActions({ exit_instructions: steps }: ResolvedTunnel): readonly ActionInput[] {
  return steps.flatMap((step) => (step.type === 'tunnel' ? [] : actionsOf(step)))
}

/**
 * How packets from one dataplane go on to a place from here: to the next dataplane, or here to the port, or into the
 * table where the destination is looked up (Faucet's `tunnel_outport`).
 */
function wayTo(context: DpContext, from: string, to: TunnelSource): TunnelSteps | undefined {
  const { dp } = context.state
  if (!dp.stack) return undefined
  if (to.dp === dp.name && to.port === undefined) return { actions: [], goto: 'eth_dst' }
  if (!isOnPath(context, from, to.dp)) return undefined
  const port = to.dp === dp.name ? to.port : towards(context, to.dp)
  return port === undefined ? undefined : { actions: [{ type: 'output', port }], goto: undefined }
}
