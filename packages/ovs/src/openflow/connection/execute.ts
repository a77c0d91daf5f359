import type { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import type { MessageInput } from '../message.js'

/** Options of `OpenFlowConnection.execute`. */
export interface ExecuteOptions extends CallOptions {
  /**
   * Gets every message that the switch refused, with its position from 0. With it, `execute` goes on and does not reject
   * because of refusals.
   */
  readonly onError?: (error: OvsError, index: number) => void
}

/** What {@link execute} needs of a connection. */
export interface ExecutePort {
  /** Sends a message and listens to errors about it until it is released. */
  track(message: MessageInput, onError: (error: OvsError) => void): { release(): void }
  barrier(): Promise<void>
  /** Resolves when there is room to send; `undefined`: there is. */
  room(): Promise<void> | undefined
}

/** Messages between two barriers, and barriers that may be under way at the same time. */
const barrierEvery = 1000
const barriersUnderWay = 4

/**
 * Sends messages without replies and finds out, by barriers and by errors with their xids, what became of them.
 * @returns how many were carried out
 */
export async function execute(
  port: ExecutePort,
  messages: Iterable<MessageInput> | AsyncIterable<MessageInput>,
  onError: ExecuteOptions['onError'],
): Promise<number> {
  const barriers: Promise<void>[] = []
  const refusals: OvsError[] = []
  let batch: { release(): void }[] = []
  let sent = 0
  let refused = 0
  const confirm = () => {
    const tracked = batch
    batch = []
    const barrier = port.barrier().finally(() => tracked.forEach((message) => message.release()))
    // Whoever awaits it may not have come that far.
    barrier.catch(() => {})
    barriers.push(barrier)
  }
  let failure: { readonly error: unknown } | undefined
  try {
    for await (const message of messages) {
      const index = sent
      const tracked = port.track(message, (error) => {
        // The barrier tells that.
        if (error.code === 'closed') return
        refused++
        if (onError) onError(error, index)
        else refusals.push(error)
      })
      sent++
      batch.push(tracked)
      if (batch.length >= barrierEvery) confirm()
      if (barriers.length >= barriersUnderWay) await barriers.shift()
      const room = port.room()
      if (room) await room
      if (refusals.length > 0) break
    }
  } catch (error) {
    failure = { error }
  }
  if (batch.length > 0) confirm()
  const results = await Promise.allSettled(barriers)
  const [refusal] = refusals
  if (refusal) throw refusal
  if (failure) throw failure.error
  const lost = results.find((result) => result.status === 'rejected')
  if (lost) throw lost.reason
  return sent - refused
}
