import { DockerDriverError } from '../errors.js'
import type { IpamDriver } from './ipam-driver.js'
import {
  decodeCreateEndpoint, decodeCreateNetwork, decodeDiscovery, decodeEndpointRequest, decodeJoin, decodeNetworkRequest, decodePoolRequest, decodeProgramExternalConnectivity,
  decodeReleaseAddress, decodeRequestAddress, decodeRequestPool,
} from './requests.js'
import type { CallContext, CreateEndpointReply, CreateEndpointRequest, JoinReply, NetworkDriver } from './network-driver.js'

/** One of the calls that Docker makes. */
export interface Call {
  /** False for those that come without a body. */
  readonly hasBody: boolean
  /**
   * Decodes the request, at once, and gives what is to be done with it.
   * @throws DockerDriverError `invalid` about the request
   */
  readonly prepare: (body: unknown, driver: NetworkDriver) => (context: CallContext) => Promise<object>
}

/** All calls by path. */
export const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['/Plugin.Activate', { hasBody: false, prepare: (_, { ipam }) => () => Promise.resolve({ Implements: ['NetworkDriver', ...(ipam === undefined ? [] : ['IpamDriver'])] }) }],
  ['/NetworkDriver.GetCapabilities', fixed({ Scope: 'local', ConnectivityScope: 'local' })],
  // Only the manager of a swarm asks that, of drivers of global scope.
  ['/NetworkDriver.AllocateNetwork', call(decodeNetworkRequest, () => Promise.resolve({ Options: {} }))],
  ['/NetworkDriver.FreeNetwork', call(decodeNetworkRequest, () => Promise.resolve({}))],
  ['/NetworkDriver.CreateNetwork', call(decodeCreateNetwork, (driver, request, context) => empty(driver.createNetwork(request, context)))],
  ['/NetworkDriver.DeleteNetwork', call(decodeNetworkRequest, (driver, request, context) => empty(driver.deleteNetwork(request, context)))],
  ['/NetworkDriver.CreateEndpoint', call(decodeCreateEndpoint, async (driver, request, context) => createEndpointReply(request, await driver.createEndpoint(request, context)))],
  ['/NetworkDriver.EndpointOperInfo', call(decodeEndpointRequest, async (driver, request, context) => ({ Value: await driver.endpointInfo(request, context) }))],
  ['/NetworkDriver.DeleteEndpoint', call(decodeEndpointRequest, (driver, request, context) => empty(driver.deleteEndpoint(request, context)))],
  ['/NetworkDriver.Join', call(decodeJoin, async (driver, request, context) => joinReply(await driver.join(request, context)))],
  ['/NetworkDriver.Leave', call(decodeEndpointRequest, (driver, request, context) => empty(driver.leave(request, context)))],
  ['/NetworkDriver.DiscoverNew', call(decodeDiscovery, () => Promise.resolve({}))],
  ['/NetworkDriver.DiscoverDelete', call(decodeDiscovery, () => Promise.resolve({}))],
  [
    '/NetworkDriver.ProgramExternalConnectivity',
    call(decodeProgramExternalConnectivity, (driver, request, context) => empty(driver.programExternalConnectivity(request, context))),
  ],
  ['/NetworkDriver.RevokeExternalConnectivity', call(decodeEndpointRequest, (driver, request, context) => empty(driver.revokeExternalConnectivity(request, context)))],
  ['/IpamDriver.GetCapabilities', fixed({ RequiresMACAddress: false, RequiresRequestReplay: false })],
  ['/IpamDriver.GetDefaultAddressSpaces', { hasBody: false, prepare: (_, driver) => () => addressSpaces(ipamOf(driver)) }],
  ['/IpamDriver.RequestPool', call(decodeRequestPool, async (driver, request, context) => poolReply(await ipamOf(driver).requestPool(request, context)))],
  ['/IpamDriver.ReleasePool', call(decodePoolRequest, (driver, request, context) => empty(ipamOf(driver).releasePool(request, context)))],
  ['/IpamDriver.RequestAddress', call(decodeRequestAddress, async (driver, request, context) => ({ Address: await ipamOf(driver).requestAddress(request, context), Data: {} }))],
  ['/IpamDriver.ReleaseAddress', call(decodeReleaseAddress, (driver, request, context) => empty(ipamOf(driver).releaseAddress(request, context)))],
])

function ipamOf({ ipam }: NetworkDriver): IpamDriver {
  if (ipam === undefined) throw new DockerDriverError('invalid', 'this network driver hands out no addresses: leave --ipam-driver out, or use "null"')
  return ipam
}

function addressSpaces({ addressSpace }: IpamDriver): Promise<object> {
  return Promise.resolve({ LocalDefaultAddressSpace: addressSpace, GlobalDefaultAddressSpace: `${addressSpace}-global` })
}

function poolReply({ poolId, pool }: { readonly poolId: string; readonly pool: string }): object {
  return { PoolID: poolId, Pool: pool, Data: {} }
}

function fixed(reply: object): Call {
  return { hasBody: false, prepare: () => () => Promise.resolve(reply) }
}

function call<Request>(decode: (body: unknown) => Request, run: (driver: NetworkDriver, request: Request, context: CallContext) => Promise<object>): Call {
  return {
    hasBody: true,
    prepare: (body, driver) => {
      const request = decode(body)
      return async (context) => run(driver, request, context)
    },
  }
}

async function empty(done: Promise<void>): Promise<object> {
  await done
  return {}
}

/** Docker takes it for a fault when a driver answers with an address that Docker chose itself, even the same. */
function createEndpointReply(request: CreateEndpointRequest, { mac }: CreateEndpointReply): object {
  return mac === undefined || request.mac !== undefined ? {} : { Interface: { MacAddress: mac } }
}

function joinReply({ srcName, dstPrefix, gateway, gatewayIpv6, staticRoutes, disableGatewayService }: JoinReply): object {
  return {
    ...(srcName === '' ? {} : { InterfaceName: { SrcName: srcName, DstPrefix: dstPrefix } }),
    ...(gateway === undefined ? {} : { Gateway: gateway }),
    ...(gatewayIpv6 === undefined ? {} : { GatewayIPv6: gatewayIpv6 }),
    ...(staticRoutes === undefined ? {} : { StaticRoutes: staticRoutes.map(({ destination, routeType, nextHop = '' }) => ({ Destination: destination, RouteType: routeType, NextHop: nextHop })) }),
    ...(disableGatewayService === true ? { DisableGatewayService: true } : {}),
  }
}
