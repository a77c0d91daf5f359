import type { SendHandle } from 'node:child_process'
import { Socket } from 'node:net'
import { LinuxError } from '../errors.js'
import type { AgentEvent, AgentHandle, AgentReply } from './protocol.js'

/** Sends a message to the library; resolves when it, and its handle, have been taken. */
export function send(message: AgentReply | AgentHandle | AgentEvent, handle?: SendHandle): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve()
    // The library may be gone at any moment: then nobody waits for this message, and 'disconnect' ends the agent.
    process.send(message, handle, {}, () => resolve())
  })
}

/**
 * Passes a descriptor of a stream (pipe, unix or TCP socket) as a handle of a call. The agent keeps no copy.
 * The bare handle is passed, not the socket around it: Node would begin to read from a socket as soon as it arrives,
 * before the reply has, and so before anybody listens.
 */
export async function passStream(id: number, name: string, fd: number): Promise<void> {
  // Neither readable nor writable here: nothing may be read before the library has it.
  const socket = new Socket({ fd, readable: false, writable: false }) as Socket & { readonly _handle: SendHandle }
  socket.on('error', () => undefined)
  await send({ type: 'handle', id, name }, socket._handle)
  socket.destroy()
}

/** An error as it travels. */
export function wireError(error: unknown): { code: string; message: string; errno?: number | undefined; step?: string | undefined } {
  if (error instanceof LinuxError) return { code: error.code, message: error.message, errno: error.errno, step: error.step }
  const message = error instanceof Error ? `${error.message}` : String(error)
  return { code: 'kernel', message }
}
