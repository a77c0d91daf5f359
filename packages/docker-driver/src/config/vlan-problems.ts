import type { FaucetConfig } from '@streambed/faucet'
import type { Network } from '../model/network.js'
import { aclsFor, aclsOfSpec } from '../options/index.js'
import type { CheckContext, NetworkProblem } from './check-network.js'
import { vlanKey } from './network-config.js'

/**
 * What is wrong with the VLANs of a network. Networks on bridges of their own may have the same VLAN, and have it by default. But
 * Faucet applies the ACL of a VLAN to all dataplanes, and in a stack the VLAN is one network.
 */
export function vlanProblems(network: Network, others: readonly Network[], base: FaucetConfig, context: CheckContext): NetworkProblem[] {
  const { vlan } = network.options
  const problems: NetworkProblem[] = []
  const conflict = (message: string): void => void problems.push({ code: 'conflict', message })
  const vids = vidsOf(network)
  for (const vid of vids) {
    const renumbered = base.vlans?.[vid]?.vid
    if (renumbered !== undefined && renumbered !== vid) {
      conflict(`VLAN ${vid} is called so in the Faucet configuration, but has the vid ${renumbered} there; give another ovs.bridge.vlan`)
    }
  }
  const out = outAcls(network)
  const key = vlanKey(base, vlan)
  const present = key === undefined ? undefined : base.vlans?.[key]
  const theirs = (present?.acls_out ?? (present?.acl_out === undefined ? [] : [present.acl_out])).map(String)
  if (out.length > 0 && theirs.length > 0 && !same(out, theirs)) {
    const message = `ovs.bridge.vlan_out_acl is ${list(out)}, but VLAN ${vlan} of the Faucet configuration has ${list(theirs)} already`
    conflict(`${message}; give another ovs.bridge.vlan, or the same ACL`)
  }
  for (const other of others) {
    const [mine, yours] = [out, outAcls(other)]
    const shared = (mine.length > 0 && vidsOf(other).has(vlan)) || (yours.length > 0 && vids.has(other.options.vlan))
    const vid = mine.length > 0 ? vlan : other.options.vlan
    if (shared && !(same(mine, yours) && vlan === other.options.vlan)) {
      const message = `VLAN ${vid} is also used by network ${other.name}, whose vlan_out_acl is ${list(yours)} and not ${list(mine)}`
      conflict(`${message}; Faucet has one for a VLAN everywhere: give another VLAN, or the same ACL`)
    }
    if (context.stack && vlan === other.options.vlan) {
      const message = `VLAN ${vlan} is that of network ${other.name}, and both are in one stack, where they would be one network`
      conflict(`${message}; give another ovs.bridge.vlan`)
    }
  }
  if (context.mirrorTo) problems.push(...tunnelProblems(network, others, base))
  return problems
}

function tunnelProblems(network: Network, others: readonly Network[], base: FaucetConfig): NetworkProblem[] {
  const { mirrorTunnelVid: vid, vlan } = network.options
  const right = 'give a free one from 1 to 4094 as ovs.bridge.mirror_tunnel_vid'
  if (vid > 4094) {
    return [{ code: 'invalid', message: `the VID of the mirror tunnel would be ${vid} (256 and VLAN ${vlan}), which no VLAN can have; ${right}` }]
  }
  const user = [network, ...others].find((one) => vidsOf(one).has(vid))
  const what = user ? `network ${user.name}` : vlanKey(base, vid) === undefined ? undefined : 'a VLAN of the Faucet configuration'
  return what === undefined ? [] : [{ code: 'conflict', message: `the VID of the mirror tunnel, ${vid}, is used by ${what}; ${right}` }]
}

function vidsOf({ options }: Network): ReadonlySet<number> {
  return new Set([options.vlan, ...options.addPorts.flatMap(({ vlan }) => vlan ?? [])])
}

// While Docker has not told the name, any of the ACLs may be meant.
function outAcls(network: Network): readonly string[] {
  const { vlanOutAcl } = network.options
  return network.name === network.bridge ? aclsOfSpec(vlanOutAcl) : aclsFor(vlanOutAcl, network.name)
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((acl, index) => acl === b[index])
}

function list(acls: readonly string[]): string {
  return acls.join(',') || 'none'
}
