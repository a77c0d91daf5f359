import { stringifyJson, type JsonValue } from '@streambed/ovs'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'

/** An event as a line of Faucet's event socket: JSON, in which a number of 64 bits keeps all its digits. */
export function eventLine(event: FaucetFeedEvent): string {
  return `${stringifyJson(event as unknown as JsonValue)}\n`
}
