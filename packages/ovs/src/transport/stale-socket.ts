import { once } from 'node:events'
import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'

/**
 * Removes a Unix socket's file that refuses connections, since its process is gone.
 * @returns in words why nobody can listen there all the same: it is a file that is no socket, or somebody listens;
 *   undefined when the path is free now
 * @throws the error of the system, such as `EACCES`
 */
export async function removeStaleSocket(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined)
  if (!stats) return undefined
  if (!stats.isSocket()) return 'there is a file of that name, which is no socket'
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error
    await unlink(path)
    return undefined
  } finally {
    socket.destroy()
  }
  return 'another process listens there'
}
