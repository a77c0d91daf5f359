import { fstatSync, readFileSync, statSync, type Stats } from 'node:fs'
import { DockerDriverError } from '../errors.js'

/** A listening socket that systemd has made, and hands over to the service that it belongs to: sd_listen_fds(3). */
export interface ActivatedSocket {
  /** Its file descriptor here. */
  readonly descriptor: number
  readonly path: string
  /** Of the socket behind the descriptor: once that is closed, the number may be something else's. */
  readonly inode: number
}

/** A unix socket as the kernel lists it. */
export interface UnixSocket {
  readonly path: string | undefined
  readonly listens: boolean
}

/** What {@link findActivatedSocket} needs of the system. */
export interface SocketLookup {
  /** Throws for a descriptor that is not open. */
  readonly inode: (descriptor: number) => number
  /** The text of `/proc/net/unix`. */
  readonly unixSockets: () => string
  /** Of a file: undefined when there is none. */
  readonly file: (path: string) => Pick<Stats, 'dev' | 'ino' | 'mode'> | undefined
}

const system: SocketLookup = {
  inode: (descriptor) => fstatSync(descriptor).ino,
  unixSockets: () => readFileSync('/proc/net/unix', 'latin1'),
  file: (path) => statSync(path, { throwIfNoEntry: false }),
}

/** The first descriptor that systemd hands over. */
const FIRST = 3

/** More than any unit has, and few enough to be looked at. */
const MOST = 1024

const variables = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'] as const

/**
 * The socket that systemd hands over to this process (`LISTEN_PID`, `LISTEN_FDS`); undefined when it hands over nothing. The variables are removed, so that no child takes
 * them for its own; the descriptors Node.js keeps from children by itself.
 * @throws DockerDriverError `invalid` when it is no listening unix socket, or more than one
 */
export function takeActivatedSocket(env: NodeJS.ProcessEnv, pid = process.pid, lookup: SocketLookup = system): ActivatedSocket | undefined {
  const given = Object.fromEntries(variables.map((name) => [name, env[name]]))
  for (const name of variables) delete env[name]
  const found = descriptors(given, pid)
  if (found.length === 0) return undefined
  const names = (given['LISTEN_FDNAMES'] ?? '').split(':')
  const listed = parseUnixSockets(lookup.unixSockets())
  const sockets = found.map((descriptor, index): ActivatedSocket => {
    const inode = inodeOf(descriptor, lookup)
    const { path, listens } = listed.get(inode) ?? {}
    const name = names[index] === undefined || names[index] === '' ? '' : ` (${names[index]})`
    if (listens !== true || path === undefined) throw new DockerDriverError('invalid', `systemd has handed over descriptor ${descriptor}${name}, which is no listening unix socket: ${unitAdvice()}`)
    return { descriptor, path, inode }
  })
  const [first, second] = sockets
  if (second !== undefined) throw new DockerDriverError('invalid', `systemd has handed over ${first?.path} and ${second.path}, but a driver has one socket: ${unitAdvice()}`)
  return first
}

/** @throws DockerDriverError `invalid` when the socket is not that at which Docker looks for the driver, or not its alone: with what the unit file should say */
export function checkActivatedSocket(socket: ActivatedSocket, path: string, { file }: Pick<SocketLookup, 'file'> = system): void {
  const [theirs, ours] = [file(socket.path), file(path)]
  // Two spellings may be one file: /var/run is /run.
  const isSame = socket.path === path || (ours !== undefined && ours.ino === theirs?.ino && ours.dev === theirs.dev)
  if (!isSame) throw new DockerDriverError('invalid', `systemd has handed over the socket ${socket.path}, but Docker looks for this driver at ${path}: ${unitAdvice(path)}`)
  if (ours === undefined) throw new DockerDriverError('invalid', `systemd has handed over the socket ${path}, whose file somebody has removed: start the socket's unit again`)
  if ((ours.mode & 0o022) !== 0) throw new DockerDriverError('invalid', `whoever may write to ${path} commands the networks, and others than its user may (${(ours.mode & 0o777).toString(8)}): its unit should say SocketMode=0600`)
}

function unitAdvice(path = '/run/docker/plugins/NAME.sock'): string {
  return `its unit should say ListenStream=${path}, and nothing else of the kind`
}

/** The descriptors that are meant for this process. */
function descriptors(env: Readonly<Record<string, string | undefined>>, pid: number): readonly number[] {
  const { LISTEN_PID: owner, LISTEN_FDS: count } = env
  // Somebody has started us who was meant, and did not clean up.
  if (owner === undefined || count === undefined || numberOf('LISTEN_PID', owner) !== pid) return []
  const length = numberOf('LISTEN_FDS', count)
  if (length > MOST) throw new DockerDriverError('invalid', `LISTEN_FDS must be the number of sockets that systemd hands over, ${MOST} at most (got ${count})`)
  return Array.from({ length }, (_, index) => FIRST + index)
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new DockerDriverError('invalid', `${name} must be a whole number, as systemd sets it (got ${JSON.stringify(text)}); unset it to start without systemd`)
  return Number(text)
}

function inodeOf(descriptor: number, { inode }: SocketLookup): number {
  try {
    return inode(descriptor)
  } catch (cause) {
    throw new DockerDriverError('invalid', `LISTEN_FDS says that systemd hands descriptor ${descriptor} over, which is not open: unset LISTEN_PID and LISTEN_FDS to start without systemd`, { cause })
  }
}

/** Whether the descriptor is still the socket. */
export function isOpen({ descriptor, inode }: ActivatedSocket, lookup: Pick<SocketLookup, 'inode'> = system): boolean {
  try {
    return lookup.inode(descriptor) === inode
  } catch {
    return false
  }
}

/** `__SO_ACCEPTCON` of the kernel. */
const LISTENS = 0x10000
const STREAM = 1

/** Reads `/proc/net/unix`: stream sockets by their inode. */
export function parseUnixSockets(text: string): ReadonlyMap<number, UnixSocket> {
  return new Map(text.split('\n').slice(1).flatMap((line): [number, UnixSocket][] => {
    // Address, references, protocol, flags, type, state, inode, and a path where there is one.
    const [, flags = '', type = '', inode, path] = /^\S+: \S+ \S+ (\S+) (\S+) \S+ +(\d+)(?: (.*))?$/.exec(line) ?? []
    return inode === undefined || parseInt(type, 16) !== STREAM ? [] : [[Number(inode), { path, listens: (parseInt(flags, 16) & LISTENS) !== 0 }]]
  }))
}
