import { accessSync, constants } from 'node:fs'
import { delimiter } from 'node:path'
import { LinuxError } from '../errors.js'

/** Where programs are. Those of administrators are in the first of each two, which the PATH of an ordinary user often lacks. */
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** A PATH that has the folders of administrators' programs too, behind its own ones. */
export function searchPath(path = process.env['PATH']): string {
  return [...new Set([...(path ?? '').split(delimiter).filter(Boolean), ...FOLDERS])].join(delimiter)
}

/** Finds a program, also where only administrators look; undefined: it is not installed. */
export function seekProgram(name: string, path?: string): string | undefined {
  const candidates = searchPath(path).split(delimiter).map((folder) => `${folder}/${name}`)
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * As {@link seekProgram}, for one that is needed.
 * @throws LinuxError `missing` with the Debian package to install
 */
export function findProgram(name: string, debianPackage: string, path?: string): string {
  const found = seekProgram(name, path)
  if (found !== undefined) return found
  throw new LinuxError('missing', `the program "${name}" is not installed: install it with "apt-get install ${debianPackage}" (Debian, Ubuntu) or your distribution's package`)
}
