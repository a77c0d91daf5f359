import { OvsError } from '../../errors.js'
import type { MessageInput } from '../message.js'
import type { MessageOf } from './replies.js'

/** A message as it went out: with the xid that it had. */
export type SentMessage = MessageInput & { readonly xid: number }

/** A message in a few words, for errors: `flow_mod add (table 3, priority 100)`. */
export function describeMessage(message: MessageInput): string {
  switch (message.type) {
    case 'flow_mod':
      return `flow_mod ${message.command} (table ${message.tableId ?? 0}, priority ${message.priority ?? 0x8000})`
    case 'group_mod':
      return `group_mod ${message.command} (group ${message.groupId})`
    case 'meter_mod':
      return `meter_mod ${message.command} (meter ${message.meterId})`
    case 'port_mod':
      return `port_mod (port ${message.portNo})`
    case 'onf_bundle_control':
      return `${message.type} ${message.control} (bundle ${message.bundleId})`
    case 'onf_bundle_add':
      return `${describeMessage(message.message)} in bundle ${message.bundleId}`
    default:
      return message.type
  }
}

/** What an error message of OpenFlow 1.3.5 §7.4.4 says, in a few words: `flow_mod_failed/table_full`. */
export function describeError(error: MessageOf<'error'>): string {
  if (error.errorType === 'experimenter')
    return `experimenter 0x${error.experimenter.toString(16)} error ${error.expType}`
  const text = error.errorType === 'hello_failed' ? Buffer.from(error.data).toString('utf8').replaceAll('\0', '') : ''
  return `${error.errorType}/${error.code}${text === '' ? '' : ` (${text})`}`
}

/** The {@link OvsError} `peer` for an error message about a request of ours, where that is known. */
export function openFlowError(error: MessageOf<'error'>, request: SentMessage | undefined): OvsError {
  const what = request ? `${describeMessage(request)} was refused` : 'the other side reports an error'
  const { data } = error
  const refusal =
    error.errorType === 'experimenter'
      ? { errorType: error.errorType, code: error.expType, experimenter: error.experimenter }
      : { errorType: error.errorType, code: error.code, experimenter: undefined }
  return new OvsError('peer', `${what}: ${describeError(error)}`, {
    detail: { type: 'openflow', ...refusal, data, request },
  })
}
