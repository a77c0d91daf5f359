import { everywhere, standard, type CodecTable } from '../codec-table.js'
import {
  type GetAsyncRequest,
  type GetAsyncRequestInput,
  getAsyncRequestCodec,
  type GetAsyncReply,
  type GetAsyncReplyInput,
  getAsyncReplyCodec,
  type SetAsync,
  type SetAsyncInput,
  setAsyncCodec,
} from './async-config.js'
import {
  type BarrierRequest,
  type BarrierRequestInput,
  barrierRequestCodec,
  type BarrierReply,
  type BarrierReplyInput,
  barrierReplyCodec,
} from './barrier.js'
import {
  type EchoRequest,
  type EchoRequestInput,
  echoRequestCodec,
  type EchoReply,
  type EchoReplyInput,
  echoReplyCodec,
} from './echo.js'
import { type ErrorMessage, type ErrorMessageInput, errorCodec } from './error.js'
import type { Experimenter, ExperimenterInput } from './experimenter.js'
import {
  type FeaturesRequest,
  type FeaturesRequestInput,
  featuresRequestCodec,
  type FeaturesReply,
  type FeaturesReplyInput,
  featuresReplyCodec,
} from './features.js'
import { type FlowMod, type FlowModInput, flowModCodec } from './flow-mod.js'
import { type FlowRemoved, type FlowRemovedInput, flowRemovedCodec } from './flow-removed.js'
import { type GroupMod, type GroupModInput, groupModCodec } from './group-mod.js'
import { type Hello, type HelloInput, helloCodec } from './hello.js'
import { type MeterMod, type MeterModInput, meterModCodec } from './meter-mod.js'
import { type PacketIn, type PacketInInput, packetInCodec } from './packet-in.js'
import { type PacketOut, type PacketOutInput, packetOutCodec } from './packet-out.js'
import { type PortMod, type PortModInput, portModCodec } from './port-mod.js'
import { type PortStatus, type PortStatusInput, portStatusCodec } from './port-status.js'
import {
  type QueueGetConfigRequest,
  type QueueGetConfigRequestInput,
  queueGetConfigRequestCodec,
  type QueueGetConfigReply,
  type QueueGetConfigReplyInput,
  queueGetConfigReplyCodec,
} from './queue-config.js'
import {
  type RoleRequest,
  type RoleRequestInput,
  roleRequestCodec,
  type RoleReply,
  type RoleReplyInput,
  roleReplyCodec,
} from './role.js'
import {
  type GetConfigRequest,
  type GetConfigRequestInput,
  getConfigRequestCodec,
  type GetConfigReply,
  type GetConfigReplyInput,
  getConfigReplyCodec,
  type SetConfig,
  type SetConfigInput,
  setConfigCodec,
} from './switch-config.js'
import { type TableMod, type TableModInput, tableModCodec } from './table-mod.js'
import type { Unknown, UnknownInput } from './unknown.js'

/** A message of OpenFlow 1.3 that is not a multipart one, as it is decoded. */
export type StandardMessage =
  | Hello
  | ErrorMessage
  | EchoRequest
  | EchoReply
  | Experimenter
  | FeaturesRequest
  | FeaturesReply
  | GetConfigRequest
  | GetConfigReply
  | SetConfig
  | PacketIn
  | FlowRemoved
  | PortStatus
  | PacketOut
  | FlowMod
  | GroupMod
  | PortMod
  | TableMod
  | BarrierRequest
  | BarrierReply
  | QueueGetConfigRequest
  | QueueGetConfigReply
  | RoleRequest
  | RoleReply
  | GetAsyncRequest
  | GetAsyncReply
  | SetAsync
  | MeterMod
  | Unknown

/** A message of OpenFlow 1.3 that is not a multipart one to encode: what has a default may be left out. */
export type StandardMessageInput =
  | HelloInput
  | ErrorMessageInput
  | EchoRequestInput
  | EchoReplyInput
  | ExperimenterInput
  | FeaturesRequestInput
  | FeaturesReplyInput
  | GetConfigRequestInput
  | GetConfigReplyInput
  | SetConfigInput
  | PacketInInput
  | FlowRemovedInput
  | PortStatusInput
  | PacketOutInput
  | FlowModInput
  | GroupModInput
  | PortModInput
  | TableModInput
  | BarrierRequestInput
  | BarrierReplyInput
  | QueueGetConfigRequestInput
  | QueueGetConfigReplyInput
  | RoleRequestInput
  | RoleReplyInput
  | GetAsyncRequestInput
  | GetAsyncReplyInput
  | SetAsyncInput
  | MeterModInput
  | UnknownInput

/** The numbers of the messages and how they are coded. */
export const standardCodecs: CodecTable<
  Exclude<StandardMessage, { readonly type: 'experimenter' | 'unknown' }>,
  StandardMessageInput
> = {
  hello: everywhere(0, helloCodec),
  error: everywhere(1, errorCodec),
  echo_request: everywhere(2, echoRequestCodec),
  echo_reply: everywhere(3, echoReplyCodec),
  features_request: standard(5, featuresRequestCodec),
  features_reply: standard(6, featuresReplyCodec),
  get_config_request: standard(7, getConfigRequestCodec),
  get_config_reply: standard(8, getConfigReplyCodec),
  set_config: standard(9, setConfigCodec),
  packet_in: standard(10, packetInCodec),
  flow_removed: standard(11, flowRemovedCodec),
  port_status: standard(12, portStatusCodec),
  packet_out: standard(13, packetOutCodec),
  flow_mod: standard(14, flowModCodec),
  group_mod: standard(15, groupModCodec),
  port_mod: standard(16, portModCodec),
  table_mod: standard(17, tableModCodec),
  barrier_request: standard(20, barrierRequestCodec),
  barrier_reply: standard(21, barrierReplyCodec),
  queue_get_config_request: standard(22, queueGetConfigRequestCodec),
  queue_get_config_reply: standard(23, queueGetConfigReplyCodec),
  role_request: standard(24, roleRequestCodec),
  role_reply: standard(25, roleReplyCodec),
  get_async_request: standard(26, getAsyncRequestCodec),
  get_async_reply: standard(27, getAsyncReplyCodec),
  set_async: standard(28, setAsyncCodec),
  meter_mod: standard(29, meterModCodec),
}
