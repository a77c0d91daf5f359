import type { ResolvedAcl, ResolvedDp } from '../../config/index.js'
import { taggedVid } from '../core/flow.js'
import type { TableName } from '../core/layout.js'
import { runningPorts } from '../core/ports.js'
import type { DpContext } from '../core/state.js'
import type { TunnelSource } from './tunnel.js'

/** Where an ACL is applied. */
export type AclPlace =
  | { readonly type: 'port'; readonly port: number }
  | { readonly type: 'vlan'; readonly vid: number; readonly direction: 'in' | 'out' }
  | { readonly type: 'dataplane' }

/** ACLs that are applied in one place, one after the other. */
export interface AppliedAcls {
  readonly table: 'port_acl' | 'vlan_acl' | 'egress_acl'
  /** The names of {@link acls}. */
  readonly names: readonly string[]
  readonly acls: readonly ResolvedAcl[]
  /** Whether all rules have the same priority. */
  readonly exact: boolean
  /** What Faucet matches, whatever the rule says. */
  readonly own: { readonly in_port?: number; readonly vlan_vid?: number }
  /** Where packets go on that a rule allows, and those that it allows with `force_port_vlan`. */
  readonly next: { readonly allowed: TableName; readonly forced: TableName }
  readonly place: AclPlace
  /** Where tunnels of these ACLs start; there are none in ACLs of VLANs. */
  readonly source: TunnelSource | undefined
}

/** All ACLs that packets of a dataplane go through now. */
export function* appliedAcls({ state }: DpContext): Iterable<AppliedAcls> {
  const { dp, layout } = state
  const atPorts = { table: 'port_acl', next: { allowed: 'vlan', forced: layout.output } } as const
  if (dp.dp_acls.length > 0) {
    const source = { dp: dp.name, port: undefined }
    yield { ...atPorts, names: dp.dp_acls, acls: named(dp, dp.dp_acls), exact: false, own: {}, place: { type: 'dataplane' }, source }
  } else {
    for (const { number, acls_in: names, output_only: isDeaf } of runningPorts(state)) {
      if (isDeaf || names.length === 0) continue
      const source = { dp: dp.name, port: number }
      yield { ...atPorts, ...together(dp, names), own: { in_port: number }, place: { type: 'port', port: number }, source }
    }
  }
  for (const { vid, acls_in: incoming, acls_out: outgoing, reserved_internal_vlan: isInternal } of dp.vlans.values()) {
    if (isInternal) continue
    const ofVlan = { own: { vlan_vid: taggedVid(vid) }, source: undefined }
    if (incoming.length > 0) {
      const next = { allowed: 'eth_src', forced: layout.output } as const
      yield { ...ofVlan, ...together(dp, incoming), table: 'vlan_acl', next, place: { type: 'vlan', vid, direction: 'in' } }
    }
    if (outgoing.length > 0) {
      const next = { allowed: 'egress', forced: 'egress' } as const
      yield { ...ofVlan, ...together(dp, outgoing), table: 'egress_acl', next, place: { type: 'vlan', vid, direction: 'out' } }
    }
  }
}

/** The same place of a dataplane of which other ACLs are known by the same names. */
export function withAclsOf(applied: AppliedAcls, dp: ResolvedDp): AppliedAcls {
  const { acls, exact } = together(dp, applied.names)
  return { ...applied, acls, exact: applied.place.type === 'dataplane' ? false : exact }
}

/** ACLs in one place have the same `exact_match`. */
function together(dp: ResolvedDp, names: readonly string[]): Pick<AppliedAcls, 'names' | 'acls' | 'exact'> {
  const acls = named(dp, names)
  return { names, acls, exact: acls[0]?.exact_match ?? false }
}

function named(dp: ResolvedDp, names: readonly string[]): readonly ResolvedAcl[] {
  return names.flatMap((name) => dp.acls.get(name) ?? [])
}
