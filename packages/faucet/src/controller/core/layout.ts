import type { ResolvedDp, ResolvedVlan } from '../../config/index.js'

/** Every table that a pipeline may have, in the order that packets take (Faucet's `FAUCET_PIPELINE`). */
export const tableNames = [
  'port_acl', 'vlan', 'copro', 'vlan_acl', 'classification', 'eth_src', 'ipv4_fib', 'ipv6_fib', 'vip',
  'eth_dst_hairpin', 'eth_dst', 'egress_acl', 'egress', 'flood',
] as const

/** The name of a table. */
export type TableName = (typeof tableNames)[number]

/** The tables of one dataplane: those that its configuration needs, numbered without gaps from 0. */
export interface Layout {
  /** The number of a table; a table that is not there has none. */
  readonly ids: Readonly<Partial<Record<TableName, number>>>
  /** The names, by number. */
  readonly names: readonly TableName[]
  /** Where a packet goes whose source is accounted for: `eth_dst_hairpin` when there is one, otherwise `eth_dst`. */
  readonly output: 'eth_dst_hairpin' | 'eth_dst'
}

/**
 * The tables that a dataplane needs. The numbers are Faucet's, since an ACL can name one (`ct: {table: 1}`).
 * @param reached whether the table of port ACLs is there for tunnels, whatever else needs it
 */
export function layoutOf(dp: ResolvedDp, reached: boolean): Layout {
  const ports = [...dp.ports.values()]
  const vlans = [...dp.vlans.values()]
  const routed = (version: 4 | 6) => vlans.some((vlan) => hasVip(vlan, version))
  const wanted: Record<TableName, boolean> = {
    port_acl: reached || dp.dp_acls.length > 0 || ports.some((port) => port.acls_in.length > 0),
    vlan: true,
    copro: ports.some((port) => port.coprocessor),
    vlan_acl: vlans.some((vlan) => vlan.acls_in.length > 0),
    classification: false,
    eth_src: true,
    ipv4_fib: routed(4),
    ipv6_fib: routed(6),
    vip: routed(4) || routed(6),
    eth_dst_hairpin: ports.some((port) => port.hairpin || port.hairpin_unicast),
    eth_dst: true,
    egress_acl: vlans.some((vlan) => vlan.acls_out.length > 0),
    egress: dp.egress_pipeline || vlans.some((vlan) => vlan.acls_out.length > 0),
    flood: true,
  }
  const names = tableNames.filter((name) => wanted[name])
  return {
    names,
    ids: Object.fromEntries(names.map((name, index) => [name, index])),
    output: wanted.eth_dst_hairpin ? 'eth_dst_hairpin' : 'eth_dst',
  }
}

/** Whether two layouts give every table the same number. */
export function sameLayout(one: Layout, other: Layout): boolean {
  return one.names.length === other.names.length && one.names.every((name, index) => name === other.names[index])
}

function hasVip(vlan: ResolvedVlan, version: 4 | 6): boolean {
  return vlan.faucet_vips.some((vip) => vip.version === version)
}
