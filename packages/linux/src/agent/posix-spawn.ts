import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { LinuxError } from '../errors.js'
import * as libc from './libc.js'

const ENOENT = 2
const ENOEXEC = 8
const EACCES = 13

/** Where the library has found setpriv(1). */
const SETPRIV = process.env['STREAMBED_SETPRIV'] ?? '/usr/bin/setpriv'

/** What {@link posixSpawn} starts. */
export interface SpawnRequestInHost {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Descriptors for 0, 1 and 2; undefined is /dev/null. */
  readonly stdio: readonly [number | undefined, number, number]
  /** The kernel kills it when the agent dies: needed where no pid namespace ends with the agent. */
  readonly diesWithUs?: boolean
}

/**
 * Starts a program in the namespaces that the thread is in, as leader of a session of its own.
 *
 * By posix_spawn(3), which borrows the memory of this process until the program runs; the fork that Node's own
 * child_process makes has to copy the page tables of a whole JavaScript engine first.
 * @returns its process id
 * @throws LinuxError `not-found`, `forbidden`, `kernel`
 */
export function posixSpawn(request: SpawnRequestInHost): number {
  const [file = ''] = request.argv
  if (statSync(request.cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new LinuxError('invalid', `cwd "${request.cwd}" is no directory in the host`)
  }
  const path = findInPath(file, request)
  const env = Object.entries(request.env).map(([name, value]) => `${name}=${value}`)
  if (request.diesWithUs === true) {
    if (file.includes('/') && !mayExecute(resolve(request.cwd, file))) throw spawnError(file, existsSync(resolve(request.cwd, file)) ? EACCES : ENOENT)
    // The setting is lost in a fork, so that somebody between the two must make it: setpriv, which becomes the program.
    const spawned = libc.trySpawn(SETPRIV, ['setpriv', '--pdeathsig', 'KILL', '--', path, ...request.argv.slice(1)], env, request.cwd, request.stdio)
    if (spawned < 0) throw spawnError(file, -spawned)
    return spawned
  }
  const result = libc.trySpawn(path, request.argv, env, request.cwd, request.stdio)
  // A script without a "#!" line is one for the shell (execvp(3)).
  const last = result === -ENOEXEC ? libc.trySpawn('/bin/sh', ['sh', path, ...request.argv.slice(1)], env, request.cwd, request.stdio) : result
  if (last < 0) throw spawnError(file, -last)
  return last
}

/** The path of a program: as it is when it has a slash, else in the folders of the new process's PATH. */
function findInPath(file: string, { env, cwd }: SpawnRequestInHost): string {
  // posix_spawn looks a relative path up in the new working folder, as a shell there would.
  if (file.includes('/')) return file
  const candidates = (env['PATH'] ?? '').split(':').map((folder) => `${folder === '' ? cwd : folder}/${file}`)
  const executable = candidates.find(mayExecute)
  if (executable !== undefined) return executable
  throw spawnError(file, candidates.some((candidate) => existsSync(candidate)) ? EACCES : ENOENT)
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function spawnError(file: string, errno: number): LinuxError {
  if (errno === ENOENT) return new LinuxError('not-found', `there is no program "${file}" in the host (PATH was searched when it has no slash)`, { errno })
  if (errno === EACCES) return new LinuxError('forbidden', `"${file}" may not be executed`, { errno })
  return new LinuxError('kernel', `cannot start "${file}": ${libc.errnoName(errno)}`, { errno })
}
