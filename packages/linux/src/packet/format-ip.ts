import type { Ipv6 } from './ipv6.js'
import type { Ipv6Extension } from './ipv6-extension.js'
import { ipProtocol } from './numbers.js'
import type { Packet } from './packet.js'

/**
 * The length of an IP packet after its headers in bytes, as the headers announce it: in a capture with a snap length there
 * are fewer bytes. A length that the field cannot say (0) goes to the end of the frame.
 */
export function upperLayerLength({ ipv4, ipv6, vlans, frame }: Packet): number {
  const ipLength = frame.length - 14 - 4 * vlans.length
  if (ipv4) return Math.max((ipv4.totalLength || ipLength) - ipv4.ihl * 4, 0)
  if (ipv6) {
    const jumbo = ipv6.payloadLength === 0 && ipv6.nextHeader === ipProtocol.hopByHop
    return Math.max((jumbo ? ipLength - 40 : ipv6.payloadLength) - extensionsLength(ipv6), 0)
  }
  return 0
}

function extensionsLength(ipv6: Ipv6): number {
  return ipv6.extensions.reduce((sum, extension) => sum + extensionLength(extension), 0)
}

function extensionLength(extension: Ipv6Extension): number {
  return extension.type === 'fragment' ? 8 : extension.data.length + 2
}

const names = { hopByHop: 'HBH', routing: 'RT', destination: 'DSTOPT' } as const

/** tcpdump's words for the extension headers; a fragment as `frag (48|60)`, its place and length in bytes. */
export function formatIpv6Extensions(ipv6: Ipv6): readonly string[] {
  return ipv6.extensions.map((extension) => {
    if (extension.type !== 'fragment') return names[extension.type]
    return `frag (${extension.fragmentOffset * 8}|${Math.max(ipv6.payloadLength - extensionsLength(ipv6), 0)})`
  })
}
