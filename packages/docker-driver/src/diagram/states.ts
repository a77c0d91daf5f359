import { DockerDriverError } from '../errors.js'
import type { NetworkStates } from '../status/index.js'

type Json = Readonly<Record<string, unknown>>

/**
 * What a daemon answered to `GET /networks`, ours or dovesnap's own. What is missing is empty; what is of another type than it has to be counts as missing, since a
 * picture with a gap is better than none.
 * @throws DockerDriverError `invalid` when it is no such answer at all
 */
export function parseNetworkStates(text: string): NetworkStates {
  let states: unknown
  try {
    states = JSON.parse(text)
  } catch (cause) {
    throw new DockerDriverError('invalid', `this is no answer to GET /networks, which is JSON: ${(cause as Error).message}; ${JSON.stringify(text.slice(0, 60))}`, { cause })
  }
  if (!isObject(states)) throw new DockerDriverError('invalid', 'this is no answer to GET /networks, which is an object of networks by their ids')
  // A mode or kind of bridge that we do not know is drawn like any other.
  return mapOf(states, networkState) as unknown as NetworkStates
}

function networkState(state: Json) {
  const dynamic = isObject(state['DynamicNetworkStates']) ? state['DynamicNetworkStates'] : {}
  const dpid = text(state, 'BridgeDpid')
  return {
    ...strings(state, ['NetworkName', 'BridgeName', 'Mode', 'AddPorts', 'AddCoproPorts', 'Gateway', 'GatewayMask', 'FlatBindInterface', 'NATAcl', 'VLANOutAcl', 'DefaultAcl', 'OvsLocalMac', 'Controller', 'GatewayIPv6', 'Subnet', 'SubnetIPv6']),
    ...numbers(state, ['BridgeVLAN', 'MTU', 'PreAllocatePorts']),
    BridgeDpid: dpid,
    // The number itself has lost digits by JSON.parse.
    BridgeDpidUint: /^0x[0-9a-f]{1,16}$/i.test(dpid) ? BigInt(dpid) : 0n,
    UseDHCP: state['UseDHCP'] === true,
    Userspace: state['Userspace'] === true,
    Internal: state['Internal'] === true,
    DynamicNetworkStates: {
      ShortEngineId: text(dynamic, 'ShortEngineId'),
      Containers: mapOf(dynamic['Containers'], (container) => ({
        ...strings(container, ['Name', 'Id', 'MacAddress', 'HostIP', 'HostIPv6', 'IfName']),
        ...numbers(container, ['OFPort']),
        Labels: isObject(container['Labels']) ? Object.fromEntries(Object.entries(container['Labels']).filter(([, value]) => typeof value === 'string')) : {},
        Acls: list(container['Acls']),
        Mirror: container['Mirror'] === true,
        PortMappings: list(container['PortMappings']),
      })),
      ExternalPorts: mapOf(dynamic['ExternalPorts'], (port) => ({ ...strings(port, ['Name', 'MacAddress']), ...numbers(port, ['OFPort']) })),
      OtherBridgePorts: mapOf(dynamic['OtherBridgePorts'], (port) => ({ ...strings(port, ['Name', 'PeerName', 'PeerBridgeName']), ...numbers(port, ['OFPort', 'PeerOFPort']) })),
      OtherBridges: mapOf(dynamic['OtherBridges'], (bridge) => ({
        Kind: text(bridge, 'Kind'),
        Interfaces: mapOf(bridge['Interfaces'], (item) => item),
        ...(isObject(bridge['MirrorTo']) ? { MirrorTo: bridge['MirrorTo'] } : {}),
        ...(typeof bridge['StackPriority1'] === 'string' ? { StackPriority1: bridge['StackPriority1'] } : {}),
      })),
    },
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapOf<T>(value: unknown, convert: (item: Json) => T): Readonly<Record<string, T>> {
  return isObject(value) ? Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (isObject(item) ? [[name, convert(item)]] : []))) : {}
}

function text(object: Json, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}

function strings<Name extends string>(object: Json, names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, text(object, name)])) as Record<Name, string>
}

function numbers<Name extends string>(object: Json, names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, typeof object[name] === 'number' ? object[name] : 0])) as Record<Name, number>
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
