import { execFile } from 'node:child_process'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DockerDriverError } from '../errors.js'
import { PLUGIN_DIRECTORY, pluginSocketPath } from '../protocol/plugin-name.js'
import { clearPath } from '../protocol/plugin-socket.js'
import { unitFiles, unitName, type UnitOptions } from './systemd-unit.js'

const execute = promisify(execFile)
const folder = '/etc/systemd/system'

/** What installing needs of the machine, so that it can be tried without systemd. */
export interface ServiceManager {
  readonly folder: string
  /** Where Docker looks for the sockets of plugins. */
  readonly plugins: string
  systemctl(...args: string[]): Promise<void>
}

/** systemd of this machine. */
export const systemd: ServiceManager = { folder, plugins: PLUGIN_DIRECTORY, systemctl }

/**
 * Makes the daemon a service, with the socket on which Docker calls it, and starts both. Those of that name are replaced; when they do not start, nothing is left of them.
 * @returns the paths of the unit files
 * @throws DockerDriverError `missing` without systemd, `forbidden` without root, `conflict` when a driver of that name runs that is no service
 */
export async function installService(options: UnitOptions, manager: ServiceManager = systemd): Promise<readonly string[]> {
  const files = new Map([...unitFiles(options)].map(([name, text]) => [`${manager.folder}/${name}`, text]))
  for (const [path, text] of files) {
    try {
      await writeFile(path, text)
      await chmod(path, 0o644)
    } catch (cause) {
      throw unwritable(path, cause)
    }
  }
  const units = unitsOf(options.name)
  try {
    await manager.systemctl('daemon-reload')
    await manager.systemctl('enable', ...units)
    // A socket cannot be made for a service that runs, and may have one of its own.
    await manager.systemctl('stop', ...units)
    // systemd would take it away from a driver that somebody has started by hand.
    await clearPath(pluginSocketPath(options.name, manager.plugins))
    await manager.systemctl('start', ...units)
  } catch (error) {
    await uninstallService(options.name, manager).catch(() => undefined)
    throw error
  }
  return [...files.keys()]
}

/** Stops and removes the service and its socket; what is not there is no failure. Networks and containers stay. */
export async function uninstallService(name: string, manager: ServiceManager = systemd): Promise<void> {
  const units = unitsOf(name)
  // One by one: an earlier version had no socket. The socket first: it would start the service again.
  for (const unit of units) await manager.systemctl('disable', '--now', unit).catch(() => undefined)
  for (const unit of units) {
    try {
      await rm(`${manager.folder}/${unit}`, { force: true })
    } catch (cause) {
      throw unwritable(`${manager.folder}/${unit}`, cause)
    }
  }
  await manager.systemctl('daemon-reload').catch(() => undefined)
}

function unitsOf(name: string): readonly string[] {
  return [unitName(name, 'socket'), unitName(name, 'service')]
}

function unwritable(path: string, cause: unknown): DockerDriverError {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return new DockerDriverError('missing', `${path} cannot be written: this machine has no systemd; start streambed-docker-driver yourself`, { cause })
  return new DockerDriverError('forbidden', `${path} cannot be changed (${code}): run this as root`, { cause })
}

async function systemctl(...args: string[]): Promise<void> {
  try {
    await execute('systemctl', args)
  } catch (cause) {
    const { code, stderr } = cause as NodeJS.ErrnoException & { stderr?: string }
    if (code === 'ENOENT') throw new DockerDriverError('missing', 'there is no systemctl: this machine has no systemd; start streambed-docker-driver yourself', { cause })
    throw new DockerDriverError('missing', `systemctl ${args.join(' ')} failed: ${stderr?.trim() ?? ''}`, { cause })
  }
}
