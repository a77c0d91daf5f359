import { OvsError } from '../errors.js'
import type { UpdateNotation } from './update.js'
import type { Uuid } from './value.js'

/**
 * The ways to monitor, best first: what the server sends, and how (ovsdb-server(7) §4.1.15, §4.1.12, RFC 7047 §4.1.5).
 */
export const monitorMethods = [
  { method: 'monitor_cond_since', notation: 'v2', conditional: true },
  { method: 'monitor_cond', notation: 'v2', conditional: true },
  { method: 'monitor', notation: 'v1', conditional: false },
] as const satisfies readonly { method: string; notation: UpdateNotation; conditional: boolean }[]

/** One of the ways to monitor. */
export type MonitorMethod = (typeof monitorMethods)[number]

/**
 * Which notification carries which notation, and at which parameter the updates are (RFC 7047 §4.1.6, ovsdb-server(7)
 * §4.1.14, §4.1.16).
 */
export const updateNotifications: ReadonlyMap<string, { readonly notation: UpdateNotation; readonly at: number }> =
  new Map([
    ['update', { notation: 'v1', at: 1 }],
    ['update2', { notation: 'v2', at: 1 }],
    ['update3', { notation: 'v2', at: 2 }],
  ])

/** No transaction is known: the server shall send everything (ovsdb-server(7) §4.1.15). */
export const noTransaction = '00000000-0000-0000-0000-000000000000' as Uuid

/** Whether a server answered that it does not know a method. */
export function isUnknownMethod(error: unknown): boolean {
  return (
    error instanceof OvsError &&
    error.detail?.type === 'reply' &&
    JSON.stringify(error.detail.error).includes('unknown method')
  )
}
