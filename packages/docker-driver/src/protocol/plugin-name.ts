import { join } from 'node:path'
import { DockerDriverError } from '../errors.js'

/** Where Docker looks for the sockets of plugins. */
export const PLUGIN_DIRECTORY = '/run/docker/plugins'

/** What `docker network create -d` takes for something else: drivers of Docker itself, and names with a meaning of their own. */
const TAKEN = new Set(['bridge', 'host', 'null', 'none', 'overlay', 'macvlan', 'ipvlan', 'default', 'container', 'nat', 'transparent', 'l2bridge', 'l2tunnel', 'internal', 'private', 'ics', 'windowsshim'])

/**
 * A name for a network driver, as in `docker network create -d dovesnap`: letters, digits, `_`, `.` and `-`, beginning with a letter or digit, at most 63;
 * not one of Docker's own drivers.
 * @throws DockerDriverError `invalid`
 */
export function checkDriverName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name)) {
    throw new DockerDriverError('invalid', `${JSON.stringify(name)} cannot be the name of a network driver: use 1 to 63 letters, digits, "_", "." and "-", beginning with a letter or digit, such as "dovesnap"`)
  }
  if (TAKEN.has(name.toLowerCase())) throw new DockerDriverError('invalid', `"${name}" cannot be the name of this network driver, since Docker has one of that name itself; use another, such as "dovesnap"`)
  return name
}

/**
 * The socket by which Docker finds the network driver of a name: `/run/docker/plugins/<name>.sock`.
 * @throws DockerDriverError `invalid` about the name
 */
export function pluginSocketPath(name: string, directory: string = PLUGIN_DIRECTORY): string {
  return join(directory, `${checkDriverName(name)}.sock`)
}
