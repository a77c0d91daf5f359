import type { MatchValue, ResolvedAclRule, ResolvedDp, ResolvedFaucetConfig, ResolvedPort } from '@streambed/faucet'
import { formatIpv4, parseIpv4, solicitedNode } from './forwarding-addresses.js'
import { type Host, hostsOf, isEdge, vipsOf } from './forwarding-hosts.js'

/** A packet for `ofproto/trace`: fields under the names that Open vSwitch has for them. */
export type Fields = Readonly<Record<string, string | number>>

/** A packet at a dataplane, in text. */
export interface Packet {
  readonly dp: string
  readonly text: string
}

const broadcast = 'ff:ff:ff:ff:ff:ff'
const nobody = '02:00:00:00:ff:01'
const stranger = '02:00:00:00:ff:02'

/**
 * The packets that are tried on a configuration, none twice: of every port with every tag that makes a difference, to
 * everybody and nobody; to and through Faucet's own addresses; those that each rule of an ACL is about, and those that it
 * just misses.
 */
export function packetsOf(config: ResolvedFaucetConfig): readonly Packet[] {
  const packets = new Map<string, Packet>()
  const hosts = hostsOf(config)
  const add = (dp: string, port: number, fields: Fields) => {
    const text = [`in_port=${port}`, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`)].join(',')
    packets.set(`${dp} ${text}`, { dp, text })
  }
  for (const dp of config.dps) {
    for (const port of dp.ports.values()) {
      for (const tag of tagsAt(dp, port)) {
        for (const fields of switched(hosts, dp, port, tag)) add(dp.name, port.number, fields)
        for (const fields of routed(config, hosts, dp, port, tag)) add(dp.name, port.number, fields)
        for (const rule of rulesAt(dp, port, tag)) {
          for (const fields of aboutRule(hosts, dp, port, tag, rule)) add(dp.name, port.number, fields)
        }
      }
    }
  }
  return [...packets.values()]
}

/** A tag with which a packet arrives: the fields of it, and the VLAN that it is in (if it is in one). */
interface Tag {
  readonly fields: Fields
  readonly vid: number | undefined
}

function tagsAt(dp: ResolvedDp, port: ResolvedPort): Tag[] {
  const vids = [...dp.vlans.keys()]
  const tagged = (vid: number, pcp = 0): Tag => ({ fields: { dl_vlan: vid, dl_vlan_pcp: pcp }, vid })
  const tags: Tag[] = [{ fields: {}, vid: port.native_vlan }]
  if (port.stack) {
    tags.push(...vids.slice(0, 3).map((vid) => tagged(vid)))
    if (dp.has_externals && vids[0] !== undefined) tags.push(tagged(vids[0], 1), tagged(vids[0], 2))
    for (const id of tunnelsOf(dp)) tags.push({ ...tagged(id, 3), vid: undefined }, { ...tagged(id, 4), vid: undefined })
  } else if (port.coprocessor) {
    tags.push(...vids.slice(0, 2).map((vid) => tagged(vid)))
    for (const other of dp.ports.keys()) tags.push({ ...tagged(port.coprocessor.vlan_vid_base + other), vid: undefined })
  } else {
    tags.push(...port.tagged_vlans.map((vid) => tagged(vid)))
    const wrong = vids.find((vid) => !port.tagged_vlans.includes(vid))
    if (wrong !== undefined) tags.push({ ...tagged(wrong), vid: undefined })
    tags.push({ fields: { vlan_tci: '0xf000' }, vid: undefined })
  }
  return tags
}

/** Tunnels that some ACL of this dataplane begins; the numbers are the same everywhere in the stack. */
function tunnelsOf(dp: ResolvedDp): number[] {
  const outputs = [...dp.acls.values()].flatMap((acl) => acl.rules.flatMap((rule) => rule.actions.output))
  return outputs.flatMap((output) => (output.type === 'tunnel' ? [output.tunnel.tunnel_id] : []))
}

/** A host at the port and in the VLAN, or somebody who could be there. */
function hostAt(hosts: readonly Host[], dp: ResolvedDp, port: ResolvedPort, tag: Tag): Host {
  const here = hosts.filter((host) => host.dp === dp.name && host.port === port.number)
  const host = here.find(({ vid }) => vid === tag.vid) ?? here[0] ?? hosts[0]
  return host ?? { dp: dp.name, port: port.number, vid: 0, tagged: false, mac: stranger, ipv4: '10.0.0.77', ipv6: 'fc00:99::77' }
}

const tcp4 = (from: string, to: string, port = 80): Fields => ({
  dl_type: '0x0800', nw_src: from, nw_dst: to, nw_proto: 6, nw_ttl: 64, tcp_src: 40_000, tcp_dst: port,
})
const tcp6 = (from: string, to: string): Fields => ({
  dl_type: '0x86dd', ipv6_src: from, ipv6_dst: to, nw_proto: 6, nw_ttl: 64, tcp_src: 40_000, tcp_dst: 80,
})
const udp4 = (from: string, to: string): Fields => ({
  dl_type: '0x0800', nw_src: from, nw_dst: to, nw_proto: 17, nw_ttl: 64, udp_src: 40_000, udp_dst: 53,
})
const udp6 = (from: string, to: string): Fields => ({
  dl_type: '0x86dd', ipv6_src: from, ipv6_dst: to, nw_proto: 17, nw_ttl: 64, udp_src: 546, udp_dst: 547,
})
const ping4 = (from: string, to: string, type = 8, ttl = 64): Fields => ({
  dl_type: '0x0800', nw_src: from, nw_dst: to, nw_proto: 1, nw_ttl: ttl, icmp_type: type, icmp_code: 0,
})
const icmp6 = (from: string, to: string, type: number, more: Fields = {}, ttl = 255): Fields => ({
  dl_type: '0x86dd', ipv6_src: from, ipv6_dst: to, nw_proto: 58, nw_ttl: ttl, icmpv6_type: type, icmpv6_code: 0, ...more,
})
const arp = (from: Host, to: string, operation = 1, target = '00:00:00:00:00:00'): Fields => ({
  dl_type: '0x0806', arp_op: operation, arp_spa: from.ipv4, arp_tpa: to, arp_sha: from.mac, arp_tha: target,
})

/** Within a VLAN. */
function* switched(hosts: readonly Host[], dp: ResolvedDp, port: ResolvedPort, tag: Tag): Generator<Fields> {
  const me = hostAt(hosts, dp, port, tag)
  const send = (to: string, payload: Fields, from = me.mac): Fields => ({ dl_src: from, dl_dst: to, ...tag.fields, ...payload })
  yield send(broadcast, arp(me, '10.0.0.200'))
  yield send(nobody, tcp4(me.ipv4, '10.0.0.201'))
  const others = hosts.filter((host) => host !== me && (tag.vid === undefined || host.vid === tag.vid))
  for (const other of near(others, dp, 4)) yield send(other.mac, tcp4(me.ipv4, other.ipv4))
  if (tag.vid === undefined && isEdge(port)) return
  yield send(me.mac, udp4(me.ipv4, me.ipv4), stranger)
  yield send('01:00:5e:00:00:05', udp4(me.ipv4, '224.0.0.5'))
  yield send('33:33:00:00:00:01', icmp6(me.ipv6, 'ff02::1', 134))
  yield send('33:33:00:00:00:02', icmp6(me.ipv6, 'ff02::2', 133))
  yield send('33:33:ff:00:00:07', icmp6(me.ipv6, 'ff02::1:ff00:7', 135, { nd_target: 'fc00:99::7' }))
  yield send('33:33:00:01:00:02', udp6(me.ipv6, 'ff02::1:2'))
  yield send(broadcast, udp4('0.0.0.0', '255.255.255.255'))
  yield send('01:80:c2:00:00:0e', { dl_type: '0x88cc' })
  yield send('01:80:c2:00:00:02', { dl_type: '0x8809' })
  yield send('01:80:c2:00:00:00', { dl_type: '0x05ff' })
  yield send('01:80:c2:00:00:21', { dl_type: '0x1234' })
  yield send('01:00:0c:cc:cc:cc', { dl_type: '0x1234' })
  yield send('01:00:0c:cc:cc:cd', { dl_type: '0x1234' })
  yield send('01:00:00:00:00:09', { dl_type: '0x1234' })
  yield send(broadcast, { dl_type: '0x9000' })
  yield send(nobody, udp4(me.ipv4, '10.0.0.201'), broadcast)
  yield send(nobody, udp4(me.ipv4, '10.0.0.201'), '01:00:5e:00:00:09')
  yield send(nobody, udp4(me.ipv4, '10.0.0.201'), '0e:00:00:00:00:01')
  yield send(broadcast, arp(me, '10.0.0.200', 2), stranger)
  for (const other of near(others, dp, 1)) {
    yield send(other.mac, tcp6(me.ipv6, other.ipv6))
    yield send(other.mac, { dl_type: '0x0800', nw_src: me.ipv4, nw_dst: other.ipv4, nw_proto: 132, nw_ttl: 64, sctp_src: 7, sctp_dst: 8 })
    yield send(other.mac, arp(me, other.ipv4, 2, other.mac))
    // Somebody else's address: the host has moved, or lies.
    yield send(nobody, udp4(other.ipv4, '10.0.0.201'), other.mac)
  }
}

/** Some of these hosts: first those of other dataplanes and ports. */
function near(hosts: readonly Host[], dp: ResolvedDp, count: number): readonly Host[] {
  const far = hosts.filter((host) => host.dp !== dp.name)
  const here = hosts.filter((host) => host.dp === dp.name)
  const mixed = here.flatMap((host, index) => [host, ...far.slice(index, index + 1)])
  return [...mixed, ...far.slice(here.length)].slice(0, count)
}

/** To Faucet's own addresses, and through it into other networks. */
function* routed(config: ResolvedFaucetConfig, hosts: readonly Host[], dp: ResolvedDp, port: ResolvedPort, tag: Tag): Generator<Fields> {
  const vlan = tag.vid === undefined ? undefined : dp.vlans.get(tag.vid)
  if (!vlan || [...dp.vlans.values()].every(({ faucet_vips }) => faucet_vips.length === 0)) return
  const me = hostAt(hosts, dp, port, tag)
  const gateway = vlan.faucet_mac
  const send = (to: string, payload: Fields, from = me.mac): Fields => ({ dl_src: from, dl_dst: to, ...tag.fields, ...payload })
  const targets = [...dp.vlans.values()]
  const v4 = targets.some(({ vid }) => vipsOf(dp, vid, 4).length > 0)
  const v6 = targets.some(({ vid }) => vipsOf(dp, vid, 6).length > 0)
  for (const { vid } of targets) {
    const there = hosts.find((host) => host.vid === vid && host !== me)
    for (const vip of vipsOf(dp, vid, 4)) {
      yield send(broadcast, arp(me, vip))
      yield send(gateway, arp(me, vip, 2, gateway))
      yield send(gateway, ping4(me.ipv4, vip))
      yield send(gateway, ping4(me.ipv4, vip, 0))
      yield send(gateway, tcp4(me.ipv4, vip))
      yield send(gateway, udp4(me.ipv4, formatIpv4(parseIpv4(vip) - 3n)))
      yield send(nobody, ping4(me.ipv4, vip))
    }
    for (const vip of vipsOf(dp, vid, 6)) {
      const node = solicitedNode(vip)
      yield send(node.mac, icmp6(me.ipv6, node.ip, 135, { nd_target: vip, nd_sll: me.mac }))
      yield send(gateway, icmp6(me.ipv6, vip, 135, { nd_target: vip }))
      yield send(gateway, icmp6(me.ipv6, vip, 136, { nd_target: me.ipv6 }))
      yield send(gateway, icmp6(me.ipv6, vip, 128, {}, 64))
      yield send(gateway, tcp6(me.ipv6, vip))
      yield send(gateway, icmp6(me.ipv6, vip, 1))
      yield send('33:33:00:00:00:02', icmp6(me.ipv6, 'ff02::2', 133))
    }
    if (!there) continue
    if (v4) {
      yield send(gateway, tcp4(me.ipv4, there.ipv4))
      yield send(gateway, ping4(me.ipv4, there.ipv4, 8, 1))
      yield send(gateway, tcp4(me.ipv4, there.ipv4), stranger)
    }
    if (v6) yield send(gateway, tcp6(me.ipv6, there.ipv6))
  }
  if (v4) yield send(gateway, tcp4(me.ipv4, '8.8.8.8'))
  if (v6) yield send(gateway, tcp6(me.ipv6, '2001:db8:8::8'))
  for (const { ip_dst, version } of new Map(targets.flatMap(({ routes }) => routes.map((route) => [route.ip_dst, route]))).values()) {
    const network = ip_dst.slice(0, ip_dst.indexOf('/'))
    if (version === 4) yield send(gateway, tcp4(me.ipv4, formatIpv4(parseIpv4(network) + 9n)))
    else yield send(gateway, tcp6(me.ipv6, `${network.replace(/::$/, '')}::9`))
  }
  for (const { faucet_mac } of targets) yield send(nobody, udp4(me.ipv4, '10.0.0.201'), faucet_mac)
  // What carries the right address of the router, but is nothing that it knows.
  yield send(gateway, { dl_type: '0x1234' })
}

/** The rules that a packet at a port may meet on its way. */
function rulesAt(dp: ResolvedDp, port: ResolvedPort, tag: Tag): readonly ResolvedAclRule[] {
  const vlans = tag.vid === undefined ? [] : [tag.vid]
  const ofVlans = vlans.flatMap((vid) => [...(dp.vlans.get(vid)?.acls_in ?? []), ...(dp.vlans.get(vid)?.acls_out ?? [])])
  const names = new Set([...port.acls_in, ...dp.dp_acls, ...ofVlans])
  return [...names].flatMap((name) => dp.acls.get(name)?.rules ?? [])
}

/** Names that a field has in Open vSwitch, where they are others than in OpenFlow. */
const fieldNames: Readonly<Record<string, string>> = {
  eth_src: 'dl_src', eth_dst: 'dl_dst', eth_type: 'dl_type', vlan_vid: 'dl_vlan', vlan_pcp: 'dl_vlan_pcp', ip_proto: 'nw_proto',
  ipv4_src: 'nw_src', ipv4_dst: 'nw_dst', icmpv4_type: 'icmp_type', icmpv4_code: 'icmp_code', ipv6_flabel: 'ipv6_label',
  ipv6_nd_target: 'nd_target', ipv6_nd_sll: 'nd_sll', ipv6_nd_tll: 'nd_tll', tunnel_id: 'tun_id', eth_type_nxm: 'dl_type',
  ip_proto_nxm: 'nw_proto',
}
/** Fields that a packet cannot bring along, or that are the port's. */
const notInPackets: ReadonlySet<string> = new Set(['in_port', 'in_phy_port', 'ipv6_exthdr', 'pbb_isid', 'ct_label'])
/** Fields that say what else a packet has. */
const kinds: ReadonlySet<string> = new Set(['dl_type', 'nw_proto', 'icmp_type', 'icmpv6_type', 'arp_op'])

/** The packet that a rule is about, to somebody and to everybody, and with each of its fields being another. */
function* aboutRule(hosts: readonly Host[], dp: ResolvedDp, port: ResolvedPort, tag: Tag, rule: ResolvedAclRule): Generator<Fields> {
  const me = hostAt(hosts, dp, port, tag)
  const others = hosts.filter((host) => host !== me && host.vid === tag.vid)
  const other = near(others, dp, 1)[0]
  const wanted: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(rule.match)) {
    if (!notInPackets.has(name)) wanted[fieldNames[name] ?? name] = fieldValue(value)
  }
  const payload = payloadFor(wanted, me, other)
  const outer = 'dl_vlan' in wanted || 'dl_vlan_pcp' in wanted ? withoutTag(tag.fields) : tag.fields
  const packet = { dl_src: me.mac, dl_dst: other?.mac ?? nobody, ...outer, ...payload, ...wanted }
  yield ordered(packet)
  if (!('dl_dst' in wanted)) yield ordered({ ...packet, dl_dst: broadcast })
  for (const [name, value] of Object.entries(wanted)) {
    if (!kinds.has(name)) yield ordered({ ...packet, [name]: another(name, value) })
  }
}

/** A tag that is written as one number stands in the way of the fields of it. */
function withoutTag({ vlan_tci: _, ...fields }: Fields): Fields {
  return fields
}

/** What a packet must have besides what a rule says of it. */
function payloadFor(wanted: Fields, me: Host, other: Host | undefined): Fields {
  const has = (pattern: RegExp) => Object.keys(wanted).some((name) => pattern.test(name))
  const type = wanted.dl_type === undefined ? undefined : Number(wanted.dl_type)
  if (type === 0x806 || has(/^arp_/)) return arp(me, other?.ipv4 ?? '10.0.0.200')
  const proto = wanted.nw_proto === undefined ? undefined : Number(wanted.nw_proto)
  if (type === 0x86dd || has(/^(?:ipv6|nd|icmpv6)_/)) {
    const to = other?.ipv6 ?? 'fc00:99::88'
    if (proto === 58 || has(/^(?:nd|icmpv6)_/)) {
      const asked = Number(wanted.icmpv6_type ?? (has(/nd_tll/) ? 136 : has(/^nd_/) ? 135 : 128))
      return icmp6(me.ipv6, to, asked, asked === 135 || asked === 136 ? { nd_target: to } : {})
    }
    if (proto === undefined || proto === 6) return tcp6(me.ipv6, to)
    return { dl_type: '0x86dd', ipv6_src: me.ipv6, ipv6_dst: to, nw_proto: proto, nw_ttl: 64 }
  }
  if (type !== undefined && type !== 0x800) return { dl_type: type }
  const to = other?.ipv4 ?? '10.0.0.201'
  if (proto === 1) return ping4(me.ipv4, to)
  if (proto === 17) return udp4(me.ipv4, to)
  if (proto === undefined || proto === 6) return tcp4(me.ipv4, to)
  return { dl_type: '0x0800', nw_src: me.ipv4, nw_dst: to, nw_proto: proto, nw_ttl: 64 }
}

/** The order in which Open vSwitch wants to read fields: those first on which others depend. */
function ordered(fields: Fields): Fields {
  const rank = (name: string) => ['dl_src', 'dl_dst', 'dl_vlan', 'dl_vlan_pcp', 'dl_type', 'nw_proto'].indexOf(name)
  const key = (name: string) => (rank(name) < 0 ? (kinds.has(name) ? 10 : 20) : rank(name))
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => key(a) - key(b)))
}

/** The value of a field in a rule, without its mask. */
function fieldValue(value: MatchValue): string | number {
  if (typeof value === 'number') return value
  const [text = ''] = String(value).split('/')
  return /^\d+$/.test(text) ? Number(text) : text
}

/** A value of a field that is not this one, and outside of the usual masks. */
function another(name: string, value: string | number): string | number {
  if (typeof value === 'number') return value ^ (name === 'tcp_dst' || name === 'dl_vlan' ? 0x100 : 1)
  if (/^0x[\da-f]+$/i.test(value)) return Number(value) ^ 1
  if (/^\d+(?:\.\d+){3}$/.test(value)) return formatIpv4(parseIpv4(value) ^ 0x20000001n)
  if (/^[\da-f]{2}(?::[\da-f]{2}){5}$/i.test(value)) return `${value.slice(0, 1)}${(parseInt(value[1] as string, 16) ^ 4).toString(16)}${value.slice(2)}`
  return value.includes(':') ? `2${value.replace(/^[\da-f]*/i, '001')}` : value
}
