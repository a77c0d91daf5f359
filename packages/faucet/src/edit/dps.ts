import { randomBytes } from 'node:crypto'
import type { Dp, FaucetConfig, Interface, NameOrNumber } from '../config/model.js'
import { FaucetError } from '../errors.js'
import { checkPortNumber, findDp, interfacesOf, portsOf, seekPort, withInterface } from './place.js'
import { mirrorNumber, mirrorsOf } from './port-mirror.js'
import { describeValue, mappingOf, withoutValueAt, withValueAt } from './value.js'
import type { ConfigMapping, ConfigPath } from './value.js'

/**
 * Replaces whole interfaces of dataplanes, by port number, and keeps the others (FaucetConfRPC's `SetDpInterfaces`). An
 * interface whose key is a name stays under that name. Throws `FaucetError` `not-found` for an unknown dataplane,
 * `invalid` for a port number or an interface that cannot be one.
 */
export function setDpInterfaces(
  config: FaucetConfig,
  changes: Readonly<Record<string, Readonly<Record<number, Interface>>>>,
): FaucetConfig {
  let result = config
  for (const [dpName, interfaces] of Object.entries(changes)) {
    const dp = findDp(config, dpName)
    for (const [port, entry] of Object.entries(interfaces)) {
      const number = checkPortNumber(Number(port))
      mappingOf(entry, `dps.${dpName}.interfaces.${number}`)
      const place = seekPort(dp, number)
      // Under a name as its key, the entry is the same port only with its number.
      const named = place !== undefined && place.key !== String(number)
      result = withInterface(result, dpName, place?.key ?? String(number), named ? { number, ...entry } : entry)
    }
  }
  return result
}

/**
 * Removes interfaces by number; a number that no port has is ignored (`DelDpInterfaces`). The removed ports also leave
 * `mirror` of the dataplane's other interfaces. With `deleteEmptyDp`, each of the named dataplanes that has no
 * interface left is removed as {@link deleteDps} does. Throws `FaucetError` `not-found` for an unknown dataplane.
 */
export function deleteDpInterfaces(
  config: FaucetConfig,
  ports: Readonly<Record<string, readonly NameOrNumber[]>>,
  options: { readonly deleteEmptyDp?: boolean } = {},
): FaucetConfig {
  let result = config
  for (const [dpName, removed] of Object.entries(ports)) {
    const dp = findDp(config, dpName)
    const places = removed.map((port) => seekPort(dp, port)).filter((place) => place !== undefined)
    const keys = new Set(places.map((place) => place.key))
    const numbers = new Set(places.map((place) => place.number))
    const kept = Object.entries(interfacesOf(dp)).filter(([key]) => !keys.has(key))
    const interfaces = kept.map(([key, entry]) => [key, withoutMirrors(dp, entry, numbers)])
    result = set(result, ['dps', dpName], { ...dp, interfaces: Object.fromEntries(interfaces) })
  }
  if (options.deleteEmptyDp !== true) return result
  return deleteDps(result, Object.keys(ports).filter((dpName) => portsOf(findDp(result, dpName)).length === 0))
}

/** A dataplane for {@link setDps}: without `dp_id`, one is reserved. */
export type NewDp = Omit<Dp, 'dp_id'> & { readonly dp_id?: number | bigint }

/**
 * Replaces or adds whole dataplanes (`SetDps`). One without `dp_id` gets a random one, from 1 to 2^64 - 1, that no
 * other has; `randomDpId` is for tests. Throws `FaucetError` `invalid` for a dataplane that is no mapping.
 */
export function setDps(
  config: FaucetConfig,
  dps: Readonly<Record<string, NewDp>>,
  randomDpId: () => bigint = () => randomBytes(8).readBigUInt64BE(),
): FaucetConfig {
  const given = Object.values(dps).flatMap(({ dp_id }) => (dp_id == null ? [] : [BigInt(dp_id)]))
  const taken = new Set([...getDpIds(config), ...given])
  let result = config
  for (const [dpName, dp] of Object.entries(dps)) {
    mappingOf(dp, `dps.${dpName}`)
    let dpId = dp.dp_id
    while (dpId === undefined) {
      const candidate = randomDpId()
      if (candidate >= 1n && candidate < 1n << 64n && !taken.has(candidate)) dpId = candidate
    }
    taken.add(BigInt(dpId))
    result = set(result, ['dps', dpName], { ...dp, dp_id: exact(BigInt(dpId)) })
  }
  return result
}

/**
 * Removes dataplanes, and on the others the interfaces at the far end of their stack links (`DelDps`). An unknown name
 * is ignored. When the last one goes, `dps` is left empty: a file that Faucet refuses, but that may be added to.
 */
export function deleteDps(config: FaucetConfig, dpNames: readonly string[]): FaucetConfig {
  let result = config
  for (const dpName of dpNames) {
    if (!Object.hasOwn(result.dps ?? {}, dpName)) continue
    for (const { effective } of portsOf(findDp(result, dpName))) {
      const { dp: peerName, port } = effective.stack ?? {}
      if (peerName === undefined || port === undefined || !Object.hasOwn(result.dps ?? {}, peerName)) continue
      const key = seekPort(findDp(result, peerName), port)?.key
      if (key !== undefined) result = remove(result, ['dps', peerName, 'interfaces', key])
    }
    result = remove(result, ['dps', dpName])
  }
  return result
}

/**
 * Makes a port lead to a packet coprocessor: its interface is replaced (`MakeCoprocessorPort`). Throws `FaucetError`
 * `not-found` for an unknown dataplane, `invalid` for a port number that cannot be one.
 */
export function makeCoprocessorPort(
  config: FaucetConfig,
  dpName: string,
  port: number,
  options: { readonly description?: string; readonly strategy?: 'vlan_vid' } = {},
): FaucetConfig {
  const { description = 'coprocessor', strategy = 'vlan_vid' } = options
  return setDpInterfaces(config, { [dpName]: { [port]: { description, coprocessor: { strategy } } } })
}

/** Where {@link setRemoteMirrorPort} sends what it is given. */
export interface RemoteMirror {
  /** VID of the tunnel, 1 to 4095. */
  readonly tunnelVid: number
  readonly dpName: string
  readonly port: number
}

/**
 * Makes a port the entrance of a tunnel through the stack to a port of another dataplane, so that what is mirrored to
 * it comes out there (`SetRemoteMirrorPort`). The interface is replaced, and an ACL `remote-mirror-VID-DP-PORT` is
 * made. Throws `FaucetError` `not-found` for an unknown dataplane, `invalid` for a VID or port number that cannot be
 * one.
 */
export function setRemoteMirrorPort(
  config: FaucetConfig,
  dpName: string,
  port: number,
  to: RemoteMirror,
): FaucetConfig {
  const vid = to.tunnelVid
  if (!Number.isInteger(vid) || vid < 1 || vid > 4095) {
    throw new FaucetError('invalid', `tunnel_vid is ${describeValue(vid)}; a VID is from 1 to 4095`)
  }
  findDp(config, to.dpName)
  const remote = checkPortNumber(to.port, 'remote_port_no')
  const acl = `remote-mirror-${vid}-${to.dpName}-${remote}`
  const tunnel = { dp: to.dpName, port: remote, tunnel_id: vid, type: 'vlan' }
  const withAcl = set(config, ['acls', acl], [
    // A packet that comes back with the tunnel's tag must not enter it again.
    { rule: { vlan_vid: vid, actions: { allow: 0 } } },
    { rule: { actions: { allow: 0, output: { tunnel } } } },
  ])
  const entry: Interface = { acls_in: [acl], coprocessor: { strategy: 'vlan_vid' }, description: 'loopback' }
  return setDpInterfaces(withAcl, { [dpName]: { [port]: entry } })
}

/** Every `dp_id` of a configuration, in its order (`GetDpIDs`). */
export function getDpIds(config: FaucetConfig): readonly bigint[] {
  return Object.values(config.dps ?? {}).flatMap((dp) => (dp?.dp_id == null ? [] : [BigInt(dp.dp_id)]))
}

function withoutMirrors(dp: Dp, entry: Interface, removed: ReadonlySet<number>): Interface {
  const mirrors = mirrorsOf(entry)
  const kept = mirrors.filter((mirror) => !removed.has(mirrorNumber(dp, mirror) ?? -1))
  return kept.length === mirrors.length ? entry : { ...entry, mirror: kept }
}

function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

function set(config: FaucetConfig, path: ConfigPath, value: unknown): FaucetConfig {
  return withValueAt(config as ConfigMapping, path, value as ConfigMapping) as unknown as FaucetConfig
}

function remove(config: FaucetConfig, path: ConfigPath): FaucetConfig {
  return withoutValueAt(config as ConfigMapping, path) as FaucetConfig
}
