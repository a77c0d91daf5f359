import type { EmbeddedPacket } from './embedded.js'
import { type Icmp, icmpType } from './icmp.js'
import { type Icmpv6, icmpv6Type } from './icmpv6.js'
import { ipProtocol } from './numbers.js'

const portProtocols: Readonly<Record<number, string>> = { [ipProtocol.tcp]: 'tcp', [ipProtocol.udp]: 'udp', [ipProtocol.sctp]: 'sctp' }

/** The port that could not be reached: `udp port 53`, or the protocol when it has no ports. */
function formatPort(embedded: EmbeddedPacket | undefined): string {
  const protocol = portProtocols[embedded?.protocol ?? -1]
  if (protocol && embedded?.dstPort !== undefined) return `${protocol} port ${embedded.dstPort}`
  return `protocol ${embedded?.protocol ?? '?'} port`
}

/** tcpdump's words for an ICMP message, without its length. */
export function formatIcmp(icmp: Icmp): string {
  switch (icmp.type) {
    case icmpType.echoRequest:
      return `echo request, id ${icmp.id}, seq ${icmp.seq}`
    case icmpType.echoReply:
      return `echo reply, id ${icmp.id}, seq ${icmp.seq}`
    case icmpType.destinationUnreachable:
      return formatUnreachable(icmp)
    case icmpType.redirect: {
      const kinds = ['net', 'host', 'tos-net', 'tos-host']
      return `redirect ${icmp.embedded?.dst ?? '?'} to ${kinds[icmp.code] ?? `#${icmp.code}`} ${icmp.gateway}`
    }
    case icmpType.timeExceeded:
      return icmp.code === 0 ? 'time exceeded in-transit' : icmp.code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${icmp.code}`
    case icmpType.parameterProblem:
      return icmp.code === 0 ? `parameter problem - octet ${icmp.restOfHeader >>> 24}` : `parameter problem - code ${icmp.code}`
    default:
      return `type-#${icmp.type}`
  }
}

function formatUnreachable({ code, mtu, embedded }: Icmp): string {
  const dst = embedded?.dst ?? '?'
  switch (code) {
    case 0:
      return `net ${dst} unreachable`
    case 1:
      return `host ${dst} unreachable`
    case 2:
      return `${dst} protocol ${embedded?.protocol ?? '?'} unreachable`
    case 3:
      return `${dst} ${formatPort(embedded)} unreachable`
    case 4:
      return `${dst} unreachable - need to frag${mtu ? ` (mtu ${mtu})` : ''}`
    case 5:
      return `${dst} unreachable - source route failed`
    case 6:
      return `net ${dst} unreachable - unknown`
    case 7:
      return `host ${dst} unreachable - unknown`
    case 9:
      return `net ${dst} unreachable - admin prohibited`
    case 10:
      return `host ${dst} unreachable - admin prohibited`
    case 13:
      return `host ${dst} unreachable - admin prohibited filter`
    default:
      return `${dst} unreachable - #${code}`
  }
}

const multicastListener: Readonly<Record<number, string>> = {
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  143: 'multicast listener report v2',
}

/** tcpdump's words for an ICMPv6 message, without its length. */
export function formatIcmpv6(icmpv6: Icmpv6): string {
  const dst = icmpv6.embedded?.dst ?? '?'
  if (icmpv6.nd) return formatNeighborDiscovery(icmpv6.nd)
  switch (icmpv6.type) {
    case icmpv6Type.echoRequest:
      return `echo request, id ${icmpv6.id}, seq ${icmpv6.seq}`
    case icmpv6Type.echoReply:
      return `echo reply, id ${icmpv6.id}, seq ${icmpv6.seq}`
    case icmpv6Type.destinationUnreachable:
      return `destination unreachable, ${formatUnreachable6(icmpv6)}`
    case icmpv6Type.packetTooBig:
      return `packet too big, mtu ${icmpv6.mtu}`
    case icmpv6Type.timeExceeded:
      return `time exceeded in-transit ${icmpv6.code === 1 ? '(reassembly)' : `for ${dst}`}`
    case icmpv6Type.parameterProblem: {
      const kinds = ['erroneous', 'next header', 'option']
      return `parameter problem, ${kinds[icmpv6.code] ?? `code-#${icmpv6.code}`} - octet ${icmpv6.pointer}`
    }
    default:
      return multicastListener[icmpv6.type] ?? `type-#${icmpv6.type}`
  }
}

function formatUnreachable6({ code, embedded }: Icmpv6): string {
  const dst = embedded?.dst ?? '?'
  switch (code) {
    case 0:
      return `unreachable route ${dst}`
    case 1:
      return `unreachable prohibited ${dst}`
    case 2:
      return `beyond scope ${dst}, source address ${embedded?.src ?? '?'}`
    case 3:
      return `unreachable address ${dst}`
    case 4:
      return `unreachable port, ${dst} ${formatPort(embedded)}`
    default:
      return `unknown unreach code (${code})`
  }
}

function formatNeighborDiscovery(nd: NonNullable<Icmpv6['nd']>): string {
  switch (nd.type) {
    case 'neighborSolicitation':
      return `neighbor solicitation, who has ${nd.target}`
    case 'neighborAdvertisement':
      return `neighbor advertisement, tgt is ${nd.target}`
    case 'routerSolicitation':
      return 'router solicitation'
    case 'routerAdvertisement':
      return 'router advertisement'
    case 'redirect':
      return `redirect, ${nd.destination} to ${nd.target}`
  }
}
