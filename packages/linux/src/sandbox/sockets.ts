import diagnostics from 'node:diagnostics_channel'
import type { Socket as DgramSocket } from 'node:dgram'
import { Server, type Socket } from 'node:net'
import { LinuxError } from '../errors.js'
import { parseAddress } from '../rtnetlink/ip-address.js'
import { abortedError, checkAborted } from './aborted.js'
import { takeDatagramSocket, takeHandle, takeStream } from './channel.js'
import type { Sandbox } from './sandbox.js'

/** Where a listening socket is opened. */
export interface ListenOptions {
  /** Address of the host to listen on; default `::`, every address of both families. */
  readonly host?: string | undefined
  /** Connections that may wait to be accepted; default 511, as Node's own. */
  readonly backlog?: number | undefined
}

/** How a connection is opened. */
export interface ConnectOptions {
  /** Milliseconds to wait for the other side; default 10,000. */
  readonly timeout?: number | undefined
  /** Address of the host to come from; the kernel chooses by default. */
  readonly localAddress?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** How a UDP socket is opened. */
export interface UdpOptions {
  /** Port to receive on; default 0, a free one. */
  readonly port?: number | undefined
  /** Address of the host to receive on; default every address of the family. */
  readonly host?: string | undefined
  readonly reuseAddr?: boolean | undefined
  readonly reusePort?: boolean | undefined
}

/** @throws LinuxError `invalid` */
export function checkPort(port: number, lowest: 0 | 1 = 1): void {
  if (!Number.isInteger(port) || port < lowest || port > 65535) throw new LinuxError('invalid', `port ${port} is no port: a whole number from ${lowest} to 65535`)
}

/** What Node's own servers have and its types do not say: the handle under a server, which another server can take over. */
interface WithHandle {
  readonly _handle?: object | null
}

/** Handles of the servers that were handed out, to know which accepted connections belong to a sandbox. */
const servers = new WeakMap<object, { readonly sandbox: Sandbox; readonly namespace: string }>()
let watching = false

/**
 * Connections that are accepted here keep their network namespace alive, whichever server accepted them
 * (`http.createServer().listen(server)` takes the handle over): so they end with the sandbox.
 */
function watchAccepted(): void {
  if (watching) return
  watching = true
  diagnostics.subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server?: WithHandle } }
    const handle = socket.server?._handle
    const owner = handle == null ? undefined : servers.get(handle)
    if (owner !== undefined) own(owner.sandbox, owner.namespace, socket)
  })
}

function own(sandbox: Sandbox, namespace: string, socket: Socket): void {
  const disown = sandbox.owned.add({ end: (reason) => void socket.destroy(socket.listenerCount('error') > 0 ? reason : undefined) }, namespace)
  socket.once('close', disown)
}

/** Opens a listening TCP socket in a namespace: an ordinary `net.Server` of this process. */
export async function listenIn(sandbox: Sandbox, namespace: string, port = 0, options: ListenOptions = {}): Promise<Server> {
  checkPort(port, 0)
  watchAccepted()
  const host = options.host ?? '::'
  const { reply, handles } = await sandbox.callForHandles('listen', { namespace, host, port })
  const handle = takeHandle(handles, 'listener') as { close: () => void }
  servers.set(handle, { sandbox, namespace })
  const server = new Server() as Server & WithHandle
  const end = (): void => {
    server.close()
    // Another server may have taken the handle over: `http.createServer().listen(server)`.
    handle.close()
  }
  const disown = sandbox.owned.add({ end }, namespace)
  server.once('close', disown)
  await new Promise<void>((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException): void => {
      disown()
      // Two sockets may be bound to one port as long as neither listens.
      reject(new LinuxError('invalid', `port ${reply.port} at ${host} ${cause.code === 'EADDRINUSE' ? 'is in use in this host' : 'cannot be used'}`, { cause }))
    }
    server.once('error', refused)
    server.once('listening', () => {
      server.off('error', refused)
      resolve()
    })
    server.listen({ _handle: handle } as never, options.backlog ?? 511)
  })
  return server
}

/** Connects from a namespace: an ordinary connected `net.Socket` of this process. */
export async function connectIn(sandbox: Sandbox, namespace: string, host: string, port: number, options: ConnectOptions = {}): Promise<Socket> {
  checkPort(port)
  const { signal } = options
  checkAborted(signal, `connect to ${host}`)
  const connection = sandbox.nextNumber()
  const onAbort = (): void => void sandbox.call('abortConnect', { connection }).catch(() => undefined)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const { handles } = await sandbox.callForHandles('connect', { namespace, host, port, localHost: options.localAddress, timeoutMs: options.timeout ?? 10_000, connection })
    const socket = takeStream(handles, 'socket')
    if (signal?.aborted === true) socket.destroy()
    checkAborted(signal, `connect to ${host}`)
    own(sandbox, namespace, socket)
    return socket
  } catch (error) {
    if (error instanceof LinuxError && error.code === 'aborted' && signal?.aborted === true) throw abortedError(signal, `connect to ${host}`)
    throw error
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Opens a bound UDP socket in a namespace: an ordinary `dgram.Socket` of this process. */
export async function bindUdpIn(sandbox: Sandbox, namespace: string, type: 'udp4' | 'udp6', options: UdpOptions = {}): Promise<DgramSocket> {
  checkPort(options.port ?? 0, 0)
  const family = type === 'udp6' ? 6 : 4
  if (options.host !== undefined && parseAddress(options.host).bytes.length !== (family === 6 ? 16 : 4)) {
    throw new LinuxError('invalid', `${options.host} is no address for a ${type} socket`)
  }
  const { handles } = await sandbox.callForHandles('bindUdp', {
    namespace,
    family,
    host: options.host ?? (family === 6 ? '::' : '0.0.0.0'),
    port: options.port ?? 0,
    reuseAddr: options.reuseAddr === true,
    reusePort: options.reusePort === true,
  })
  const socket = takeDatagramSocket(handles, 'socket')
  let closed = false
  const end = (): void => {
    if (!closed) socket.close()
  }
  const disown = sandbox.owned.add({ end }, namespace)
  socket.once('close', () => {
    closed = true
    disown()
  })
  return socket
}

/** A stream to a unix socket in the sandbox's own file system, such as the database of its switch. */
export async function connectUnixIn(sandbox: Sandbox, path: string, timeoutMs = 10_000): Promise<Socket> {
  const { handles } = await sandbox.callForHandles('connectUnix', { path, timeoutMs })
  const socket = takeStream(handles, 'socket')
  const disown = sandbox.owned.add({ end: () => void socket.destroy() })
  socket.once('close', disown)
  return socket
}
