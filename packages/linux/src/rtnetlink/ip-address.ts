import { LinuxError } from '../errors.js'
import { parseIpv4, parseIpv6 } from '../packet/ip.js'

/** An address in network byte order with its family. */
export interface IpAddress {
  /** `AF_INET` (2) or `AF_INET6` (10). */
  readonly family: 2 | 10
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array
}

/** Reads an IPv4 or IPv6 address; throws `invalid` with the text when it is neither. */
export function parseAddress(text: string): IpAddress {
  try {
    return text.includes(':') ? { family: 10, bytes: parseIpv6(text) } : { family: 2, bytes: parseIpv4(text) }
  } catch (cause) {
    throw new LinuxError('invalid', `"${text}" is no IPv4 or IPv6 address`, { cause })
  }
}
