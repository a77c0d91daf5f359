import { extension, extensionReply, extensionRequest, type CodecTable } from '../codec-table.js'
import { EXPERIMENTER } from '../constants.js'
import {
  type NxtSetAsyncConfig,
  type NxtSetAsyncConfigInput,
  nxtSetAsyncConfigCodec,
  type NxtSetAsyncConfig2,
  type NxtSetAsyncConfig2Input,
  nxtSetAsyncConfig2Codec,
} from './async-config.js'
import { type NxtSetControllerId, type NxtSetControllerIdInput, nxtSetControllerIdCodec } from './controller-id.js'
import {
  type NxtCtFlushZone,
  type NxtCtFlushZoneInput,
  nxtCtFlushZoneCodec,
  type NxtCtFlush,
  type NxtCtFlushInput,
  nxtCtFlushCodec,
} from './ct-flush.js'
import {
  type NxtSetFlowFormat,
  type NxtSetFlowFormatInput,
  nxtSetFlowFormatCodec,
  type NxtFlowModTableId,
  type NxtFlowModTableIdInput,
  nxtFlowModTableIdCodec,
  type NxtFlowAge,
  type NxtFlowAgeInput,
  nxtFlowAgeCodec,
} from './flow-format.js'
import { type NxtFlowMod, type NxtFlowModInput, nxtFlowModCodec } from './flow-mod.js'
import {
  type NxtFlowMonitorCancel,
  type NxtFlowMonitorCancelInput,
  nxtFlowMonitorCancelCodec,
  type NxtFlowMonitorPaused,
  type NxtFlowMonitorPausedInput,
  nxtFlowMonitorPausedCodec,
  type NxtFlowMonitorResumed,
  type NxtFlowMonitorResumedInput,
  nxtFlowMonitorResumedCodec,
  type NxstFlowMonitorRequest,
  type NxstFlowMonitorRequestInput,
  nxstFlowMonitorRequestCodec,
  type NxstFlowMonitorReply,
  type NxstFlowMonitorReplyInput,
  nxstFlowMonitorReplyCodec,
} from './flow-monitor.js'
import { type NxtFlowRemoved, type NxtFlowRemovedInput, nxtFlowRemovedCodec } from './flow-removed.js'
import {
  type NxstFlowRequest,
  type NxstFlowRequestInput,
  nxstFlowRequestCodec,
  type NxstFlowReply,
  type NxstFlowReplyInput,
  nxstFlowReplyCodec,
  type NxstAggregateRequest,
  type NxstAggregateRequestInput,
  nxstAggregateRequestCodec,
  type NxstAggregateReply,
  type NxstAggregateReplyInput,
  nxstAggregateReplyCodec,
} from './flow-stats.js'
import {
  type NxtSetPacketInFormat,
  type NxtSetPacketInFormatInput,
  nxtSetPacketInFormatCodec,
} from './packet-in-format.js'
import { type NxtPacketIn, type NxtPacketInInput, nxtPacketInCodec } from './packet-in.js'
import {
  type NxtResume,
  type NxtResumeInput,
  nxtResumeCodec,
  type NxtPacketIn2,
  type NxtPacketIn2Input,
  nxtPacketIn2Codec,
} from './packet-in2.js'
import {
  type NxtRoleRequest,
  type NxtRoleRequestInput,
  nxtRoleRequestCodec,
  type NxtRoleReply,
  type NxtRoleReplyInput,
  nxtRoleReplyCodec,
} from './role.js'
import {
  type NxtTlvTableMod,
  type NxtTlvTableModInput,
  nxtTlvTableModCodec,
  type NxtTlvTableRequest,
  type NxtTlvTableRequestInput,
  nxtTlvTableRequestCodec,
  type NxtTlvTableReply,
  type NxtTlvTableReplyInput,
  nxtTlvTableReplyCodec,
} from './tlv-table.js'

/** A message of Open vSwitch (Nicira), as it is decoded. */
export type NiciraMessage =
  | NxtRoleRequest
  | NxtRoleReply
  | NxtSetFlowFormat
  | NxtFlowMod
  | NxtFlowRemoved
  | NxtFlowModTableId
  | NxtSetPacketInFormat
  | NxtPacketIn
  | NxtFlowAge
  | NxtSetAsyncConfig
  | NxtSetControllerId
  | NxtFlowMonitorCancel
  | NxtFlowMonitorPaused
  | NxtFlowMonitorResumed
  | NxtTlvTableMod
  | NxtTlvTableRequest
  | NxtTlvTableReply
  | NxtSetAsyncConfig2
  | NxtResume
  | NxtCtFlushZone
  | NxtPacketIn2
  | NxtCtFlush
  | NxstFlowRequest
  | NxstFlowReply
  | NxstAggregateRequest
  | NxstAggregateReply
  | NxstFlowMonitorRequest
  | NxstFlowMonitorReply

/** A message of Open vSwitch (Nicira) to encode: what has a default may be left out. */
export type NiciraMessageInput =
  | NxtRoleRequestInput
  | NxtRoleReplyInput
  | NxtSetFlowFormatInput
  | NxtFlowModInput
  | NxtFlowRemovedInput
  | NxtFlowModTableIdInput
  | NxtSetPacketInFormatInput
  | NxtPacketInInput
  | NxtFlowAgeInput
  | NxtSetAsyncConfigInput
  | NxtSetControllerIdInput
  | NxtFlowMonitorCancelInput
  | NxtFlowMonitorPausedInput
  | NxtFlowMonitorResumedInput
  | NxtTlvTableModInput
  | NxtTlvTableRequestInput
  | NxtTlvTableReplyInput
  | NxtSetAsyncConfig2Input
  | NxtResumeInput
  | NxtCtFlushZoneInput
  | NxtPacketIn2Input
  | NxtCtFlushInput
  | NxstFlowRequestInput
  | NxstFlowReplyInput
  | NxstAggregateRequestInput
  | NxstAggregateReplyInput
  | NxstFlowMonitorRequestInput
  | NxstFlowMonitorReplyInput

const { NX } = EXPERIMENTER

/** The numbers of the messages and how they are coded. */
export const niciraCodecs: CodecTable<NiciraMessage, NiciraMessageInput> = {
  nxt_role_request: extension(NX, 10, nxtRoleRequestCodec),
  nxt_role_reply: extension(NX, 11, nxtRoleReplyCodec),
  nxt_set_flow_format: extension(NX, 12, nxtSetFlowFormatCodec),
  nxt_flow_mod: extension(NX, 13, nxtFlowModCodec, 1),
  nxt_flow_removed: extension(NX, 14, nxtFlowRemovedCodec),
  nxt_flow_mod_table_id: extension(NX, 15, nxtFlowModTableIdCodec),
  nxt_set_packet_in_format: extension(NX, 16, nxtSetPacketInFormatCodec),
  nxt_packet_in: extension(NX, 17, nxtPacketInCodec),
  nxt_flow_age: extension(NX, 18, nxtFlowAgeCodec),
  nxt_set_async_config: extension(NX, 19, nxtSetAsyncConfigCodec),
  nxt_set_controller_id: extension(NX, 20, nxtSetControllerIdCodec),
  nxt_flow_monitor_cancel: extension(NX, 21, nxtFlowMonitorCancelCodec),
  nxt_flow_monitor_paused: extension(NX, 22, nxtFlowMonitorPausedCodec),
  nxt_flow_monitor_resumed: extension(NX, 23, nxtFlowMonitorResumedCodec),
  nxt_tlv_table_mod: extension(NX, 24, nxtTlvTableModCodec),
  nxt_tlv_table_request: extension(NX, 25, nxtTlvTableRequestCodec),
  nxt_tlv_table_reply: extension(NX, 26, nxtTlvTableReplyCodec),
  nxt_set_async_config2: extension(NX, 27, nxtSetAsyncConfig2Codec),
  nxt_resume: extension(NX, 28, nxtResumeCodec),
  nxt_ct_flush_zone: extension(NX, 29, nxtCtFlushZoneCodec),
  nxt_packet_in2: extension(NX, 30, nxtPacketIn2Codec),
  nxt_ct_flush: extension(NX, 32, nxtCtFlushCodec),
  nxst_flow_request: extensionRequest(NX, 0, nxstFlowRequestCodec, 1),
  nxst_flow_reply: extensionReply(NX, 0, nxstFlowReplyCodec, 1),
  nxst_aggregate_request: extensionRequest(NX, 1, nxstAggregateRequestCodec, 1),
  nxst_aggregate_reply: extensionReply(NX, 1, nxstAggregateReplyCodec, 1),
  nxst_flow_monitor_request: extensionRequest(NX, 2, nxstFlowMonitorRequestCodec),
  nxst_flow_monitor_reply: extensionReply(NX, 2, nxstFlowMonitorReplyCodec),
}
