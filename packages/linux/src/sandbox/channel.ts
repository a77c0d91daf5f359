import type { ChildProcess, SendHandle } from 'node:child_process'
import { Server, Socket } from 'node:net'
import type { Socket as DgramSocket } from 'node:dgram'
import { LinuxError, type LinuxErrorCode } from '../errors.js'
import type { AgentCallName, AgentCalls, AgentEvent, AgentMessage, AgentRequest } from '../agent/protocol.js'

/** Sockets and pipes that came with a call, by name. */
export type Handles = ReadonlyMap<string, unknown>

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
    private readonly onEvent: (event: AgentEvent, handle: unknown) => void,
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
      this.child.send(message, (error) => {
        if (error === null || !this.#pending.delete(id)) return
        reject(this.#failure ?? new LinuxError('closed', 'the agent is gone', { cause: error }))
      })
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
      else pending.handles.set(message.name, handle)
      return
    }
    if (message.type !== 'reply') {
      this.onEvent(message, handle)
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

/** Closes a handle that nobody waits for any more. */
export function destroyHandle(handle: unknown): void {
  const live = handle as SendHandle | undefined
  if (live === undefined) return
  if (live instanceof Socket) live.destroy()
  else if (live instanceof Server) live.close()
  else (live as DgramSocket).close()
}
