import { createSocket as createDgram } from 'node:dgram'
import { existsSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { LinuxError } from '../errors.js'
import { passStream, send } from './channel.js'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import type { Poller } from './poller.js'
import type { AgentCalls } from './protocol.js'
import { decodeSocketAddress, encodeSocketAddress } from './sockaddr.js'

const SO_REUSEADDR = 2
const SO_ERROR = 4
const SO_REUSEPORT = 15
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
const EINPROGRESS = 115

/**
 * Sockets made in a host's network namespace and handed to the library. A socket belongs to the namespace it was made in
 * for ever, so that afterwards any process can use it.
 */
export class SocketTable {
  readonly #connecting = new Map<number, () => void>()

  constructor(
    private readonly namespaces: NamespaceTable,
    private readonly poller: Poller,
  ) {}

  #streamSocket(namespace: string, address: Uint8Array): number {
    this.namespaces.markUsed(namespace)
    return this.namespaces.inNetwork(namespace, () => libc.socket(family(address), libc.SOCK_STREAM | libc.SOCK_NONBLOCK))
  }

  /** A bound TCP socket; the library calls listen on it, so that no connection is ever accepted here. */
  async listen(id: number, request: AgentCalls['listen']['request']): Promise<{ port: number }> {
    const address = encodeSocketAddress(request.host, request.port)
    const fd = this.#streamSocket(request.namespace, address)
    let port: number
    try {
      libc.setOption(fd, libc.SOL_SOCKET, SO_REUSEADDR, 1)
      if (family(address) === libc.AF_INET6) libc.setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, request.host === '::' ? 0 : 1)
      bindNamed(fd, address, request)
      port = decodeSocketAddress(libc.socketName(fd)).port
    } catch (error) {
      libc.close(fd)
      throw error
    }
    await passStream(id, 'listener', fd)
    return { port }
  }

  /** A connected TCP socket; refuses with the reason that the network gave. */
  async connect(id: number, request: AgentCalls['connect']['request']): Promise<undefined> {
    const address = encodeSocketAddress(request.host, request.port)
    const target = `${request.host.includes(':') ? `[${request.host}]` : request.host}:${request.port}`
    const fd = this.#streamSocket(request.namespace, address)
    try {
      if (request.localHost !== undefined) libc.bind(fd, encodeSocketAddress(request.localHost, 0))
      const result = libc.tryConnect(fd, address)
      if (result < 0 && result !== -EINPROGRESS) throw libc.systemError(`connect to ${target}`, -result)
      if (result < 0) await this.#connected(fd, target, request)
    } catch (error) {
      libc.close(fd)
      throw error
    }
    await passStream(id, 'socket', fd)
    return undefined
  }

  #connected(fd: number, target: string, { timeoutMs, connection }: AgentCalls['connect']['request']): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        clearTimeout(timer)
        this.poller.remove(fd)
        this.#connecting.delete(connection)
        if (error) reject(error)
        else resolve()
      }
      const timer = setTimeout(() => done(new LinuxError('timeout', `connect to ${target}: no answer in ${timeoutMs} ms`)), timeoutMs)
      this.#connecting.set(connection, () => done(new LinuxError('aborted', `connect to ${target}: aborted`)))
      this.poller.add(fd, 'write', () => {
        const errno = new DataView(libc.getOption(fd, libc.SOL_SOCKET, SO_ERROR).buffer).getInt32(0, true)
        done(errno === 0 ? undefined : libc.systemError(`connect to ${target}`, errno))
      })
    })
  }

  abortConnect(connection: number): void {
    this.#connecting.get(connection)?.()
  }

  /**
   * A bound UDP socket. The agent's copy is given away before the socket is bound, so that no datagram can arrive at the copy.
   */
  async bindUdp(id: number, request: AgentCalls['bindUdp']['request']): Promise<{ port: number }> {
    const address = encodeSocketAddress(request.host, request.port)
    const fd = this.namespaces.inNetwork(request.namespace, () => libc.socket(family(address), libc.SOCK_DGRAM | libc.SOCK_NONBLOCK))
    const own = libc.dup(fd)
    try {
      if (request.reuseAddr) libc.setOption(fd, libc.SOL_SOCKET, SO_REUSEADDR, 1)
      if (request.reusePort) libc.setOption(fd, libc.SOL_SOCKET, SO_REUSEPORT, 1)
      const socket = createDgram(request.family === 6 ? 'udp6' : 'udp4')
      socket.on('error', () => undefined)
      await new Promise<void>((resolve) => socket.bind({ fd }, resolve))
      await send({ type: 'handle', id, name: 'socket' }, socket)
      await new Promise<void>((resolve) => socket.close(() => resolve()))
      const port = this.#freeUdpPort(address, request)
      bindNamed(own, encodeSocketAddress(request.host, port), request)
      return { port: decodeSocketAddress(libc.socketName(own)).port }
    } finally {
      libc.close(own)
    }
  }

  /**
   * Checks a port, or finds a free one, with a socket that is closed again. libuv sets SO_REUSEADDR on every UDP socket
   * that it is given, so that the kernel would let them share a port, and give one of them what the other one waits for.
   */
  #freeUdpPort(address: Uint8Array, request: AgentCalls['bindUdp']['request']): number {
    if (request.reuseAddr) return request.port
    const fd = this.namespaces.inNetwork(request.namespace, () => libc.socket(family(address), libc.SOCK_DGRAM))
    try {
      if (request.reusePort) libc.setOption(fd, libc.SOL_SOCKET, SO_REUSEPORT, 1)
      bindNamed(fd, address, request)
      return decodeSocketAddress(libc.socketName(fd)).port
    } finally {
      libc.close(fd)
    }
  }

  /** A stream to a unix socket in the agent's file system, as soon as somebody listens there. */
  async connectUnix(id: number, { path, timeoutMs }: AgentCalls['connectUnix']['request']): Promise<undefined> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const fd = libc.socket(libc.AF_UNIX, libc.SOCK_STREAM | libc.SOCK_NONBLOCK)
      const result = libc.tryConnect(fd, encodeUnixAddress(path))
      if (result === 0) {
        await passStream(id, 'socket', fd)
        return undefined
      }
      libc.close(fd)
      if (Date.now() >= deadline) throw libc.systemError(`connect to ${path}`, -result)
      await changed(path, Math.min(50, deadline - Date.now()))
    }
  }
}

function family(address: Uint8Array): number {
  return address.length === 16 ? libc.AF_INET : libc.AF_INET6
}

function bindNamed(fd: number, address: Uint8Array, { host, port }: { readonly host: string; readonly port: number }): void {
  try {
    libc.bind(fd, address)
  } catch (cause) {
    const errno = cause instanceof LinuxError ? cause.errno : undefined
    const reason = errno === 98 ? 'is in use in this host' : errno === 99 ? `cannot be used: ${host} is no address of this host` : 'cannot be used'
    throw new LinuxError('invalid', `port ${port} at ${host} ${reason}`, { cause, errno })
  }
}

function encodeUnixAddress(path: string): Uint8Array {
  const text = new TextEncoder().encode(path)
  if (text.length > 107) throw new LinuxError('invalid', `unix socket path ${path} is longer than 107 bytes`)
  const address = new Uint8Array(3 + text.length)
  new DataView(address.buffer).setUint16(0, libc.AF_UNIX, true)
  address.set(text, 2)
  return address
}

/** Resolves when something changes in the folder of `path`, or after `limitMs` (a socket can exist before anybody listens). */
function changed(path: string, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const folder = dirname(path)
    const timer = setTimeout(done, Math.max(1, existsSync(folder) ? Math.min(limitMs, 5) : limitMs))
    const watcher = existsSync(folder) ? watch(folder, done) : undefined
    function done(): void {
      clearTimeout(timer)
      watcher?.close()
      resolve()
    }
  })
}
