import { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import type { TrackedMessage } from '../connection/connection-options.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import type { Message, MessageInput } from '../message.js'
import { OFPBF, type BundleControlType } from '../onf/bundle.js'

/** Options of a bundle. */
export interface BundleOptions extends CallOptions {
  /** Milliseconds for each answer of the switch. Defaults to five minutes for the commit, as elsewhere for the others. */
  readonly timeout?: number | undefined
  /** All or nothing, and no packet sees a part of it. Open vSwitch then takes no port-mod. Defaults to true. */
  readonly atomic?: boolean
  /** Whether changes take place in the order in which they were added. Defaults to true. */
  readonly ordered?: boolean
}

/** What can be in a bundle (ONF extension 230, as Open vSwitch has it). */
export type BundleMessage = Extract<MessageInput, { readonly type: 'flow_mod' | 'group_mod' | 'port_mod' | 'packet_out' | 'meter_mod' }>

/** Milliseconds for the commit: Open vSwitch 3.1 takes more than ten seconds to delete 100,000 flows. */
const commitTimeout = 300_000

const noBundles = 'it has no bundles; use execute, or sync with bundle: false'

/**
 * Sends messages as one bundle (ONF extension 230: experimenter messages 2300 and 2301 in OpenFlow 1.3).
 *
 * Nothing takes place before the commit. It opens the bundle, sends everything, closes it, which shows what the switch
 * refused, and only then commits: Open vSwitch would commit the rest of a bundle of which it refused a message. Nobody's
 * code runs meanwhile, as Open vSwitch gives a bundle up that is idle for ten seconds, and then takes the next message
 * for the first of a new one.
 * @throws OvsError `peer` with the very message that was refused, nothing has changed; `closed`, `timeout`, `aborted`:
 *   nothing has changed; `outcome-unknown` when the connection ended, or time was over, after the commit was sent
 */
export async function runBundle(
  connection: OpenFlowConnection,
  bundleId: number,
  messages: Iterable<BundleMessage>,
  options: BundleOptions = {},
): Promise<void> {
  const { atomic = true, ordered = true, signal, timeout } = options
  const flags = (atomic ? OFPBF.ATOMIC : 0) | (ordered ? OFPBF.ORDERED : 0)
  const call = { signal, timeout }
  const control = (type: BundleControlType, options: CallOptions = call) =>
    connection.request({ type: 'onf_bundle_control', bundleId, control: type, flags }, options)
  const errors: OvsError[] = []
  const tracked: TrackedMessage[] = []
  try {
    const opened = await open(control)
    // Open vSwitch reports with this xid that it has given the bundle up.
    tracked.push(connection.listen(opened.xid, (error) => void errors.push(error)))
    for (const message of messages) {
      const { xid: _, ...rest } = message
      const add = { type: 'onf_bundle_add', bundleId, flags, message: rest as MessageInput } as const
      tracked.push(connection.track(add, (error) => void errors.push(error)))
      if (errors.length > 0) break
      await connection.room(call)
    }
    if (errors.length === 0) await control('close_request')
    const [error] = errors
    if (error) throw error
  } catch (error) {
    // Not to be waited for: the connection may be what has failed.
    discard(connection, bundleId, flags)
    for (const message of tracked) message.release()
    throw error
  }
  try {
    const commit = { signal, timeout: timeout ?? commitTimeout }
    await connection.patiently(() => control('commit_request', commit))
  } catch (error) {
    throw commitError(error as OvsError, errors)
  } finally {
    for (const message of tracked) message.release()
  }
}

async function open(control: (type: BundleControlType) => Promise<Message>): Promise<Message> {
  try {
    return await control('open_request')
  } catch (error) {
    const { detail } = error as OvsError
    if (detail?.type !== 'openflow' || detail.errorType !== 'bad_request') throw error
    throw new OvsError('peer', `the switch refused to open a bundle (${detail.code}): ${noBundles}`, { cause: error, detail })
  }
}

function discard(connection: OpenFlowConnection, bundleId: number, flags: number): void {
  connection.request({ type: 'onf_bundle_control', bundleId, control: 'discard_request', flags }).catch(() => {})
}

/** The switch reports the message that failed first, and then that the commit did. */
function commitError(error: OvsError, errors: readonly OvsError[]): OvsError {
  const [cause] = errors.filter(({ code }) => code === 'peer')
  if (error.code === 'peer') return cause ?? error
  const why = error.message.slice(error.code.length + 3)
  return new OvsError('outcome-unknown', `the bundle may have been committed, or not: ${why}`, { cause: error })
}
