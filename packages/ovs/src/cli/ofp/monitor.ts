import { connectOpenFlow } from '../../openflow/connection/connect.js'
import { OpenFlowListener } from '../../openflow/connection/openflow-listener.js'
import { openFlowPort } from '../../openflow/connection/target.js'
import type { Datapath } from '../../openflow/datapath/datapath.js'
import { printMessage } from '../../openflow/text/message.js'
import { formatTarget, isPassive, parseTarget } from '../../transport/target.js'
import type { CommandContext } from '../run-command.js'
import type { TargetOptions } from './dump.js'
import { jsonLine } from './json-line.js'

/** Prints what a switch, or every switch that connects, sends of its own accord, until the context's signal. */
export async function monitor(target: string, options: TargetOptions, context: CommandContext): Promise<void> {
  const { tls, timeout } = options
  const { signal } = context
  const parsed = parseTarget(target, openFlowPort)
  if (!isPassive(parsed)) {
    await using datapath = await connectOpenFlow(parsed, { ...(tls && { tls }), timeout, signal })
    await follow(datapath, options, context)
    return
  }
  await using listener = await OpenFlowListener.listen(parsed, {
    ...(tls && { tls }),
    signal,
    onClientError: (error) => process.stderr.write(`${error.message}\n`),
  })
  process.stderr.write(`listening on ${formatTarget(listener.target)}\n`)
  const followed: Promise<void>[] = []
  for await (const datapath of listener) {
    const end = follow(datapath, options, context).catch((error: Error) => {
      process.stderr.write(`${datapath.dpid}: ${error.message}\n`)
    })
    followed.push(end.then(() => datapath.close()))
  }
  await Promise.all(followed)
}

async function follow(datapath: Datapath, options: TargetOptions, context: CommandContext): Promise<void> {
  const { connection, features } = datapath
  const { signal } = context
  const messages = connection.messages()
  const stop = () => void messages.return?.()
  signal.addEventListener('abort', stop)
  try {
    // A connection that the switch did not make itself gets packets only when it says how much of them it wants.
    await connection.send({ type: 'set_config', missSendLen: options.missSendLen }, { signal })
    await context.print(options.json ? jsonLine(features) : printMessage(features))
    for await (const message of messages) await context.print(options.json ? jsonLine(message) : printMessage(message))
    const reason = signal.aborted ? undefined : await connection.closed
    if (reason) throw reason
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
