import type { TopologyIssue } from '../errors.js'
import type { GatewayModel, HostModel, NetworkModel, TestbedModel } from './model.js'
import { formatPath } from './schema.js'
import type { NetworkSpec, RouteSpec } from './spec.js'
import { contains, formatAddress, parseCidr, parseHostAddress, type Subnet } from './subnet.js'

/** The addresses that the controller has on a network. */
export function readGateways(name: string, { gateway, gatewayRoutes = [] }: NetworkSpec, subnets: readonly Subnet[], issues: TopologyIssue[]): readonly GatewayModel[] {
  if (gateway === undefined || gateway === false) {
    if (gatewayRoutes.length > 0) issues.push({ path: formatPath(['networks', name, 'gatewayRoutes']), value: gatewayRoutes, message: 'the network has no gateway: set "gateway" to true, or to an address' })
    return []
  }
  if (gateway === true) {
    if (subnets.length === 0) issues.push({ path: formatPath(['networks', name, 'gateway']), value: gateway, message: 'the network has no subnet that a gateway could have an address of' })
    return subnets.map(({ family, first, prefixLength }) => ({ family, address: formatAddress(family, first), prefixLength }))
  }
  const list = Array.isArray(gateway)
  const gateways: GatewayModel[] = []
  for (const [index, text] of [gateway].flat().entries()) {
    const complain = (message: string): void => void issues.push({ path: formatPath(['networks', name, 'gateway', ...(list ? [index] : [])]), value: text, message })
    const parsed = parseHostAddress(String(text))
    if (parsed === undefined) {
      complain('must be an IPv4 or IPv6 address without prefix length')
      continue
    }
    const address = formatAddress(parsed.family, parsed.value)
    const linkLocal = parsed.family === 6 && parsed.value >> 118n === 0xfe80n >> 6n
    const subnet = subnets.find((candidate) => contains(candidate, parsed.family, parsed.value))
    if (linkLocal) gateways.push({ family: 6, address, prefixLength: 64 })
    else if (subnet === undefined) complain(`is outside the subnets of the network: ${subnets.map(({ cidr }) => cidr).join(', ') || 'it has none'}`)
    else if (parsed.value < subnet.first || parsed.value > subnet.last) complain(`is no address for a host in ${subnet.cidr}`)
    else if (gateways.some((other) => contains(subnet, other.family, parseHostAddress(other.address)?.value ?? -1n))) complain(`there is a gateway in ${subnet.cidr} already`)
    else gateways.push({ family: parsed.family, address, prefixLength: subnet.prefixLength })
  }
  checkRoutes(name, gatewayRoutes, subnets, issues)
  return gateways
}

function checkRoutes(name: string, routes: readonly RouteSpec[], subnets: readonly Subnet[], issues: TopologyIssue[]): void {
  for (const [index, route] of routes.entries()) {
    const complain = (key: keyof RouteSpec, message: string): void => void issues.push({ path: formatPath(['networks', name, 'gatewayRoutes', index, key]), value: route[key], message })
    const via = parseHostAddress(route.via)
    if (via === undefined) complain('via', 'must be the address of the next hop')
    else if (!subnets.some((subnet) => contains(subnet, via.family, via.value))) complain('via', `is outside the subnets of the network: ${subnets.map(({ cidr }) => cidr).join(', ') || 'it has none'}`)
    const to = route.to === 'default' ? undefined : parseCidr(route.to)
    if (typeof to === 'string') complain('to', to)
    else if (to !== undefined && via !== undefined && to.family !== via.family) complain('to', `is IPv${to.family}, but the next hop ${route.via} is IPv${via.family}`)
  }
}

/** The destination of a route of the gateway in CIDR form. */
export function destinationOf({ to, via }: RouteSpec): string {
  return to === 'default' ? (via.includes(':') ? '::/0' : '0.0.0.0/0') : to
}

/** The routes of a host: its own, and a default route to the first gateway of each family, unless it has one or forwards packets itself. */
export function routesOf(model: Pick<TestbedModel, 'networks'>, host: HostModel): readonly RouteSpec[] {
  const own = host.spec.routes ?? []
  if (host.spec.forwarding === true) return own
  const near = host.interfaces.flatMap(({ addresses }) => addresses).flatMap(({ network, family }) => gatewaysOf(model.networks.get(network), family))
  const defaults = ([4, 6] as const).flatMap((family): RouteSpec[] => {
    const isDefault = ({ to, via }: RouteSpec): boolean => (to === 'default' || to.endsWith('/0')) && via.includes(':') === (family === 6)
    const [first] = near.filter((gateway) => gateway.family === family)
    return first === undefined || own.some(isDefault) ? [] : [{ to: 'default', via: first.address }]
  })
  return [...own, ...defaults]
}

function gatewaysOf(network: NetworkModel | undefined, family: 4 | 6): readonly GatewayModel[] {
  return (network?.gateways ?? []).filter((gateway) => gateway.family === family && !gateway.address.startsWith('fe80:'))
}
