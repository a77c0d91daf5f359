import { OvsError } from '@streambed/ovs'
import { encodeMessage, type BundleMessage, type Datapath } from '@streambed/ovs/openflow'
import { refusalOf, subjectOf, textOf, type Refusal } from './refusal.js'

/** So many times a bundle is sent again without what was refused; then the rest is sent one by one. */
const bundles = 8

/**
 * Sends changes so that they take place at once, and resolves when the switch has them. What it refuses is told, and the
 * rest is carried out all the same. Open vSwitch takes no meters in a bundle: those that come or change are sent before
 * it, those that go after it.
 * @throws OvsError `closed`, `timeout`, `outcome-unknown`: what the switch has is not known
 */
export async function sendAtomically(
  datapath: Datapath,
  messages: readonly BundleMessage[],
  onRefusal: (refusal: Refusal) => void,
): Promise<void> {
  const isMeter = ({ type }: BundleMessage) => type === 'meter_mod'
  const isDeletion = (message: BundleMessage) => isMeter(message) && 'command' in message && message.command === 'delete'
  await sendInOrder(datapath, messages.filter((message) => isMeter(message) && !isDeletion(message)), onRefusal)
  await sendBundle(datapath, messages.filter((message) => !isMeter(message)), onRefusal)
  await sendInOrder(datapath, messages.filter(isDeletion), onRefusal)
}

/** Sends changes one after the other, and resolves when the switch has them. */
export async function sendInOrder(
  datapath: Datapath,
  messages: readonly BundleMessage[],
  onRefusal: (refusal: Refusal) => void,
): Promise<void> {
  const possible = encodable(messages, onRefusal)
  if (possible.length === 0) return
  await datapath.connection.execute(possible, {
    onError: (error, index) => {
      const message = possible[index] as BundleMessage
      onRefusal(refusalOf(error) ?? { text: textOf(message), reason: error.message, message })
    },
  })
}

async function sendBundle(
  datapath: Datapath,
  messages: readonly BundleMessage[],
  onRefusal: (refusal: Refusal) => void,
): Promise<void> {
  // One takes place at once by itself.
  if (messages.length === 1) return sendInOrder(datapath, messages, onRefusal)
  let rest = messages
  for (let tries = 0; rest.length > 0 && tries < bundles; tries++) {
    try {
      return await datapath.bundle((bundle) => rest.forEach((message) => bundle.add(message)))
    } catch (error) {
      if (!(error instanceof OvsError)) throw error
      if (error.code === 'invalid') {
        rest = encodable(rest, onRefusal)
        continue
      }
      if (error.code !== 'peer') throw error
      const refusal = refusalOf(error)
      const left = refusal ? without(rest, refusal) : rest
      // The bundle itself was refused, not one of its messages.
      if (!refusal || left.length === rest.length) break
      onRefusal(refusal)
      rest = left
    }
  }
  await sendInOrder(datapath, rest, onRefusal)
}

function without(messages: readonly BundleMessage[], { message: refused }: Refusal): readonly BundleMessage[] {
  const subject = subjectOf(refused)
  const command = 'command' in refused ? refused.command : undefined
  if (subject === undefined) return messages
  return messages.filter((message) => subjectOf(message) !== subject || !('command' in message) || message.command !== command)
}

/** What can be said in OpenFlow at all. */
function encodable(messages: readonly BundleMessage[], onRefusal: (refusal: Refusal) => void): readonly BundleMessage[] {
  return messages.filter((message) => {
    try {
      encodeMessage(message)
      return true
    } catch (error) {
      onRefusal({ text: textOf(message), reason: (error as Error).message, message })
      return false
    }
  })
}
