import type { Message, MessageInput } from '../message.js'

/** The type of the one reply to each request that has one. */
export const replyTypes = {
  echo_request: 'echo_reply',
  features_request: 'features_reply',
  get_config_request: 'get_config_reply',
  barrier_request: 'barrier_reply',
  queue_get_config_request: 'queue_get_config_reply',
  role_request: 'role_reply',
  get_async_request: 'get_async_reply',
  nxt_tlv_table_request: 'nxt_tlv_table_reply',
  nxt_role_request: 'nxt_role_reply',
  onf_bundle_control: 'onf_bundle_control',
} as const satisfies Readonly<Record<string, Message['type']>>

/** The type of the replies, perhaps several, to each multipart request (OpenFlow 1.3.5 §7.3.5). */
export const multipartReplyTypes = {
  desc_request: 'desc_reply',
  flow_stats_request: 'flow_stats_reply',
  aggregate_stats_request: 'aggregate_stats_reply',
  table_stats_request: 'table_stats_reply',
  port_stats_request: 'port_stats_reply',
  queue_stats_request: 'queue_stats_reply',
  group_stats_request: 'group_stats_reply',
  group_desc_request: 'group_desc_reply',
  group_features_request: 'group_features_reply',
  meter_stats_request: 'meter_stats_reply',
  meter_config_request: 'meter_config_reply',
  meter_features_request: 'meter_features_reply',
  table_features_request: 'table_features_reply',
  port_desc_request: 'port_desc_reply',
  experimenter_stats_request: 'experimenter_stats_reply',
  unknown_multipart_request: 'unknown_multipart_reply',
  nxst_flow_request: 'nxst_flow_reply',
  nxst_aggregate_request: 'nxst_aggregate_reply',
  nxst_flow_monitor_request: 'nxst_flow_monitor_reply',
  onf_flow_monitor_request: 'onf_flow_monitor_reply',
} as const satisfies Readonly<Record<string, Message['type']>>

/** `OFPMPF_MORE`: another part of the same multipart message follows (OpenFlow 1.3.5 §7.3.5). */
export const OFPMPF_MORE = 1

/** Messages that have one reply. */
export type RequestType = keyof typeof replyTypes
/** Multipart requests. */
export type MultipartRequestType = keyof typeof multipartReplyTypes

/** The decoded message of a type. */
export type MessageOf<T extends Message['type']> = Extract<Message, { readonly type: T }>
/** The message to encode of a type. */
export type MessageInputOf<T extends MessageInput['type']> = Extract<MessageInput, { readonly type: T }>

/** What answers a request. */
export type ReplyTo<T extends RequestType> = MessageOf<(typeof replyTypes)[T]>
/** One part of what answers a multipart request. */
export type PartOf<T extends MultipartRequestType> = MessageOf<(typeof multipartReplyTypes)[T]>

const replies: ReadonlyMap<string, string> = new Map([...Object.entries(replyTypes), ...Object.entries(multipartReplyTypes)])

/** The type of the reply to a message of some type, or `undefined` when it has none. */
export function replyTypeOf(type: string): string | undefined {
  return replies.get(type)
}
