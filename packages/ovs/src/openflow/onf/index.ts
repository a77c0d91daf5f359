import { extension, extensionReply, extensionRequest, type CodecTable } from '../codec-table.js'
import { EXPERIMENTER } from '../constants.js'
import {
  type OnfBundleControl,
  type OnfBundleControlInput,
  onfBundleControlCodec,
  type OnfBundleAdd,
  type OnfBundleAddInput,
  onfBundleAddCodec,
} from './bundle.js'
import {
  type OnfFlowMonitorCancel,
  type OnfFlowMonitorCancelInput,
  onfFlowMonitorCancelCodec,
  type OnfFlowMonitorPaused,
  type OnfFlowMonitorPausedInput,
  onfFlowMonitorPausedCodec,
  type OnfFlowMonitorResumed,
  type OnfFlowMonitorResumedInput,
  onfFlowMonitorResumedCodec,
  type OnfFlowMonitorRequest,
  type OnfFlowMonitorRequestInput,
  onfFlowMonitorRequestCodec,
  type OnfFlowMonitorReply,
  type OnfFlowMonitorReplyInput,
  onfFlowMonitorReplyCodec,
} from './flow-monitor.js'
import { type OnfRequestforward, type OnfRequestforwardInput, onfRequestforwardCodec } from './requestforward.js'
import { type OnfRoleStatus, type OnfRoleStatusInput, onfRoleStatusCodec } from './role-status.js'

/** A message of an extension of the Open Networking Foundation to 1.3, as it is decoded. */
export type OnfMessage =
  | OnfFlowMonitorCancel
  | OnfFlowMonitorPaused
  | OnfFlowMonitorResumed
  | OnfRoleStatus
  | OnfBundleControl
  | OnfBundleAdd
  | OnfRequestforward
  | OnfFlowMonitorRequest
  | OnfFlowMonitorReply

/** A message of an extension of the Open Networking Foundation to 1.3 to encode: what has a default may be left out. */
export type OnfMessageInput =
  | OnfFlowMonitorCancelInput
  | OnfFlowMonitorPausedInput
  | OnfFlowMonitorResumedInput
  | OnfRoleStatusInput
  | OnfBundleControlInput
  | OnfBundleAddInput
  | OnfRequestforwardInput
  | OnfFlowMonitorRequestInput
  | OnfFlowMonitorReplyInput

const { ONF } = EXPERIMENTER

/** The numbers of the messages and how they are coded. */
export const onfCodecs: CodecTable<OnfMessage, OnfMessageInput> = {
  onf_flow_monitor_cancel: extension(ONF, 1870, onfFlowMonitorCancelCodec),
  onf_flow_monitor_paused: extension(ONF, 1871, onfFlowMonitorPausedCodec),
  onf_flow_monitor_resumed: extension(ONF, 1872, onfFlowMonitorResumedCodec),
  onf_role_status: extension(ONF, 1911, onfRoleStatusCodec),
  onf_bundle_control: extension(ONF, 2300, onfBundleControlCodec),
  onf_bundle_add: extension(ONF, 2301, onfBundleAddCodec),
  onf_requestforward: extension(ONF, 2350, onfRequestforwardCodec),
  onf_flow_monitor_request: extensionRequest(ONF, 1870, onfFlowMonitorRequestCodec),
  onf_flow_monitor_reply: extensionReply(ONF, 1870, onfFlowMonitorReplyCodec),
}
