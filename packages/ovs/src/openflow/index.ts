export {
  EXPERIMENTER,
  OFP13_VERSION,
  OFP_NO_BUFFER,
  OFPCML,
  OFPG,
  OFPM,
  OFPP,
  OFPQ,
  OFPTT,
  OFPVID_PRESENT,
} from './constants.js'
export { Enumeration } from './enumeration.js'
export type { Enum } from './enumeration.js'
export type { Input, MessageBase } from './header.js'
export { decodeMessage, encodeMessage } from './message.js'
export type { Message, MessageInput, MessageInputOf, MessageOf, MessageType } from './message.js'
export { OpenFlowFramer } from './framer.js'
export type { OpenFlowFramerOptions } from './framer.js'
export type { FieldRef, KnownField, Match, OxmField, Subfield, UnknownField, UnknownFieldRef } from './oxm/field.js'
export { oxmFields } from './oxm/fields.js'
export type { FieldKind, FieldName, FieldSpec, FieldValue, Maskable, Prerequisite } from './oxm/fields.js'
export type { MaskableFieldRef } from './oxm/header.js'
export { matchProblem } from './oxm/validity.js'
export type { MatchProblem, MatchProblemCode } from './oxm/validity.js'
export { match } from './match-builder.js'
export type { MatchFields, MatchValue } from './match-builder.js'
export { decodeMatch, encodeMatch } from './match.js'
export type { Action, ActionInput } from './action/action.js'
export type { CloneAction, CloneActionInput } from './action/clone.js'
export { NX_CT_F, NX_NAT_F } from './action/conntrack.js'
export type { ConntrackAction, ConntrackActionInput, NxCtAction, NxNatAction } from './action/conntrack.js'
export type {
  ControllerAction,
  ControllerActionInput,
  ControllerProperty,
  NxController2Action,
  NxControllerAction,
} from './action/controller.js'
export type { EncapAction, EncapActionInput, EncapProperty, NxDecapAction, NxEncapAction } from './action/encap.js'
export { bundleAlgorithms, hashFields, multipathAlgorithms } from './action/hash.js'
export type {
  BundleAlgorithm,
  HashAction,
  HashActionInput,
  HashFields,
  MultipathAlgorithm,
  NxBundleAction,
  NxBundleLoadAction,
  NxMultipathAction,
} from './action/hash.js'
export { NX_LEARN_F } from './action/learn.js'
export type { LearnAction, LearnActionInput, LearnSpec, NxLearn2Action, NxLearnAction } from './action/learn.js'
export type {
  NiciraAction,
  NiciraActionInput,
  NxConjunctionAction,
  NxDecTtlCntIdsAction,
  NxFinTimeoutAction,
  NxGroupAction,
  NxMplsAction,
  NxNoteAction,
  NxOutputTruncAction,
  NxPlainAction,
  NxResubmitAction,
  NxResubmitTableAction,
  NxSetMplsLabelAction,
  NxSetMplsTcAction,
  NxSetMplsTtlAction,
  NxSetQueueAction,
  NxSetTunnel64Action,
  NxSetTunnelAction,
  NxWriteMetadataAction,
} from './action/nicira.js'
export type {
  NxCheckPktLargerAction,
  NxDeleteFieldAction,
  NxOutputRegAction,
  NxRegLoad2Action,
  NxRegLoadAction,
  NxRegMoveAction,
  NxStackPopAction,
  NxStackPushAction,
  OnfCopyFieldAction,
  RegisterAction,
  RegisterActionInput,
} from './action/register.js'
export { sampleDirections } from './action/sample.js'
export type {
  NxSample2Action,
  NxSampleAction,
  SampleAction,
  SampleActionInput,
  SampleDirection,
} from './action/sample.js'
export type {
  ExperimenterAction,
  GroupAction,
  OutputAction,
  PlainAction,
  PushPopAction,
  SetFieldAction,
  SetQueueAction,
  SetTtlAction,
  StandardAction,
  StandardActionInput,
  UnknownAction,
} from './action/standard.js'
export { decodeActions, encodeActions, MAX_ACTION_DEPTH } from './action/list.js'
export { decodeInstructions, encodeInstructions } from './instruction.js'
export type { Instruction, InstructionInput } from './instruction.js'
export type { Bucket, BucketInput } from './bucket.js'
export { OFPPC, OFPPF, OFPPS } from './port.js'
export type { Port } from './port.js'
export type { DropBand, MeterBand } from './meter-band.js'
export type {
  AsyncConfig,
  AsyncMasks,
  GetAsyncReply,
  GetAsyncReplyInput,
  GetAsyncRequest,
  GetAsyncRequestInput,
  SetAsync,
  SetAsyncInput,
} from './message/async-config.js'
export type { BarrierReply, BarrierReplyInput, BarrierRequest, BarrierRequestInput } from './message/barrier.js'
export type { EchoReply, EchoReplyInput, EchoRequest, EchoRequestInput } from './message/echo.js'
export { errorCodes, nxErrors, onfErrors } from './message/error-codes.js'
export type { ErrorCodes, ErrorType } from './message/error-codes.js'
export { errorName } from './message/error.js'
export type {
  ErrorMessage,
  ErrorMessageInput,
  ExperimenterError,
  StandardError,
  UnknownError,
} from './message/error.js'
export type { Experimenter, ExperimenterInput } from './message/experimenter.js'
export { OFPC } from './message/features.js'
export type { FeaturesReply, FeaturesReplyInput, FeaturesRequest, FeaturesRequestInput } from './message/features.js'
export { flowModCommand, OFPFF } from './message/flow-mod.js'
export type { FlowMod, FlowModCommand, FlowModInput } from './message/flow-mod.js'
export { flowRemovedReason } from './message/flow-removed.js'
export type { FlowRemoved, FlowRemovedInput, FlowRemovedReason } from './message/flow-removed.js'
export { groupModCommand, groupType } from './message/group-mod.js'
export type { GroupMod, GroupModCommand, GroupModInput, GroupType } from './message/group-mod.js'
export type { Hello, HelloElement, HelloInput } from './message/hello.js'
export { meterModCommand, OFPMF } from './message/meter-mod.js'
export type { MeterMod, MeterModCommand, MeterModInput } from './message/meter-mod.js'
export { packetInReason } from './message/packet-in.js'
export type { PacketIn, PacketInInput, PacketInReason } from './message/packet-in.js'
export type { PacketOut, PacketOutInput } from './message/packet-out.js'
export type { PortMod, PortModInput } from './message/port-mod.js'
export { portReason } from './message/port-status.js'
export type { PortReason, PortStatus, PortStatusInput } from './message/port-status.js'
export type {
  Queue,
  QueueGetConfigReply,
  QueueGetConfigReplyInput,
  QueueGetConfigRequest,
  QueueGetConfigRequestInput,
  QueueProperty,
} from './message/queue-config.js'
export { role } from './message/role.js'
export type { Role, RoleReply, RoleReplyInput, RoleRequest, RoleRequestInput } from './message/role.js'
export { OFPC_FRAG } from './message/switch-config.js'
export type {
  GetConfigReply,
  GetConfigReplyInput,
  GetConfigRequest,
  GetConfigRequestInput,
  SetConfig,
  SetConfigInput,
} from './message/switch-config.js'
export { OFPTC } from './message/table-mod.js'
export type { TableMod, TableModInput } from './message/table-mod.js'
export type { Unknown, UnknownInput } from './message/unknown.js'
export type {
  AggregateStatsReply,
  AggregateStatsReplyInput,
  AggregateStatsRequest,
  AggregateStatsRequestInput,
  FlowSums,
} from './multipart/aggregate-stats.js'
export type { DescReply, DescReplyInput, DescRequest, DescRequestInput } from './multipart/desc.js'
export type {
  ExperimenterStatsReply,
  ExperimenterStatsReplyInput,
  ExperimenterStatsRequest,
  ExperimenterStatsRequestInput,
} from './multipart/experimenter-stats.js'
export type {
  FlowFilter,
  FlowStats,
  FlowStatsInput,
  FlowStatsReply,
  FlowStatsReplyInput,
  FlowStatsRequest,
  FlowStatsRequestInput,
} from './multipart/flow-stats.js'
export type {
  GroupDesc,
  GroupDescInput,
  GroupDescReply,
  GroupDescReplyInput,
  GroupDescRequest,
  GroupDescRequestInput,
} from './multipart/group-desc.js'
export { OFPGFC } from './multipart/group-features.js'
export type {
  ForEachGroupType,
  GroupFeaturesReply,
  GroupFeaturesReplyInput,
  GroupFeaturesRequest,
  GroupFeaturesRequestInput,
} from './multipart/group-features.js'
export type {
  BucketCounter,
  GroupStats,
  GroupStatsReply,
  GroupStatsReplyInput,
  GroupStatsRequest,
  GroupStatsRequestInput,
} from './multipart/group-stats.js'
export type {
  MeterConfig,
  MeterConfigReply,
  MeterConfigReplyInput,
  MeterConfigRequest,
  MeterConfigRequestInput,
} from './multipart/meter-config.js'
export type {
  MeterFeaturesReply,
  MeterFeaturesReplyInput,
  MeterFeaturesRequest,
  MeterFeaturesRequestInput,
} from './multipart/meter-features.js'
export type {
  MeterBandStats,
  MeterStats,
  MeterStatsReply,
  MeterStatsReplyInput,
  MeterStatsRequest,
  MeterStatsRequestInput,
} from './multipart/meter-stats.js'
export { OFPMPF } from './multipart/multipart.js'
export type { Multipart, MultipartInput } from './multipart/multipart.js'
export type { PortDescReply, PortDescReplyInput, PortDescRequest, PortDescRequestInput } from './multipart/port-desc.js'
export type {
  PortStats,
  PortStatsReply,
  PortStatsReplyInput,
  PortStatsRequest,
  PortStatsRequestInput,
} from './multipart/port-stats.js'
export type {
  QueueStats,
  QueueStatsReply,
  QueueStatsReplyInput,
  QueueStatsRequest,
  QueueStatsRequestInput,
} from './multipart/queue-stats.js'
export type {
  ActionsPropertyType,
  CapabilityId,
  FieldsPropertyType,
  InstructionsPropertyType,
  TableFeatureProperty,
  TableFeatures,
  TableFeaturesReply,
  TableFeaturesReplyInput,
  TableFeaturesRequest,
  TableFeaturesRequestInput,
  TablesPropertyType,
} from './multipart/table-features.js'
export type {
  TableStats,
  TableStatsReply,
  TableStatsReplyInput,
  TableStatsRequest,
  TableStatsRequestInput,
} from './multipart/table-stats.js'
export type {
  UnknownMultipartReply,
  UnknownMultipartReplyInput,
  UnknownMultipartRequest,
  UnknownMultipartRequestInput,
} from './multipart/unknown.js'
export type {
  AsyncMaskType,
  AsyncProperty,
  NxtSetAsyncConfig,
  NxtSetAsyncConfig2,
  NxtSetAsyncConfig2Input,
  NxtSetAsyncConfigInput,
} from './nicira/async-config.js'
export type { NxtSetControllerId, NxtSetControllerIdInput } from './nicira/controller-id.js'
export type {
  CtFlushProperty,
  CtTupleField,
  NxtCtFlush,
  NxtCtFlushInput,
  NxtCtFlushZone,
  NxtCtFlushZoneInput,
} from './nicira/ct-flush.js'
export { flowFormat } from './nicira/flow-format.js'
export type {
  FlowFormat,
  NxtFlowAge,
  NxtFlowAgeInput,
  NxtFlowModTableId,
  NxtFlowModTableIdInput,
  NxtSetFlowFormat,
  NxtSetFlowFormatInput,
} from './nicira/flow-format.js'
export type { NxtFlowMod, NxtFlowModInput } from './nicira/flow-mod.js'
export { NXFMF } from './nicira/flow-monitor.js'
export type {
  NxFlowMonitor,
  NxFlowUpdate,
  NxFullFlowUpdate,
  NxstFlowMonitorReply,
  NxstFlowMonitorReplyInput,
  NxstFlowMonitorRequest,
  NxstFlowMonitorRequestInput,
  NxtFlowMonitorCancel,
  NxtFlowMonitorCancelInput,
  NxtFlowMonitorPaused,
  NxtFlowMonitorPausedInput,
  NxtFlowMonitorResumed,
  NxtFlowMonitorResumedInput,
} from './nicira/flow-monitor.js'
export type { NxtFlowRemoved, NxtFlowRemovedInput } from './nicira/flow-removed.js'
export type {
  NxFlowFilter,
  NxFlowStats,
  NxstAggregateReply,
  NxstAggregateReplyInput,
  NxstAggregateRequest,
  NxstAggregateRequestInput,
  NxstFlowReply,
  NxstFlowReplyInput,
  NxstFlowRequest,
  NxstFlowRequestInput,
} from './nicira/flow-stats.js'
export { packetInFormat } from './nicira/packet-in-format.js'
export type { NxtSetPacketInFormat, NxtSetPacketInFormatInput, PacketInFormat } from './nicira/packet-in-format.js'
export type { NxtPacketIn, NxtPacketInInput } from './nicira/packet-in.js'
export { summarizePacketIn2 } from './nicira/packet-in2.js'
export type {
  NxtPacketIn2,
  NxtPacketIn2Input,
  NxtResume,
  NxtResumeInput,
  PacketIn2Property,
  PacketIn2Summary,
} from './nicira/packet-in2.js'
export { nxRole } from './nicira/role.js'
export type { NxRole, NxtRoleReply, NxtRoleReplyInput, NxtRoleRequest, NxtRoleRequestInput } from './nicira/role.js'
export { tlvTableCommand } from './nicira/tlv-table.js'
export type {
  NxtTlvTableMod,
  NxtTlvTableModInput,
  NxtTlvTableReply,
  NxtTlvTableReplyInput,
  NxtTlvTableRequest,
  NxtTlvTableRequestInput,
  TlvMap,
  TlvTableCommand,
} from './nicira/tlv-table.js'
export { bundleControlType, OFPBF } from './onf/bundle.js'
export type {
  BundleControlType,
  BundleProperty,
  OnfBundleAdd,
  OnfBundleAddInput,
  OnfBundleControl,
  OnfBundleControlInput,
} from './onf/bundle.js'
export { ONFFMF } from './onf/flow-monitor.js'
export type {
  OnfFlowMonitor,
  OnfFlowMonitorCancel,
  OnfFlowMonitorCancelInput,
  OnfFlowMonitorInput,
  OnfFlowMonitorPaused,
  OnfFlowMonitorPausedInput,
  OnfFlowMonitorReply,
  OnfFlowMonitorReplyInput,
  OnfFlowMonitorRequest,
  OnfFlowMonitorRequestInput,
  OnfFlowMonitorResumed,
  OnfFlowMonitorResumedInput,
  OnfFlowUpdate,
  OnfFlowUpdateInput,
  OnfFullFlowUpdate,
} from './onf/flow-monitor.js'
export type { OnfRequestforward, OnfRequestforwardInput } from './onf/requestforward.js'
export { roleReason } from './onf/role-status.js'
export type { OnfRoleStatus, OnfRoleStatusInput, RoleReason } from './onf/role-status.js'
export { printMessage } from './text/message.js'
export { printMatch } from './text/print-match.js'
export { parseMatch } from './text/match.js'
export type { ParseMatchOptions } from './text/match.js'
export { printActions } from './text/action.js'
export { parseActions } from './text/parse-action.js'
export { parseInstructions, printInstructions } from './text/instruction.js'
export { parseFlow, printFlow, printFlowMod, printFlowStats } from './text/flow.js'
export type { ParseFlowOptions, PrintableFlowMod } from './text/flow.js'
export { parseGroup, printGroup, printGroupMod, printGroupStats } from './text/group.js'
export { printPacket } from './text/packet.js'
export { parsePort, printPort } from './text/port.js'
export { connectOpenFlow } from './connection/connect.js'
export type { ConnectOptions } from './connection/connect.js'
export type {
  ConnectionProblem,
  MessageHandler,
  OpenFlowConnectionOptions,
  TrackedMessage,
} from './connection/connection-options.js'
export { OpenFlowConnection } from './connection/openflow-connection.js'
export { OpenFlowKeeper } from './connection/openflow-keeper.js'
export type { OpenFlowKeeperOptions } from './connection/openflow-keeper.js'
export { OpenFlowListener } from './connection/openflow-listener.js'
export type { ListenerOptions } from './connection/openflow-listener.js'
export { OpenFlowSwitchConnection, refusal } from './connection/openflow-switch-connection.js'
export type { Answer, SwitchConnectionOptions, SwitchHandlers } from './connection/openflow-switch-connection.js'
export type { MultipartRequestType, PartOf, ReplyTo, RequestType } from './connection/replies.js'
export { Subscription } from './connection/subscription.js'
export type { ExecuteOptions } from './connection/execute.js'
export { describeMessage } from './connection/openflow-error.js'
export type { SentMessage } from './connection/openflow-error.js'
export { Datapath } from './datapath/datapath.js'
export type { BundleBuilder, DatapathOptions, PacketInOptions, PacketIns } from './datapath/datapath.js'
export type { BundleMessage, BundleOptions } from './datapath/bundle.js'
export { diffFlows } from './datapath/diff-flows.js'
export type { CurrentFlow, FlowDiff, FlowInput } from './datapath/diff-flows.js'
export type { FlowMonitorOptions, FlowUpdate } from './datapath/flow-monitor.js'
export { deletionOf, filterOf, flowOf } from './datapath/flow-source.js'
export type { FlowFilterSource, FlowSource } from './datapath/flow-source.js'
export { Groups } from './datapath/groups.js'
export type { GroupInput } from './datapath/groups.js'
export { Meters } from './datapath/meters.js'
export type { MeterInput } from './datapath/meters.js'
export type { ReceivedPacket } from './datapath/packet-ins.js'
export { Ports } from './datapath/ports.js'
export type { PortChange } from './datapath/ports.js'
export type { SyncOptions, SyncResult, SyncScope } from './datapath/sync-flows.js'
export { TlvTable } from './datapath/tlv-table.js'
