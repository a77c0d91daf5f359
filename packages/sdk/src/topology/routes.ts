import type { TopologyIssue } from '../errors.js'
import type { AddressModel, NetworkModel } from './model.js'
import { formatPath } from './schema.js'
import type { RouteSpec } from './spec.js'
import { contains, parseCidr, parseHostAddress, type Subnet } from './subnet.js'

/** Complains about routes that the kernel would refuse, or of which one would replace another. */
export function checkRoutes(host: string, routes: readonly RouteSpec[], addresses: readonly AddressModel[], networks: ReadonlyMap<string, NetworkModel>, issues: TopologyIssue[]): void {
  const seen = new Map<string, number>()
  for (const [index, route] of routes.entries()) {
    const complain = (key: keyof RouteSpec, message: string): void => void issues.push({ path: formatPath(['hosts', host, 'routes', index, key]), value: route[key], message })
    const via = parseHostAddress(route.via)
    if (via === undefined) complain('via', 'must be the address of the next hop')
    else checkNextHop(via, addresses, networks, (message) => complain('via', message))
    const destination = readDestination(route, via?.family)
    if (typeof destination === 'string') complain('to', destination)
    else if (destination !== undefined) {
      if (via !== undefined && destination.family !== via.family) complain('to', `is IPv${destination.family}, but the next hop ${route.via} is IPv${via.family}`)
      const other = seen.get(destination.cidr)
      if (other !== undefined) complain('to', `routes[${other}] leads there already`)
      seen.set(destination.cidr, index)
    }
  }
}

/** Undefined for a default route whose next hop is no address: nobody knows which family it is of. */
function readDestination({ to }: RouteSpec, family: 4 | 6 | undefined): Subnet | string | undefined {
  const text = to === 'default' ? (family === undefined ? undefined : family === 6 ? '::/0' : '0.0.0.0/0') : to
  if (text === undefined) return undefined
  const single = parseHostAddress(text)
  const destination = parseCidr(single === undefined ? text : `${text}/${single.family === 6 ? 128 : 32}`)
  return typeof destination === 'string' && !destination.startsWith('has host bits') ? 'must be "default", an address, or a subnet in CIDR form' : destination
}

function checkNextHop(via: { readonly family: 4 | 6; readonly value: bigint }, addresses: readonly AddressModel[], networks: ReadonlyMap<string, NetworkModel>, complain: (message: string) => void): void {
  const near = addresses.flatMap(({ network, family, address }) => {
    const { value = -1n } = parseHostAddress(address) ?? {}
    return { value, subnet: networks.get(network)?.subnets.find((subnet) => contains(subnet, family, value)) }
  })
  const found = near.find(({ subnet }) => subnet !== undefined && contains(subnet, via.family, via.value))
  if (found?.subnet === undefined) complain(`is on none of the host's networks (${near.map(({ subnet }) => subnet?.cidr).join(', ') || 'it has no address'})`)
  else if (via.family === 4 && (via.value < found.subnet.first || via.value > found.subnet.last)) complain(`is the network or broadcast address of ${found.subnet.cidr}`)
  else if (via.family === 6 && near.some(({ value }) => value === via.value)) complain("is the host's own address")
}
