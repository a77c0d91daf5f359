import { OvsError } from '@streambed/ovs'
import { decodeMessage, describeMessage, encodeMessage, printFlow, printGroup, type MessageInput } from '@streambed/ovs/openflow'

/** A message that a switch did not take. */
export interface Refusal {
  /** What it was, as `ovs-ofctl` writes it. */
  readonly text: string
  /** What the switch said, such as `flow_mod_failed/table_full`. */
  readonly reason: string
  readonly message: MessageInput
  /** The rule of an ACL that it comes from, such as `rule 2 of ACL guests`; only told of the first few. */
  readonly origin?: string
}

/** A refusal in a sentence. */
export function describeRefusal({ text, reason, origin }: Refusal): string {
  return `${text}${origin === undefined ? '' : ` (${origin})`}: ${reason}`
}

/** The refusal that an error is about; `undefined` when it is none, or nobody knows of which message. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof OvsError) || error.code !== 'peer' || error.detail?.type !== 'openflow') return undefined
  const { errorType, code, request } = error.detail
  if (!request) return undefined
  const message = request.type === 'onf_bundle_add' ? request.message : request
  return { text: textOf(message), reason: `${String(errorType)}/${String(code)}`, message }
}

/** A text that is equal for messages about the same flow, group or meter. */
export function subjectOf(message: MessageInput): string | undefined {
  switch (message.type) {
    case 'flow_mod': {
      const { tableId = 0, priority = 0x8000, match = [] } = message
      const fields = match.map((field) => {
        const { value, mask } = field as { readonly value?: unknown; readonly mask?: unknown }
        return `${String(field.field)}=${String(value)}/${String(mask)}`
      })
      return `flow ${String(tableId)} ${String(priority)} ${fields.sort().join()}`
    }
    case 'group_mod':
      return `group ${String(message.groupId)}`
    case 'meter_mod':
      return `meter ${String(message.meterId)}`
    default:
      return undefined
  }
}

/** A message as `ovs-ofctl` would write it. */
export function textOf(message: MessageInput): string {
  if (message.type !== 'flow_mod' && message.type !== 'group_mod') return describe(message)
  try {
    const read = decodeMessage(encodeMessage(message))
    // All others say their command themselves.
    if (read.type === 'flow_mod') return `${read.command === 'add' ? 'add ' : ''}${printFlow(read)}`
    if (read.type === 'group_mod') return `${String(read.command)} ${printGroup(read)}`
  } catch {
    // It cannot be encoded, which is why it was not sent.
  }
  return describe(message)
}

function describe(message: MessageInput): string {
  return describeMessage(message as Parameters<typeof describeMessage>[0])
}
