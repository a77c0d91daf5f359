import { mergeConfig, setRemoteMirrorPort, type FaucetConfig, type Interface, type Vlan } from '@streambed/faucet'
import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/network.js'
import { aclsFor } from '../options/index.js'
import type { ConfigContext, StackContext } from './context.js'
import { aclRefs, dpNames, exact, mirroredPorts, networkDp, stackPort } from './network-dp.js'

/**
 * The Faucet configuration of these networks on top of the operator's own: a dataplane for each network, with a port for each
 * container, added interface, gateway, mirror and link; the ACLs of VLANs; with stacking, the stacking bridge and both ends of its
 * links. It is what dovesnap and FaucetConfRPC would have in the end, whatever the order of events.
 *
 * Everything of `base` is kept: ACLs, meters, routers, other dataplanes, and also options for a network's dataplane that the
 * operator wrote under its name and datapath id. `base` must not contain what an earlier call made: see `withoutNetworks`.
 *
 * Throws `DockerDriverError` `not-found` when the stack's links or its mirror lead to a dataplane that is not configured, `conflict`
 * where `base` has something of another kind in the place of a mapping.
 */
export function networkConfig(networks: readonly Network[], base: FaucetConfig, context: ConfigContext = {}): FaucetConfig {
  const names = dpNames(networks, base)
  const dps = Object.fromEntries(networks.map((network) => [names.get(network.id) ?? network.name, networkDp(network)]))
  let config = networks.length === 0 ? base : merged(base, { dps })
  if (context.stack) config = withStack(config, networks, names, context.stack)
  for (const network of networks) {
    config = withLoopback(config, network, names.get(network.id) ?? network.name, context)
    config = withVlanOutAcl(config, network)
  }
  return config
}

/** The key under which a configuration has a VLAN; undefined when it has it not. */
export function vlanKey(config: FaucetConfig, vid: number): string | undefined {
  return Object.entries(config.vlans ?? {}).find(([key, vlan]) => (vlan?.vid ?? Number(key)) === vid)?.[0]
}

/** The ACL that `SetRemoteMirrorPort` makes for a network's loopback port. */
export function remoteMirrorAcl(vid: number, to: NonNullable<ConfigContext['mirrorTo']>): string {
  return `remote-mirror-${vid}-${to.dp}-${to.port}`
}

function withStack(
  config: FaucetConfig,
  networks: readonly Network[],
  names: ReadonlyMap<string, string>,
  stack: StackContext,
): FaucetConfig {
  const own: Record<string, Interface> = {}
  const far: Record<string, { interfaces: Record<string, Interface> }> = {}
  for (const link of stack.links) {
    if (!Object.hasOwn(config.dps ?? {}, link.dp)) throw noDataplane(`the stacking interface to port ${link.port} of ${link.dp}`, link.dp, config)
    own[link.ofport] = stackPort(link.dp, link.port)
    const end = (far[link.dp] ??= { interfaces: {} })
    end.interfaces[link.port] = stackPort(stack.bridge, link.ofport)
  }
  for (const network of networks) {
    for (const patch of network.patches.values()) {
      if (patch.purpose === 'stack') own[patch.peer.ofport] = stackPort(names.get(network.id) ?? network.name, patch.ofport)
    }
  }
  const bridge = {
    description: `Dovesnap Stacking Bridge for ${stack.host}`,
    dp_id: exact(stack.dpid),
    egress_pipeline: false,
    hardware: 'Open vSwitch',
    interfaces: own,
  }
  // The far ends have their datapath ids from the operator.
  const joined = merged(config, { dps: { ...far, [stack.bridge]: bridge } } as FaucetConfig)
  if (stack.priority1 === undefined) return joined
  if (!Object.hasOwn(joined.dps ?? {}, stack.priority1)) throw noDataplane('stack_priority1', stack.priority1, joined)
  return merged(joined, { dps: { [stack.priority1]: { stack: { priority: 1 } } } } as unknown as FaucetConfig)
}

function withLoopback(config: FaucetConfig, network: Network, name: string, { mirrorTo }: ConfigContext): FaucetConfig {
  const patch = [...network.patches.values()].find(({ purpose }) => purpose === 'loopback')
  if (patch === undefined || mirrorTo === undefined) return config
  if (!Object.hasOwn(config.dps ?? {}, mirrorTo.dp)) throw noDataplane('stack_mirror_interface', mirrorTo.dp, config)
  const remote = { tunnelVid: network.options.mirrorTunnelVid, dpName: mirrorTo.dp, port: mirrorTo.port }
  const looped = placed(() => setRemoteMirrorPort(config, name, patch.ofport, remote))
  const mirror = mirroredPorts(network)
  if (mirror.length === 0) return looped
  return merged(looped, { dps: { [name]: { interfaces: { [patch.ofport]: { mirror } } } } } as unknown as FaucetConfig)
}

function withVlanOutAcl(config: FaucetConfig, network: Network): FaucetConfig {
  const refs = aclRefs(aclsFor(network.options.vlanOutAcl, network.name))
  const [only] = refs
  if (only === undefined) return config
  const { vlan } = network.options
  const key = vlanKey(config, vlan) ?? String(vlan)
  const { acl_out: _, acls_out: __, ...rest } = (config.vlans?.[key] ?? {}) as Vlan
  const entry: Vlan = refs.length === 1 ? { ...rest, acl_out: only } : { ...rest, acls_out: refs }
  return { ...config, vlans: { ...config.vlans, [key]: entry } }
}

function merged(config: FaucetConfig, change: FaucetConfig): FaucetConfig {
  return placed(() => mergeConfig(config, change))
}

function placed(edit: () => FaucetConfig): FaucetConfig {
  try {
    return edit()
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new DockerDriverError('conflict', `the Faucet configuration leaves no place for the networks: ${what}`, { cause })
  }
}

function noDataplane(where: string, dp: string, config: FaucetConfig): DockerDriverError {
  const known = Object.keys(config.dps ?? {}).join(', ') || 'none'
  const right = 'add it with its dp_id to the configuration, or name another'
  return new DockerDriverError('not-found', `${where} needs dataplane ${dp}, which the Faucet configuration does not have (it has ${known}); ${right}`)
}
