import { decodeIcmp, icmpv6Type, type IcmpMessage } from '../packet/icmp.js'
import { ipProtocol } from '../packet/ipv4.js'
import { decodeNd } from '../packet/neighbour-discovery.js'
import { answerQuestion, learnSender, noAnswer, reply, takeAnswer, tellLearned, type Answer, type Arrival } from './answer.js'
import { echoReplyV6, neighbourAdvertisement, routerAdvertisement, timeExceededV6, type Station } from './frames.js'
import { neighbourOf } from './neighbours.js'
import type { ReceivedPacket } from './received-packet.js'
import { ipOf, isVip, vipAround, vipsOf } from './vip.js'

type Ipv6 = Extract<ReceivedPacket, { type: 'ipv6' }>

/** What neighbour discovery has as hop limit: no router was in between (RFC 4861 6.1, 7.1). */
const direct = 255

/** Answers pings to a VIP, who asks for a VIP or for routers, and takes answers of neighbours. */
export function answerIcmpv6(arrival: Arrival, packet: Ipv6): Answer {
  const { ipv6, src } = packet
  const message = ipv6.nextHeader === ipProtocol.icmpv6 ? decodeIcmp(ipv6.payload) : undefined
  if (!message || !vipAround(arrival.vlan, src)) return noAnswer(arrival)
  if (message.type === icmpv6Type.echoRequest) return answerPing(arrival, packet, message)
  return ipv6.hopLimit === direct ? answerDiscovery(arrival, packet, message) : noAnswer(arrival)
}

/** As many octets of a packet as Faucet quotes. */
const quoted = 40 + 512

/** Tells the sender of a packet that it went through too many routers. */
export function answerHopLimit(arrival: Arrival, { ipv6, octets, src }: Ipv6): Answer {
  const { state, frame, vlan } = arrival
  const vip = vipAround(vlan, src)
  const message = ipv6.nextHeader === ipProtocol.icmpv6 ? decodeIcmp(ipv6.payload) : undefined
  // Nobody is told of an error about an error (RFC 4443 2.4): their types are below 128.
  if (!vip || (message && message.type < 128)) return { state, effects: [], done: true }
  const beginning = octets.subarray(0, Math.min(quoted, 40 + ipv6.payload.length))
  const back = timeExceededV6({ mac: vlan.faucet_mac, ip: vip.text }, { mac: frame.ethSrc, ip: src.text }, beginning)
  return { state, effects: reply(arrival, back), done: true }
}

function answerPing(arrival: Arrival, { ipv6, src, dst }: Ipv6, { body }: IcmpMessage): Answer {
  const { state, frame, vlan } = arrival
  if (frame.ethDst !== vlan.faucet_mac || !isVip(vlan, dst)) return noAnswer(arrival)
  const back = echoReplyV6({ mac: vlan.faucet_mac, ip: dst.text }, { mac: frame.ethSrc, ip: src.text }, body, ipv6.hopLimit)
  const isKnown = neighbourOf(state, vlan, src)?.mac !== undefined
  return { state: isKnown ? state : learnSender(arrival, src), effects: reply(arrival, back), done: true }
}

function answerDiscovery(arrival: Arrival, { src }: Ipv6, icmp: IcmpMessage): Answer {
  const { frame, vlan } = arrival
  const message = decodeNd(icmp)
  const to: Station = { mac: frame.ethSrc, ip: src.text }
  switch (message?.type) {
    case 'neighbour_solicitation': {
      const target = ipOf(message.target)
      const answer = answerQuestion(arrival, src, target, neighbourAdvertisement({ mac: vlan.faucet_mac, ip: target.text }, to))
      return { ...answer, effects: [...answer.effects, tellLearned(arrival, src)] }
    }
    case 'neighbour_advertisement': {
      const answer = takeAnswer(arrival, ipOf(message.target))
      return { ...answer, effects: [...answer.effects, tellLearned(arrival, src)] }
    }
    case 'router_solicitation': {
      const vip = vipAround(vlan, src)
      if (!vip?.isLinkLocal) return noAnswer(arrival)
      const prefixes = vipsOf(vlan, 6).filter((other) => !other.isLinkLocal)
      const back = routerAdvertisement({ mac: vlan.faucet_mac, ip: vip.text }, to, prefixes)
      return { state: arrival.state, effects: reply(arrival, back), done: true }
    }
    default:
      return noAnswer(arrival)
  }
}
