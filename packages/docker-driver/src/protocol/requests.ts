import { isIPv4, isIPv6 } from 'node:net'
import type { PortMapping } from '../model/network.js'
import { type JsonObject, readArray, readBoolean, readId, readInteger, readObject, readOptionalObject, readOptionalString, readString, readStrings, wrongField } from './json-fields.js'
import type { RequestAddressRequest, RequestPoolRequest } from './ipam-driver.js'
import type { CreateEndpointRequest, CreateNetworkRequest, IpamData, JoinRequest } from './network-driver.js'

/*
 * The requests of libnetwork's remote driver (drivers/remote/api/api.go). What is not known here is left alone: newer Docker says more.
 * Every function throws DockerDriverError `invalid`, which names the field.
 */

/** What all calls about an endpoint have. */
export interface EndpointRequest {
  readonly networkId: string
  readonly endpointId: string
}

/** `NetworkID` alone: DeleteNetwork, FreeNetwork. */
export function decodeNetworkRequest(body: unknown): { readonly networkId: string } {
  return { networkId: readId(requestOf(body)['NetworkID'], 'NetworkID') }
}

/** `NetworkID` and `EndpointID`: DeleteEndpoint, EndpointOperInfo, Leave, RevokeExternalConnectivity. */
export function decodeEndpointRequest(body: unknown): EndpointRequest {
  const request = requestOf(body)
  return { networkId: readId(request['NetworkID'], 'NetworkID'), endpointId: readId(request['EndpointID'], 'EndpointID') }
}

/** CreateNetwork. */
export function decodeCreateNetwork(body: unknown): CreateNetworkRequest {
  const request = requestOf(body)
  const options = readOptionalObject(request['Options'], 'Options')
  return {
    networkId: readId(request['NetworkID'], 'NetworkID'),
    options: readStrings(options['com.docker.network.generic'], 'Options["com.docker.network.generic"]'),
    internal: readBoolean(options['com.docker.network.internal'], 'Options["com.docker.network.internal"]'),
    enableIpv6: readBoolean(options['com.docker.network.enable_ipv6'], 'Options["com.docker.network.enable_ipv6"]'),
    ipv4: decodeIpam(request['IPv4Data'], 'IPv4Data', isIPv4),
    ipv6: decodeIpam(request['IPv6Data'], 'IPv6Data', isIPv6),
  }
}

/** CreateEndpoint. */
export function decodeCreateEndpoint(body: unknown): CreateEndpointRequest {
  const request = requestOf(body)
  const device = readOptionalObject(request['Interface'], 'Interface')
  return {
    ...decodeEndpointRequest(request),
    ipv4: readCidr(device['Address'], 'Interface.Address', isIPv4),
    ipv6: readCidr(device['AddressIPv6'], 'Interface.AddressIPv6', isIPv6),
    mac: readMac(device['MacAddress'], 'Interface.MacAddress'),
    portMappings: decodePortMappings(readOptionalObject(request['Options'], 'Options')),
    driverOptions: decodeDriverOptions(readOptionalObject(request['Options'], 'Options')),
  }
}

/** They stand among Docker's own, which are no strings. */
function decodeDriverOptions(options: JsonObject): Readonly<Record<string, string>> | undefined {
  const own = Object.entries(options).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return own.length === 0 ? undefined : Object.fromEntries(own)
}

/** Join. */
export function decodeJoin(body: unknown): JoinRequest {
  const request = requestOf(body)
  const sandboxKey = readString(request['SandboxKey'], 'SandboxKey')
  if (!sandboxKey.startsWith('/') || sandboxKey.includes('\0')) throw wrongField('SandboxKey', 'the absolute path of a network namespace', sandboxKey)
  return { ...decodeEndpointRequest(request), sandboxKey, portMappings: decodePortMappings(readOptionalObject(request['Options'], 'Options')) }
}

/** ProgramExternalConnectivity. */
export function decodeProgramExternalConnectivity(body: unknown): EndpointRequest & { readonly portMappings: readonly PortMapping[] } {
  const request = requestOf(body)
  return { ...decodeEndpointRequest(request), portMappings: decodePortMappings(readOptionalObject(request['Options'], 'Options')) }
}

/** RequestPool of an IPAM driver. */
export function decodeRequestPool(body: unknown): RequestPoolRequest {
  const request = requestOf(body)
  const v6 = readBoolean(request['V6'], 'V6')
  return { pool: readCidr(request['Pool'], 'Pool', v6 ? isIPv6 : isIPv4), options: readStrings(request['Options'], 'Options'), v6 }
}

/** ReleasePool of an IPAM driver. */
export function decodePoolRequest(body: unknown): { readonly poolId: string } {
  return { poolId: readString(requestOf(body)['PoolID'], 'PoolID') }
}

/** RequestAddress of an IPAM driver. */
export function decodeRequestAddress(body: unknown): RequestAddressRequest {
  const request = requestOf(body)
  const { RequestAddressType } = readStrings(request['Options'], 'Options')
  return { ...decodePoolRequest(request), address: readAddress(request['Address'], 'Address'), gateway: RequestAddressType === 'com.docker.network.gateway' }
}

/** ReleaseAddress of an IPAM driver. */
export function decodeReleaseAddress(body: unknown): { readonly poolId: string; readonly address: string } {
  const request = requestOf(body)
  return { ...decodePoolRequest(request), address: readAddress(request['Address'], 'Address') ?? '' }
}

function readAddress(value: unknown, path: string): string | undefined {
  const text = readOptionalString(value, path)
  if (text !== undefined && !isIPv4(text) && !isIPv6(text)) throw wrongField(path, 'an IP address', text)
  return text
}

/** DiscoverNew and DiscoverDelete, of which a driver of local scope needs nothing: any object will do. */
export function decodeDiscovery(body: unknown): void {
  requestOf(body)
}

function requestOf(body: unknown): JsonObject {
  return readObject(body, 'the request')
}

/** `driverapi.IPAMData`, which leaves out what it does not have. */
function decodeIpam(value: unknown, path: string, isAddress: (text: string) => boolean): IpamData[] {
  return readArray(value, path).map((item, index) => {
    const at = `${path}[${index}]`
    const data = readObject(item, at)
    return {
      AddressSpace: readOptionalString(data['AddressSpace'], `${at}.AddressSpace`) ?? '',
      Pool: readCidr(data['Pool'], `${at}.Pool`, isAddress) ?? '',
      Gateway: readCidr(data['Gateway'], `${at}.Gateway`, isAddress),
      AuxAddresses: readStrings(data['AuxAddresses'], `${at}.AuxAddresses`),
    }
  })
}

/** IP protocol numbers (IANA), as `types.PortBinding` of libnetwork has them. */
const PROTOCOLS: ReadonlyMap<unknown, PortMapping['protocol']> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
])

function decodePortMappings(options: JsonObject): PortMapping[] {
  const path = 'Options["com.docker.network.portmap"]'
  return readArray(options['com.docker.network.portmap'], path).map((item, index) => decodePortMapping(readObject(item, `${path}[${index}]`), `${path}[${index}]`))
}

/** `types.PortBinding`: the container's own address (`IP`) is known from the endpoint. */
function decodePortMapping(binding: JsonObject, path: string): PortMapping {
  const protocol = PROTOCOLS.get(binding['Proto'])
  if (protocol === undefined) throw wrongField(`${path}.Proto`, '6 (tcp), 17 (udp) or 132 (sctp)', binding['Proto'])
  const hostPort = readInteger(binding['HostPort'] ?? 0, `${path}.HostPort`, 0, 65535)
  const last = readInteger(binding['HostPortEnd'] ?? 0, `${path}.HostPortEnd`, 0, 65535)
  if (last !== 0 && last < hostPort) throw wrongField(`${path}.HostPortEnd`, `at least HostPort, ${hostPort},`, last)
  return {
    protocol,
    containerPort: readInteger(binding['Port'], `${path}.Port`, 1, 65535),
    hostPort,
    ...(last > hostPort ? { hostPortEnd: last } : {}),
    hostAddress: readHostAddress(binding['HostIP'], `${path}.HostIP`),
  }
}

/** Nothing stands for all addresses; `0.0.0.0` and `::` for all of their family. */
function readHostAddress(value: unknown, path: string): string | undefined {
  const text = readOptionalString(value, path)
  if (text === undefined) return undefined
  if (!isIPv4(text) && !isIPv6(text)) throw wrongField(path, 'an IP address', text)
  return text
}

/** An address with its prefix length, as Go's `IPNet` prints itself; nothing for the empty string and for Go's `<nil>`. */
function readCidr(value: unknown, path: string, isAddress: (text: string) => boolean): string | undefined {
  const text = readOptionalString(value, path)
  if (text === undefined || text === '<nil>') return undefined
  const [address = '', length = '', ...more] = text.split('/')
  const bits = isAddress === isIPv4 ? 32 : 128
  if (!isAddress(address) || !/^\d{1,3}$/.test(length) || Number(length) > bits || more.length > 0) {
    throw wrongField(path, isAddress === isIPv4 ? 'an IPv4 address with its prefix length, such as 10.9.0.2/24' : 'an IPv6 address with its prefix length, such as fd00::2/64', text)
  }
  return text
}

function readMac(value: unknown, path: string): string | undefined {
  const text = readOptionalString(value, path)
  if (text === undefined) return undefined
  const mac = text.toLowerCase().replaceAll('-', ':')
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) throw wrongField(path, 'a MAC address, such as 0e:00:00:00:00:23', text)
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 || mac === '00:00:00:00:00:00') throw wrongField(path, 'the MAC address of one interface, not of a group and not zero', text)
  return mac
}
