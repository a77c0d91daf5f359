import type { Duplex } from 'node:stream'
import { OvsError } from '../../errors.js'
import { OvsdbClient } from '../../ovsdb/client.js'
import { dial, type DialOptions } from '../../transport/dial.js'
import { listen, type Listener } from '../../transport/listen.js'
import { isPassive, type PassiveTarget } from '../../transport/target.js'
import type { Arguments } from './arguments.js'

/** Connects to the target, or waits for a server to connect to it. */
export async function connectClient(
  { target, tls, timeout }: Arguments,
  signal: AbortSignal,
): Promise<OvsdbClient> {
  const options = { tls, timeout, signal }
  return new OvsdbClient(isPassive(target) ? await accept(target, options) : await dial(target, options), { timeout })
}

/** The first connection; the listening socket is closed again. */
async function accept(target: PassiveTarget, { tls, signal }: DialOptions): Promise<Duplex> {
  let listener: Listener | undefined
  try {
    return await new Promise((resolve, reject) => {
      const abort = () => reject(new OvsError('aborted', 'no server had connected', { cause: signal?.reason }))
      signal?.addEventListener('abort', abort, { once: true })
      listen(target, { tls, signal, onConnection: resolve }).then((listening) => (listener = listening), reject)
    })
  } finally {
    await listener?.close()
  }
}
