import { execFile } from 'node:child_process'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DockerDriverError } from '../errors.js'
import { unitFile, unitName, type UnitOptions } from './systemd-unit.js'

const execute = promisify(execFile)
const folder = '/etc/systemd/system'

/** What installing needs of the machine, so that it can be tried without systemd. */
export interface ServiceManager {
  readonly folder: string
  systemctl(...args: string[]): Promise<void>
}

/** systemd of this machine. */
export const systemd: ServiceManager = { folder, systemctl }

/**
 * Makes the daemon a service, and starts it. A service of that name is replaced; when it does not start, nothing is left of it.
 * @throws DockerDriverError `missing` without systemd, `forbidden` without root
 */
export async function installService(options: UnitOptions, manager: ServiceManager = systemd): Promise<string> {
  const path = `${manager.folder}/${unitName(options.name)}`
  try {
    await writeFile(path, unitFile(options))
    await chmod(path, 0o644)
  } catch (cause) {
    throw unwritable(path, cause)
  }
  try {
    await manager.systemctl('daemon-reload')
    await manager.systemctl('enable', unitName(options.name))
    await manager.systemctl('restart', unitName(options.name))
  } catch (error) {
    await uninstallService(options.name, manager).catch(() => undefined)
    throw error
  }
  return path
}

/** Stops and removes the service; what is not there is no failure. Networks and containers stay. */
export async function uninstallService(name: string, manager: ServiceManager = systemd): Promise<void> {
  await manager.systemctl('disable', '--now', unitName(name)).catch(() => undefined)
  try {
    await rm(`${manager.folder}/${unitName(name)}`, { force: true })
  } catch (cause) {
    throw unwritable(`${manager.folder}/${unitName(name)}`, cause)
  }
  await manager.systemctl('daemon-reload').catch(() => undefined)
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
