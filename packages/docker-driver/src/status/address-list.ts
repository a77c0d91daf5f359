import { BlockList, isIP } from 'node:net'
import { DockerDriverError } from '../errors.js'

/** Decides about the address of a client. */
export interface AddressList {
  /** Whether an address, as a socket tells it, is in the list: `10.0.0.1`, `::1`, `::ffff:10.0.0.1`, `fe80::1%eth0`. */
  has(address: string | undefined): boolean
}

/**
 * A list of addresses and networks: `127.0.0.0/8`, `::1/128`, `10.0.0.7`. An IPv4 client of a socket for both versions has an IPv4-mapped IPv6 address (RFC 4291,
 * 2.5.5.2); it counts as IPv4. An empty list has nobody.
 * @throws DockerDriverError `invalid` about an item
 */
export function addressList(items: readonly string[]): AddressList {
  const list = new BlockList()
  for (const item of items) add(list, item)
  return {
    has: (address) => {
      if (address === undefined) return false
      const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
      const version = isIP(plain)
      return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

function add(list: BlockList, item: string): void {
  const [address = '', length, ...more] = item.trim().split('/')
  const version = isIP(address)
  const bits = version === 4 ? 32 : 128
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Infinity
  if (version === 0 || address.includes('%') || prefix > bits || more.length > 0) {
    throw new DockerDriverError('invalid', `${JSON.stringify(item)} is no network of IP addresses: write one such as 127.0.0.0/8 or ::1/128`)
  }
  list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6')
}
