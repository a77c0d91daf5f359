import { crc32 } from 'node:zlib'
import { DockerDriverError } from '../errors.js'
import { LONGEST_INTERFACE_NAME } from './interface-name.js'

/** How many characters of an id dovesnap puts in a name. */
const SHORTEST = 5

const HOST_END = 'odsve'
const CONTAINER_END = 'ethc'

/** The two ends of an endpoint's veth pair. */
export interface VethNames {
  /** The bridge's port. */
  readonly host: string
  /** The container's side, before Docker renames it. */
  readonly container: string
}

/**
 * The name of a network's bridge when none is given: `odsbr` and the first five characters of the network's id, or as many more as
 * make it one that is not taken. Throws `DockerDriverError` `conflict` when even the longest is.
 */
export function bridgeName(networkId: string, taken: ReadonlySet<string> = new Set()): string {
  return named(networkId, taken, (prefix) => ['odsbr' + prefix])[0] as string
}

/**
 * The names of an endpoint's veth pair: `odsve` and `ethc` and the first five characters of the endpoint's id, or as many more as make
 * both names that are not taken. Throws `DockerDriverError` `conflict` when even the longest are.
 */
export function vethNames(endpointId: string, taken: ReadonlySet<string> = new Set()): VethNames {
  const [host, container] = named(endpointId, taken, (prefix) => [HOST_END + prefix, CONTAINER_END + prefix])
  return { host: host as string, container: container as string }
}

/** The names of the veth pair whose end at the bridge has this name, one that {@link vethNames} gave. */
export function vethOf(host: string): VethNames {
  return { host, container: `${CONTAINER_END}${host.slice(HOST_END.length)}` }
}

/**
 * The names of the two ends of a link between bridges, as dovesnap has them: `ods` and the CRC-32 of both bridges' names in base 62,
 * that of the own bridge first. 15 characters at most.
 */
export function patchNames(bridge: string, peer: string): { readonly own: string; readonly peer: string } {
  const [a, b] = [base62(crc32(bridge)), base62(crc32(peer))]
  if (a === b) throw new DockerDriverError('conflict', `bridges ${bridge} and ${peer} give one name to both ends of a link; rename one`)
  return { own: `ods${a}${b}`, peer: `ods${b}${a}` }
}

/** The name of the mirror bridge. `engine` as `shortEngineId` gives it, here and below. */
export function mirrorBridgeName(engine: string): string {
  return `odsmir${engine}`
}

/** The name of the bridge that sends back what is mirrored into a stack. */
export function loopbackBridgeName(engine: string): string {
  return `odslb${engine}`
}

/** The name of the bridge, and dataplane, that joins the networks to a stack, and its datapath id. */
export function stackBridge(engine: string): { readonly name: string; readonly dpid: bigint } {
  return { name: `dovesnap${engine}`, dpid: BigInt(`0x0E0F00${engine}`) }
}

function named(id: string, taken: ReadonlySet<string>, names: (prefix: string) => readonly string[]): readonly string[] {
  for (let length = Math.min(SHORTEST, id.length); length <= id.length; length++) {
    const made = names(id.slice(0, length))
    if (made.some((name) => name.length > LONGEST_INTERFACE_NAME)) break
    if (made.every((name) => !taken.has(name))) return made
  }
  throw new DockerDriverError('conflict', `every interface name that can be made of the id ${id.slice(0, 12)} is taken; remove what has them`)
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function base62(value: number): string {
  const last = DIGITS[value % 62] ?? ''
  return value < 62 ? last : base62(Math.floor(value / 62)) + last
}
