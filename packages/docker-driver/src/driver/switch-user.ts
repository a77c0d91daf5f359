import { chown, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DockerDriverError } from '../errors.js'

/** A user and group, by their numbers. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/**
 * Whom Open vSwitch runs as: root with Debian, `openvswitch` with Fedora. The process that is named in the folder knows best; where it
 * is not visible from here, who made the database's socket. undefined when neither is there.
 * @param folder where Open vSwitch has its sockets
 */
export async function switchUser(folder: string): Promise<User | undefined> {
  return (await processUser(join(folder, 'ovs-vswitchd.pid'), 'ovs-vswitchd')) ?? (await stat(join(folder, 'db.sock')).then(({ uid, gid }) => ({ uid, gid }), () => undefined))
}

/** Lets Open vSwitch connect to a socket of ours, and nobody else. @throws DockerDriverError `forbidden` */
export async function admitSwitch(socket: string, user: User | undefined): Promise<void> {
  if (user === undefined || user.uid === process.geteuid?.()) return
  try {
    await chown(socket, user.uid, user.gid)
  } catch (cause) {
    throw new DockerDriverError('forbidden', `Open vSwitch runs as user ${user.uid}, and may not connect to ${socket}: run the driver as root, or as that user`, { cause })
  }
}

async function processUser(pidFile: string, program: string): Promise<User | undefined> {
  try {
    const pid = Number((await readFile(pidFile, 'utf8')).trim())
    if (!Number.isInteger(pid) || pid < 1) return undefined
    return userOfStatus(await readFile(`/proc/${pid}/status`, 'utf8'), program)
  } catch {
    return undefined
  }
}

/** Reads /proc/PID/status (proc(5)); undefined when it is another program's: process ids are given again. */
export function userOfStatus(text: string, program: string): User | undefined {
  const effective = (name: string): number => Number(new RegExp(`^${name}:\\t\\d+\\t(\\d+)`, 'm').exec(text)?.[1])
  const [uid, gid] = [effective('Uid'), effective('Gid')]
  return new RegExp(`^Name:\\t${program}$`, 'm').test(text) && !Number.isNaN(uid) && !Number.isNaN(gid) ? { uid, gid } : undefined
}
