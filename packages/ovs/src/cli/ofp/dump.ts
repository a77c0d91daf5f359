import { OvsError } from '../../errors.js'
import type { CallOptions } from '../../jsonrpc/peer.js'
import { connectOpenFlow } from '../../openflow/connection/connect.js'
import type { Datapath } from '../../openflow/datapath/datapath.js'
import type { Message } from '../../openflow/message.js'
import { printMessage } from '../../openflow/text/message.js'
import type { TlsOptions } from '../../transport/tls.js'
import type { CommandContext } from '../run-command.js'
import { jsonLine } from './json-line.js'

/** How `dump` and `monitor` talk to the switch. */
export interface TargetOptions {
  readonly tls: TlsOptions | undefined
  /** Prints JSON lines instead of text. */
  readonly json: boolean
  /** Milliseconds. */
  readonly timeout: number
  /** Bytes of a packet that `monitor` asks for. */
  readonly missSendLen: number
}

/** What is asked for. Switches without groups or meters answer with an error, which is printed in its place. */
const requests = [
  'features_request',
  'get_config_request',
  'desc_request',
  'port_desc_request',
  'port_stats_request',
  'table_stats_request',
  'group_desc_request',
  'group_stats_request',
  'meter_config_request',
  'meter_stats_request',
  'flow_stats_request',
] as const

/** Prints everything that a switch tells about itself: each answer as a message. */
export async function dump(target: string, options: TargetOptions, context: CommandContext): Promise<void> {
  const { tls, timeout } = options
  const { signal } = context
  await using datapath = await connectOpenFlow(target, { ...(tls && { tls }), timeout, signal })
  for (const type of requests) {
    try {
      for await (const message of answers(datapath, type, { timeout, signal })) {
        await context.print(options.json ? jsonLine(message) : printMessage(message))
      }
    } catch (error) {
      if (!(error instanceof OvsError) || error.code !== 'peer') throw error
      await context.print(options.json ? jsonLine({ request: type, error: error.message }) : error.message)
    }
  }
}

/** The messages that answer a request. */
async function* answers(
  { connection }: Datapath,
  type: (typeof requests)[number],
  options: CallOptions,
): AsyncGenerator<Message> {
  if (type === 'features_request' || type === 'get_config_request') yield await connection.request({ type }, options)
  else yield* connection.stream({ type }, options)
}
