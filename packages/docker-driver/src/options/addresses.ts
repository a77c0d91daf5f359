import { isIP } from 'node:net'
import { DockerDriverError } from '../errors.js'
import type { NetworkAddresses } from '../model/network.js'
import type { IpamData } from '../protocol/network-driver.js'
import { quote } from './wrong.js'

/** What Docker's IPAM gave, as `CreateNetwork` carries it. */
export interface IpamAddresses {
  readonly ipv4: readonly IpamData[]
  readonly ipv6: readonly IpamData[]
}

/**
 * The addresses of a network: the first pool of each family, as dovesnap has it. The pools of the null driver (`0.0.0.0/0`, `::/0`)
 * count as none. Throws `DockerDriverError` `invalid` for a pool or gateway that is no address with its prefix length.
 */
export function networkAddresses(given: IpamAddresses): NetworkAddresses {
  return { ipv4: familyOf(4, given.ipv4[0]), ipv6: familyOf(6, given.ipv6[0]) }
}

function familyOf(family: 4 | 6, data: IpamData | undefined): NetworkAddresses['ipv4'] {
  const gateway = data?.Gateway === '' ? undefined : data?.Gateway
  const anything = data === undefined || data.Pool === '' || data.Pool === '0.0.0.0/0' || data.Pool === '::/0'
  if (anything && gateway === undefined) return undefined
  const pool = anything ? (gateway ?? '') : data.Pool
  for (const [field, value] of [['Pool', pool], ['Gateway', gateway]] as const) {
    if (value === undefined || isPrefix(family, value)) continue
    const example = family === 4 ? '10.9.0.1/24' : 'fd00:9::1/64'
    throw new DockerDriverError(
      'invalid',
      `IPv${family}Data[0].${field} of Docker's IPAM is ${quote(value)}; it must be an IPv${family} address and prefix length, such as ${example}`,
    )
  }
  return { pool, gateway }
}

function isPrefix(family: 4 | 6, text: string): boolean {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  return isIP(address) === family && !address.includes('%') && Number(length) <= (family === 4 ? 32 : 128)
}
