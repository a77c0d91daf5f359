import koffi from 'koffi'
import { constants as os } from 'node:os'
import { LinuxError, type LinuxErrorCode } from '../errors.js'

/**
 * The calls of libc that the agent needs, bound once. Each wrapper throws a {@link LinuxError} that names the call and the
 * kernel's reason, except the `try…` ones, which return the negative errno for callers that expect it.
 */

// The node binary itself links libc, whichever one it is: no library name to guess.
const lib = koffi.load(null)

const natives = {
  unshare: lib.func('int unshare(int flags)'),
  setns: lib.func('int setns(int fd, int type)'),
  socket: lib.func('int socket(int domain, int type, int protocol)'),
  bind: lib.func('int bind(int fd, void *address, uint32_t length)'),
  connect: lib.func('int connect(int fd, void *address, uint32_t length)'),
  listen: lib.func('int listen(int fd, int backlog)'),
  getsockname: lib.func('int getsockname(int fd, void *address, void *length)'),
  sendto: lib.func('int64_t sendto(int fd, void *data, size_t length, int flags, void *address, uint32_t addressLength)'),
  recvfrom: lib.func('int64_t recvfrom(int fd, void *data, size_t length, int flags, void *address, void *addressLength)'),
  recv: lib.func('int64_t recv(int fd, void *data, size_t length, int flags)'),
  recvmmsg: lib.func('int recvmmsg(int fd, void *headers, uint32_t count, int flags, void *timeout)'),
  setsockopt: lib.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)'),
  getsockopt: lib.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
  ioctl: lib.func('int ioctl(int fd, unsigned long request, void *argument)'),
  ioctlInteger: lib.func('ioctl', 'int', ['int', 'unsigned long', 'long']),
  pipe2: lib.func('int pipe2(void *fds, int flags)'),
  socketpair: lib.func('int socketpair(int domain, int type, int protocol, void *fds)'),
  dup: lib.func('int dup(int fd)'),
  prctl: lib.func('int prctl(int option, unsigned long one, unsigned long two, unsigned long three, unsigned long four)'),
  close: lib.func('int close(int fd)'),
  mount: lib.func('int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)'),
  sethostname: lib.func('int sethostname(const char *name, size_t length)'),
  posixSpawn: lib.func('int posix_spawn(void *pid, const char *path, void *actions, void *attributes, const char **argv, const char **envp)'),
  spawnActionsInit: lib.func('int posix_spawn_file_actions_init(void *actions)'),
  spawnActionsDup: lib.func('int posix_spawn_file_actions_adddup2(void *actions, int fd, int target)'),
  spawnActionsOpen: lib.func('int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, uint32_t mode)'),
  spawnActionsChdir: lib.func('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)'),
  spawnActionsDestroy: lib.func('int posix_spawn_file_actions_destroy(void *actions)'),
  spawnAttributesInit: lib.func('int posix_spawnattr_init(void *attributes)'),
  spawnAttributesFlags: lib.func('int posix_spawnattr_setflags(void *attributes, int16_t flags)'),
  spawnAttributesDefault: lib.func('int posix_spawnattr_setsigdefault(void *attributes, void *set)'),
  spawnAttributesMask: lib.func('int posix_spawnattr_setsigmask(void *attributes, void *set)'),
  waitpid: lib.func('int waitpid(int pid, void *status, int options)'),
  epollCreate: lib.func('int epoll_create1(int flags)'),
  epollCtl: lib.func('int epoll_ctl(int epfd, int op, int fd, void *event)'),
  epollWait: lib.func('int epoll_wait(int epfd, void *events, int max, int timeout)'),
} as const

export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const AF_PACKET = 17
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000
export const CLONE_NEWNS = 0x0002_0000
export const CLONE_FS = 0x0000_0200
export const CLONE_NEWUTS = 0x0400_0000
export const CLONE_NEWNET = 0x4000_0000
export const MSG_DONTWAIT = 0x40
export const MSG_TRUNC = 0x20
export const MSG_NOSIGNAL = 0x4000
export const SOL_SOCKET = 1
export const MS_BIND = 4096
export const MS_REC = 16384
export const MS_PRIVATE = 1 << 18
export const WNOHANG = 1

const errnoNames = new Map(Object.entries(os.errno).map(([name, number]) => [number, name]))

/** `ENOENT` for 2. */
export function errnoName(errno: number): string {
  return errnoNames.get(errno) ?? `errno ${errno}`
}

const CODES: Readonly<Record<string, LinuxErrorCode>> = {
  EPERM: 'forbidden',
  EACCES: 'forbidden',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
}

/** The error for a refused system call. */
export function systemError(what: string, errno: number): LinuxError {
  const name = errnoName(errno)
  return new LinuxError(CODES[name] ?? 'kernel', `${what}: ${name}`, { errno })
}

function checked(what: string, result: number): number {
  if (result < 0) throw systemError(what, koffi.errno())
  return result
}

/** The errno of the call that failed last on this thread. */
export const lastErrno = (): number => koffi.errno()

export const unshare = (flags: number): number => checked('unshare', natives.unshare(flags) as number)
export const setns = (fd: number, type: number): number => checked('setns', natives.setns(fd, type) as number)
export const socket = (domain: number, type: number, protocol = 0): number => checked('socket', natives.socket(domain, type | SOCK_CLOEXEC, protocol) as number)
export const bind = (fd: number, address: Uint8Array): number => checked('bind', natives.bind(fd, address, address.length) as number)
export const listen = (fd: number, backlog: number): number => checked('listen', natives.listen(fd, backlog) as number)
export const dup = (fd: number): number => checked('dup', natives.dup(fd) as number)
export const close = (fd: number): void => void natives.close(fd)
export const ioctl = (what: string, fd: number, request: number, argument: Uint8Array): number => checked(what, natives.ioctl(fd, request, argument) as number)
export const ioctlWithInteger = (what: string, fd: number, request: number, argument: number): number => checked(what, natives.ioctlInteger(fd, request, argument) as number)

/** An ioctl on `struct ifreq` whose `ifr_data`, behind the 16 bytes of the name, points at more data. */
export function ioctlWithPointer(what: string, fd: number, request: number, ifreq: Uint8Array, data: Uint8Array): number {
  new DataView(ifreq.buffer, ifreq.byteOffset).setBigUint64(16, addressOf(data), true)
  return ioctl(what, fd, request, ifreq)
}

export const mount = (source: string, target: string, type: string | null, flags: number, data: string | null = null): number =>
  checked(`mount ${source} on ${target}`, natives.mount(source, target, type, flags, data) as number)
export const sethostname = (name: string): number => checked('sethostname', natives.sethostname(name, Buffer.byteLength(name)) as number)

const PR_SET_CHILD_SUBREAPER = 36
/** From now on orphans among the descendants of this process become its children. */
export const becomeSubreaper = (): number => checked('prctl(PR_SET_CHILD_SUBREAPER)', natives.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) as number)

/** 0, or the negative errno. */
export const tryConnect = (fd: number, address: Uint8Array): number => ((natives.connect(fd, address, address.length) as number) < 0 ? -koffi.errno() : 0)

/** Bytes sent, or the negative errno. */
export function trySend(fd: number, data: Uint8Array, address: Uint8Array | null): number {
  const sent = natives.sendto(fd, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address?.length ?? 0) as number
  return sent < 0 ? -koffi.errno() : sent
}

/** Bytes received (with MSG_TRUNC the true length), or the negative errno. */
export function tryReceive(fd: number, buffer: Uint8Array, flags = MSG_DONTWAIT): number {
  const received = natives.recv(fd, buffer, buffer.length, flags) as number
  return received < 0 ? -koffi.errno() : received
}

/** As {@link tryReceive}, and the sender's address. `lengthCell` must hold the size of `address` as a native u32. */
export function tryReceiveFrom(fd: number, buffer: Uint8Array, address: Uint8Array, lengthCell: Uint8Array): number {
  const received = natives.recvfrom(fd, buffer, buffer.length, MSG_DONTWAIT | MSG_TRUNC, address, lengthCell) as number
  return received < 0 ? -koffi.errno() : received
}

/** Messages received into an array of `struct mmsghdr`, or the negative errno. */
export function tryReceiveMany(fd: number, headers: Uint8Array, count: number): number {
  const received = natives.recvmmsg(fd, headers, count, MSG_DONTWAIT | MSG_TRUNC, null) as number
  return received < 0 ? -koffi.errno() : received
}

/** Where the bytes lie in memory, for structs that point at them. The caller keeps them alive. */
export const addressOf = (bytes: Uint8Array): bigint => BigInt(koffi.address(bytes) as bigint | number)

/** Sets an option whose value is an int. */
export function setOption(fd: number, level: number, name: number, value: number): void {
  setOptionBytes(fd, level, name, new Uint8Array(new Int32Array([value]).buffer))
}

/** Sets an option whose value is a struct. */
export function setOptionBytes(fd: number, level: number, name: number, value: Uint8Array): void {
  checked(`setsockopt ${level}/${name}`, natives.setsockopt(fd, level, name, value, value.length) as number)
}

/** Reads an option of `size` bytes. */
export function getOption(fd: number, level: number, name: number, size = 4): Uint8Array {
  const value = new Uint8Array(size)
  const length = new Uint8Array(new Uint32Array([size]).buffer)
  checked(`getsockopt ${level}/${name}`, natives.getsockopt(fd, level, name, value, length) as number)
  return value
}

/** The address that a socket is bound to, as the kernel writes it. */
export function socketName(fd: number): Uint8Array {
  const address = new Uint8Array(128)
  const length = new Uint32Array([address.length])
  checked('getsockname', natives.getsockname(fd, address, new Uint8Array(length.buffer)) as number)
  return address.subarray(0, length[0])
}

/** A pipe, both ends closed on exec: [read, write]. */
export function pipe(): readonly [number, number] {
  const fds = new Int32Array(2)
  checked('pipe2', natives.pipe2(new Uint8Array(fds.buffer), SOCK_CLOEXEC) as number)
  return [fds[0] ?? -1, fds[1] ?? -1]
}

/** A connected pair of unix stream sockets. */
export function socketPair(): readonly [number, number] {
  const fds = new Int32Array(2)
  checked('socketpair', natives.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(fds.buffer)) as number)
  return [fds[0] ?? -1, fds[1] ?? -1]
}

/** Collects any child that has ended: its process id and wait status; undefined when none has. */
export function tryWaitAny(): { readonly pid: number; readonly status: number } | undefined {
  const status = new Int32Array(1)
  const pid = natives.waitpid(-1, new Uint8Array(status.buffer), WNOHANG) as number
  return pid > 0 ? { pid, status: status[0] as number } : undefined
}

const POSIX_SPAWN_SETSIGDEF = 0x04
const POSIX_SPAWN_SETSIGMASK = 0x08
const POSIX_SPAWN_SETSID = 0x80
/** More than any libc's opaque struct needs: glibc's attributes are 336 bytes, its actions 80. */
const OPAQUE_SIZE = 512

/** Attributes of every process: a session of its own, no signal ignored (Node ignores SIGPIPE) or blocked. */
const spawnAttributes = ((): Uint8Array => {
  const attributes = new Uint8Array(OPAQUE_SIZE)
  natives.spawnAttributesInit(attributes)
  natives.spawnAttributesFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID)
  natives.spawnAttributesDefault(attributes, new Uint8Array(128).fill(0xff))
  natives.spawnAttributesMask(attributes, new Uint8Array(128))
  return attributes
})()

/** posix_spawn(3): the process id, or the negative errno. Descriptors for 0, 1 and 2; undefined is /dev/null. */
export function trySpawn(path: string, argv: readonly string[], env: readonly string[], cwd: string, stdio: readonly (number | undefined)[]): number {
  const actions = new Uint8Array(OPAQUE_SIZE)
  natives.spawnActionsInit(actions)
  try {
    natives.spawnActionsChdir(actions, cwd)
    for (const [target, fd] of stdio.entries()) {
      if (fd === undefined) natives.spawnActionsOpen(actions, target, '/dev/null', target === 0 ? 0 : 1, 0)
      else natives.spawnActionsDup(actions, fd, target)
    }
    const pid = new Int32Array(1)
    const errno = natives.posixSpawn(new Uint8Array(pid.buffer), path, actions, spawnAttributes, [...argv, null], [...env, null]) as number
    return errno === 0 ? (pid[0] as number) : -errno
  } finally {
    natives.spawnActionsDestroy(actions)
  }
}

export const epollCreate = (): number => checked('epoll_create1', natives.epollCreate(SOCK_CLOEXEC) as number)

/** Registers (op 1) or removes (op 2) a descriptor; level-triggered. Its events carry `data`. */
export function epollControl(epfd: number, op: 1 | 2, fd: number, events: number, data: number): void {
  // struct epoll_event is packed to 12 bytes on x86-64 and 16 elsewhere.
  const event = new Uint8Array(EPOLL_EVENT_SIZE)
  const view = new DataView(event.buffer)
  view.setUint32(0, events, true)
  view.setInt32(EPOLL_DATA_OFFSET, data, true)
  checked('epoll_ctl', natives.epollCtl(epfd, op, fd, event) as number)
}

const packed = process.arch === 'x64' || process.arch === 'ia32'
export const EPOLL_EVENT_SIZE = packed ? 12 : 16
export const EPOLL_DATA_OFFSET = packed ? 4 : 8

/** Waits on a thread of libuv's pool; resolves with the number of events, or the negative errno. */
export function epollWait(epfd: number, events: Uint8Array, max: number, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    natives.epollWait.async(epfd, events, max, timeoutMs, (error: Error | null, result: number) => {
      if (error) reject(error)
      else resolve(result)
    })
  })
}
