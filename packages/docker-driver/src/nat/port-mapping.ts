import { canonicalIp } from '@streambed/linux'
import { isIPv4, isIPv6 } from 'node:net'
import { DockerDriverError } from '../errors.js'
import type { Endpoint, Network, PortMapping } from '../model/index.js'

/** The two kinds of addresses, by version. */
export type IpFamily = 4 | 6

/** `10.9.0.2/24` without its prefix length. */
export function withoutLength(address: string): string {
  return address.replace(/\/.*$/, '')
}

/** Whether an address stands for all addresses of its family. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address)
}

/** The families in which a mapping can be carried out: those of the machine's address that the container has too. */
export function mappingFamilies(mapping: PortMapping, endpoint: Pick<Endpoint, 'ipv4' | 'ipv6'>): IpFamily[] {
  const { hostAddress } = mapping
  const answers = (family: IpFamily) => hostAddress === undefined || (family === 4 ? isIPv4(hostAddress) : isIPv6(hostAddress))
  const families: IpFamily[] = []
  if (endpoint.ipv4 !== undefined && answers(4)) families.push(4)
  if (endpoint.ipv6 !== undefined && answers(6)) families.push(6)
  return families
}

/** A mapping as `docker run -p` writes it: `192.0.2.1:8080:80/tcp`. */
export function describeMapping({ hostAddress, hostPort, containerPort, protocol }: PortMapping): string {
  const at = hostAddress === undefined ? '' : `${isIPv6(hostAddress) ? `[${hostAddress}]` : hostAddress}:`
  return `${at}${hostPort}:${containerPort}/${protocol}`
}

/** Whether two mappings want the same port at an address that both would answer at. */
export function overlap(a: PortMapping, b: PortMapping): boolean {
  if (a.protocol !== b.protocol || a.hostPort !== b.hostPort) return false
  if (a.hostAddress === undefined || b.hostAddress === undefined) return true
  if (isIPv4(a.hostAddress) !== isIPv4(b.hostAddress)) return false
  return isAnyAddress(a.hostAddress) || isAnyAddress(b.hostAddress) || canonical(a.hostAddress) === canonical(b.hostAddress)
}

/** The same text for every spelling of an address; what interface it is on does not count. */
function canonical(address: string): string {
  return isIPv6(address) ? canonicalIp(address.replace(/%.*$/, '')) : address
}

/** First and last of the ports of which a mapping is to get one, as of `-p 80` and `-p 8000-8010:80`; undefined when it names its port. */
export function portRange({ hostPort, hostPortEnd = hostPort }: PortMapping): readonly [number, number] | undefined {
  if (hostPort === 0) return [49153, 65535]
  return hostPortEnd > hostPort ? [hostPort, hostPortEnd] : undefined
}

/** Whether a mapping that a container has already, on another network, is what this one asks for. */
export function fulfils(held: PortMapping, wanted: PortMapping): boolean {
  if (held.protocol !== wanted.protocol || held.containerPort !== wanted.containerPort) return false
  if (wanted.hostPort === 0) return true
  const { hostPort } = held
  return hostPort >= wanted.hostPort && hostPort <= (wanted.hostPortEnd ?? wanted.hostPort) && overlap(held, { ...wanted, hostPort })
}

/**
 * Checks the mappings of a container against themselves, its addresses, and the mappings of all other containers. Touches nothing.
 * @param networks All networks of the driver.
 * @param endpoint The endpoint that they are for; its own mappings in `networks` do not count.
 * @throws DockerDriverError `conflict`: another container has that port. `invalid`: a port or an address that is not possible.
 */
export function checkMappings(networks: readonly Network[], endpoint: Pick<Endpoint, 'id' | 'ipv4' | 'ipv6'>, mappings: readonly PortMapping[]): void {
  for (const [index, mapping] of mappings.entries()) {
    checkMapping(mapping, endpoint)
    const twice = mappings.slice(0, index).find((other) => overlap(mapping, other))
    if (twice) {
      throw new DockerDriverError('conflict', `Port mappings ${describeMapping(twice)} and ${describeMapping(mapping)} want the same port of the machine.`)
    }
    for (const network of networks) checkAgainst(network, endpoint.id, mapping)
  }
}

function checkMapping(mapping: PortMapping, endpoint: Pick<Endpoint, 'ipv4' | 'ipv6'>): void {
  for (const name of ['hostPort', 'containerPort'] as const) {
    if (Number.isInteger(mapping[name]) && mapping[name] >= 1 && mapping[name] <= 65535) continue
    throw new DockerDriverError('invalid', `Port mapping ${describeMapping(mapping)}: ${name} is ${mapping[name]}, and must be 1 to 65535.`)
  }
  const { hostAddress } = mapping
  if (hostAddress !== undefined && !isIPv4(hostAddress) && !isIPv6(hostAddress)) {
    throw new DockerDriverError('invalid', `Port mapping ${describeMapping(mapping)}: '${hostAddress}' is not an IP address of this machine.`)
  }
  if (hostAddress !== undefined && canonical(hostAddress) === '::1') {
    throw new DockerDriverError('invalid', `Port mapping ${describeMapping(mapping)}: the kernel forwards nothing from ::1; publish at 127.0.0.1, or at another address.`)
  }
  if (mappingFamilies(mapping, endpoint).length > 0) return
  const missing = hostAddress === undefined ? 'address' : isIPv4(hostAddress) ? 'IPv4 address' : 'IPv6 address'
  const advice = hostAddress === undefined ? 'give the network a subnet' : 'give the network a subnet of that kind, or publish at another address'
  throw new DockerDriverError('invalid', `Port mapping ${describeMapping(mapping)}: the container has no ${missing} on this network; ${advice}.`)
}

function checkAgainst(network: Network, endpointId: string, mapping: PortMapping): void {
  for (const other of network.endpoints.values()) {
    if (other.id === endpointId) continue
    const taken = other.joined?.portMappings.find((candidate) => overlap(mapping, candidate))
    if (!taken) continue
    throw new DockerDriverError(
      'conflict',
      `Port mapping ${describeMapping(mapping)}: container ${other.joined?.containerName ?? other.id.slice(0, 12)} on network ${network.name} ` +
        `has ${describeMapping(taken)} already. Choose another port of the machine, or stop that container.`,
    )
  }
}
