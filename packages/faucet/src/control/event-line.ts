import { parseJson } from '@streambed/ovs'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'

/** Reads a line of Faucet's event socket; `undefined` for what is none. */
export function parseEventLine(line: string): FaucetFeedEvent | undefined {
  try {
    const event = parseJson(line) as Readonly<Record<string, unknown>>
    const { dp_id, event_id } = event
    if ((typeof dp_id !== 'number' && typeof dp_id !== 'bigint') || typeof event_id !== 'number') return undefined
    return { ...event, dp_id: BigInt(dp_id) } as FaucetFeedEvent
  } catch {
    return undefined
  }
}
