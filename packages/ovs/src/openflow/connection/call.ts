import { OvsError } from '../../errors.js'
import type { Message, MessageInput } from '../message.js'
import { abortedError } from './aborted.js'
import { describeMessage, type SentMessage } from './openflow-error.js'
import { replyTypeOf } from './replies.js'
import type { Pending, RequestTable } from './request-table.js'

/** What {@link startCall} needs of a connection. */
export interface CallPort {
  readonly requests: RequestTable<SentMessage, Message>
  /** Encodes and sends. @throws OvsError */
  write(message: MessageInput): SentMessage
  isReading(): boolean
}

/** What becomes of a call. */
export interface CallHandlers {
  /** Takes a reply, or a part of it. Returns whether it was the last. */
  readonly onReply: (reply: Message, bytes: number) => boolean
  readonly onError: (error: OvsError) => void
}

/**
 * Sends a request and watches its time. Then either the last `onReply` or `onError` is called, unless the call is
 * released before.
 * @param options `timeout` is for the reply, or for each of its parts; 0 is for ever
 * @throws OvsError `invalid`, `closed`, `aborted`, `too-large`: nothing was sent
 */
export function startCall(
  port: CallPort,
  message: MessageInput,
  options: { readonly signal?: AbortSignal | undefined; readonly timeout: number },
  handlers: CallHandlers,
): { release: () => void } {
  const { signal, timeout } = options
  const what = describeMessage(message)
  if (signal?.aborted) throw abortedError(what, signal)
  if (message.xid !== undefined) port.requests.check(message.xid)
  const sent = port.write(message)
  let timer: NodeJS.Timeout | undefined
  const settle = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    port.requests.settle(sent.xid, pending)
  }
  const fail = (error: OvsError) => {
    settle()
    handlers.onError(error)
  }
  const onAbort = () => fail(abortedError(what, signal))
  const restart = () => {
    clearTimeout(timer)
    // What a timer can hold.
    if (timeout > 0 && timeout < 2 ** 31) timer = setTimeout(onTimeout, timeout)
  }
  const onTimeout = () => {
    // What is late may be here, and not read: that is the fault of this side.
    if (port.isReading()) fail(new OvsError('timeout', `no answer to ${what} within ${timeout} ms`))
    else restart()
  }
  const pending: Pending<SentMessage, Message> = {
    message: sent,
    replyType: replyTypeOf(message.type),
    onReply: (reply, bytes) => {
      const last = handlers.onReply(reply, bytes)
      if (last) settle()
      else restart()
      return last
    },
    onError: fail,
  }
  port.requests.add(sent.xid, pending)
  restart()
  signal?.addEventListener('abort', onAbort, { once: true })
  return { release: settle }
}
