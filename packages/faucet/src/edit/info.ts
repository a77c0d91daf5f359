import type { FaucetConfig } from '../config/model.js'
import { portsOf } from './place.js'

/** What FaucetConfRPC's `GetDpInfo` tells of a dataplane. What the configuration does not have is `''` or `0n`. */
export interface DpInfo {
  readonly name: string
  readonly dpId: bigint
  readonly description: string
  readonly interfaces: readonly InterfaceInfo[]
}

/** A port in {@link DpInfo}. */
export interface InterfaceInfo {
  readonly port: number
  readonly name: string
  readonly description: string
}

/**
 * Dataplanes and their ports (those of `interface_ranges` included): the one of that name or none, or without a name
 * all (`GetDpInfo`).
 */
export function getDpInfo(config: FaucetConfig, dpName?: string): readonly DpInfo[] {
  return Object.entries(config.dps ?? {})
    .filter(([name]) => dpName === undefined || dpName === '' || name === dpName)
    .map(([name, dp]) => ({
      name,
      dpId: BigInt(dp.dp_id ?? 0),
      description: dp.description ?? '',
      interfaces: portsOf(dp).map(({ number, key, effective }) => ({
        port: number,
        name: effective.name ?? (key === String(number) ? '' : key),
        description: effective.description ?? '',
      })),
    }))
}

/** The names of the dataplanes, in the order of the configuration (`GetDpNames`). */
export function getDpNames(config: FaucetConfig): readonly string[] {
  return Object.keys(config.dps ?? {})
}

/**
 * The names of the ACLs, in the order of the configuration (`GetAclNames`). Give it the one with its includes merged.
 */
export function getAclNames(config: FaucetConfig): readonly string[] {
  return Object.keys(config.acls ?? {})
}
