import type { Layout, TableName } from '../controller/core/layout.js'
import type { ResolvedDp } from '../config/index.js'
import type { MetricSample } from './family.js'
import { dpLabels } from './labels.js'

const forwarding = ['eth_dst_hairpin', 'eth_dst', 'flood'] as const
const vip = ['vip', ...forwarding] as const
const routed = ['ipv4_fib', 'ipv6_fib', ...vip] as const

/** The tables to which Faucet says that a packet may go from each table, as far as they exist. */
const next: Readonly<Record<TableName, readonly TableName[]>> = {
  port_acl: ['vlan', ...vip],
  vlan: ['copro', 'vlan_acl', 'classification', 'eth_src'],
  copro: ['eth_dst'],
  vlan_acl: ['classification', 'eth_src', ...forwarding],
  classification: ['eth_src', ...routed],
  eth_src: routed,
  ipv4_fib: vip,
  ipv6_fib: vip,
  vip: forwarding,
  eth_dst_hairpin: [],
  eth_dst: ['egress', 'egress_acl'],
  egress_acl: ['egress'],
  egress: ['flood'],
  flood: [],
}

/** Where a packet goes that no flow of a table takes; it is told of as well. */
const miss: Readonly<Partial<Record<TableName, TableName>>> = {
  copro: 'eth_dst',
  classification: 'eth_src',
  eth_src: 'eth_dst',
  eth_dst_hairpin: 'eth_dst',
  eth_dst: 'flood',
  egress: 'flood',
}

/** The time series of `faucet_config_table_names` for a dataplane: the number of each table. */
export function tableNameSamples(dp: ResolvedDp, layout: Layout): readonly MetricSample[] {
  const there = new Set<TableName>(layout.names)
  return layout.names.map((name, value) => {
    const nextTables = next[name].filter((one) => there.has(one))
    const missed = name === 'eth_dst' && there.has('egress_acl') ? 'egress_acl' : miss[name]
    if (missed && !nextTables.includes(missed)) nextTables.push(missed)
    return { labels: { ...dpLabels(dp), table_name: name, next_tables: nextTables.join(',') }, value }
  })
}
