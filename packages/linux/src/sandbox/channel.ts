import type { ChildProcess } from 'node:child_process'
import { Socket as DgramSocket } from 'node:dgram'
import { Socket } from 'node:net'
import { LinuxError, type LinuxErrorCode } from '../errors.js'
import type { AgentCallName, AgentCalls, AgentEvent, AgentMessage, AgentRequest } from '../agent/protocol.js'

/** Sockets and pipes that came with a call, by name. */
export type Handles = ReadonlyMap<string, unknown>

/** @throws LinuxError `kernel` when a handle got lost on its way, as it does when this process may not open more files */
export function takeHandle(handles: Handles, name: string): object {
  const handle = handles.get(name)
  if (handle == null) throw new LinuxError('kernel', `the ${name} of the call did not arrive: has this process too many open files (ulimit -n)?`)
  return handle
}

/** Makes a stream of a handle that came with a call. It reads from now on, so whoever gets it sees all of it. */
export function takeStream(handles: Handles, name: string, { readable = true, writable = true } = {}): Socket {
  return new Socket({ handle: takeHandle(handles, name), readable, writable } as never)
}

/** Datagrams that came before anybody could listen. */
const early = new WeakMap<DgramSocket, { readonly messages: unknown[][]; readonly keep: (...message: unknown[]) => void }>()

function holdDatagrams(socket: DgramSocket): void {
  const messages: unknown[][] = []
  const keep = (...message: unknown[]): void => void messages.push(message)
  early.set(socket, { messages, keep })
  socket.on('message', keep)
}

/** Takes the UDP socket that came with a call; what it received meanwhile is emitted once the caller has had the chance to listen. */
export function takeDatagramSocket(handles: Handles, name: string): DgramSocket {
  const socket = takeHandle(handles, name) as DgramSocket
  process.nextTick(() => {
    const held = early.get(socket)
    if (held === undefined) return
    early.delete(socket)
    socket.off('message', held.keep)
    for (const message of held.messages) socket.emit('message', ...message)
  })
  return socket
}

interface Pending {
  readonly resolve: (result: { reply: unknown; handles: Handles }) => void
  readonly reject: (error: Error) => void
  readonly handles: Map<string, unknown>
}

/** The library's end of the agent's channel: matches replies and handles with calls, and passes events on. */
export class AgentChannel {
  readonly #pending = new Map<number, Pending>()
  #next = 0
  #failure: Error | undefined

  constructor(
    private readonly child: ChildProcess,
    private readonly onEvent: (event: AgentEvent) => void,
  ) {
    child.on('message', (message, handle) => this.#receive(message as AgentMessage, handle))
  }

  /** Sends a call; calls sent before the agent is up wait in the channel. */
  call<Name extends AgentCallName>(call: Name, request: AgentCalls[Name]['request']): Promise<{ reply: AgentCalls[Name]['reply']; handles: Handles }> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = ++this.#next
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, handles: new Map() })
      const message: AgentRequest<Name> = { id, call, request }
      // A channel that cannot be written to means that the agent is gone: the call stays pending until it is known why, and rejects with that.
      this.child.send(message, () => undefined)
    })
  }

  /** Rejects everything that waits, and everything to come. */
  fail(error: Error): void {
    this.#failure ??= error
    for (const { reject, handles } of this.#pending.values()) {
      for (const handle of handles.values()) destroyHandle(handle)
      reject(this.#failure)
    }
    this.#pending.clear()
  }

  #receive(message: AgentMessage, handle: unknown): void {
    if (message.type === 'handle') {
      const pending = this.#pending.get(message.id)
      if (pending === undefined) destroyHandle(handle)
      else {
        if (handle instanceof DgramSocket) holdDatagrams(handle)
        pending.handles.set(message.name, handle)
      }
      return
    }
    if (message.type !== 'reply') {
      this.onEvent(message)
      return
    }
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    this.#pending.delete(message.id)
    if (message.ok) pending.resolve({ reply: message.reply, handles: pending.handles })
    else {
      for (const unused of pending.handles.values()) destroyHandle(unused)
      const { code, message: text, errno, step } = message.error
      pending.reject(new LinuxError(code as LinuxErrorCode, text, { errno, step }))
    }
  }
}

/** Closes a handle that nobody waits for any more: a UDP socket, or the bare handle of a stream. */
function destroyHandle(handle: unknown): void {
  if (handle != null) (handle as { close: () => void }).close()
}
