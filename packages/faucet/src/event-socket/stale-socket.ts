import { once } from 'node:events'
import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'

/**
 * Removes a socket file that nobody listens on any more.
 * @throws Error when there is a file of that name that is no socket, or a socket that somebody listens on
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined)
  if (!stats) return
  if (!stats.isSocket()) throw new Error('there is a file of that name, which is no socket')
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error
    await unlink(path)
    return
  } finally {
    socket.destroy()
  }
  throw new Error('another process listens there')
}
