import type { StringMap } from '@streambed/ovs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DockerDriverError } from '../errors.js'

/** What says how Open vSwitch spells its run directory. */
export interface RunDirectoryClues {
  /** The folder of the database's socket. */
  readonly databaseFolder: string
  /** The bridges that are there. */
  readonly bridges: readonly string[]
  /** `external_ids` of the one row of `Open_vSwitch`: `ovs-ctl` puts `rundir` there. */
  readonly externalIds: StringMap
  /** The paths of all unix sockets of the machine that have one. */
  readonly sockets: readonly string[]
  /** Two spellings of one folder. */
  readonly same: (one: string, other: string) => boolean
}

/** Where distributions have it, as they spell it: ovs-vswitchd was built with this text. */
const USUAL = '/var/run/openvswitch'

/**
 * The run directory of Open vSwitch in its own spelling. ovs-vswitchd connects to the socket of a controller only when its path begins with that very
 * text: `/run/openvswitch` is refused where it was built with `/var/run/openvswitch`, though both are one folder.
 * Source: ovs-vswitchd.conf.db(5), `target` of the table Controller and `rundir` in `external_ids` of Open_vSwitch.
 */
export function spelledRunDirectory({ databaseFolder, bridges, externalIds, sockets, same }: RunDirectoryClues): string {
  const folders = (isSocket: (file: string) => boolean): readonly string[] => sockets.flatMap((path) => (isSocket(path.slice(path.lastIndexOf('/') + 1)) ? [dirname(path)] : []))
  const services = new Set(bridges.map((bridge) => `${bridge}.mgmt`))
  // What it listens on itself tells most: it makes the sockets of bridges nowhere else.
  const candidates = [
    ...folders((file) => services.has(file)),
    ...folders((file) => /^ovs-vswitchd(\.\d+)?\.ctl$/.test(file)),
    ...(externalIds['rundir'] === undefined ? [] : [externalIds['rundir']]),
    USUAL,
  ]
  return candidates.find((folder) => same(folder, databaseFolder)) ?? externalIds['rundir'] ?? databaseFolder
}

/**
 * {@link spelledRunDirectory} of this machine.
 * @param remote the database: `unix:` and the path of its socket
 * @throws DockerDriverError `invalid` for a database that is elsewhere
 */
export async function runDirectory(remote: string, clues: Pick<RunDirectoryClues, 'bridges' | 'externalIds'>): Promise<string> {
  const databaseFolder = dirname(databasePath(remote))
  const sockets = socketPaths(await readFile('/proc/net/unix', 'utf8').catch(() => ''))
  const real = new Map<string, string>()
  for (const folder of [databaseFolder, USUAL, clues.externalIds['rundir'] ?? USUAL, ...sockets.map((path) => dirname(path))]) {
    if (!real.has(folder)) real.set(folder, await realpath(folder).catch(() => folder))
  }
  return spelledRunDirectory({ ...clues, databaseFolder, sockets, same: (one, other) => (real.get(one) ?? one) === (real.get(other) ?? other) })
}

/**
 * The path in the address of a database on this machine.
 * @throws DockerDriverError `invalid`
 */
export function databasePath(remote: string): string {
  const path = /^unix:(\/.+)$/.exec(remote)?.[1]
  if (path === undefined) throw new DockerDriverError('invalid', `ovs must be "unix:" and the path of the database's socket, such as "unix:/run/openvswitch/db.sock" (got "${remote}")`)
  return path
}

/** The paths in `/proc/net/unix`: what stands behind seven columns. */
export function socketPaths(table: string): readonly string[] {
  return [...new Set(table.split('\n').flatMap((line) => /^(?:\S+\s+){7}(\/.*)$/.exec(line)?.[1] ?? []))]
}
