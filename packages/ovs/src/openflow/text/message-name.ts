import type { Message } from '../message.js'

/** What Open vSwitch calls messages whose name does not follow from their type. */
const names: Partial<Record<Message['type'], string>> = {
  queue_get_config_request: 'OFPT_QUEUE_GET_CONFIG_REQUEST',
  queue_get_config_reply: 'OFPT_QUEUE_GET_CONFIG_REPLY',
  onf_bundle_add: 'ONFT_BUNDLE_ADD_MESSAGE',
  nxst_flow_monitor_request: 'NXST_FLOW_MONITOR request',
  nxst_flow_monitor_reply: 'NXST_FLOW_MONITOR reply',
  onf_flow_monitor_request: 'ONFST_FLOW_MONITOR request',
  onf_flow_monitor_reply: 'ONFST_FLOW_MONITOR reply',
}

const multipart =
  /^(desc|flow_stats|aggregate_stats|table_stats|port_stats|queue_stats|group_stats|group_desc|group_features|meter_stats|meter_config|meter_features|table_features|port_desc|experimenter_stats)_(request|reply)$/

/** The name of a type of message as Open vSwitch prints it, such as `OFPT_HELLO` or `OFPST_FLOW request`. */
export function messageName(type: Message['type']): string {
  const known = names[type]
  if (known) return known
  const stats = multipart.exec(type)
  if (stats) return `OFPST_${(stats[1] as string).replace(/_stats$/, '').toUpperCase()} ${stats[2]}`
  if (type.startsWith('nxst_')) return type.replace(/_(request|reply)$/, ' $1').replace(/^\w+/, (name) => name.toUpperCase())
  if (type.startsWith('nxt_')) return type.toUpperCase()
  if (type.startsWith('onf_')) return `ONFT_${type.slice('onf_'.length).toUpperCase()}`
  return `OFPT_${type.toUpperCase()}`
}

const types = [
  'HELLO',
  'ERROR',
  'ECHO_REQUEST',
  'ECHO_REPLY',
  undefined,
  'FEATURES_REQUEST',
  'FEATURES_REPLY',
  'GET_CONFIG_REQUEST',
  'GET_CONFIG_REPLY',
  'SET_CONFIG',
  'PACKET_IN',
  'FLOW_REMOVED',
  'PORT_STATUS',
  'PACKET_OUT',
  'FLOW_MOD',
]
/** From here on the versions count differently. */
const types13: Readonly<Record<number, string>> = {
  15: 'GROUP_MOD',
  16: 'PORT_MOD',
  17: 'TABLE_MOD',
  20: 'BARRIER_REQUEST',
  21: 'BARRIER_REPLY',
  22: 'QUEUE_GET_CONFIG_REQUEST',
  23: 'QUEUE_GET_CONFIG_REPLY',
  24: 'ROLE_REQUEST',
  25: 'ROLE_REPLY',
  26: 'GET_ASYNC_REQUEST',
  27: 'GET_ASYNC_REPLY',
  28: 'SET_ASYNC',
  29: 'METER_MOD',
}

/** The name for the number in a header; none for multiparts and experimenters, which are told apart by what follows. */
export function messageNameOf(version: number, type: number): string | undefined {
  // Only the messages that negotiate are the same in versions that nobody knows.
  const known = version >= 1 && version <= 6 ? types[type] : version > 0 && type < 4 ? types[type] : undefined
  const name = known ?? (version === 4 ? types13[type] : undefined)
  return name === undefined ? undefined : `OFPT_${name}`
}

const versions: Readonly<Record<number, string>> = { 1: '', 2: ' (OF1.1)', 3: ' (OF1.2)', 4: ' (OF1.3)', 5: ' (OF1.4)', 6: ' (OF1.5)' }

/** The version of a message as it stands behind its name. */
export function printVersion(version: number): string {
  return versions[version] ?? ` (OF 0x${version.toString(16).padStart(2, '0')})`
}
