import type { CallContext } from './network-driver.js'

/** `/IpamDriver.RequestPool` */
export interface RequestPoolRequest {
  /** `10.9.0.0/24`; undefined: the driver chooses, for which `v6` tells the family. */
  readonly pool: string | undefined
  /** What `--ipam-opt` gave. */
  readonly options: Readonly<Record<string, string>>
  readonly v6: boolean
}

/** `/IpamDriver.RequestAddress` */
export interface RequestAddressRequest {
  readonly poolId: string
  /** Without prefix length; undefined: the driver chooses. */
  readonly address: string | undefined
  /** It is for the network's gateway, which Docker wants for every network, whether it has one or not. */
  readonly gateway: boolean
}

/**
 * What Docker asks of who hands out addresses (libnetwork's remote IPAM driver, docs/ipam.md). A rejection becomes the answer's error.
 */
export interface IpamDriver {
  /** Two networks of one address space do not have one pool in Docker's own driver; here that is up to the driver. */
  readonly addressSpace: string
  /** @returns an identifier for later calls, and the pool */
  requestPool(request: RequestPoolRequest, context?: CallContext): Promise<{ readonly poolId: string; readonly pool: string }>
  releasePool(request: { readonly poolId: string }, context?: CallContext): Promise<void>
  /** @returns an address with prefix length */
  requestAddress(request: RequestAddressRequest, context?: CallContext): Promise<string>
  releaseAddress(request: { readonly poolId: string; readonly address: string }, context?: CallContext): Promise<void>
}
