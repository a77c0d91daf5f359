import { reply, request, type CodecTable } from '../codec-table.js'
import {
  type AggregateStatsRequest,
  type AggregateStatsRequestInput,
  aggregateStatsRequestCodec,
  type AggregateStatsReply,
  type AggregateStatsReplyInput,
  aggregateStatsReplyCodec,
} from './aggregate-stats.js'
import {
  type DescRequest,
  type DescRequestInput,
  descRequestCodec,
  type DescReply,
  type DescReplyInput,
  descReplyCodec,
} from './desc.js'
import type {
  ExperimenterStatsRequest,
  ExperimenterStatsRequestInput,
  ExperimenterStatsReply,
  ExperimenterStatsReplyInput,
} from './experimenter-stats.js'
import {
  type FlowStatsRequest,
  type FlowStatsRequestInput,
  flowStatsRequestCodec,
  type FlowStatsReply,
  type FlowStatsReplyInput,
  flowStatsReplyCodec,
} from './flow-stats.js'
import {
  type GroupDescRequest,
  type GroupDescRequestInput,
  groupDescRequestCodec,
  type GroupDescReply,
  type GroupDescReplyInput,
  groupDescReplyCodec,
} from './group-desc.js'
import {
  type GroupFeaturesRequest,
  type GroupFeaturesRequestInput,
  groupFeaturesRequestCodec,
  type GroupFeaturesReply,
  type GroupFeaturesReplyInput,
  groupFeaturesReplyCodec,
} from './group-features.js'
import {
  type GroupStatsRequest,
  type GroupStatsRequestInput,
  groupStatsRequestCodec,
  type GroupStatsReply,
  type GroupStatsReplyInput,
  groupStatsReplyCodec,
} from './group-stats.js'
import {
  type MeterConfigRequest,
  type MeterConfigRequestInput,
  meterConfigRequestCodec,
  type MeterConfigReply,
  type MeterConfigReplyInput,
  meterConfigReplyCodec,
} from './meter-config.js'
import {
  type MeterFeaturesRequest,
  type MeterFeaturesRequestInput,
  meterFeaturesRequestCodec,
  type MeterFeaturesReply,
  type MeterFeaturesReplyInput,
  meterFeaturesReplyCodec,
} from './meter-features.js'
import {
  type MeterStatsRequest,
  type MeterStatsRequestInput,
  meterStatsRequestCodec,
  type MeterStatsReply,
  type MeterStatsReplyInput,
  meterStatsReplyCodec,
} from './meter-stats.js'
import {
  type PortDescRequest,
  type PortDescRequestInput,
  portDescRequestCodec,
  type PortDescReply,
  type PortDescReplyInput,
  portDescReplyCodec,
} from './port-desc.js'
import {
  type PortStatsRequest,
  type PortStatsRequestInput,
  portStatsRequestCodec,
  type PortStatsReply,
  type PortStatsReplyInput,
  portStatsReplyCodec,
} from './port-stats.js'
import {
  type QueueStatsRequest,
  type QueueStatsRequestInput,
  queueStatsRequestCodec,
  type QueueStatsReply,
  type QueueStatsReplyInput,
  queueStatsReplyCodec,
} from './queue-stats.js'
import {
  type TableFeaturesRequest,
  type TableFeaturesRequestInput,
  tableFeaturesRequestCodec,
  type TableFeaturesReply,
  type TableFeaturesReplyInput,
  tableFeaturesReplyCodec,
} from './table-features.js'
import {
  type TableStatsRequest,
  type TableStatsRequestInput,
  tableStatsRequestCodec,
  type TableStatsReply,
  type TableStatsReplyInput,
  tableStatsReplyCodec,
} from './table-stats.js'
import type {
  UnknownMultipartRequest,
  UnknownMultipartRequestInput,
  UnknownMultipartReply,
  UnknownMultipartReplyInput,
} from './unknown.js'

/** A multipart message of OpenFlow 1.3, as it is decoded. */
export type MultipartMessage =
  | DescRequest
  | DescReply
  | FlowStatsRequest
  | FlowStatsReply
  | AggregateStatsRequest
  | AggregateStatsReply
  | TableStatsRequest
  | TableStatsReply
  | PortStatsRequest
  | PortStatsReply
  | QueueStatsRequest
  | QueueStatsReply
  | GroupStatsRequest
  | GroupStatsReply
  | GroupDescRequest
  | GroupDescReply
  | GroupFeaturesRequest
  | GroupFeaturesReply
  | MeterStatsRequest
  | MeterStatsReply
  | MeterConfigRequest
  | MeterConfigReply
  | MeterFeaturesRequest
  | MeterFeaturesReply
  | TableFeaturesRequest
  | TableFeaturesReply
  | PortDescRequest
  | PortDescReply
  | ExperimenterStatsRequest
  | ExperimenterStatsReply
  | UnknownMultipartRequest
  | UnknownMultipartReply

/** A multipart message of OpenFlow 1.3 to encode: what has a default may be left out. */
export type MultipartMessageInput =
  | DescRequestInput
  | DescReplyInput
  | FlowStatsRequestInput
  | FlowStatsReplyInput
  | AggregateStatsRequestInput
  | AggregateStatsReplyInput
  | TableStatsRequestInput
  | TableStatsReplyInput
  | PortStatsRequestInput
  | PortStatsReplyInput
  | QueueStatsRequestInput
  | QueueStatsReplyInput
  | GroupStatsRequestInput
  | GroupStatsReplyInput
  | GroupDescRequestInput
  | GroupDescReplyInput
  | GroupFeaturesRequestInput
  | GroupFeaturesReplyInput
  | MeterStatsRequestInput
  | MeterStatsReplyInput
  | MeterConfigRequestInput
  | MeterConfigReplyInput
  | MeterFeaturesRequestInput
  | MeterFeaturesReplyInput
  | TableFeaturesRequestInput
  | TableFeaturesReplyInput
  | PortDescRequestInput
  | PortDescReplyInput
  | ExperimenterStatsRequestInput
  | ExperimenterStatsReplyInput
  | UnknownMultipartRequestInput
  | UnknownMultipartReplyInput

/** The numbers of the multipart messages and how they are coded. */
export const multipartCodecs: CodecTable<
  Exclude<
    MultipartMessage,
    {
      readonly type:
        | 'experimenter_stats_request'
        | 'experimenter_stats_reply'
        | 'unknown_multipart_request'
        | 'unknown_multipart_reply'
    }
  >,
  MultipartMessageInput
> = {
  desc_request: request(0, descRequestCodec),
  desc_reply: reply(0, descReplyCodec),
  flow_stats_request: request(1, flowStatsRequestCodec),
  flow_stats_reply: reply(1, flowStatsReplyCodec),
  aggregate_stats_request: request(2, aggregateStatsRequestCodec),
  aggregate_stats_reply: reply(2, aggregateStatsReplyCodec),
  table_stats_request: request(3, tableStatsRequestCodec),
  table_stats_reply: reply(3, tableStatsReplyCodec),
  port_stats_request: request(4, portStatsRequestCodec),
  port_stats_reply: reply(4, portStatsReplyCodec),
  queue_stats_request: request(5, queueStatsRequestCodec),
  queue_stats_reply: reply(5, queueStatsReplyCodec),
  group_stats_request: request(6, groupStatsRequestCodec),
  group_stats_reply: reply(6, groupStatsReplyCodec),
  group_desc_request: request(7, groupDescRequestCodec),
  group_desc_reply: reply(7, groupDescReplyCodec),
  group_features_request: request(8, groupFeaturesRequestCodec),
  group_features_reply: reply(8, groupFeaturesReplyCodec),
  meter_stats_request: request(9, meterStatsRequestCodec),
  meter_stats_reply: reply(9, meterStatsReplyCodec),
  meter_config_request: request(10, meterConfigRequestCodec),
  meter_config_reply: reply(10, meterConfigReplyCodec),
  meter_features_request: request(11, meterFeaturesRequestCodec),
  meter_features_reply: reply(11, meterFeaturesReplyCodec),
  table_features_request: request(12, tableFeaturesRequestCodec),
  table_features_reply: reply(12, tableFeaturesReplyCodec),
  port_desc_request: request(13, portDescRequestCodec),
  port_desc_reply: reply(13, portDescReplyCodec),
}
