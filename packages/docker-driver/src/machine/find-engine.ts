import { setTimeout as sleep } from 'node:timers/promises'
import type { BridgeState } from '../driver/switch-database.js'
import { DockerDriverError } from '../errors.js'
import { shortEngineId } from '../options/index.js'
import { readEngine } from './machine-ids.js'

const PAUSE_MS = 500

/**
 * The six digits that the machine's bridges are named after. Bridges that are there say so themselves: Docker may be waiting for the
 * driver, and not answer. Only for the first ones Docker is asked, and waited for.
 * @param ask the id of Docker's engine
 * @param patience milliseconds that Docker may take
 * @throws DockerDriverError `missing` when it does not answer in that time, `aborted`
 */
export async function findEngine(bridges: readonly BridgeState[], driver: string, ask: () => Promise<string>, patience: number, signal?: AbortSignal): Promise<string> {
  const known = readEngine(bridges, driver)
  if (known !== undefined) return known
  for (const deadline = performance.now() + patience; ; ) {
    try {
      return shortEngineId(await ask())
    } catch (cause) {
      if (performance.now() + PAUSE_MS > deadline) {
        throw new DockerDriverError('missing', `bridges for mirroring and stacking are named after Docker's engine, and Docker does not say its id: ${(cause as Error).message}`, { cause })
      }
    }
    await sleep(PAUSE_MS, undefined, { ...(signal && { signal }) }).catch((cause: unknown) => {
      throw new DockerDriverError('aborted', "nobody waits for Docker's engine id any more", { cause })
    })
  }
}
