import { parseFaucetConfig, validateFaucetConfig } from '@streambed/faucet'
import { type ForwardingCase, network } from './forwarding-case.js'
import type { Random } from './random.js'

/** A configuration that nobody has thought of: any options together that are possible together. */
export function randomCase(random: Random, number: number): ForwardingCase {
  for (;;) {
    const made = attempt(random, `generated ${number}`)
    if (validateFaucetConfig(parseFaucetConfig(made.yaml)).length === 0) return made
  }
}

const link = 10
const vids = [100, 200, 300]

function attempt(random: Random, name: string): ForwardingCase {
  const count = random.of([1, 1, 1, 1, 1, 2, 2, 3])
  const ring = count === 3 && random.below(2) === 0
  const some = (percent: number, text: string) => (random.below(100) < percent ? [text] : [])
  const vlans = vids.slice(0, random.of([1, 2, 2, 3])).map((vid) => vlan(random, vid, count > 1))
  const aclNames = ['a', 'b', 'c'].slice(0, random.below(4))
  const withVips = vlans.filter(({ hasVips }) => hasVips)
  const flooding = random.of(['', '', '', '', 'group_table: true', 'combinatorial_port_flood: true'])
  const egress = random.below(6) === 0 ? ['egress_pipeline: true'] : []
  const dpAcls = aclNames.length > 0 && random.below(8) === 0
  const absent: string[] = []
  const dps = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const dpName = `sw${index + 1}`
      const drawn = edgePorts(random, vlans.map(({ vid }) => vid), dpAcls ? [] : aclNames)
      const ports = count > 1 ? drawn.map(forStack) : drawn
      if (random.below(10) === 0) absent.push(`${dpName}:1`)
      const near = (offset: number) => `sw${((index + offset + count) % count) + 1}`
      if (index > 0 || ring) ports.push(`${link}: {stack: {dp: ${near(-1)}, port: ${link + 1}}}`)
      if (index < count - 1 || ring) ports.push(`${link + 1}: {stack: {dp: ${near(1)}, port: ${link}}}`)
      const options = [
        ...(flooding === '' ? [] : [flooding]), ...egress,
        ...some(10, 'drop_broadcast_source_address: false'), ...some(10, 'drop_spoofed_faucet_mac: false'),
        ...some(8, 'priority_offset: 7'), ...some(8, 'cookie: 77'), ...some(8, 'use_idle_timeout: true'),
        ...some(8, 'learn_ban_timeout: 50'), ...some(6, 'idle_dst: false'),
        // The real Faucet dies of its first router advertisement with multi_out: false.
        ...(vlans.some(({ hasLinkLocal }) => hasLinkLocal) ? [] : some(6, 'multi_out: false')),
        ...some(6, 'proactive_learn_v4: false'), ...(dpAcls ? [`dp_acls: [${random.of(aclNames)}]`] : []),
        ...(count > 1 && index === 0 ? ['stack: {priority: 1}'] : []),
        `interfaces: {${ports.join(', ')}}`,
      ]
      return [dpName, options.join(', ')]
    }),
  )
  const used = vlans.map(({ vid, options }) => {
    const acls = dpAcls || aclNames.length === 0 ? [] : [...some(15, `acls_in: [${random.of(aclNames)}]`), ...some(8, `acls_out: [${random.of(aclNames)}]`)]
    return `v${vid}: {${[`vid: ${vid}`, ...options, ...acls].join(', ')}}`
  })
  return network(name, {
    vlans: used.join(', '),
    ...(aclNames.length === 0 ? {} : { acls: aclNames.map((acl) => `${acl}: [${rules(random, count)}]`).join(', ') }),
    ...(withVips.length > 1 && random.below(3) > 0 ? { routers: `r1: {vlans: [${withVips.map(({ vid }) => `v${vid}`).join(', ')}]}` } : {}),
    meters: 'slow: {meter_id: 1, entry: {flags: KBPS, bands: [{type: DROP, rate: 1000}]}}',
    dps,
    absent,
  })
}

interface RandomVlan {
  readonly vid: number
  readonly hasVips: boolean
  readonly hasLinkLocal: boolean
  readonly options: readonly string[]
}

function vlan(random: Random, vid: number, isStacked: boolean): RandomVlan {
  const index = vid / 100
  const vips = [
    ...(random.below(3) === 0 ? [`"10.0.${index}.254/24"`] : []),
    ...(random.below(5) === 0 ? [`"fc00:${index}::1:254/112"`] : []),
    ...(random.below(9) === 0 ? [`"fe80::${index}:254/64"`] : []),
  ]
  const options = [
    ...(vips.length > 0 ? [`faucet_vips: [${vips.join(', ')}]`] : []),
    ...(random.below(2) === 0 ? [`faucet_mac: "0e:00:00:00:${index}0:01"`] : []),
    ...(random.below(7) === 0 ? ['unicast_flood: false'] : []),
    // Which hosts have a place is decided by who is heard first: in a stack that is by chance.
    ...(random.below(10) === 0 && !isStacked ? ['max_hosts: 2'] : []),
    ...(random.below(10) === 0 ? ['edge_learn_stack_root: false'] : []),
  ]
  return { vid, hasVips: vips.length > 0, hasLinkLocal: vips.some((vip) => vip.includes('fe80')), options }
}

function edgePorts(random: Random, all: readonly number[], acls: readonly string[]): string[] {
  const count = 2 + random.below(4)
  const ports: string[] = []
  const sources: number[] = []
  for (let port = 1; port <= count; port++) {
    const kind = random.below(20)
    if (port > 2 && kind === 0) ports.push(`${port}: {output_only: true}`)
    else if (port > 2 && kind === 1) ports.push(`${port}: {coprocessor: {strategy: vlan_vid}}`)
    else if (port > 2 && kind < 5) ports.push(`${port}: {mirror: [${sources.filter(() => random.below(2) === 0).join(', ') || sources[0]}]}`)
    else {
      sources.push(port)
      ports.push(`${port}: {${hostPort(random, all, acls).join(', ')}}`)
    }
  }
  return ports
}

/**
 * A port without what the real Faucet gets wrong in stacks: the priority of tunnels in the second ACL of a port (see
 * known-forwarding-differences.ts), and links that are one of several, at which it loses the filters of the port.
 */
function forStack(port: string): string {
  return port.replace(', lacp: 1', '').replace(/acls_in: \[(\w+), \w+\]/, 'acls_in: [$1]')
}

function hostPort(random: Random, all: readonly number[], acls: readonly string[]): string[] {
  const native = random.of(all)
  const tagged = all.filter((vid) => vid !== native && random.below(2) === 0)
  const form = random.below(4)
  const vlansHere = [
    ...(form > 0 ? [`native_vlan: v${native}`] : [`tagged_vlans: [${all.map((vid) => `v${vid}`).join(', ')}]`]),
    ...(form === 1 && tagged.length > 0 ? [`tagged_vlans: [${tagged.map((vid) => `v${vid}`).join(', ')}]`] : []),
  ]
  const some = (one: number, text: string) => (random.below(one) === 0 ? [text] : [])
  const second = acls.length > 1 && random.below(3) === 0 ? acls.filter((_, index) => index < 2).reverse() : acls.slice(0, 1)
  return [
    ...vlansHere,
    ...(acls.length > 0 && random.below(3) === 0 ? [`acls_in: [${(random.below(2) === 0 ? second : [random.of(acls)]).join(', ')}]`] : []),
    ...some(8, 'unicast_flood: false'), ...some(12, 'permanent_learn: true'), ...some(12, 'max_hosts: 1'),
    ...random.of([[], [], [], [], [], ['hairpin: true'], ['hairpin_unicast: true']]),
    ...some(12, 'loop_protect: true'), ...some(8, 'restricted_bcast_arpnd: true'), ...some(12, 'loop_protect_external: true'),
    ...some(12, 'lacp: 1'), ...some(12, 'receive_lldp: true'), ...some(15, 'count_untag_vlan_miss: true'),
  ]
}

const matches = [
  'eth_type: 0x800, ip_proto: 6', 'eth_type: 0x800, ip_proto: 6, tcp_dst: 80', 'eth_type: 0x800, ip_proto: 17', 'eth_type: 0x806',
  'eth_type: 0x800, ip_proto: 1', 'eth_type: 0x86dd', 'eth_type: 0x86dd, ip_proto: 58, icmpv6_type: 135', 'vlan_vid: 100', 'vlan_vid: 200',
  'eth_dst: "ff:ff:ff:ff:ff:ff"', 'eth_src: "02:00:00:00:00:01"', 'eth_type: 0x800, ipv4_dst: 10.0.0.0/16', 'eth_type: 0x800, ipv4_src: 10.0.1.1',
  'eth_dst: "01:00:00:00:00:00/01:00:00:00:00:00"', 'in_port: 2', 'eth_type: 0x86dd, ipv6_dst: "fc00:1::/64"', 'eth_type: 0x800, ip_proto: 17, udp_dst: 53',
]

function rules(random: Random, dps: number): string {
  const some = Array.from({ length: 1 + random.below(4) }, () => {
    const match = random.of(matches)
    return `{rule: {${match}, actions: {${actions(random, match.startsWith('vlan_vid'), dps)}}}}`
  })
  return [...some, ...(random.below(5) > 0 ? ['{rule: {actions: {allow: 1}}}'] : [])].join(', ')
}

function actions(random: Random, isTagged: boolean, dps: number): string {
  const allow = random.of(['allow: 1, ', '', ''])
  const anySet = random.of(['{eth_dst: "02:00:00:00:00:02"}', '{eth_src: "02:00:00:00:00:77"}', '{eth_dst: "02:00:00:00:00:02"}, {eth_src: "02:00:00:00:00:78"}'])
  // Packets of many hosts with the same source: where it is known to be is decided by who was heard last.
  const set = dps > 1 ? '{eth_dst: "02:00:00:00:00:02"}' : anySet
  const step = () =>
    random.of([
      '{port: 1}', '{port: 2}', '{ports: [1, 2]}', '{vlan_vid: 100}', '{vlan_vid: 200}', '{pop_vlans: 1}', `{set_fields: [${set}]}`,
      '{vlan_vids: [{vid: 300, eth_type: 0x88a8}]}', ...(isTagged ? ['{swap_vid: 300}'] : []),
    ])
  const tunnel = `{tunnel: {dp: sw${dps}, tunnel_id: 400${random.of([', port: 2', ''])}}}`
  // A tunnel from a port that is a mirror is one of the known differences.
  const mirrors = [() => 'mirror: 2', () => `mirror: 1, ${random.of(['allow: 0', 'allow: 1'])}`]
  return random.of<() => string>([
    () => 'allow: 0',
    () => 'allow: 1',
    ...(dps > 1 ? [] : mirrors),
    () => `${allow}output: {port: 2}`,
    () => `${allow}output: {set_fields: [${set}], port: 1}`,
    () => `${allow}output: {vlan_vid: 200, ports: [1, 2]}`,
    () => `${allow}output: {set_fields: [${set}]}`,
    () => `${allow}output: [${Array.from({ length: 1 + random.below(4) }, step).join(', ')}]`,
    () => `${allow}output: [${Array.from({ length: 1 + random.below(4) }, step).join(', ')}]`,
    () => `meter: slow, allow: 1`,
    // The real Faucet makes a group anew whenever it installs the ACL of a port again, as stacks do when they come up:
    // the flows of other ports that lead to it are gone then.
    ...(dps > 1 ? [] : [() => `${allow}output: {failover: {group_id: ${1000 + random.below(5)}, ports: [2, 1]}}`]),
    ...(dps > 1 ? [() => `${allow}output: [${tunnel}]`] : []),
  ])()
}
