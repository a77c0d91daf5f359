import { OvsError } from '../../errors.js'
import type { FlowModInput } from '../message/flow-mod.js'
import type { FlowStats } from '../multipart/flow-stats.js'
import type { BundleOptions } from './bundle.js'
import { diffFlows, type FlowInput } from './diff-flows.js'

/** Which flows a synchronisation is about: those outside of it are neither looked at nor changed. */
export interface SyncScope {
  /** One table. Defaults to all tables. */
  readonly tableId?: number
  /** Only flows with this cookie, in the bits of `cookieMask`. */
  readonly cookie?: bigint
  /** Which bits of `cookie` count. Defaults to all when there is a `cookie`. */
  readonly cookieMask?: bigint
}

/** Options of `Datapath.sync`. */
export interface SyncOptions extends BundleOptions, SyncScope {
  /** Whether to change everything in one bundle. Without, flows change one after the other. Defaults to true. */
  readonly bundle?: boolean
}

/** What a synchronisation did: numbers of flows. */
export interface SyncResult {
  readonly added: number
  /** Flows whose instructions were changed; their counters went on. */
  readonly modified: number
  /** Flows whose cookie, timeouts or flags differed: they were added anew. */
  readonly replaced: number
  readonly removed: number
  readonly unchanged: number
}

/** What {@link syncFlows} needs of a switch. */
export interface SyncPort {
  /** The flows of the scope. */
  dump(scope: Required<SyncScope>): AsyncIterable<FlowStats>
  /** Carries out all flow-mods, in order. */
  apply(messages: readonly FlowModInput[]): Promise<void>
}

const allOnes = 0xffffffffffffffffn

/** Brings the flows of a scope to what is wanted, with as few flow-mods as it takes; none when nothing differs. */
export async function syncFlows(port: SyncPort, wanted: readonly FlowInput[], scope: SyncScope): Promise<SyncResult> {
  const { tableId = 0xff, cookie = 0n, cookieMask = scope.cookie === undefined ? 0n : allOnes } = scope
  const flows = wanted.map((flow) => within(flow, { tableId, cookie, cookieMask }))
  const current: FlowStats[] = []
  for await (const flow of port.dump({ tableId, cookie, cookieMask })) current.push(flow)
  const { remove, modify, replace, add, unchanged } = diffFlows(current, flows)
  const messages = [...remove, ...modify, ...replace, ...add]
  if (messages.length > 0) await port.apply(messages)
  return {
    added: add.length,
    modified: modify.length,
    replaced: replace.length,
    removed: remove.length,
    unchanged,
  }
}

/** A wanted flow, which must be in the scope; where it says nothing, the table and the cookie of the scope are meant. */
function within(flow: FlowInput, scope: Required<SyncScope>): FlowInput {
  const tableId = flow.tableId ?? (scope.tableId === 0xff ? 0 : scope.tableId)
  const cookie = flow.cookie ?? scope.cookie & scope.cookieMask
  if (scope.tableId !== 0xff && tableId !== scope.tableId) {
    throw new OvsError('invalid', `tableId of a wanted flow is ${tableId}, outside of what is synchronised: ${scope.tableId}`)
  }
  if (((cookie ^ scope.cookie) & scope.cookieMask) !== 0n) {
    const mask = `0x${scope.cookie.toString(16)}/0x${scope.cookieMask.toString(16)}`
    throw new OvsError('invalid', `cookie of a wanted flow is 0x${cookie.toString(16)}, outside of what is synchronised: ${mask}`)
  }
  return { ...flow, tableId, cookie }
}
