import { broadcastMac } from '../packet/ethernet.js'
import { decodeIcmp, icmpType } from '../packet/icmp.js'
import { ipProtocol } from '../packet/ipv4.js'
import { answerQuestion, learnSender, noAnswer, reply, takeAnswer, tellLearned, type Answer, type Arrival } from './answer.js'
import { arpReply, echoReply, timeExceeded } from './frames.js'
import { neighbourOf } from './neighbours.js'
import type { ReceivedPacket } from './received-packet.js'
import { isVip, vipAround } from './vip.js'

type Arp = Extract<ReceivedPacket, { type: 'arp' }>
type Ipv4 = Extract<ReceivedPacket, { type: 'ipv4' }>

/** Answers who asks for a VIP, and takes answers of neighbours. */
export function answerArp(arrival: Arrival, { arp, src, dst }: Arp): Answer {
  const { frame, vlan } = arrival
  const isForUs = frame.ethDst === vlan.faucet_mac
  let answer = noAnswer(arrival)
  if (arp.operation === 'request' && (isForUs || frame.ethDst === broadcastMac)) {
    const back = arpReply({ mac: vlan.faucet_mac, ip: dst.text }, { mac: frame.ethSrc, ip: src.text })
    answer = answerQuestion(arrival, src, dst, back)
  }
  if (arp.operation === 'reply' && isForUs) answer = takeAnswer(arrival, src)
  return { ...answer, effects: [...answer.effects, tellLearned(arrival, src)] }
}

/** Answers a ping to a VIP from its own network. */
export function answerPing(arrival: Arrival, { ipv4, src, dst }: Ipv4): Answer {
  const { state, frame, vlan } = arrival
  const isForUs = frame.ethDst === vlan.faucet_mac && isVip(vlan, dst) && vipAround(vlan, src) !== undefined
  const message = ipv4.protocol === ipProtocol.icmp && isWhole(ipv4) ? decodeIcmp(ipv4.payload) : undefined
  if (!isForUs || message?.type !== icmpType.echoRequest) return noAnswer(arrival)
  const back = echoReply({ mac: vlan.faucet_mac, ip: dst.text }, { mac: frame.ethSrc, ip: src.text }, message.body)
  // It may have our MAC from elsewhere, and never have asked.
  const isKnown = neighbourOf(state, vlan, src)?.mac !== undefined
  return { state: isKnown ? state : learnSender(arrival, src), effects: reply(arrival, back), done: true }
}

/** ICMP messages that are about other packets: nobody is told that one of them was lost (RFC 1122 3.2.2). */
const icmpErrors = new Set([3, 4, 5, 11, 12])

/** Tells the sender of a packet that it went through too many routers. */
export function answerTtl(arrival: Arrival, { ipv4, octets, src }: Ipv4): Answer {
  const { state, frame, vlan } = arrival
  const vip = vipAround(vlan, src)
  const message = ipv4.protocol === ipProtocol.icmp ? decodeIcmp(ipv4.payload) : undefined
  if (!vip || ipv4.fragmentOffset > 0 || icmpErrors.has(message?.type ?? -1)) return { state, effects: [], done: true }
  const beginning = octets.subarray(0, ipv4.headerLength + Math.min(8, ipv4.payload.length))
  const back = timeExceeded({ mac: vlan.faucet_mac, ip: vip.text }, { mac: frame.ethSrc, ip: src.text }, beginning)
  return { state, effects: reply(arrival, back), done: true }
}

function isWhole({ fragmentOffset, moreFragments }: Ipv4['ipv4']): boolean {
  return fragmentOffset === 0 && !moreFragments
}
