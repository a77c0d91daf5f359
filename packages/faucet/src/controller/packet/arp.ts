import { ipAt, ipOctets, macAt, macOctets } from './address.js'
import { joined, u16, u16At } from './octets.js'

/** An ARP packet for Ethernet and IPv4 (RFC 826). */
export interface ArpPacket {
  readonly operation: 'request' | 'reply'
  readonly senderMac: string
  readonly senderIp: string
  readonly targetMac: string
  readonly targetIp: string
}

const operations = { request: 1, reply: 2 } as const
const header = [...u16(1), ...u16(0x0800), 6, 4]
const length = 28

/** The octets of a packet. @throws FaucetError `invalid` for what is no address */
export function encodeArp({ operation, senderMac, senderIp, targetMac, targetIp }: ArpPacket): Uint8Array {
  return joined(
    header,
    u16(operations[operation]),
    macOctets(senderMac),
    ipOctets(senderIp),
    macOctets(targetMac),
    ipOctets(targetIp),
  )
}

/** The packet in some octets; `undefined` when it is cut, not for Ethernet and IPv4, or neither request nor reply. */
export function decodeArp(data: Uint8Array): ArpPacket | undefined {
  if (data.length < length || header.some((octet, index) => data[index] !== octet)) return undefined
  const code = u16At(data, 6)
  const operation = code === operations.request ? 'request' : code === operations.reply ? 'reply' : undefined
  return (
    operation && {
      operation,
      senderMac: macAt(data, 8),
      senderIp: ipAt(data, 14, 4),
      targetMac: macAt(data, 18),
      targetIp: ipAt(data, 24, 4),
    }
  )
}
