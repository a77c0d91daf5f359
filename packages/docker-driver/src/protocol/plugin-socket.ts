import { once } from 'node:events'
import { chmod, link, lstat, mkdir, mkdtemp, rm, unlink } from 'node:fs/promises'
import { type IncomingMessage, request, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import { removeStaleSocket } from '@streambed/ovs'
import { DockerDriverError } from '../errors.js'

/** What unix(7) leaves for a path of the 108 bytes of `sun_path`, with the zero at its end. */
const LONGEST_PATH = 107

/** A socket's file that is ours. */
export interface PluginSocket {
  /** Removes the file, if it is still the one that we made. Never rejects. */
  release(): Promise<void>
}

/**
 * Makes a server listen on a socket that only its user can write to, at no moment anybody else. The file appears when the server listens already, and
 * by a hard link, which replaces nothing: of two that try at once one has it. (Node itself would remove the file by name when the server closes,
 * also when it is somebody else's by then; what it removes here is a name that does not exist any more.)
 * @throws DockerDriverError `conflict` when somebody listens there, `forbidden` when this user may not, `invalid` when the path is too long
 */
export async function listenOnPluginSocket(server: Server, path: string): Promise<PluginSocket> {
  const folder = dirname(path)
  if (Math.max(Buffer.byteLength(path), Buffer.byteLength(folder) + '/.socket-XXXXXX/s'.length) > LONGEST_PATH) {
    throw new DockerDriverError('invalid', `the path of a socket has at most ${LONGEST_PATH} bytes, which is not enough for ${path}`)
  }
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o755 })
    // What the process's umask took away.
    if (made !== undefined) await chmod(folder, 0o755)
    const room = await mkdtemp(join(folder, '.socket-'))
    const first = join(room, 's')
    try {
      server.listen(first)
      await once(server, 'listening')
      await chmod(first, 0o600)
      await takePath(first, path)
    } catch (error) {
      server.close()
      throw error
    } finally {
      await rm(room, { recursive: true, force: true })
    }
    const ours = await lstat(path)
    return {
      release: async () => {
        const now = await lstat(path).catch(() => undefined)
        if (now?.ino === ours.ino && now.dev === ours.dev) await unlink(path).catch(() => undefined)
      },
    }
  } catch (error) {
    throw refused(path, error)
  }
}

async function takePath(first: string, path: string): Promise<void> {
  for (;;) {
    try {
      return await link(first, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    await clearPath(path)
  }
}

/** Removes the socket that a process has left which is no more. @throws DockerDriverError `conflict` when somebody listens there */
export async function clearPath(path: string): Promise<void> {
  const obstacle = await removeStaleSocket(path).catch((error: NodeJS.ErrnoException) => {
    // Another one that begins has removed it at the same time.
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (obstacle !== undefined) throw new DockerDriverError('conflict', `no network driver can listen on ${path}: ${(await whoListens(path)) ?? obstacle}`)
}

/** Makes a server listen on a socket that listens already, and is somebody else's: its file stays. @throws DockerDriverError `kernel` */
export async function listenOnDescriptor(server: Server, path: string, descriptor: number): Promise<PluginSocket> {
  try {
    server.listen({ fd: descriptor })
    await once(server, 'listening')
  } catch (error) {
    throw new DockerDriverError('kernel', `the socket ${path} that was handed over as descriptor ${descriptor} cannot be listened on: ${(error as Error).message}`, { cause: error })
  }
  return { release: () => Promise.resolve() }
}

/** The `Server` header of our answers. */
export const SERVER_HEADER = `streambed-docker-driver (process ${process.pid})`

/** Asks the one that listens for the header of its answer, for a second at most. */
async function whoListens(path: string): Promise<string | undefined> {
  const asked = request({ socketPath: path, method: 'POST', path: '/Plugin.Activate', timeout: 1000, agent: false })
  asked.on('timeout', () => asked.destroy(new Error('no answer')))
  asked.on('error', () => undefined)
  asked.end()
  const [response] = (await once(asked, 'response').catch(() => [])) as [IncomingMessage?]
  asked.destroy()
  const server = response?.headers['server']
  if (typeof server !== 'string') return undefined
  return `${server.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)} does already; stop it, or choose another name for this driver`
}

function refused(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (error instanceof DockerDriverError) return error
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new DockerDriverError('forbidden', `this user may not make the socket ${path} (${code}): a network driver of Docker has to run as root`, { cause: error })
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return new DockerDriverError('invalid', `there can be no socket ${path}: ${(error as Error).message}`, { cause: error })
  return new DockerDriverError('kernel', `the socket ${path} could not be made: ${(error as Error).message}`, { cause: error })
}
