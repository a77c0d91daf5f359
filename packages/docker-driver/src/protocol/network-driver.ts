import type { PortMapping } from '../model/network.js'
import type { IpamDriver } from './ipam-driver.js'

/** What Docker's IPAM gave to a network. */
export interface IpamData {
  readonly AddressSpace: string
  /** `10.9.0.0/24`; empty with the null driver. */
  readonly Pool: string
  /** `10.9.0.1/24` */
  readonly Gateway?: string | undefined
  readonly AuxAddresses?: Readonly<Record<string, string>> | undefined
}

/** `/NetworkDriver.CreateNetwork` */
export interface CreateNetworkRequest {
  readonly networkId: string
  /** `Options["com.docker.network.generic"]`: what `-o` gave. */
  readonly options: Readonly<Record<string, string>>
  /** `com.docker.network.internal`; false when it is not said. */
  readonly internal: boolean
  readonly enableIpv6: boolean
  readonly ipv4: readonly IpamData[]
  readonly ipv6: readonly IpamData[]
}

/** `/NetworkDriver.CreateEndpoint` */
export interface CreateEndpointRequest {
  readonly networkId: string
  readonly endpointId: string
  /** With prefix length; undefined when Docker gave none. */
  readonly ipv4: string | undefined
  readonly ipv6: string | undefined
  /** Of `--mac-address`; undefined: the driver chooses. */
  readonly mac: string | undefined
  readonly portMappings: readonly PortMapping[]
  /** What `--driver-opt` gave; undefined: nothing. */
  readonly driverOptions?: Readonly<Record<string, string>> | undefined
}

/** What the driver adds to an endpoint: only what Docker did not say itself. */
export interface CreateEndpointReply {
  readonly mac?: string | undefined
}

/** `/NetworkDriver.Join` */
export interface JoinRequest {
  readonly networkId: string
  readonly endpointId: string
  readonly sandboxKey: string
  readonly portMappings: readonly PortMapping[]
}

/** A route that a container gets beside its default route. */
export interface StaticRoute {
  /** `10.0.0.0/8` */
  readonly destination: string
  /** 0: through `nextHop`; 1: directly on the link. */
  readonly routeType: 0 | 1
  readonly nextHop?: string | undefined
}

/** How Docker takes the interface over. */
export interface JoinReply {
  /** The interface to be moved into the container's namespace. Empty: none, the driver brings it there itself. */
  readonly srcName: string
  /** What it is called there, with a number that Docker chooses: `eth`. */
  readonly dstPrefix: string
  readonly gateway?: string | undefined
  readonly gatewayIpv6?: string | undefined
  readonly staticRoutes?: readonly StaticRoute[] | undefined
  /** Docker adds no `docker_gwbridge` interface of its own. */
  readonly disableGatewayService?: boolean | undefined
}

/** What a call may look at beside its request. */
export interface CallContext {
  /** Fires when nobody waits for the outcome any more, with a DockerDriverError `timeout` or `aborted` as its reason: give up and undo. */
  readonly signal: AbortSignal
}

/**
 * What Docker asks of a network driver (libnetwork's remote driver, docs/remote.md). A rejection becomes the `Err` of the answer.
 *
 * The same call can come again: Docker repeats one for up to 30 s when it gets no answer, and after a restart it does again what it does not
 * remember. Making what is there already, with the same properties, and removing what is not there succeed. A repetition that comes while
 * the first is at work never reaches the driver: both get the outcome of the first.
 */
export interface NetworkDriver {
  /** Hands out the addresses of networks with `--ipam-driver` of this driver's name. Without it there is no such one. */
  readonly ipam?: IpamDriver | undefined
  createNetwork(request: CreateNetworkRequest, context?: CallContext): Promise<void>
  deleteNetwork(request: { readonly networkId: string }, context?: CallContext): Promise<void>
  createEndpoint(request: CreateEndpointRequest, context?: CallContext): Promise<CreateEndpointReply>
  deleteEndpoint(request: { readonly networkId: string; readonly endpointId: string }, context?: CallContext): Promise<void>
  endpointInfo(request: { readonly networkId: string; readonly endpointId: string }, context?: CallContext): Promise<Readonly<Record<string, string>>>
  join(request: JoinRequest, context?: CallContext): Promise<JoinReply>
  leave(request: { readonly networkId: string; readonly endpointId: string }, context?: CallContext): Promise<void>
  programExternalConnectivity(
    request: { readonly networkId: string; readonly endpointId: string; readonly portMappings: readonly PortMapping[] },
    context?: CallContext,
  ): Promise<void>
  revokeExternalConnectivity(request: { readonly networkId: string; readonly endpointId: string }, context?: CallContext): Promise<void>
}
