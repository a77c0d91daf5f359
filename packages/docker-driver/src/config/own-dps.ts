import { deleteDps, type Dp, type FaucetConfig } from '@streambed/faucet'
import type { Network } from '../model/network.js'
import { aclsFor } from '../options/index.js'
import type { ConfigContext } from './context.js'
import { remoteMirrorAcl, vlanKey } from './network-config.js'
import { aclRefs, bridgeDescription } from './network-dp.js'

/**
 * The names of the dataplanes that are these networks' and this machine's stacking bridge: those with the datapath id and the
 * description that they have. The dataplanes of a driver on another machine, which shares the controller, are not among them.
 */
export function ownDpNames(
  config: FaucetConfig,
  networks: readonly Pick<Network, 'dpid' | 'bridge'>[],
  context: ConfigContext = {},
): readonly string[] {
  const { stack } = context
  const isOwn = (name: string, dp: Dp): boolean => {
    if (dp?.dp_id == null) return false
    const dpid = BigInt(dp.dp_id)
    if (stack && name === stack.bridge && dpid === stack.dpid) return true
    return networks.some((network) => network.dpid === dpid && bridgeDescription(network.bridge) === dp.description)
  }
  return Object.entries(config.dps ?? {}).filter(([name, dp]) => isOwn(name, dp)).map(([name]) => name)
}

/**
 * The operator's part of a configuration that {@link networkConfig} made for these networks: without their dataplanes, the links to
 * them, the ACLs for remote mirroring and those that they put on VLANs. Where a file is all that is left (after a restart), this is
 * the next `base`. Options that the operator had written under a network's own dataplane go with it; so does a VLAN's ACL that both
 * wanted, which the next `networkConfig` puts back.
 */
export function withoutNetworks(config: FaucetConfig, networks: readonly Network[], context: ConfigContext = {}): FaucetConfig {
  let result = deleteDps(config, ownDpNames(config, networks, context))
  for (const network of networks) {
    const { mirrorTo } = context
    if (mirrorTo) result = without(result, 'acls', remoteMirrorAcl(network.options.mirrorTunnelVid, mirrorTo))
    result = withoutVlanOutAcl(result, network)
  }
  const { dps, ...rest } = result
  return dps !== undefined && Object.keys(dps ?? {}).length === 0 ? rest : result
}

function withoutVlanOutAcl(config: FaucetConfig, network: Network): FaucetConfig {
  const key = vlanKey(config, network.options.vlan)
  const own = aclRefs(aclsFor(network.options.vlanOutAcl, network.name))
  const { acl_out: one, acls_out: several, ...rest } = (key === undefined ? undefined : config.vlans?.[key]) ?? {}
  const present = several ?? (one === undefined ? [] : [one])
  if (key === undefined || own.length === 0 || present.length !== own.length || !present.every((acl, index) => acl === own[index])) return config
  return Object.keys(rest).length === 0 ? without(config, 'vlans', key) : { ...config, vlans: { ...config.vlans, [key]: rest } }
}

/** Without one key of a section, and without the section when it was the last. */
function without(config: FaucetConfig, section: 'acls' | 'vlans', key: string): FaucetConfig {
  if (!Object.hasOwn(config[section] ?? {}, key)) return config
  const kept = Object.entries(config[section] ?? {}).filter(([name]) => name !== key)
  const { [section]: _, ...rest } = config
  return kept.length === 0 ? rest : { ...config, [section]: Object.fromEntries(kept) }
}
