import type { StringMap } from '@streambed/ovs'
import type { Endpoint, JoinedEndpoint, NetworkAddresses } from '../model/network.js'

/**
 * The driver's memory is the database of Open vSwitch: `external_ids` of its bridges and interfaces.
 * Values are text; where more than one thing belongs together it is JSON.
 */
export const key = {
  /** Of a bridge: the name of the driver that it belongs to. */
  driver: 'streambed-driver',
  /** Of a bridge: Docker's id of the engine that has the network. */
  engine: 'streambed-docker',
  /** Of a bridge: Docker's id of the network. */
  network: 'streambed-network',
  /** Of a bridge: Docker's name of the network, once it is known. */
  name: 'streambed-name',
  /** Of a bridge: what Docker asked for, as {@link NetworkRecord}. */
  request: 'streambed-request',
  /** Of a bridge: OpenFlow port numbers that are kept for containers. */
  pool: 'streambed-pool',
  /** Of a bridge: how the interfaces were before that became its ports, as `FormerInterface`, by name. */
  former: 'streambed-former',
  /** Of an interface: Docker's id of the endpoint. */
  endpoint: 'streambed-endpoint',
  /** Of an interface: the endpoint, as {@link EndpointRecord}. */
  state: 'streambed-state',
  /** Of an interface: `added` or `copro`, for one that belongs to the network's options. */
  port: 'streambed-port',
} as const

/** What Docker said when a network was made. */
export interface NetworkRecord {
  /** What `-o` gave. */
  readonly options: Readonly<Record<string, string>>
  readonly addresses: NetworkAddresses
  readonly internal: boolean
}

/** An endpoint as it is kept, without what its row says otherwise. */
export type EndpointRecord = Omit<Endpoint, 'id' | 'hostInterface' | 'joined'> & { readonly joined: Omit<JoinedEndpoint, 'ofport'> | undefined }

/** Whose a bridge is, and what it remembers beside the {@link NetworkRecord}. */
export interface BridgeIdentity {
  readonly driver: string
  readonly engine: string | undefined
  readonly id: string
  /** undefined: Docker has not told it yet. */
  readonly name: string | undefined
  readonly pool: readonly number[]
}

/** `external_ids` of a network's bridge. */
export function bridgeIds({ driver, engine, id, name, pool }: BridgeIdentity, record: NetworkRecord): StringMap {
  return {
    [key.driver]: driver,
    ...(engine !== undefined && { [key.engine]: engine }),
    [key.network]: id,
    ...(name !== undefined && { [key.name]: name }),
    [key.request]: JSON.stringify(record),
    ...(pool.length > 0 && { [key.pool]: pool.join(',') }),
  }
}

/** `external_ids` of an endpoint's interface. `attached-mac` is what Open vSwitch's own integration guide calls it. */
export function endpointIds({ id, containerInterface, mac, macUnclear, ipv4, ipv6, joined }: Endpoint): StringMap {
  const { ofport: _, ...kept } = joined ?? { ofport: undefined }
  const record = { containerInterface, mac, macUnclear, ipv4, ipv6, ...(joined !== undefined && { joined: kept }) }
  return { [key.endpoint]: id, [key.state]: JSON.stringify(record), 'attached-mac': mac }
}

/** What a bridge's `external_ids` say; undefined when they are not ours, or damaged. */
export function readBridgeIds(ids: StringMap, driver: string): { readonly id: string; readonly name: string | undefined; readonly record: NetworkRecord; readonly pool: readonly number[] } | undefined {
  const id = ids[key.network]
  const record = parsed<NetworkRecord>(ids[key.request])
  if (id === undefined || ids[key.driver] !== driver || typeof record?.options !== 'object' || typeof record.addresses !== 'object') return undefined
  const pool = (ids[key.pool] ?? '').split(',').filter(Boolean).map(Number)
  return { id, name: ids[key.name], record, pool }
}

/** The endpoint of an interface; undefined when it is none, or what is written there is damaged. */
export function readEndpoint(ids: StringMap, hostInterface: string, ofport: number | undefined): Endpoint | undefined {
  const id = ids[key.endpoint]
  const record = parsed<Partial<EndpointRecord>>(ids[key.state])
  if (id === undefined || typeof record?.mac !== 'string' || typeof record.containerInterface !== 'string') return undefined
  const { containerInterface, mac, macUnclear, ipv4, ipv6, joined } = record
  return { id, hostInterface, containerInterface, mac, ...(macUnclear === true && { macUnclear }), ipv4, ipv6, joined: joined === undefined || ofport === undefined ? undefined : { ...joined, ofport } }
}

function parsed<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as T) : undefined
  } catch {
    return undefined
  }
}
