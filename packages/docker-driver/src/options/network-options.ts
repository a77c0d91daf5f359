import { HIGHEST_OFPORT } from '@streambed/ovs'
import type { AddedPort, NetworkAddresses, NetworkMode, NetworkOptions } from '../model/network.js'
import { parseAddedPorts, sharedPorts } from './added-ports.js'
import { networkAddresses, type IpamAddresses } from './addresses.js'
import { parseControllers } from './controllers.js'
import { parseDpid } from './dpid.js'
import { parseInterfaceName } from './interface-name.js'
import { parseMac } from './mac.js'
import { nearest } from './nearest.js'
import { parseBool, parseNumber, parseOfport, parseVid } from './scalar.js'
import { parseSpec } from './spec.js'
import { Problems, quote, wrong } from './wrong.js'

/** What else Docker says of a network that is to be made, since some options depend on it. */
export interface NetworkContext extends IpamAddresses {
  readonly networkId: string
  /** `docker network create --internal` */
  readonly internal: boolean
}

/** The names of the options of `docker network create -o`, each after `ovs.bridge.`; dovesnap's. */
export const networkOptionNames = [
  'dpid', 'controller', 'mode', 'name', 'mtu', 'vlan', 'add_ports', 'add_copro_ports', 'dhcp', 'userspace', 'ovs_local_mac', 'nat_acl',
  'default_acl', 'vlan_out_acl', 'preallocate_ports', 'lbport', 'mirror_tunnel_vid', 'bind_interface',
] as const

type OptionName = (typeof networkOptionNames)[number]

const PREFIX = 'ovs.bridge.'
const LOWEST_MTU_IPV6 = 1280

/**
 * The options of `docker network create -o ovs.bridge.…` with dovesnap's names, grammar and defaults (specs of dovesnap, network
 * options). An option with an empty value counts as not given. Options with another prefix than `ovs.` are Docker's own, and ignored.
 *
 * Throws one `DockerDriverError` `invalid` that names every option that is unknown, cannot be parsed or does not go with another one,
 * its value and what would be right; dovesnap took its default for many of these.
 */
export function parseNetworkOptions(raw: Readonly<Record<string, string>>, context: NetworkContext): NetworkOptions {
  const problems = new Problems()
  refuseUnknown(raw, problems)
  const read = <T>(name: OptionName, fallback: T, parse: (text: string) => T): T => {
    const text = Object.hasOwn(raw, PREFIX + name) ? raw[PREFIX + name] : undefined
    return text === undefined || text === '' ? fallback : problems.read(PREFIX + name, fallback, () => parse(text))
  }
  const vlan = read('vlan', 100, parseVid)
  const copro = read('add_copro_ports', [], parseAddedPorts)
  const options: NetworkOptions = {
    dpid: read('dpid', undefined, parseDpid),
    controllers: read('controller', [], parseControllers),
    mode: read('mode', 'flat', parseMode),
    bridgeName: read('name', undefined, parseInterfaceName),
    mtu: read('mtu', 1500, (text) => parseNumber(text, 68, 65535)),
    vlan,
    addPorts: read('add_ports', [], parseAddedPorts),
    // A coprocessor port is in no VLAN; dovesnap ignores the field, too.
    addCoproPorts: copro.map((port): AddedPort => ({ ...port, vlan: undefined })),
    dhcp: read('dhcp', false, parseBool),
    userspace: read('userspace', false, parseBool),
    ovsLocalMac: read('ovs_local_mac', undefined, parseMac),
    natAcl: read('nat_acl', [], parseSpec),
    defaultAcl: read('default_acl', [], parseSpec),
    vlanOutAcl: read('vlan_out_acl', [], parseSpec),
    preallocatePorts: read('preallocate_ports', 0, (text) => parseNumber(text, 0, HIGHEST_OFPORT)),
    lbPort: read('lbport', 99, parseOfport),
    mirrorTunnelVid: read('mirror_tunnel_vid', 256 + vlan, parseVid),
    bindInterface: read('bind_interface', undefined, (text) => text),
  }
  const addresses = problems.read<NetworkAddresses>('addresses', { ipv4: undefined, ipv6: undefined }, () => networkAddresses(context))
  checkTogether(options, addresses, context, raw, problems)
  problems.refuse('options')
  return options
}

function parseMode(text: string): NetworkMode {
  if (text === 'flat' || text === 'nat' || text === 'routed') return text
  throw wrong(text, 'not a valid mode', 'write flat, nat or routed')
}

function refuseUnknown(raw: Readonly<Record<string, string>>, problems: Problems): void {
  const known = networkOptionNames.map((name) => PREFIX + name)
  for (const name of Object.keys(raw)) {
    if (!name.startsWith('ovs.') || known.includes(name)) continue
    const like = nearest(name, known)
    problems.add(quote(name), `there is no such option; ${like ? `did you mean ${like}?` : `there are ${known.join(', ')}`}`)
  }
}

function checkTogether(
  options: NetworkOptions,
  addresses: NetworkAddresses,
  context: NetworkContext,
  raw: Readonly<Record<string, string>>,
  problems: Problems,
): void {
  const { mode, dhcp, mtu, addPorts, addCoproPorts, bridgeName, lbPort } = options
  if (dhcp) {
    const field = `${PREFIX}dhcp`
    if (mode !== 'flat') problems.add(field, `the network must be flat when DHCP is in use, and ${PREFIX}mode is "${mode}"`)
    const pool = addresses.ipv4?.pool ?? addresses.ipv6?.pool
    if (pool !== undefined) {
      problems.add(field, `the network must not have addresses of Docker when DHCP is in use, and it has ${pool}; add --ipam-driver null`)
    }
    if (!context.internal) problems.add(field, 'the network must be internal when DHCP is in use; add --internal')
  }
  if (mode !== 'flat' && addresses.ipv4?.gateway === undefined && addresses.ipv6?.gateway === undefined) {
    const what = `"${mode}" needs an address for the bridge, and Docker gave no gateway`
    problems.add(`${PREFIX}mode`, `${what}; leave out --ipam-driver null, or give --subnet and --gateway`)
  }
  if (addresses.ipv6 !== undefined && mtu < LOWEST_MTU_IPV6) {
    problems.add(`${PREFIX}mtu`, `"${mtu}" is too small for IPv6, which the network has; write ${LOWEST_MTU_IPV6} or more`)
  }
  const ports = [...addPorts, ...addCoproPorts]
  const field = PREFIX + (addPorts.length === 0 ? 'add_copro_ports' : 'add_ports')
  for (const problem of sharedPorts(ports)) problems.add(field, problem)
  for (const { name, ofport } of ports) {
    if (name === bridgeName) problems.add(field, `interface ${name} has the name of the bridge (${PREFIX}name); rename one of them`)
    // The default of lbport only matters where there is mirroring, which is not known here.
    if (ofport === lbPort && raw[`${PREFIX}lbport`]) {
      problems.add(`${PREFIX}lbport`, `"${lbPort}" is also the port of ${name}; give one of them another number`)
    }
  }
}
