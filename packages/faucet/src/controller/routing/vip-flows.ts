import type { ActionInput, MatchFields } from '@streambed/ovs/openflow'
import type { ResolvedDp, ResolvedVlan } from '../../config/index.js'
import { apply, taggedVid, type Flow, type FlowMaker } from '../core/flow.js'
import type { TableName } from '../core/layout.js'
import type { FlowPart } from '../core/part.js'
import { priority } from '../core/priority.js'
import type { DpContext } from '../core/state.js'
import { broadcastMac, etherType } from '../packet/ethernet.js'
import { icmpv6Type } from '../packet/icmp.js'
import { ipProtocol } from '../packet/ipv4.js'
import { allRoutersMac, solicitedNode } from '../packet/ipv6.js'
import { outputController } from '../switching/actions.js'
import { globalVid, matchedVids } from './router.js'
import { hostRoute, vipsOf, width, type IpVersion, type Vip } from './vip.js'

/** Bytes of a packet for the controller: the whole of those that it answers, pings with 128 bytes of data. */
const length = { arp: 64, icmp: 174, icmpv6: 194, any: 194 } as const

/** Packets for the addresses of the controller. */
export const vipFlows: FlowPart = function* (context, make) {
  for (const vlan of context.state.dp.vlans.values()) {
    if (vlan.reserved_internal_vlan) continue
    for (const vip of vipsOf(vlan)) {
      const flows = new VipFlows(context, make, vlan, vip)
      yield* vip.version === 4 ? flows.arp() : flows.discovery()
      yield* flows.routing()
      if (isProactive(context.state.dp, vip)) yield* flows.proactive()
    }
  }
}

/** Whether hosts in the network of a VIP are sought, and learned from their packets. */
function isProactive(dp: ResolvedDp, { version, isLinkLocal }: Vip): boolean {
  return !isLinkLocal && (version === 4 ? dp.proactive_learn_v4 : dp.proactive_learn_v6)
}

/** What differs between versions of IP. */
const family = {
  4: { ethType: etherType.ipv4, fib: 'ipv4_fib', icmp: ipProtocol.icmp, icmpLength: length.icmp },
  6: { ethType: etherType.ipv6, fib: 'ipv6_fib', icmp: ipProtocol.icmpv6, icmpLength: length.icmpv6 },
} as const satisfies Readonly<Record<IpVersion, { ethType: number; fib: TableName; icmp: number; icmpLength: number }>>

/** The flows of one VIP. */
class VipFlows {
  readonly #context: DpContext
  readonly #make: FlowMaker
  readonly #vlan: ResolvedVlan
  readonly #vip: Vip
  readonly #top: number

  constructor(context: DpContext, make: FlowMaker, vlan: ResolvedVlan, vip: Vip) {
    this.#context = context
    this.#make = make
    this.#vlan = vlan
    this.#vip = vip
    this.#top = priority.longestPrefix + width[vip.version]
  }

  /** ARP for the VIP and answers to it go to the controller, other ARP its way. */
  *arp(): Generator<Flow, void, undefined> {
    const eth_type = etherType.arp
    yield this.#select('vip', { eth_type })
    yield this.#toController({ eth_type, eth_dst: broadcastMac, arp_tpa: this.#vip.text }, 0, length.arp)
    yield this.#toController({ eth_type, eth_dst: this.#vlan.faucet_mac }, 0, length.arp)
    yield this.#make.flow('vip', this.#top - 1, { eth_type }, [this.#make.goto(this.#context.state.layout.output)])
  }

  /** Neighbour discovery for the VIP, answers to it, and pings go to the controller. */
  *discovery(): Generator<Flow, void, undefined> {
    const { faucet_mac } = this.#vlan
    const icmpv6 = { eth_type: etherType.ipv6, ip_proto: ipProtocol.icmpv6 } as const
    if (this.#vip.isLinkLocal) {
      yield this.#select('vip', { eth_type: etherType.ipv6, eth_dst: allRoutersMac })
      yield this.#toBoth({ ...icmpv6, eth_dst: allRoutersMac, icmpv6_type: icmpv6Type.routerSolicitation }, 0)
    }
    for (const icmpv6_type of [icmpv6Type.echoRequest, icmpv6Type.neighbourAdvertisement]) {
      yield this.#toController({ ...icmpv6, eth_dst: faucet_mac, icmpv6_type }, 0, length.icmpv6)
    }
    const { mac: group } = solicitedNode(this.#vip.text)
    yield this.#select('vip', { eth_type: etherType.ipv6, eth_dst: group })
    yield this.#toBoth({ ...icmpv6, eth_dst: group, icmpv6_type: icmpv6Type.neighbourSolicitation }, 0)
  }

  /** Packets for the router's MAC are routed, those for the VIP kept. */
  *routing(): Generator<Flow, void, undefined> {
    const { dp } = this.#context.state
    const { ethType, fib } = family[this.#vip.version]
    const global = globalVid(dp)
    const actions = global === undefined ? [] : toGlobalVlan(this.#vlan, global)
    yield this.#select(fib, { eth_type: ethType, eth_dst: this.#vlan.faucet_mac }, actions)
    const vid = global ?? this.#vlan.vid
    yield this.#toVip(vid, hostRoute(this.#vip), this.#top)
    if (this.#vip.version === 6) yield this.#toVip(vid, hostRoute(this.#vip.last), this.#top)
  }

  /** Packets for hosts of the network of whom nothing is known, and packets that hosts can be learned from. */
  *proactive(): Generator<Flow, void, undefined> {
    const { ethType: eth_type, icmp: ip_proto, icmpLength } = family[this.#vip.version]
    const eth_dst = this.#vlan.faucet_mac
    for (const vid of matchedVids(this.#context.state.dp, this.#vlan.vid)) {
      yield this.#toVip(vid, this.#vip.network, priority.longestPrefix + this.#vip.prefixLength)
    }
    yield this.#toController({ eth_type, eth_dst, ip_proto }, 1, icmpLength)
    yield this.#toBoth({ eth_type, ip_proto }, 2)
    yield this.#toController({ eth_type, eth_dst }, 3, length.any)
    yield this.#toBoth({ eth_type }, 4)
  }

  #select(table: TableName, fields: MatchFields, actions: readonly ActionInput[] = []): Flow {
    const instructions = [...apply(actions), this.#make.goto(table)]
    return this.#make.flow('eth_src', priority.high, { ...fields, vlan_vid: taggedVid(this.#vlan.vid) }, instructions)
  }

  #toVip(vid: number, destination: string, level: number): Flow {
    const { ethType, fib } = family[this.#vip.version]
    const to = this.#vip.version === 4 ? { ipv4_dst: destination } : { ipv6_dst: destination }
    return this.#make.flow(fib, level, { eth_type: ethType, vlan_vid: taggedVid(vid), ...to }, [this.#make.goto('vip')])
  }

  #toController(fields: MatchFields, below: number, bytes: number): Flow {
    return this.#make.flow('vip', this.#top - below, fields, apply([outputController(bytes)]))
  }

  /** To the controller, and where it goes anyway. */
  #toBoth(fields: MatchFields, below: number): Flow {
    const instructions = [...apply([outputController(length.any)]), this.#make.goto(this.#context.state.layout.output)]
    return this.#make.flow('vip', this.#top - below, fields, instructions)
  }
}

/** Packets in the global VLAN say with their destination which VLAN they came from: the last two octets are its VID. */
function toGlobalVlan({ faucet_mac, vid }: ResolvedVlan, global: number): readonly ActionInput[] {
  const octets = [(vid >> 8) & 255, vid & 255].map((octet) => octet.toString(16).padStart(2, '0'))
  const mac = [...faucet_mac.split(':').slice(0, 4), ...octets].join(':')
  return [
    { type: 'set_field', field: { field: 'eth_dst', value: mac } },
    { type: 'set_field', field: { field: 'vlan_vid', value: taggedVid(global) } },
  ]
}
